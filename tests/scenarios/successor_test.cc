// Stories of groups that come out of groups: re-initialisation and branches
// (RFC 9420, sections 11.2 and 11.3).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

constexpr CipherSuite kSuite1 = CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
constexpr CipherSuite kSuite2 = CipherSuite::MLS_128_DHKEMP256_AES128GCM_SHA256_P256;
constexpr CipherSuite kSuite6 = CipherSuite::MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448;
constexpr CipherSuite kSuite7 = CipherSuite::MLS_256_DHKEMP384_AES256GCM_SHA384_P384;

ProposedReInit Successor(CipherSuite suite) {
  return {.group_id = ToBytes("successor"), .cipher_suite = suite, .extensions = {}};
}

// A group of three in one suite, closed; and its members' clients in the successor's suite.
struct Closed {
  explicit Closed(CipherSuite from, CipherSuite to)
      : alice("alice", {.suite = from}),
        bob("bob", {.suite = from}),
        carol("carol", {.suite = from}),
        room({&alice, &bob, &carol}),
        new_alice(alice.InSuite(to)),
        new_bob(bob.InSuite(to)),
        new_carol(carol.InSuite(to)) {
    room.Commit(room[0], {.reinit = Successor(to)});
  }

  TestClient alice, bob, carol;
  Room room;
  Client new_alice, new_bob, new_carol;
};

}  // namespace

TEST_CASE("A group moves to another suite, and all its members with it") {
  const auto suites = GENERATE(std::pair{kSuite1, kSuite1}, std::pair{kSuite1, kSuite2},
                               std::pair{kSuite2, kSuite7}, std::pair{kSuite7, kSuite6},
                               std::pair{kSuite6, kSuite1});
  Closed old(suites.first, suites.second);
  Room& room = old.room;
  for (Session& session : room.all()) {
    REQUIRE(session.closed_by()->group_id == ToBytes("successor"));
    REQUIRE(session.closed_by()->cipher_suite == suites.second);
  }
  // bob is the quickest.
  NewGroup made = Must(
      CreateSuccessor(old.new_bob, room[1],
                      {Must(old.new_alice.NewKeyPackage()), Must(old.new_carol.NewKeyPackage())}));
  REQUIRE(made.session.epoch() == 1);
  REQUIRE(made.session.group_id() == ToBytes("successor"));
  REQUIRE(made.session.suite() == suites.second);
  REQUIRE(made.welcomes.size() == 1);

  // The others look for what the Welcome claims in their own session of the old group.
  REQUIRE(KindOf(old.new_alice.ReadWelcome(made.welcomes[0])) == ErrorKind::kMissing);
  Room unrelated({&old.alice});
  REQUIRE(KindOf(old.new_alice.ReadWelcome(made.welcomes[0], {.origin = &unrelated[0]})) ==
          ErrorKind::kMissing);
  Session alice = Must(
      old.new_alice.Enter(Must(old.new_alice.ReadWelcome(made.welcomes[0], {.origin = &room[0]}))));
  Session carol = Must(
      old.new_carol.Enter(Must(old.new_carol.ReadWelcome(made.welcomes[0], {.origin = &room[2]}))));
  RequireHealthy({made.session, alice, carol});
  Commit(alice, {}, {made.session, carol});
  RequireHealthy({made.session, alice, carol});
}

TEST_CASE("A closed group says no more, but late messages are read") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const Bytes late = Must(room[0].Protect(AsBytes("one last thing")));
  const OutgoingCommit other = Must(room[1].CreateCommit({}));
  room.Commit(room[0], {.reinit = Successor(kSuite1)});
  const Snapshot before = SnapshotOf(room[1]);
  REQUIRE(KindOf(room[1].Protect(AsBytes("x"))) == ErrorKind::kGroupClosed);
  REQUIRE(KindOf(room[1].CreateCommit({})) == ErrorKind::kGroupClosed);
  REQUIRE(KindOf(ProposeUpdate(room[1])) == ErrorKind::kGroupClosed);
  REQUIRE(KindOf(ProposeAdd(room[1], carol.KeyPackage())) == ErrorKind::kGroupClosed);
  REQUIRE(KindOf(room[1].Receive(other.commit)) == ErrorKind::kEpochTooOld);
  REQUIRE(TextOf(ReceiveApplication(room[1], late).plaintext) == "one last thing");
  REQUIRE(SnapshotOf(room[1]) == before);
  RequireAgreement(room.all());
}

TEST_CASE("Any member may propose that the group be re-initialised") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  DeliverProposal({room[1]}, Must(ProposeReInit(room[0], Successor(kSuite2))));
  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  REQUIRE(ReceiveCommit(room[0], offer.commit).summary().reinit->cipher_suite == kSuite2);
  REQUIRE_FALSE(room[0].closed_by().has_value());
  DeliverCommit(room.all(), offer.commit);
  REQUIRE(room[0].closed_by()->cipher_suite == kSuite2);
}

TEST_CASE("A successor that leaves somebody out is refused by those it invites") {
  Closed old(kSuite1, kSuite2);
  NewGroup made =
      Must(CreateSuccessor(old.new_alice, old.room[0], {Must(old.new_bob.NewKeyPackage())}));
  REQUIRE(KindOf(old.new_bob.ReadWelcome(made.welcomes[0], {.origin = &old.room[1]})) ==
          ErrorKind::kInvalidCommit);
}

TEST_CASE("A successor may bring new people along") {
  Closed old(kSuite1, kSuite2);
  TestClient dave("dave", {.suite = kSuite2});
  NewGroup made = Must(CreateSuccessor(
      old.new_alice, old.room[0],
      {Must(old.new_bob.NewKeyPackage()), Must(old.new_carol.NewKeyPackage()), dave.KeyPackage()}));
  Session bob = Must(
      old.new_bob.Enter(Must(old.new_bob.ReadWelcome(made.welcomes[0], {.origin = &old.room[1]}))));
  RequireHealthy({made.session, bob});
  // dave was not in the old group, and lacks the key that proves it.
  REQUIRE(KindOf(dave->ReadWelcome(made.welcomes[0])) == ErrorKind::kMissing);
}

TEST_CASE("Only a closed group has a successor, and only of the suite that was agreed on") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  REQUIRE(KindOf(CreateSuccessor(*alice, room[0], {bob.KeyPackage()})) == ErrorKind::kMisuse);
  room.Commit(room[0], {.reinit = Successor(kSuite2)});
  REQUIRE(KindOf(CreateSuccessor(*alice, room[0], {bob.KeyPackage()})) == ErrorKind::kMisuse);
  Client new_alice = alice.InSuite(kSuite2);
  Client new_bob = bob.InSuite(kSuite2);
  // A key package of the old suite will not do.
  REQUIRE(KindOf(CreateSuccessor(new_alice, room[0], {bob.KeyPackage()})) ==
          ErrorKind::kInvalidProposal);
  Must(CreateSuccessor(new_alice, room[0], {Must(new_bob.NewKeyPackage())}));
  // Once.
  REQUIRE(KindOf(CreateSuccessor(new_alice, room[0], {Must(new_bob.NewKeyPackage())})) ==
          ErrorKind::kMisuse);
}

TEST_CASE("The successor has the extensions that were agreed on") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Extension required = MakeRequiredCapabilities(
      {.extension_types = {}, .proposal_types = {}, .credential_types = {CredentialType::basic}});
  ProposedReInit reinit = Successor(kSuite1);
  reinit.extensions = {required};
  room.Commit(room[0], {.reinit = reinit});
  NewGroup made = Must(CreateSuccessor(*alice, room[0], {bob.KeyPackage()}));
  Session at_bob = bob.Join(made.welcomes[0], {.origin = &room[1]});
  REQUIRE(at_bob.extensions() == std::vector<Extension>{required});
  RequireHealthy({made.session, at_bob});
}

TEST_CASE("Some members of a group branch off") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  NewGroup branch =
      Must(CreateBranch(*alice, room[0], {.id = ToBytes("side room")}, {carol.KeyPackage()}));
  REQUIRE(branch.session.group_id() == ToBytes("side room"));
  REQUIRE(branch.session.epoch() == 1);
  REQUIRE(KindOf(carol->ReadWelcome(branch.welcomes[0])) == ErrorKind::kMissing);
  Session at_carol = carol.Join(branch.welcomes[0], {.origin = &room[2]});
  RequireHealthy({branch.session, at_carol});
  // The group goes on beside it.
  RequireHealthy(room.all());
  room.Commit(room[1]);
  RequireHealthy(room.all());
}

TEST_CASE("A branch of an epoch that is past can still be joined") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  NewGroup branch = Must(CreateBranch(*alice, room[0], {}, {bob.KeyPackage()}));
  room.Commit(room[0]);
  room.Commit(room[1]);
  Session at_bob = bob.Join(branch.welcomes[0], {.origin = &room[1]});
  RequireHealthy({branch.session, at_bob});
}

TEST_CASE("A branch holds members of the group alone") {
  TestClient alice("alice"), bob("bob"), mallory("mallory");
  Room room({&alice, &bob});
  NewGroup branch =
      Must(CreateBranch(*alice, room[0], {}, {bob.KeyPackage(), mallory.KeyPackage()}));
  REQUIRE(KindOf(bob->ReadWelcome(branch.welcomes[0], {.origin = &room[1]})) ==
          ErrorKind::kInvalidCommit);
  TestClient other("alice", {.suite = kSuite2});
  REQUIRE(KindOf(CreateBranch(*other, room[0], {}, {})) == ErrorKind::kMisuse);
}

TEST_CASE("A branch of ourselves alone needs nobody's consent") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  NewGroup branch = Must(CreateBranch(*alice, room[0], {}, {}));
  REQUIRE(branch.welcomes.empty());
  REQUIRE(branch.session.member_count() == 1);
  REQUIRE(branch.session.epoch() == 1);
}

}  // namespace conclave::testing
