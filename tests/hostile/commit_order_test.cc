// What a delivery service can do with the order of commits, and what an application can do about
// commits that keep the RFC's rules and break its own.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"

namespace conclave::testing {
namespace {

using test::Must;

// Whatever comes while a commit of Alice's waits for the delivery service's word; and the same when
// her program was started anew in between (G17).
struct Waiting {
  explicit Waiting(bool restarted) : room(4), offer(Must(room[0].CreateCommit({.remove = {{3}}}))) {
    if (restarted) room[0] = Must(room.client(0)->OpenGroup(room[0].group_id()));
    REQUIRE(Offers(room[0]).size() == 1);
  }

  Session& alice() { return room[0]; }
  // Alice reads the commit that won, and has no offer any more: what she offered is refused.
  void RequireSuperseded() {
    REQUIRE(Offers(alice()).empty());
    room.RequireRefusedBy(0, offer.commit, ErrorKind::kEpochTooOld, "12.4.2:epoch-not-past");
    RequireStillHealthy(room.room().all());
  }

  HostileRoom room;
  OutgoingCommit offer;
};

TEST_CASE("A commit that waits survives whatever comes, until the group has decided") {
  const bool restarted = GENERATE(false, true);
  Waiting waiting(restarted);
  HostileRoom& room = waiting.room;
  SECTION("it comes back and wins") {
    DeliverCommit(room.room().all(), waiting.offer.commit);
    REQUIRE(!room[3].is_member());
    RequireHealthy(room.room().all());
  }
  SECTION("it comes back twice") {
    DeliverCommit(room.room().all(), waiting.offer.commit);
    room.RequireRefusedBy(0, waiting.offer.commit, ErrorKind::kEpochTooOld,
                          "12.4.2:epoch-not-past");
    RequireStillHealthy(room.room().all());
  }
  SECTION("another member's commit wins") {
    DeliverCommit(room.room().all(), Must(room[1].CreateCommit({})).commit);
    waiting.RequireSuperseded();
  }
  SECTION("another member's commit removes whom it was to remove") {
    DeliverCommit(room.room().all(), Must(room[1].CreateCommit({.remove = {{3}}})).commit);
    waiting.RequireSuperseded();
  }
  SECTION("a newcomer's commit wins") {
    TestClient& erin = room.Outsider();
    PendingJoin join = Must(StartExternalJoin(*erin, Must(MakeGroupInfo(room[1]))));
    DeliverCommit(room.room().all(), join.commit());
    waiting.RequireSuperseded();
  }
  SECTION("a commit that removes its maker wins") {
    const Bytes removal = Must(room[1].CreateCommit({.remove = {{0}}})).commit;
    StagedCommit staged = ReceiveCommit(waiting.alice(), removal);
    REQUIRE(staged.removes_us());
    // Looked at, and not yet the group's word.
    REQUIRE(Offers(waiting.alice()).size() == 1);
    Must(waiting.alice().Apply(std::move(staged)));
    REQUIRE(!waiting.alice().is_member());
    REQUIRE(test::KindOf(waiting.alice().Receive(waiting.offer.commit)) == ErrorKind::kNotMember);
    DeliverCommit(room.room().all(), removal);
    RequireHealthy(room.room().all());
  }
  SECTION("a forged commit, one of another epoch, and a message that was read before") {
    const Bytes message = Must(room[1].Protect(AsBytes("hello")));
    ReceiveApplication(waiting.alice(), message);
    room.RequireRefusedBy(0, message, ErrorKind::kAlreadyUsed, "9.2:key-is-not-used");
    const auto spoil = [](rfc9420::FramedContentAuthData& auth) { auth.signature.front() ^= 1; };
    room.RequireRefusedBy(0, ForgeCommit(room.client(1), room[1], {.framing = {.auth = spoil}}),
                          ErrorKind::kNotAuthentic, "6.1:signature-verifies");
    const auto later = [](rfc9420::FramedContent& content) { content.epoch += 1; };
    room.RequireRefusedBy(0, ForgeCommit(room.client(1), room[1], {.framing = {.content = later}}),
                          ErrorKind::kEpochInFuture, "12.4.2:epoch-not-ahead");
    REQUIRE(Offers(waiting.alice()).size() == 1);
    DeliverCommit(room.room().all(), waiting.offer.commit);
    RequireStillHealthy(room.room().all());
  }
}

// P16, P25: nobody can keep a delivery service from telling different stories; but those to whom
// they were told can find out, and neither story can be joined to the other.
TEST_CASE("Two halves of a group that were shown different commits can tell, and do not mix") {
  HostileRoom room;
  const Bytes first = Must(room[0].CreateCommit({})).commit;
  const Bytes second = Must(room[2].CreateCommit({})).commit;
  const Sessions here = {room[0], room[1]};
  const Sessions there = {room[2], room[3]};
  DeliverCommit(here, first);
  DeliverCommit(there, second);
  REQUIRE(room[0].epoch() == room[2].epoch());
  REQUIRE(room[0].EpochAuthenticator() == room[1].EpochAuthenticator());
  REQUIRE(room[2].EpochAuthenticator() == room[3].EpochAuthenticator());
  REQUIRE(room[0].EpochAuthenticator() != room[2].EpochAuthenticator());
  // What one half says in the new epoch, the other cannot read.
  room.RequireRefusedBy(3, Must(room[0].Protect(AsBytes("over here"))), ErrorKind::kNotAuthentic,
                        "6.3.2:sender-data-opens");
  const Bytes commit = Must(room[1].CreateCommit({})).commit;
  room.RequireRefusedBy(2, commit, ErrorKind::kNotAuthentic, "6.3.2:sender-data-opens");
  RequireStillHealthy(here);
  RequireStillHealthy(there);
}

// P24, DISCE2EE-1, LA-A: who committed, what it does and what it leaves out are there to be judged
// before anything has changed.
TEST_CASE("A commit by somebody who may not is dropped, and nothing has happened") {
  HostileRoom room;
  const LeafIndex admin = room[0].own_leaf();
  const auto allows = [&](const StagedCommit& staged) {
    const auto* committer = std::get_if<Member>(&staged.committer());
    return staged.removed().empty() || (committer != nullptr && committer->leaf == admin);
  };
  const Bytes usurped = Must(room[1].CreateCommit({.remove = {{2}}})).commit;
  for (Session& session : room.room().others(room[1])) {
    const std::size_t reader = session.own_leaf().value;
    const Observed before = Observe(session, room.client(reader));
    {
      const StagedCommit staged = ReceiveCommit(session, usurped);
      REQUIRE(!allows(staged));
      REQUIRE(std::get<Member>(staged.committer()) == *session.FindMember(room[1].own_leaf()));
    }
    // The key that it was sealed with is still there: the same bytes could be read again.
    RequireUnchanged(before, session, room.client(reader));
  }
  const Bytes decided = Must(room[0].CreateCommit({.remove = {{2}}})).commit;
  REQUIRE(allows(ReceiveCommit(room[1], decided)));
  DeliverCommit(room.room().all(), decided);
  RequireHealthy(room.room().all());
}

TEST_CASE("Whoever commits and leaves out what was proposed is seen to") {
  HostileRoom room;
  const Bytes proposal = Must(ProposeRemove(room[1], {3}));
  for (const std::size_t i : {0u, 2u, 3u}) ReceiveProposal(room[i], proposal);
  const ProposalRef ref = room[0].pending_proposals().front().ref;
  const Bytes commit = Must(room[2].CreateCommit({.exclude = {ref}})).commit;
  const StagedCommit staged = ReceiveCommit(room[0], commit);
  REQUIRE(staged.proposals().empty());
  REQUIRE(room[0].pending_proposals().size() == 1);
  DeliverCommit(room.room().all(), commit);
  RequireHealthy(room.room().all());
}

}  // namespace
}  // namespace conclave::testing
