// What the library does with a secret takes the same time whatever the secret is. Under Valgrind's
// memcheck, every secret is marked as undefined where it arises; a branch on it, or an address made
// from it, is reported. The objects are those of a release build; nothing in them knows of this.
//
// What becomes public is marked as such: ciphertexts, signatures, public keys and KEM outputs when
// the provider returns them, messages when they are sent, and the verdict of a comparison. What the
// crypto libraries report of themselves is suppressed, with the reasons, in valgrind.supp.
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conclave/external_join.h"
#include "conclave/group_info.h"
#include "conclave/offers.h"
#include "constant_time/marking_provider.h"
#include "constant_time/secrets.h"
#include "crypto/kdf.h"
#include "session/session_state.h"
#include "support/cases.h"
#include "support/conversation.h"
#include "support/group_secrets.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::testing {
namespace {

using test::KindOf;
using test::Must;
using test::RunCase;

// A group of three and a guest, all of whose secrets are marked.
class Scene {
 public:
  Scene(CipherSuite id, HandshakeFraming framing)
      : provider_(test::Provider(), test::TestSuite(id).hash_size()) {
    const TestClientOptions options = {
        .crypto = &provider_, .suite = id, .policy = {.handshakes = framing}};
    for (const char* name : {"alice", "bob", "carol", "dave"}) {
      clients_.push_back(std::make_unique<TestClient>(name, options));
    }
    sessions_.push_back(Must((*clients_[0])->CreateGroup()));
    const Bytes commit = Offer(0, {.add = {clients_[1]->KeyPackage(), clients_[2]->KeyPackage()}});
    const Entered entered = ReceiveAndApply(sessions_[0], commit);
    for (std::size_t i : {1U, 2U}) sessions_.push_back(clients_[i]->Join(entered.welcomes.front()));
  }

  Session& operator[](std::size_t index) { return sessions_[index]; }
  TestClient& client(std::size_t index) { return *clients_[index]; }
  TestClient& guest() { return *clients_[3]; }

  // A message with a text that nobody may learn.
  Bytes Send(std::size_t from) {
    const Bytes text = ToBytes("attack at dawn");
    MarkSecret(text);
    return Must(sessions_[from].Protect(text, AsBytes("aad")));
  }

  // A commit that has been sent, so that everybody knows all of it.
  Bytes Offer(std::size_t from, const CommitRequest& request) {
    OutgoingCommit offer = Must(sessions_[from].CreateCommit(request));
    MarkPublic(offer.commit);
    for (const auto& kept : Must(SessionAccess::Of(sessions_[from]).member())->offers()) {
      MarkPublic(kept.message);
    }
    return std::move(offer.commit);
  }

  void Deliver(BytesView commit) {
    for (Session& session : sessions_) ReceiveAndApply(session, commit);
  }

  // That the marks are where they should be. How many secrets there are.
  std::size_t RequireMarked() {
    std::size_t secrets = 0;
    for (const Session& session : sessions_) {
      VisitSecrets(Must(SessionAccess::Of(session).member())->state(),
                   [&secrets](const std::string& name, const Secret& secret) {
                     INFO(name);
                     REQUIRE(IsSecret(secret.ExposeForProvider()));
                     ++secrets;
                   });
    }
    return secrets;
  }

  const CryptoProvider& provider() const { return provider_; }

 private:
  MarkingProvider provider_;
  std::vector<std::unique_ptr<TestClient>> clients_;
  std::vector<Session> sessions_;
};

struct Case {
  const char* name;
  void (*run)(Scene& scene);
};

// -- Messages.

void SendAndRead(Scene& scene) {
  ReceiveApplication(scene[1], scene.Send(0));
  const Bytes late = scene.Send(0);
  ReceiveApplication(scene[1], scene.Send(0));
  ReceiveApplication(scene[1], late);
}

void RefuseForgeries(Scene& scene) {
  const Bytes message = scene.Send(0);
  for (const std::size_t back : {1U, 16U, 17U}) {
    Bytes forged = message;
    forged[forged.size() - back] ^= 1;
    REQUIRE(KindOf(scene[1].Receive(forged)) == ErrorKind::kNotAuthentic);
  }
}

// -- Commits.

void CommitEach(Scene& scene) {
  for (std::size_t i = 0; i < 3; ++i) scene.Deliver(scene.Offer(i, {.path = PathPolicy::always}));
}

// The last byte of a public commit is one of its membership tag.
void RefuseMembershipTag(Scene& scene) {
  Bytes commit = scene.Offer(0, {});
  commit.back() ^= 1;
  REQUIRE(KindOf(scene[1].Receive(commit)) == ErrorKind::kNotAuthentic);
  commit.back() ^= 1;
  scene.Deliver(commit);
}

void CommitUpdate(Scene& scene) {
  Bytes update = Must(ProposeUpdate(scene[0]));
  MarkPublic(update);
  DeliverProposal({scene[1], scene[2]}, update);
  scene.Deliver(scene.Offer(1, {}));
}

void CommitPsk(Scene& scene) {
  const Secret psk = Must(RandomSecret(scene.provider(), 32));
  REQUIRE(IsSecret(psk.ExposeForProvider()));
  for (std::size_t i = 0; i < 3; ++i) Must(scene.client(i)->AddPsk(AsBytes("psk"), psk));
  scene.Deliver(scene.Offer(0, {.psks = {ExternalPskId{ToBytes("psk")}}}));
}

void Remove(Scene& scene) { scene.Deliver(scene.Offer(0, {.remove = {LeafIndex{1}}})); }

void Export(Scene& scene) {
  const Secret exported = Must(scene[0].ExportSecret("label", AsBytes("context"), 100));
  REQUIRE(IsSecret(exported.ExposeForProvider()));
}

// -- Joining.

void JoinExternally(Scene& scene) {
  const Bytes info = Must(MakeGroupInfo(scene[0]));
  MarkPublic(info);
  PendingJoin pending = Must(StartExternalJoin(*scene.guest(), info));
  Bytes commit = pending.commit();
  MarkPublic(commit);
  // An external commit ends with its confirmation tag, which no signature covers.
  commit.back() ^= 1;
  REQUIRE(KindOf(scene[1].Receive(commit)) == ErrorKind::kNotAuthentic);
  commit.back() ^= 1;
  scene.Deliver(commit);
  const Session joined = Must(EnterExternally(*scene.guest(), std::move(pending)));
  REQUIRE(joined.epoch() == scene[1].epoch());
}

void OpenAgain(Scene& scene) {
  ReceiveApplication(scene[1], scene.Send(0));
  scene[1] = Must(scene.client(1)->OpenGroup(scene[1].group_id()));
  ReceiveApplication(scene[1], scene.Send(0));
}

constexpr Case kCases[] = {
    {"messages that are sent and read", SendAndRead},
    {"messages that are forged", RefuseForgeries},
    {"commits", CommitEach},
    {"an Update", CommitUpdate},
    {"a pre-shared key", CommitPsk},
    {"an exported secret", Export},
    {"an external join, with a wrong confirmation tag and the right one", JoinExternally},
    {"a session that is opened again", OpenAgain},
};

// Runs a part of a test, and requires that memcheck has nothing to say about it.
void RunUnreported(const std::string& name, const std::function<void()>& act) {
  RunCase("constant-time", [&] {
    INFO(name);
    const std::size_t before = Reports();
    act();
    CHECK(Reports() - before == 0);
  });
}

}  // namespace

TEST_CASE("No branch and no address depends on a secret") {
  REQUIRE(RUNNING_ON_VALGRIND);
  for (const CipherSuite id : EverySuite()) {
    for (const HandshakeFraming framing :
         {HandshakeFraming::private_message, HandshakeFraming::public_message}) {
      const bool is_public = framing == HandshakeFraming::public_message;
      const std::string where = "suite " + std::to_string(static_cast<unsigned>(id)) +
                                (is_public ? ", in public: " : ", in private: ");
      std::optional<Scene> scene;
      RunUnreported(where + "a group that forms", [&] {
        scene.emplace(id, framing);
        REQUIRE(scene->RequireMarked() > 30);
      });
      REQUIRE(scene.has_value());
      for (const Case& one : kCases) {
        RunUnreported(where + one.name, [&] {
          one.run(*scene);
          scene->RequireMarked();
        });
      }
      if (is_public) RunUnreported(where + "a wrong tag", [&] { RefuseMembershipTag(*scene); });
      RunUnreported(where + "a removal", [&] { Remove(*scene); });
    }
  }
}

TEST_CASE("A comparison that ends early, a branch and a look-up are reported") {
  REQUIRE(RUNNING_ON_VALGRIND);
  for (const Fault fault :
       {Fault::leaves_comparison_early, Fault::branches_on_key, Fault::looks_up_by_key}) {
    RunCase("constant-time", [fault] {
      Scene scene(test::TestSuite().id(), HandshakeFraming::public_message);
      const Bytes commit = scene.Offer(0, {});
      const std::size_t before = Reports();
      g_fault = fault;
      ReceiveAndApply(scene[1], commit);
      g_fault = Fault::none;
      INFO("fault " << static_cast<int>(fault));
      CHECK(Reports() > before);
    });
  }
}

}  // namespace conclave::testing
