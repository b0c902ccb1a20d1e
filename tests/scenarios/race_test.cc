// Stories of commits that compete: which one wins is for the delivery service to say, and whoever
// lost loses nothing but the offer (RFC 9420, section 14).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <utility>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

TestClientOptions Framing(HandshakeFraming framing) {
  TestClientOptions options;
  options.policy.handshakes = framing;
  return options;
}

TestClientOptions EitherFraming() {
  return Framing(GENERATE(HandshakeFraming::private_message, HandshakeFraming::public_message));
}

}  // namespace

TEST_CASE("When two commits race, either may win") {
  const TestClientOptions options = EitherFraming();
  const std::size_t winner = GENERATE(0u, 1u);
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob, &carol});
  const OutgoingCommit offers[] = {Must(room[0].CreateCommit({})), Must(room[1].CreateCommit({}))};

  DeliverCommit(room.all(), offers[winner].commit);
  RequireHealthy(room.all());
  // The other one comes too late, for its maker and for everybody.
  for (Session& session : room.all()) {
    REQUIRE(KindOf(session.Receive(offers[1 - winner].commit)) == ErrorKind::kEpochTooOld);
  }
  // Whoever lost makes another.
  room.Commit(room[1 - winner]);
  RequireHealthy(room.all());
}

TEST_CASE("Our own commit comes back, is looked at like any other, and brings the Welcomes") {
  const TestClientOptions options = EitherFraming();
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob});
  const OutgoingCommit offer = Must(room[0].CreateCommit({.add = {carol.KeyPackage()}}));
  const Snapshot before = SnapshotOf(room[0]);
  REQUIRE(before.offers == 1);

  {
    const StagedCommit looked_at = ReceiveCommit(room[0], offer.commit);
    REQUIRE(looked_at.is_ours());
    REQUIRE_FALSE(looked_at.removes_us());
    REQUIRE(looked_at.epoch() == 2);
    REQUIRE(looked_at.added().size() == 1);
    REQUIRE(NameOf(looked_at.added()[0].credential) == "carol");
    REQUIRE(std::get<Member>(looked_at.committer()).leaf == room[0].own_leaf());
  }
  // Dropped, and nothing has happened; it may come again.
  REQUIRE(SnapshotOf(room[0]) == before);
  const Entered entered = ReceiveAndApply(room[0], offer.commit);
  REQUIRE(entered.welcomes.size() == 1);
  const StagedCommit at_bob = ReceiveCommit(room[1], offer.commit);
  REQUIRE_FALSE(at_bob.is_ours());
  REQUIRE(KindOf(room[0].Receive(offer.commit)) == ErrorKind::kEpochTooOld);
}

TEST_CASE("An offer that we made before a later one can still win") {
  const TestClientOptions options = EitherFraming();
  const std::size_t winner = GENERATE(0u, 1u, 2u);
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob});
  const OutgoingCommit offers[] = {
      Must(room[0].CreateCommit({})),
      Must(room[0].CreateCommit({.add = {carol.KeyPackage()}})),
      Must(room[0].CreateCommit({.path = PathPolicy::always})),
  };
  REQUIRE(Offers(room[0]).size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(Offers(room[0])[i].id == offers[i].id);
    REQUIRE(Offers(room[0])[i].commit == offers[i].commit);
  }

  DeliverCommit(room.all(), offers[winner].commit);
  REQUIRE(Offers(room[0]).empty());
  REQUIRE(room[0].member_count() == (winner == 1 ? 3u : 2u));
  RequireHealthy(room.all());
}

TEST_CASE("A competing commit erases our offers when it is applied, not when it is received") {
  const TestClientOptions options = EitherFraming();
  TestClient alice("alice", options), bob("bob", options);
  Room room({&alice, &bob});
  const OutgoingCommit ours = Must(room[0].CreateCommit({}));
  const OutgoingCommit theirs = Must(room[1].CreateCommit({}));

  StagedCommit staged = ReceiveCommit(room[0], theirs.commit);
  REQUIRE(Offers(room[0]).size() == 1);
  // The delivery service thought better of it: ours is the one after all.
  DeliverCommit(room.all(), ours.commit);
  RequireHealthy(room.all());
  // What was staged in the epoch that is over can no longer be applied.
  const Snapshot before = SnapshotOf(room[0]);
  REQUIRE(KindOf(room[0].Apply(std::move(staged))) == ErrorKind::kMisuse);
  REQUIRE(SnapshotOf(room[0]) == before);

  REQUIRE(Must(room[0].CreateCommit({})).commit.size() > 0);
  const OutgoingCommit next = Must(room[1].CreateCommit({}));
  DeliverCommit(room.all(), next.commit);
  REQUIRE(Offers(room[0]).empty());
  RequireHealthy(room.all());
}

TEST_CASE("A staged commit belongs to its session") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  Room other({&bob, &alice});
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  const Snapshot before = SnapshotOf(other[1]);
  REQUIRE(KindOf(other[1].Apply(ReceiveCommit(room[0], offer.commit))) == ErrorKind::kMisuse);
  REQUIRE(SnapshotOf(other[1]) == before);
  // Nor is it another member's of the same group, who has an offer of the same number.
  Must(room[1].CreateCommit({}));
  const Snapshot at_bob = SnapshotOf(room[1]);
  REQUIRE(KindOf(room[1].Apply(ReceiveCommit(room[0], offer.commit))) == ErrorKind::kMisuse);
  REQUIRE(SnapshotOf(room[1]) == at_bob);
  REQUIRE(KindOf(room[0].Apply(ReceiveCommit(room[1], offer.commit))) == ErrorKind::kMisuse);
  // The session whose offer it was still has it.
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("Our own application message comes back and is no error") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Bytes first = Must(room[0].Protect(AsBytes("one")));
  const Bytes second = Must(room[0].Protect(AsBytes("two")));
  // In any order, more than once, and after the epoch was left.
  ReceiveOwn(room[0], second);
  ReceiveOwn(room[0], first);
  ReceiveOwn(room[0], first);
  room.Commit(room[1]);
  ReceiveOwn(room[0], second);
  RequireHealthy(room.all());
}

TEST_CASE("Our own proposal comes back and is kept once") {
  const TestClientOptions options = EitherFraming();
  TestClient alice("alice", options), bob("bob", options);
  Room room({&alice, &bob});
  const Bytes proposal = Must(ProposeUpdate(room[0]));
  const Event event = Must(room[0].Receive(proposal));
  REQUIRE((std::holds_alternative<OwnMessage>(event) ||
           std::holds_alternative<ReceivedProposal>(event)));
  REQUIRE(room[0].pending_proposals().size() == 1);
  DeliverProposal({room[1]}, proposal);
  room.Commit(room[1]);
  RequireHealthy(room.all());
}

TEST_CASE("An offer that the delivery service refused is withdrawn, and is gone") {
  const TestClientOptions options = EitherFraming();
  TestClient alice("alice", options), bob("bob", options);
  Room room({&alice, &bob});
  const OutgoingCommit refused = Must(room[0].CreateCommit({}));
  const OutgoingCommit kept = Must(room[0].CreateCommit({}));
  REQUIRE(Withdraw(room[0], refused.id).ok());
  REQUIRE(Offers(room[0]).size() == 1);
  REQUIRE(KindOf(Withdraw(room[0], refused.id)) == ErrorKind::kMisuse);
  // Its keys are gone: should it be accepted after all, we cannot follow, and nothing breaks.
  const Snapshot before = SnapshotOf(room[0]);
  REQUIRE_FALSE(room[0].Receive(refused.commit).ok());
  REQUIRE(SnapshotOf(room[0]) == before);
  DeliverCommit(room.all(), kept.commit);
  RequireHealthy(room.all());
}

TEST_CASE("A staged commit of ours whose offer was withdrawn cannot be applied") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  StagedCommit staged = ReceiveCommit(room[0], offer.commit);
  REQUIRE(Withdraw(room[0], offer.id).ok());
  REQUIRE(KindOf(room[0].Apply(std::move(staged))) == ErrorKind::kMisuse);
  REQUIRE(room[0].epoch() == 1);
  room.Commit(room[1]);
  RequireHealthy(room.all());
}

TEST_CASE("There are only so many offers of one epoch") {
  TestClientOptions options;
  options.policy.max_offers = 2;
  TestClient alice("alice", options), bob("bob");
  Room room({&alice, &bob});
  const OutgoingCommit first = Must(room[0].CreateCommit({}));
  const OutgoingCommit second = Must(room[0].CreateCommit({}));
  REQUIRE(KindOf(room[0].CreateCommit({})) == ErrorKind::kMisuse);
  REQUIRE(Offers(room[0]).size() == 2);
  REQUIRE(Withdraw(room[0], first.id).ok());
  const OutgoingCommit third = Must(room[0].CreateCommit({}));
  REQUIRE(third.id != first.id);
  REQUIRE(third.id != second.id);
  DeliverCommit(room.all(), second.commit);
  // A new epoch, and room for as many again.
  Must(room[0].CreateCommit({}));
  Must(room[0].CreateCommit({}));
}

TEST_CASE("A commit that was only looked at can be refused, or read again") {
  const TestClientOptions options = EitherFraming();
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob});
  const OutgoingCommit offer = Must(room[0].CreateCommit({.add = {carol.KeyPackage()}}));
  const Snapshot before = SnapshotOf(room[1]);
  for (int round = 0; round < 3; ++round) {
    const StagedCommit looked_at = ReceiveCommit(room[1], offer.commit);
    REQUIRE(looked_at.added().size() == 1);
    REQUIRE(SnapshotOf(room[1]) == before);
  }
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("Of a bundle, the delivery service takes commit, Welcome and GroupInfo at once") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave");
  Room room({&alice, &bob});
  const OutgoingCommit offer = Must(room[0].CreateCommit({.add = {carol.KeyPackage()}}));
  const Bundle bundle = Must(MakeBundle(room[0], offer.id));
  REQUIRE(bundle.commit == offer.commit);
  REQUIRE(bundle.welcomes.size() == 1);
  REQUIRE(room[0].epoch() == 1);

  // carol may be there before the committer has heard that the commit was accepted.
  Session at_carol = carol.Join(bundle.welcomes.front());
  REQUIRE(at_carol.epoch() == 2);
  DeliverCommit(room.all(), bundle.commit);
  Sessions everybody = room.all();
  everybody.push_back(at_carol);
  RequireHealthy(everybody);

  // And the GroupInfo is of the new epoch: dave lets himself in with it.
  PendingJoin pending = Must(StartExternalJoin(*dave, bundle.group_info));
  DeliverCommit(everybody, pending.commit());
  Session at_dave = Must(EnterExternally(*dave, std::move(pending)));
  everybody.push_back(at_dave);
  RequireHealthy(everybody);
  REQUIRE(KindOf(MakeBundle(room[0], offer.id)) == ErrorKind::kMisuse);
}

}  // namespace conclave::testing
