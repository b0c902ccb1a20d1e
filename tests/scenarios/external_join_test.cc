// Stories of people who let themselves in, and of those who come back after losing their state
// (RFC 9420, section 12.4.3.2).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

PendingJoin Start(TestClient& client, const Session& inside,
                  const ExternalJoinOptions& options = {}) {
  return Must(StartExternalJoin(*client, Must(MakeGroupInfo(inside)), options));
}

}  // namespace

TEST_CASE("Somebody joins without an invitation") {
  const auto framing =
      GENERATE(HandshakeFraming::private_message, HandshakeFraming::public_message);
  TestClientOptions options;
  options.policy.handshakes = framing;
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob});
  PendingJoin pending = Start(carol, room[1], {.authenticated_data = ToBytes("let me in")});
  REQUIRE(pending.group_id() == room[0].group_id());
  REQUIRE(pending.members().size() == 2);
  REQUIRE(NameOf(pending.members()[1].credential) == "bob");
  REQUIRE(pending.summary().is_ours);
  REQUIRE(pending.expired().empty());

  const StagedCommit staged = ReceiveCommit(room[0], pending.commit());
  REQUIRE(NameOf(std::get<Newcomer>(staged.committer()).credential) == "carol");
  REQUIRE(staged.added().size() == 1);
  REQUIRE(staged.added()[0].leaf == LeafIndex{2});
  REQUIRE(staged.summary().committer_leaf == LeafIndex{2});
  REQUIRE(staged.removed().empty());
  REQUIRE(TextOf(staged.summary().authenticated_data) == "let me in");
  REQUIRE(staged.proposals().size() == 1);
  REQUIRE(std::holds_alternative<ProposedExternalInit>(staged.proposals()[0].proposal));
  REQUIRE(std::holds_alternative<Newcomer>(staged.proposals()[0].sender));

  REQUIRE(pending.IsOurs(pending.commit()));
  DeliverCommit(room.all(), pending.commit());
  Session inside = Must(EnterExternally(*carol, std::move(pending)));
  REQUIRE(inside.own_leaf() == LeafIndex{2});
  Sessions everybody = room.all();
  everybody.push_back(inside);
  RequireHealthy(everybody);
  // And takes part like anybody else.
  Commit(inside, {.remove = {{0}}}, room.all());
  RequireHealthy({room[1], inside});
}

TEST_CASE("A join that lost to another commit starts again") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  std::optional<PendingJoin> pending = Start(carol, room[0]);
  const OutgoingCommit winner = Must(room[1].CreateCommit({}));
  DeliverCommit(room.all(), winner.commit);
  REQUIRE_FALSE(pending->IsOurs(winner.commit));
  for (Session& session : room.all()) {
    REQUIRE(KindOf(session.Receive(pending->commit())) == ErrorKind::kEpochTooOld);
  }
  pending = Start(carol, room[0]);
  DeliverCommit(room.all(), pending->commit());
  Session inside = Must(EnterExternally(*carol, *std::move(pending)));
  RequireHealthy({room[0], room[1], inside});
}

TEST_CASE("Two join at once: one wins, the other starts again") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice});
  PendingJoin first = Start(bob, room[0]);
  PendingJoin second = Start(carol, room[0]);
  DeliverCommit(room.all(), second.commit());
  REQUIRE(KindOf(room[0].Receive(first.commit())) == ErrorKind::kEpochTooOld);
  Session at_carol = Must(EnterExternally(*carol, std::move(second)));
  PendingJoin again = Start(bob, at_carol);
  DeliverCommit({room[0], at_carol}, again.commit());
  Session at_bob = Must(EnterExternally(*bob, std::move(again)));
  RequireHealthy({room[0], at_bob, at_carol});
}

TEST_CASE("A join needs an open door, and the tree") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  const Bytes closed = Must(MakeGroupInfo(room[0], {.external_pub = false}));
  REQUIRE(KindOf(StartExternalJoin(*bob, closed)) == ErrorKind::kMissing);
  const Bytes bare = Must(MakeGroupInfo(room[0], {.ratchet_tree = false}));
  REQUIRE(KindOf(StartExternalJoin(*bob, bare)) == ErrorKind::kMissing);
  const Bytes tree = Must(ExportRatchetTree(room[0]));
  PendingJoin pending = Must(StartExternalJoin(*bob, bare, {.ratchet_tree = tree}));
  DeliverCommit(room.all(), pending.commit());
  Session inside = Must(EnterExternally(*bob, std::move(pending)));
  RequireHealthy({room[0], inside});
}

TEST_CASE("A GroupInfo that was tampered with opens no door") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &carol});
  const Bytes info = Must(MakeGroupInfo(room[0]));
  for (std::size_t i = 0; i < info.size(); i += 11) {
    Bytes forged = info;
    forged[i] ^= 0x04;
    REQUIRE_FALSE(StartExternalJoin(*bob, forged).ok());
  }
  REQUIRE(KindOf(StartExternalJoin(*bob, alice.KeyPackage())) == ErrorKind::kMisuse);
  REQUIRE(KindOf(StartExternalJoin(*bob, AsBytes("x"))) == ErrorKind::kMalformed);
  TestClient other("other", {.suite = CipherSuite{2}});
  REQUIRE_FALSE(StartExternalJoin(*other, info).ok());
}

TEST_CASE("Whoever lost everything takes their old place") {
  const bool rightmost = GENERATE(false, true);
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  const std::size_t seat = rightmost ? 2 : 1;
  const LeafIndex lost = room[seat].own_leaf();
  TestClient new_phone(rightmost ? "carol" : "bob");
  PendingJoin pending = Start(new_phone, room[0], {.replace = lost});
  const Sessions stay = room.others(room[seat]);
  for (Session& session : stay) {
    const StagedCommit staged = ReceiveCommit(session, pending.commit());
    REQUIRE(staged.removed().size() == 1);
    REQUIRE(staged.removed()[0].leaf == lost);
    REQUIRE(staged.added().size() == 1);
    REQUIRE_FALSE(staged.removes_us());
  }
  // The verifier is told whom the newcomer replaces.
  const AskedQuestion& asked = alice.verifier.Last(CredentialMoment::received_update_path);
  REQUIRE(asked.replaces == new_phone->credential());
  REQUIRE(asked.signature_key == ToBytes(new_phone->signature_key()));
  // The old phone, found again, learns that it is out.
  REQUIRE(ReceiveCommit(room[seat], pending.commit()).removes_us());
  DeliverCommit(room.all(), pending.commit());
  REQUIRE_FALSE(room[seat].is_member());
  Session back = Must(EnterExternally(*new_phone, std::move(pending)));
  REQUIRE(back.own_leaf() == lost);
  REQUIRE(back.member_count() == 3);
  Sessions everybody = stay;
  everybody.push_back(back);
  RequireHealthy(everybody);
}

TEST_CASE("A client that is in the group says so before it joins again") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Bytes info = Must(MakeGroupInfo(room[0]));
  REQUIRE(KindOf(StartExternalJoin(*bob, info)) == ErrorKind::kMisuse);
  PendingJoin pending = Must(StartExternalJoin(*bob, info, {.replace = room[1].own_leaf()}));
  // Abandoned, it has changed nothing.
  {
    const PendingJoin abandoned = std::move(pending);
  }
  RequireHealthy(room.all());

  PendingJoin resync = Start(bob, room[0], {.replace = room[1].own_leaf()});
  ReceiveAndApply(room[0], resync.commit());
  Session back = Must(EnterExternally(*bob, std::move(resync)));
  RequireHealthy({room[0], back});
  // The session that is out of step cannot write over the new one's records.
  REQUIRE(KindOf(room[1].CreateCommit({})) == ErrorKind::kStorage);
  Commit(room[0], {}, {back});
  RequireHealthy({room[0], back});
}

TEST_CASE("The session that was replaced may hear of it, before or after") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  PendingJoin resync = Start(bob, room[0], {.replace = room[1].own_leaf()});
  const Bytes commit = resync.commit();
  ReceiveAndApply(room[0], commit);
  std::optional<Session> back;
  SECTION("before") {
    ReceiveAndApply(room[1], commit);
    REQUIRE_FALSE(room[1].is_member());
    back = Must(EnterExternally(*bob, std::move(resync)));
  }
  SECTION("after") {
    back = Must(EnterExternally(*bob, std::move(resync)));
    // It must not take the new membership's records with it.
    REQUIRE(KindOf(room[1].Apply(ReceiveCommit(room[1], commit))) == ErrorKind::kStorage);
  }
  Commit(room[0], {}, {*back});
  Commit(*back, {.psks = {ResumptionPskId{back->group_id(), back->epoch()}}}, {room[0]});
  RequireHealthy({room[0], *back});
  back = Must(bob->OpenGroup(back->group_id()));
  RequireHealthy({room[0], *back});
}

TEST_CASE("Whoever comes back again and again keeps no more than the last keys") {
  TestClientOptions options;
  options.policy.resumption_psks = 2;
  TestClient alice("alice", options), bob("bob", options);
  Room room({&alice, &bob});
  const GroupId id = room[0].group_id();
  std::size_t kept = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 3; ++i) room.Commit(room[0]);
    PendingJoin resync = Start(bob, room[0], {.replace = room[1].own_leaf()});
    ReceiveAndApply(room[0], resync.commit());
    room[1] = Must(EnterExternally(*bob, std::move(resync)));
    RequireHealthy(room.all());
    // The epoch before is still known to a commit that asks for it.
    room.Commit(room[0], {.psks = {ResumptionPskId{id, room[0].epoch() - 1}}});
    const std::size_t now = Must(bob.storage.Keys({})).size();
    if (round == 0) kept = now;
    REQUIRE(now == kept);
  }
}

TEST_CASE("A pending join belongs to its client") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice});
  PendingJoin pending = Start(bob, room[0]);
  const std::size_t writes = carol.storage.writes;
  REQUIRE(KindOf(EnterExternally(*carol, std::move(pending))) == ErrorKind::kMisuse);
  REQUIRE(carol.storage.writes == writes);
}

TEST_CASE("A group may take nobody in who was not invited") {
  TestClientOptions strict;
  strict.policy.allow_external_commits = false;
  TestClient alice("alice", strict), bob("bob");
  Room room({&alice});
  PendingJoin pending = Start(bob, room[0]);
  const Snapshot before = SnapshotOf(room[0]);
  REQUIRE(KindOf(room[0].Receive(pending.commit())) == ErrorKind::kRejectedByPolicy);
  REQUIRE(SnapshotOf(room[0]) == before);
}

TEST_CASE("A group may let people join but not replace themselves") {
  TestClientOptions strict;
  strict.policy.allow_resync = false;
  TestClient alice("alice", strict), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  TestClient new_phone("bob");
  PendingJoin resync = Start(new_phone, room[0], {.replace = LeafIndex{1}});
  REQUIRE(KindOf(room[0].Receive(resync.commit())) == ErrorKind::kRejectedByPolicy);
  PendingJoin join = Start(carol, room[0]);
  DeliverCommit(room.all(), join.commit());
  Session inside = Must(EnterExternally(*carol, std::move(join)));
  RequireHealthy({room[0], room[1], inside});
}

TEST_CASE("A group may ask those who come back to prove that they were there") {
  TestClientOptions strict;
  strict.policy.resync_requires_psk = true;
  TestClient alice("alice", strict), bob("bob");
  Room room({&alice, &bob});
  const LeafIndex lost = room[1].own_leaf();
  PendingJoin unproved = Start(bob, room[0], {.replace = lost});
  REQUIRE(KindOf(room[0].Receive(unproved.commit())) == ErrorKind::kRejectedByPolicy);
  // Another group's key proves nothing.
  Room other({&alice, &bob});
  PendingJoin elsewhere =
      Start(bob, room[0],
            {.replace = lost, .psks = {ResumptionPskId{other[0].group_id(), other[0].epoch()}}});
  REQUIRE(KindOf(room[0].Receive(elsewhere.commit())) == ErrorKind::kRejectedByPolicy);
  PendingJoin proved =
      Start(bob, room[0],
            {.replace = lost, .psks = {ResumptionPskId{room[0].group_id(), room[0].epoch()}}});
  ReceiveAndApply(room[0], proved.commit());
  Session back = Must(EnterExternally(*bob, std::move(proved)));
  RequireHealthy({room[0], back});
}

TEST_CASE("A join may carry a pre-shared key") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  const ExternalPskId ticket{ToBytes("ticket")};
  REQUIRE(KindOf(StartExternalJoin(*bob, Must(MakeGroupInfo(room[0])), {.psks = {ticket}})) ==
          ErrorKind::kMissing);
  Must(bob->AddPsk(ticket.id, Secret::CopyOf(AsBytes("admit one"))));
  PendingJoin pending = Start(bob, room[0], {.psks = {ticket}});
  REQUIRE(KindOf(room[0].Receive(pending.commit())) == ErrorKind::kMissing);
  Must(alice->AddPsk(ticket.id, Secret::CopyOf(AsBytes("admit one"))));
  REQUIRE(ReceiveCommit(room[0], pending.commit()).summary().psks == std::vector<PskId>{ticket});
  DeliverCommit(room.all(), pending.commit());
  Session inside = Must(EnterExternally(*bob, std::move(pending)));
  RequireHealthy({room[0], inside});
}

TEST_CASE("Nobody replaces a member who is not there") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  REQUIRE(KindOf(StartExternalJoin(*bob, Must(MakeGroupInfo(room[0])),
                                   {.replace = LeafIndex{5}})) == ErrorKind::kInvalidProposal);
  REQUIRE(KindOf(StartExternalJoin(*bob, Must(MakeGroupInfo(room[0])),
                                   {.replace = LeafIndex{0xffffffff}})) ==
          ErrorKind::kInvalidProposal);
}

TEST_CASE("Joins and departures on every suite") {
  const CipherSuite suite = GENERATE(CipherSuite{1}, CipherSuite{2}, CipherSuite{3}, CipherSuite{4},
                                     CipherSuite{5}, CipherSuite{6}, CipherSuite{7});
  const TestClientOptions options{.suite = suite};
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob});
  PendingJoin pending = Start(carol, room[0]);
  DeliverCommit(room.all(), pending.commit());
  Session inside = Must(EnterExternally(*carol, std::move(pending)));
  RequireHealthy({room[0], room[1], inside});
  TestClient new_phone("bob", options);
  PendingJoin resync = Start(new_phone, inside, {.replace = room[1].own_leaf()});
  DeliverCommit({room[0], inside}, resync.commit());
  Session back = Must(EnterExternally(*new_phone, std::move(resync)));
  RequireHealthy({room[0], inside, back});
}

}  // namespace conclave::testing
