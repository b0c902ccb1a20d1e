// Erasing is real: after each call, no block of the heap that was freed has sixteen bytes in a row
// of any secret that there has ever been, and no block that is in use has any but of those that are
// still held. (That the storage keeps no others: tests/durability/erasure_test.cc.)
//
// The heap of this program forgets nothing (arena.h), so that what was freed can be looked at; each
// case runs in a process of its own, which begins with a heap as good as new.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "conclave/external_join.h"
#include "conclave/group_info.h"
#include "conclave/key_packages.h"
#include "conclave/offers.h"
#include "crypto/kdf.h"
#include "session/client_state.h"
#include "session/records.h"
#include "session/session_state.h"
#include "support/cases.h"
#include "support/conversation.h"
#include "support/forked.h"
#include "support/group_secrets.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "zeroisation/arena.h"
#include "zeroisation/recording_provider.h"

namespace conclave::testing {
namespace {

using test::Asserting;
using test::Forked;
using test::KindOf;
using test::Must;
using test::RunCase;

// The blocks in which a storage keeps its records.
class BlocksOf final : public RecordVisitor {
 public:
  explicit BlocksOf(std::set<const std::uint8_t*>& blocks) : blocks_(blocks) {}
  void Visit(BytesView, BytesView value) override { blocks_.insert(value.data()); }

 private:
  std::set<const std::uint8_t*>& blocks_;
};

// A group of three and a guest, all of whom use a provider that remembers their secrets.
class Scene {
 public:
  explicit Scene(CipherSuite id, HandshakeFraming framing = HandshakeFraming::private_message)
      : provider(test::Provider(), test::TestSuite(id).hash_size(), traces_) {
    const TestClientOptions options = {.crypto = &provider,
                                       .suite = id,
                                       .policy = {.past_epochs = 1,
                                                  .handshakes = framing,
                                                  .padding = Padding::none,
                                                  .resumption_psks = 0}};
    for (const char* name : {"alice", "bob", "carol", "dave"}) {
      clients.push_back(std::make_unique<TestClient>(name, options));
    }
    room = std::make_unique<Room>(
        std::vector<TestClient*>{clients[0].get(), clients[1].get(), clients[2].get()});
    RequireClean();
  }

  Session& operator[](std::size_t index) { return (*room)[index]; }
  const EpochState& EpochOf(std::size_t index) {
    return Must(SessionAccess::Of((*this)[index]).member())->epoch();
  }
  TestClient& guest() { return *clients[3]; }

  // That nothing is left of any secret but of those that a session, a storage or a client's signer
  // holds.
  void RequireClean() {
    const std::string found = Found();
    INFO(found);
    REQUIRE(found.empty());
  }

  // The first traces that should not be there, as a text.
  std::string Found() {
    std::set<const std::uint8_t*> stored;
    HoldAll(stored);
    REQUIRE(traces_.size() > 50);
    std::string found;
    std::size_t held = 0;
    HeapBlock block;
    const std::function<void(const Trace&)> judge = [&](const Trace& trace) {
      if (block.is_live && trace.is_held) {
        ++held;
      } else if (found.size() < 2000) {
        found += Describe(trace, block);
      }
    };
    // What the search itself allocates is not searched.
    const std::size_t end = UsedHeap();
    for (std::size_t position = 0; position < end && NextHeapBlock(&position, &block);) {
      if (block.is_live && stored.contains(block.bytes.data())) continue;
      traces_.Search(block.bytes, judge);
    }
    // That those that are held are found shows that the search finds.
    if (room != nullptr) REQUIRE(held > 10);
    return found;
  }

 private:
  static std::string Describe(const Trace& trace, const HeapBlock& block) {
    return std::string("\n  ") + trace.secret + " " + std::to_string(trace.number) + ": " +
           std::to_string(trace.size) + " bytes in a " + (block.is_live ? "live" : "freed") +
           " block of " + std::to_string(block.bytes.size()) + ", " +
           std::to_string(trace.at - block.bytes.data()) + " from its beginning";
  }

  void HoldAll(std::set<const std::uint8_t*>& stored) {
    traces_.HoldNone();
    const auto hold = [this](const std::string&, const Secret& secret) {
      traces_.Hold(secret.ExposeForProvider());
    };
    if (room != nullptr) {
      for (Session& session : room->all()) {
        VisitSecrets(Must(SessionAccess::Of(session).member())->state(), hold);
      }
    }
    for (const auto& client : clients) {
      BlocksOf blocks(stored);
      Must(client->storage.Scan({}, blocks));
      const auto& signer = ClientAccess::State(**client)->own_signer;
      if (signer.has_value()) hold("", signer->private_key());
    }
  }

  Traces traces_;

 public:
  RecordingProvider provider;
  std::vector<std::unique_ptr<TestClient>> clients;
  std::unique_ptr<Room> room;
};

struct Case {
  const char* name;
  void (*run)(CipherSuite suite);
};

// -- Messages.

void SendAndRead(CipherSuite suite) {
  Scene scene(suite);
  for (int i = 0; i < 2; ++i) {
    const Bytes message = Must(scene[0].Protect(AsBytes("hello"), AsBytes("aad")));
    scene.RequireClean();
    ReceiveApplication(scene[1], message);
    scene.RequireClean();
  }
}

void ReadOutOfOrder(CipherSuite suite) {
  Scene scene(suite);
  std::vector<Bytes> messages;
  for (int i = 0; i < 4; ++i) messages.push_back(Must(scene[0].Protect(AsBytes("hello"))));
  for (const std::size_t at : {3U, 1U, 0U}) {
    ReceiveApplication(scene[1], messages[at]);
    scene.RequireClean();
  }
  scene.room->Commit(scene[2]);
  scene.RequireClean();
  ReceiveApplication(scene[1], messages[2]);
  scene.RequireClean();
}

void RefuseForgeries(CipherSuite suite) {
  Scene scene(suite);
  const Bytes message = Must(scene[0].Protect(AsBytes("hello")));
  for (std::size_t back = 1; back < 40; back += 6) {
    Bytes forged = message;
    forged[forged.size() - back] ^= 1;
    REQUIRE_FALSE(scene[1].Receive(forged).ok());
  }
  scene.RequireClean();
  ReceiveApplication(scene[1], message);
  REQUIRE(KindOf(scene[1].Receive(message)) == ErrorKind::kAlreadyUsed);
  scene.RequireClean();
}

// -- Commits.

void CommitEach(CipherSuite suite) {
  for (const HandshakeFraming framing :
       {HandshakeFraming::private_message, HandshakeFraming::public_message}) {
    Scene scene(suite, framing);
    for (std::size_t i = 0; i < 3; ++i) {
      const Bytes commit = Must(scene[i].CreateCommit({})).commit;
      scene.RequireClean();
      for (Session& session : scene.room->all()) {
        StagedCommit staged = ReceiveCommit(session, commit);
        Must(session.Apply(std::move(staged)));
        scene.RequireClean();
      }
    }
  }
}

void DropAndWithdraw(CipherSuite suite) {
  Scene scene(suite);
  const OutgoingCommit offer = Must(scene[0].CreateCommit({}));
  {
    const StagedCommit dropped = ReceiveCommit(scene[1], offer.commit);
  }
  scene.RequireClean();
  Must(Withdraw(scene[0], offer.id));
  scene.RequireClean();
  Must(scene[0].CreateCommit({}));
  scene.room->Commit(scene[1]);  // the offer loses
  scene.RequireClean();
}

void ProposeAndCommit(CipherSuite suite) {
  Scene scene(suite);
  const Bytes update = Must(ProposeUpdate(scene[0]));
  scene.RequireClean();
  DeliverProposal({scene[1], scene[2]}, update);
  scene.RequireClean();
  scene.room->Commit(scene[1]);
  scene.RequireClean();
}

void UsePsk(CipherSuite suite) {
  Scene scene(suite);
  const PskId psk = ExternalPskId{ToBytes("a psk")};
  {
    const Secret key = Must(RandomSecret(scene.provider, 32));
    for (std::size_t i = 0; i < 3; ++i) {
      Must((*scene.clients[i])->AddPsk(AsBytes("a psk"), key));
    }
  }
  scene.room->Commit(scene[0], {.psks = {psk}});
  scene.RequireClean();
  for (std::size_t i = 0; i < 3; ++i) Must((*scene.clients[i])->RemovePsk(AsBytes("a psk")));
  scene.RequireClean();
}

void Export(CipherSuite suite) {
  Scene scene(suite);
  {
    const Secret exported = Must(scene[0].ExportSecret("label", AsBytes("context"), 32));
  }
  Must(MakeGroupInfo(scene[0]));
  scene.RequireClean();
}

// -- Coming and going.

void JoinByWelcome(CipherSuite suite) {
  Scene scene(suite);
  const Bytes key_package = scene.guest().KeyPackage();
  scene.RequireClean();
  const Entered entered =
      Commit(scene[0], {.add = {key_package}, .path = PathPolicy::always}, {scene[1], scene[2]});
  scene.RequireClean();
  const Bytes& welcome = entered.welcomes.front();
  {
    const StagedJoin dropped = Must(scene.guest()->ReadWelcome(welcome));
  }
  Bytes forged = welcome;
  forged.back() ^= 1;
  REQUIRE_FALSE(scene.guest()->ReadWelcome(forged).ok());
  scene.RequireClean();
  {
    const Session joined = scene.guest().Join(welcome);
    REQUIRE(joined.is_member());
  }
  // The session is closed: what is left is in the storage.
  scene.RequireClean();
}

void JoinExternally(CipherSuite suite) {
  Scene scene(suite);
  const Bytes info = Must(MakeGroupInfo(scene[0]));
  {
    const PendingJoin dropped = Must(StartExternalJoin(*scene.guest(), info));
  }
  scene.RequireClean();
  {
    PendingJoin pending = Must(ResumeExternalJoin(*scene.guest(), scene[0].group_id()));
    DeliverCommit(scene.room->all(), pending.commit());
    const Session joined = Must(EnterExternally(*scene.guest(), std::move(pending)));
    REQUIRE(joined.is_member());
  }
  scene.RequireClean();
}

void RemoveAndDelete(CipherSuite suite) {
  Scene scene(suite);
  scene.room->Commit(scene[0], {.remove = {LeafIndex{2}}});
  REQUIRE_FALSE(scene[2].is_member());
  scene.RequireClean();
  Must((*scene.clients[1])->DeleteGroup(scene[1].group_id()));
  // Its session finds out when it writes.
  REQUIRE(KindOf(scene[1].Protect(AsBytes("hello"))) == ErrorKind::kStorage);
  REQUIRE_FALSE(scene[1].is_member());
  scene.RequireClean();
}

void DropKeyPackages(CipherSuite suite) {
  Scene scene(suite);
  scene.guest().KeyPackage();
  scene.guest().KeyPackage({.lifetime = 10});
  scene.guest().clock.now += 100;
  REQUIRE(Must(scene.guest()->PurgeExpiredKeyPackages()) == 1);
  Must(DeleteKeyPackage(*scene.guest(), Must(KeyPackages(*scene.guest())).front().ref));
  scene.RequireClean();
}

void OpenAgain(CipherSuite suite) {
  Scene scene(suite);
  scene.room->Commit(scene[1]);
  {
    const Session again = Must((*scene.clients[0])->OpenGroup(scene[0].group_id()));
    REQUIRE(again.epoch() == scene[0].epoch());
  }
  scene.RequireClean();
}

void CloseEverything(CipherSuite suite) {
  Scene scene(suite);
  ReceiveApplication(scene[1], Must(scene[0].Protect(AsBytes("hello"))));
  scene.room->Commit(scene[2]);
  Must(scene[0].CreateCommit({}));
  scene.guest().KeyPackage();
  scene.room.reset();
  scene.RequireClean();
  scene.clients.clear();
  scene.RequireClean();
}

// -- Calls that fail in the middle.

void FailEverywhere(CipherSuite suite) {
  Scene scene(suite);
  const auto fail = [&scene](const auto& call) {
    for (std::uint64_t calls = 0;; ++calls) {
      REQUIRE(calls < 2000);
      scene.provider.FailAfter(calls);
      const bool done = call();
      scene.provider.FailAfter(std::nullopt);
      if (done) break;
    }
    scene.RequireClean();
  };
  Bytes made;
  const auto keep = [&made](Result<Bytes> result) {
    if (result.ok()) made = std::move(result).value();
    return result.ok();
  };
  fail([&] { return keep(scene.guest()->NewKeyPackage()); });
  const Bytes key_package = std::exchange(made, {});
  fail([&] { return keep(scene[0].Protect(AsBytes("hello"))); });
  fail([&] { return scene[1].Receive(made).ok(); });
  fail([&] {
    auto offer = scene[0].CreateCommit({.add = {key_package}, .path = PathPolicy::always});
    if (offer.ok()) made = offer->commit;
    return offer.ok();
  });
  fail([&] { return scene[1].Receive(made).ok(); });
  const Entered entered = ReceiveAndApply(scene[0], made);
  DeliverCommit({scene[1], scene[2]}, made);
  fail([&] { return scene.guest()->ReadWelcome(entered.welcomes.front()).ok(); });
}

constexpr Case kCases[] = {
    {"a message that is sent and read", SendAndRead},
    {"messages out of order, and late", ReadOutOfOrder},
    {"forged and repeated messages", RefuseForgeries},
    {"commits of each member", CommitEach},
    {"commits that come to nothing", DropAndWithdraw},
    {"an Update", ProposeAndCommit},
    {"a pre-shared key", UsePsk},
    {"exported secrets and a GroupInfo", Export},
    {"a join by Welcome", JoinByWelcome},
    {"an external join", JoinExternally},
    {"a removal, and a group that is deleted", RemoveAndDelete},
    {"key packages that go", DropKeyPackages},
    {"a session that is opened again", OpenAgain},
    {"sessions and clients that are closed", CloseEverything},
    {"calls that fail in the middle", FailEverywhere},
};

// Runs a case in a process of its own, and requires that it passes.
void RunForked(const std::string& name, const std::function<void()>& act) {
  RunCase("zeroisation", [&] {
    INFO(name);
    CHECK(Forked([&] { return Asserting(act); }).Wait() == 0);
  });
}

}  // namespace

TEST_CASE("No call leaves a trace of a secret that it has used up") {
  for (const CipherSuite suite : EverySuite()) {
    for (const Case& one : kCases) {
      const std::string name =
          one.name + (", suite " + std::to_string(static_cast<unsigned>(suite)));
      RunForked(name, [&] { one.run(suite); });
    }
  }
}

namespace {

// Ways to leave a secret behind. What they are given is held by a session.

void CopyIntoBytes(const Secret& secret) { const Bytes copy = ToBytes(secret.ExposeForProvider()); }

// A buffer that grows moves, and frees what it had.
void GrowWith(const Secret& secret) {
  Bytes grown = ToBytes(secret.ExposeForProvider());
  grown.resize(grown.size() + 100);
  std::memset(grown.data(), 0, grown.size());
  // The stores are said to be read.
  __asm__ __volatile__("" : : "r"(grown.data()) : "memory");
}

// Half of it is enough.
void CopyHalf(const Secret& secret) {
  const Bytes copy = ToBytes(secret.ExposeForProvider().subspan(5, kTraceSize));
  REQUIRE(copy.size() == kTraceSize);
}

void Duplicate(const Secret& secret) {
  void* const copy = std::malloc(secret.size());
  std::memcpy(copy, secret.ExposeForProvider().data(), secret.size());
  // Is read, as far as the compiler knows.
  __asm__ __volatile__("" : : "r"(copy) : "memory");
  std::free(copy);
}

}  // namespace

TEST_CASE("A secret that is left behind is found") {
  for (const auto& leave : {CopyIntoBytes, GrowWith, CopyHalf, Duplicate}) {
    RunForked("left behind", [&] {
      Scene scene(test::TestSuite().id());
      leave(scene.EpochOf(0).secrets.exporter_secret);
      REQUIRE_FALSE(scene.Found().empty());
    });
  }
}

TEST_CASE("A secret that is kept too long is found") {
  RunForked("kept", [] {
    Scene scene(test::TestSuite().id());
    const Secret kept = scene.EpochOf(0).secrets.init_secret.value.Clone();
    scene.RequireClean();
    scene.room->Commit(scene[0]);
    REQUIRE_FALSE(scene.Found().empty());
  });
}

}  // namespace conclave::testing
