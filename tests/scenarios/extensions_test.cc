// Stories of what the library does not know and carries all the same: extensions, proposals and
// credentials of an application's own, and what a group may demand of its members
// (RFC 9420, sections 7.2, 11.1, 12.1.7 and 13).
#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

constexpr ExtensionType kTopic{0xf101};
constexpr ProposalType kWish{0xf102};
constexpr ProposalType kVote{0xf103};
constexpr CredentialType kBadge{0xf104};

Extension Topic(std::string_view text) { return {kTopic, ToBytes(text)}; }

// A client that knows all of the above.
TestClientOptions Modern() {
  return {.extensions = {kTopic}, .proposals = {kWish, kVote}, .credentials = {kBadge}};
}

RequiredCapabilities Demands() {
  return {.extension_types = {kTopic}, .proposal_types = {kWish}, .credential_types = {kBadge}};
}

}  // namespace

TEST_CASE("A group carries extensions that only its applications understand") {
  TestClient alice("alice", Modern()), bob("bob", Modern()), old("old");
  Room room({&alice, &bob}, {.extensions = {Topic("tea")}});
  REQUIRE(room[1].extensions() == std::vector<Extension>{Topic("tea")});

  const OutgoingCommit offer = Must(room[1].CreateCommit({.extensions = {{Topic("coffee")}}}));
  const StagedCommit staged = ReceiveCommit(room[0], offer.commit);
  REQUIRE(staged.summary().extensions == std::vector<Extension>{Topic("coffee")});
  REQUIRE(staged.summary().has_path);
  DeliverCommit(room.all(), offer.commit);
  for (Session& session : room.all()) {
    REQUIRE(session.extensions() == std::vector<Extension>{Topic("coffee")});
  }
  RequireHealthy(room.all());
  // Whoever does not understand them cannot be added.
  REQUIRE(KindOf(room[0].CreateCommit({.add = {old.KeyPackage()}})) == ErrorKind::kInvalidCommit);
  // Without them, anybody can; in one commit.
  room.Commit(room[0], {.add = {old.KeyPackage()}, .extensions = std::vector<Extension>{}}, {&old});
  RequireHealthy(room.all());
  // And then they cannot come back.
  REQUIRE(KindOf(room[0].CreateCommit({.extensions = {{Topic("tea")}}})) ==
          ErrorKind::kInvalidCommit);
}

TEST_CASE("Extensions that another member proposes take effect when they are committed") {
  TestClient alice("alice", Modern()), bob("bob", Modern());
  Room room({&alice, &bob});
  DeliverProposal({room[1]}, Must(ProposeExtensions(room[0], {Topic("tea")})));
  room.Commit(room[1]);
  REQUIRE(room[0].extensions() == std::vector<Extension>{Topic("tea")});
  RequireHealthy(room.all());
}

TEST_CASE("A group may demand capabilities of all its members") {
  TestClient alice("alice", Modern()), bob("bob", Modern()), old("old");
  const Extension demands = MakeRequiredCapabilities(Demands());
  Room room({&alice, &bob}, {.extensions = {demands}});
  REQUIRE(KindOf(room[0].CreateCommit({.add = {old.KeyPackage()}})) == ErrorKind::kInvalidCommit);
  // A newcomer who lets himself in is held to them too.
  const Bytes info = Must(MakeGroupInfo(room[0]));
  REQUIRE(KindOf(StartExternalJoin(*old, info)) == ErrorKind::kInvalidCommit);
  // Nor can they be introduced while somebody does not meet them.
  Room mixed({&alice, &old});
  REQUIRE(KindOf(mixed[0].CreateCommit({.extensions = {{demands}}})) == ErrorKind::kInvalidCommit);
  mixed.Commit(mixed[0], {.remove = {{1}}, .extensions = {{demands}}});
  REQUIRE(mixed[0].extensions() == std::vector<Extension>{demands});
  // And whoever creates a group has to meet its demands.
  REQUIRE(KindOf(old->CreateGroup({.extensions = {demands}})) == ErrorKind::kInvalidCommit);
  REQUIRE(KindOf(old->CreateGroup({.extensions = {Topic("tea")}})) == ErrorKind::kInvalidCommit);
  // What every client can do may be demanded of every client.
  const Extension modest =
      MakeRequiredCapabilities({.extension_types = {ExtensionType::external_senders},
                                .proposal_types = {ProposalType::add},
                                .credential_types = {CredentialType::basic}});
  REQUIRE(old->CreateGroup({.extensions = {modest}}).ok());
}

TEST_CASE("Extensions that make no sense are refused") {
  TestClient alice("alice", Modern());
  Room room({&alice});
  const std::vector<Extension> twice = {Topic("tea"), Topic("coffee")};
  REQUIRE(KindOf(room[0].CreateCommit({.extensions = twice})) == ErrorKind::kInvalidCommit);
  const std::vector<Extension> garbled = {{ExtensionType::required_capabilities, ToBytes("x")}};
  REQUIRE(KindOf(room[0].CreateCommit({.extensions = garbled})) == ErrorKind::kInvalidCommit);
  REQUIRE(KindOf(alice->CreateGroup({.extensions = twice})) == ErrorKind::kInvalidCommit);
  REQUIRE(KindOf(alice->CreateGroup({.extensions = garbled})) == ErrorKind::kInvalidCommit);
}

TEST_CASE("Proposals of an application's own are carried") {
  TestClient alice("alice", Modern()), bob("bob", Modern());
  Room room({&alice, &bob});
  const CustomProposal wish{kWish, ToBytes("longer breaks")};
  const CustomProposal vote{kVote, ToBytes("aye")};
  DeliverProposal({room[1]}, Must(ProposeCustom(room[0], wish)));
  const OutgoingCommit offer = Must(room[1].CreateCommit({.custom = {vote}}));
  const StagedCommit staged = ReceiveCommit(room[0], offer.commit);
  REQUIRE(staged.proposals().size() == 2);
  REQUIRE(std::get<CustomProposal>(staged.proposals()[0].proposal) == wish);
  REQUIRE(NameOf(std::get<Member>(staged.proposals()[0].sender).credential) == "alice");
  REQUIRE(std::get<CustomProposal>(staged.proposals()[1].proposal) == vote);
  REQUIRE(NameOf(std::get<Member>(staged.proposals()[1].sender).credential) == "bob");
  // Section 12.4: unless all agree otherwise, they need new keys.
  REQUIRE(staged.summary().has_path);
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("Members may agree that a proposal of their own needs no new keys") {
  TestClientOptions options = Modern();
  options.policy.pathless_proposals = {kVote};
  TestClient alice("alice", options), bob("bob", options), strict("strict", Modern());
  Room room({&alice, &bob});
  const CustomProposal vote{kVote, ToBytes("aye")};
  const OutgoingCommit offer = Must(room[0].CreateCommit({.custom = {vote}}));
  REQUIRE_FALSE(ReceiveCommit(room[1], offer.commit).summary().has_path);
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
  // Somebody who has not agreed refuses.
  Session& third = room.Add(room[0], strict);
  const OutgoingCommit short_one = Must(room[0].CreateCommit({.custom = {vote}}));
  REQUIRE(KindOf(third.Receive(short_one.commit)) == ErrorKind::kInvalidCommit);
  const OutgoingCommit full =
      Must(room[0].CreateCommit({.custom = {vote}, .path = PathPolicy::always}));
  DeliverCommit(room.all(), full.commit);
  RequireHealthy(room.all());
}

TEST_CASE("A proposal that somebody does not understand cannot be committed, until they are gone") {
  TestClient alice("alice", Modern()), bob("bob", Modern()), old("old");
  Room room({&alice, &bob, &old});
  const CustomProposal vote{kVote, ToBytes("aye")};
  REQUIRE(KindOf(room[0].CreateCommit({.custom = {vote}})) == ErrorKind::kInvalidCommit);
  // Section 12.2: those whom the commit removes or adds need not understand.
  TestClient another("another");
  room.Commit(room[0], {.add = {another.KeyPackage()}, .remove = {{2}}, .custom = {vote}},
              {&another});
  RequireHealthy(room.all());
}

TEST_CASE("Credentials of an application's own are carried") {
  TestClientOptions badge = Modern();
  badge.credential = CustomCredential{kBadge, ToBytes("No. 7")};
  TestClient alice("alice", Modern()), guard("guard", badge), old("old");
  Room room({&alice, &guard});
  REQUIRE(room[0].FindMember({1})->credential == *badge.credential);
  REQUIRE(std::get<CustomCredential>(
              alice.verifier.Last(CredentialMoment::key_package_to_add).credential)
              .data == ToBytes("No. 7"));
  RequireHealthy(room.all());
  // Section 7.3: everybody has to support every type in use.
  REQUIRE(KindOf(room[0].CreateCommit({.add = {old.KeyPackage()}})) == ErrorKind::kInvalidCommit);
  Room plain({&alice, &old});
  REQUIRE(KindOf(plain[0].CreateCommit({.add = {guard.KeyPackage()}})) ==
          ErrorKind::kInvalidCommit);
}

TEST_CASE("Extensions of a key package may be of an application's own") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  const Bytes key_package = bob.KeyPackage({.extensions = {Topic("about bob")}});
  room.Commit(room[0], {.add = {key_package}}, {&bob});
  RequireHealthy(room.all());
}

TEST_CASE("Extensions of a leaf may be of an application's own, and stay") {
  TestClient alice("alice"),
      bob("bob", {.leaf_extensions = {Topic("about bob"),
                                      {ExtensionType::application_id, ToBytes("device")}}});
  Room room({&alice, &bob});
  room.Commit(room[1]);
  DeliverProposal({room[0]}, Must(ProposeUpdate(room[1])));
  room.Commit(room[0]);
  RequireHealthy(room.all());
}

TEST_CASE("Extensions of a GroupInfo reach those who read it") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  const Bytes info = Must(MakeGroupInfo(room[0], {.extensions = {Topic("public notice")}}));
  PendingJoin pending = Must(StartExternalJoin(*bob, info));
  DeliverCommit(room.all(), pending.commit());
  Session inside = Must(EnterExternally(*bob, std::move(pending)));
  RequireHealthy({room[0], inside});
  // One that the library makes itself cannot be given.
  const std::vector<Extension> clash = {{ExtensionType::ratchet_tree, {}}};
  REQUIRE(KindOf(MakeGroupInfo(room[0], {.extensions = clash})) == ErrorKind::kMisuse);
  const std::vector<Extension> twice = {Topic("a"), Topic("b")};
  REQUIRE(KindOf(MakeGroupInfo(room[0], {.extensions = twice})) == ErrorKind::kMisuse);
}

}  // namespace conclave::testing
