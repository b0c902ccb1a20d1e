// Stories of limits: what a client does not accept, whoever sends it (conclave/policy.h).
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

}  // namespace

TEST_CASE("A message that is too large is not read, nor sent") {
  TestClientOptions small;
  small.policy.max_message_size = 2000;
  TestClient alice("alice"), bob("bob", small);
  Room room({&alice, &bob});
  const Bytes large = Must(room[0].Protect(Bytes(3000)));
  REQUIRE(KindOf(room[1].Receive(large)) == ErrorKind::kRejectedByPolicy);
  REQUIRE(KindOf(room[1].Protect(Bytes(2001))) == ErrorKind::kRejectedByPolicy);
  REQUIRE(KindOf(room[1].Protect({}, Bytes(2001))) == ErrorKind::kRejectedByPolicy);
  ReceiveApplication(room[1], Must(room[0].Protect(Bytes(1000))));
  ReceiveApplication(room[0], Must(room[1].Protect(Bytes(1000))));
}

TEST_CASE("A Welcome, a GroupInfo and a tree that are too large are not read") {
  TestClientOptions small;
  small.policy.max_message_size = 300;
  TestClient alice("alice"), bob("bob", small);
  Room room({&alice});
  const Entered entered = Commit(room[0], {.add = {bob.KeyPackage()}}, {});
  REQUIRE(KindOf(bob->ReadWelcome(entered.welcomes[0])) == ErrorKind::kRejectedByPolicy);
  REQUIRE(KindOf(StartExternalJoin(*bob, Must(MakeGroupInfo(room[0])))) ==
          ErrorKind::kRejectedByPolicy);
  const Bytes bare = Must(MakeGroupInfo(room[0], {.ratchet_tree = false}));
  REQUIRE(bare.size() <= 300);
  const Bytes tree = Must(ExportRatchetTree(room[0]));
  REQUIRE(KindOf(StartExternalJoin(*bob, bare, {.ratchet_tree = tree})) ==
          ErrorKind::kRejectedByPolicy);
}

TEST_CASE("A group that is too large is neither joined nor followed") {
  TestClientOptions small;
  small.policy.max_group_size = 2;
  TestClient alice("alice"), bob("bob", small), carol("carol"), dave("dave", small);
  Room room({&alice, &bob});
  REQUIRE(KindOf(room[1].CreateCommit({.add = {carol.KeyPackage()}})) ==
          ErrorKind::kRejectedByPolicy);
  const OutgoingCommit offer = Must(room[0].CreateCommit({.add = {carol.KeyPackage()}}));
  const Snapshot before = SnapshotOf(room[1]);
  REQUIRE(KindOf(room[1].Receive(offer.commit)) == ErrorKind::kRejectedByPolicy);
  REQUIRE(SnapshotOf(room[1]) == before);

  Room larger({&alice, &carol});
  const Entered entered = Commit(larger[0], {.add = {dave.KeyPackage()}}, {larger[1]});
  REQUIRE(KindOf(dave->ReadWelcome(entered.welcomes[0])) == ErrorKind::kRejectedByPolicy);
  REQUIRE(KindOf(StartExternalJoin(*dave, Must(MakeGroupInfo(larger[0])))) ==
          ErrorKind::kRejectedByPolicy);
}

TEST_CASE("Extensions of a group that are too large are not accepted") {
  const ExtensionType type{0xf001};
  TestClientOptions small{.extensions = {type}};
  small.policy.max_extensions_size = 100;
  TestClient alice("alice", {.extensions = {type}}), bob("bob", small), carol("carol", small);
  Room room({&alice, &bob});
  const std::vector<Extension> large = {{type, Bytes(200)}};
  const OutgoingCommit offer = Must(room[0].CreateCommit({.extensions = large}));
  REQUIRE(KindOf(room[1].Receive(offer.commit)) == ErrorKind::kRejectedByPolicy);
  REQUIRE(KindOf(room[1].CreateCommit({.extensions = large})) == ErrorKind::kRejectedByPolicy);
  REQUIRE(KindOf(bob->CreateGroup({.extensions = large})) == ErrorKind::kRejectedByPolicy);
  // A group that has such extensions already is none to join.
  Room other({&alice}, {.extensions = large});
  const Entered entered = Commit(other[0], {.add = {carol.KeyPackage()}}, {});
  REQUIRE(KindOf(carol->ReadWelcome(entered.welcomes[0])) == ErrorKind::kRejectedByPolicy);
}

TEST_CASE("A suite that the provider does not have is not supported") {
  RecordingVerifier verifier;
  SettableClock clock;
  MemoryStorage storage;
  for (const CipherSuite suite :
       {CipherSuite{0}, CipherSuite{8}, CipherSuite{0x0a0a}, CipherSuite{0xffff}}) {
    REQUIRE(KindOf(Client::Create({.identity = "alice",
                                   .crypto = test::Provider(),
                                   .clock = clock,
                                   .verifier = verifier,
                                   .storage = storage,
                                   .suite = suite})) == ErrorKind::kUnsupported);
  }
}

TEST_CASE("Our own messages are recognised as far back as the policy says") {
  TestClientOptions options;
  options.policy.max_own_messages = 2;
  TestClient alice("alice", options), bob("bob");
  Room room({&alice, &bob});
  std::vector<Bytes> messages;
  for (int i = 0; i < 3; ++i) messages.push_back(Must(room[0].Protect(AsBytes("hello"))));
  REQUIRE(KindOf(room[0].Receive(messages[0])) == ErrorKind::kAlreadyUsed);
  ReceiveOwn(room[0], messages[1]);
  ReceiveOwn(room[0], messages[2]);
}

TEST_CASE("An exporter gives what is asked for, and no more than there is") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Bytes first = BytesOf(Must(room[0].ExportSecret("label", AsBytes("context"), 32)));
  REQUIRE(first == BytesOf(Must(room[1].ExportSecret("label", AsBytes("context"), 32))));
  REQUIRE(first != BytesOf(Must(room[0].ExportSecret("other", AsBytes("context"), 32))));
  REQUIRE(first != BytesOf(Must(room[0].ExportSecret("label", AsBytes("other"), 32))));
  REQUIRE(Must(room[0].ExportSecret("label", {}, 0)).size() == 0);
  REQUIRE(Must(room[0].ExportSecret("label", {}, 255 * 32)).size() == 255 * 32);
  REQUIRE_FALSE(room[0].ExportSecret("label", {}, 255 * 32 + 1).ok());
  REQUIRE_FALSE(room[0].ExportSecret("label", {}, std::size_t{1} << 40).ok());
  room.Commit(room[0]);
  REQUIRE(first != BytesOf(Must(room[0].ExportSecret("label", AsBytes("context"), 32))));
}

}  // namespace conclave::testing
