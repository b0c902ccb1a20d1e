// Stories of a storage that fails: whatever was attempted has not happened, and works when it is
// attempted again.
#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

// Writes fail while this lives.
class Broken {
 public:
  explicit Broken(TestClient& client) : storage_(client.storage) { storage_.fail_writes = true; }
  ~Broken() { storage_.fail_writes = false; }
  Broken(const Broken&) = delete;
  Broken& operator=(const Broken&) = delete;

 private:
  FlakyStorage& storage_;
};

class Unreadable {
 public:
  explicit Unreadable(TestClient& client) : storage_(client.storage) { storage_.fail_reads = true; }
  ~Unreadable() { storage_.fail_reads = false; }
  Unreadable(const Unreadable&) = delete;
  Unreadable& operator=(const Unreadable&) = delete;

 private:
  FlakyStorage& storage_;
};

}  // namespace

TEST_CASE("A commit that cannot be written is not applied, and can be") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const OutgoingCommit offer = Must(room[0].CreateCommit({.add = {carol.KeyPackage()}}));
  for (const std::size_t i : {0u, 1u}) {
    TestClient& client = i == 0 ? alice : bob;
    const Snapshot before = SnapshotOf(room[i]);
    const std::size_t writes = client.storage.writes;
    {
      const Broken broken(client);
      REQUIRE(KindOf(room[i].Apply(ReceiveCommit(room[i], offer.commit))) == ErrorKind::kStorage);
      REQUIRE(SnapshotOf(room[i]) == before);
      REQUIRE(client.storage.writes == writes);
    }
    REQUIRE(ReceiveAndApply(room[i], offer.commit).welcomes.size() == (i == 0 ? 1 : 0));
    REQUIRE(client.storage.writes == writes + 1);
  }
  RequireHealthy(room.all());
}

TEST_CASE("What a session is asked first when the storage is well again, it answers truly") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Bytes proposal = Must(ProposeUpdate(room[1]));
  ReceiveProposal(room[0], proposal);
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  const Bytes authenticator = room[0].EpochAuthenticator();
  const auto fail = [&] {
    const Broken broken(alice);
    const Unreadable unreadable(alice);
    REQUIRE(KindOf(Delivered(room[0], {77})) == ErrorKind::kStorage);
  };
  fail();
  // An application that takes its offers for lost would make another one.
  CHECK(Offers(room[0]).size() == 1);
  fail();
  CHECK(room[0].pending_proposals().size() == 1);
  fail();
  CHECK(room[0].EpochAuthenticator() == authenticator);
  fail();
  CHECK(MakeBundle(room[0], offer.id).ok());
  fail();
  CHECK(room[0].ExportSecret("label", {}, 32).ok());
}

TEST_CASE("A removal that cannot be written has not happened") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const OutgoingCommit offer = Must(room[0].CreateCommit({.remove = {{1}}}));
  {
    const Broken broken(bob);
    REQUIRE(KindOf(room[1].Apply(ReceiveCommit(room[1], offer.commit))) == ErrorKind::kStorage);
    REQUIRE(room[1].is_member());
  }
  ReceiveAndApply(room[1], offer.commit);
  REQUIRE_FALSE(room[1].is_member());
}

TEST_CASE("A join that cannot be written has not happened, and can") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  const Entered entered = Commit(room[0], {.add = {bob.KeyPackage()}}, {});
  StagedJoin staged = Must(bob->ReadWelcome(entered.welcomes[0]));
  {
    const Broken broken(bob);
    REQUIRE(KindOf(bob->Enter(std::move(staged))) == ErrorKind::kStorage);
  }
  const std::size_t writes = bob.storage.writes;
  Session inside = bob.Join(entered.welcomes[0]);
  REQUIRE(bob.storage.writes == writes + 1);
  RequireHealthy({room[0], inside});
}

TEST_CASE("A client that cannot write makes no key packages and no groups") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  {
    const Broken broken(alice);
    REQUIRE(KindOf(alice->NewKeyPackage()) == ErrorKind::kStorage);
    REQUIRE(KindOf(alice->CreateGroup({.id = ToBytes("new")})) == ErrorKind::kStorage);
    REQUIRE(KindOf(CreateBranch(*alice, room[0], {.id = ToBytes("new")}, {bob.KeyPackage()})) ==
            ErrorKind::kStorage);
    REQUIRE(KindOf(alice->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("x")))) ==
            ErrorKind::kStorage);
    REQUIRE(KindOf(alice->RemovePsk(AsBytes("psk"))) == ErrorKind::kStorage);
    REQUIRE(KindOf(alice->DeleteGroup(AsBytes("new"))) == ErrorKind::kStorage);
  }
  REQUIRE(Must(alice->CreateGroup({.id = ToBytes("new")})).epoch() == 0);
  RequireHealthy(room.all());
}

TEST_CASE("What cannot be read is not the same as what is not there") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  const ExternalPskId psk{ToBytes("psk")};
  for (TestClient* client : {&alice, &bob}) {
    Must((*client)->AddPsk(psk.id, Secret::CopyOf(AsBytes("secret"))));
  }
  Room room({&alice, &bob});
  const OutgoingCommit with_psk = Must(room[0].CreateCommit({.psks = {psk}}));
  const Bytes proposed = Must(ProposePsk(room[0], psk));
  ReceiveProposal(room[1], proposed);
  const Snapshot before = SnapshotOf(room[1]);
  {
    const Unreadable unreadable(bob);
    REQUIRE(KindOf(room[1].Receive(with_psk.commit)) == ErrorKind::kStorage);
    REQUIRE(KindOf(room[1].CreateCommit({.psks = {psk}})) == ErrorKind::kStorage);
    // A proposal is not skipped for a reason that may pass.
    REQUIRE(KindOf(room[1].CreateCommit({})) == ErrorKind::kStorage);
    REQUIRE(KindOf(bob->CreateGroup()) == ErrorKind::kStorage);
    REQUIRE(KindOf(bob->PurgeExpiredKeyPackages()) == ErrorKind::kStorage);
    REQUIRE(KindOf(StartExternalJoin(*bob, Must(MakeGroupInfo(room[0])))) == ErrorKind::kStorage);
  }
  REQUIRE(SnapshotOf(room[1]) == before);
  DeliverCommit(room.all(), with_psk.commit);
  RequireHealthy(room.all());

  const Entered entered = Commit(room[0], {.add = {carol.KeyPackage()}}, {room[1]});
  {
    const Unreadable unreadable(carol);
    REQUIRE(KindOf(carol->ReadWelcome(entered.welcomes[0])) == ErrorKind::kStorage);
  }
  REQUIRE(carol.Join(entered.welcomes[0]).epoch() == 3);
}

TEST_CASE("A client keeps the key that it made") {
  TestClient alice("alice");
  const Bytes key = ToBytes(alice->signature_key());
  {
    const Client again = alice.InSuite(alice.options.suite);
    REQUIRE(ToBytes(again.signature_key()) == key);
  }
  // Another suite, another key.
  const Client other = alice.InSuite(CipherSuite{2});
  REQUIRE(ToBytes(other.signature_key()) != key);
  const Unreadable unreadable(alice);
  REQUIRE(KindOf(Client::Create({.identity = "alice",
                                 .crypto = test::Provider(),
                                 .clock = alice.clock,
                                 .verifier = alice.verifier,
                                 .storage = alice.storage})) == ErrorKind::kStorage);
}

TEST_CASE("A client that cannot keep its key is not created") {
  RecordingVerifier verifier;
  SettableClock clock;
  FlakyStorage storage;
  storage.fail_writes = true;
  const ClientOptions options{.identity = "alice",
                              .crypto = test::Provider(),
                              .clock = clock,
                              .verifier = verifier,
                              .storage = storage};
  REQUIRE(KindOf(Client::Create(options)) == ErrorKind::kStorage);
  storage.fail_writes = false;
  REQUIRE(Client::Create(options).ok());
}

TEST_CASE("An external join that cannot be written is no session") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  PendingJoin pending = Must(StartExternalJoin(*bob, Must(MakeGroupInfo(room[0]))));
  ReceiveAndApply(room[0], pending.commit());
  {
    const Broken broken(bob);
    REQUIRE(KindOf(EnterExternally(*bob, std::move(pending))) == ErrorKind::kStorage);
  }
  // The group has us already: we take our own place.
  PendingJoin again =
      Must(StartExternalJoin(*bob, Must(MakeGroupInfo(room[0])), {.replace = LeafIndex{1}}));
  ReceiveAndApply(room[0], again.commit());
  Session inside = Must(EnterExternally(*bob, std::move(again)));
  RequireHealthy({room[0], inside});
}

}  // namespace conclave::testing
