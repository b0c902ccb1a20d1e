// Stories of who may read what: newcomers the future, those who left the past.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

}  // namespace

TEST_CASE("A group forms, talks, changes and heals, on every suite") {
  const CipherSuite suite = GENERATE(from_range(EverySuite()));
  const auto framing =
      GENERATE(HandshakeFraming::private_message, HandshakeFraming::public_message);
  TestClientOptions options{.suite = suite};
  options.policy.handshakes = framing;
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  TestClient dave("dave", options);
  Room room({&alice, &bob, &carol});
  REQUIRE(room[0].suite() == suite);
  RequireHealthy(room.all());
  room.Commit(room[1]);
  room.Add(room[2], dave);
  REQUIRE(NamesOf(room[3]) == std::vector<std::string>{"alice", "bob", "carol", "dave"});
  RequireHealthy(room.all());
  room.Commit(room[0], {.remove = {room[1].own_leaf()}});
  REQUIRE_FALSE(room[1].is_member());
  REQUIRE(NamesOf(room[3]) == std::vector<std::string>{"alice", "carol", "dave"});
  RequireHealthy(room.all());
}

TEST_CASE("Members need not frame alike, nor pad alike, nor remember alike") {
  TestClientOptions in_public;
  in_public.policy.handshakes = HandshakeFraming::public_message;
  in_public.policy.padding = Padding::none;
  in_public.policy.past_epochs = 0;
  in_public.policy.grease = false;
  TestClient alice("alice"), bob("bob", in_public), carol("carol"), dave("dave", in_public);
  Room room({&alice, &bob, &carol});
  for (const std::size_t committer : {0u, 1u, 2u}) {
    Session& proposer = room[(committer + 1) % 3];
    DeliverProposal(room.others(proposer), Must(ProposeUpdate(proposer)));
    room.Commit(room[committer]);
    RequireHealthy(room.all());
  }
  room.Add(room[1], dave);
  room.Commit(room[3], {.remove = {{0}}});
  RequireHealthy(room.all());
}

TEST_CASE("Somebody removed while offline reads the backlog and learns of it") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  Session& offline = room[2];
  std::vector<Bytes> backlog;
  backlog.push_back(Must(room[0].Protect(AsBytes("are you there?"))));
  const OutgoingCommit update = Must(room[1].CreateCommit({}));
  DeliverCommit({room[0], room[1]}, update.commit);
  backlog.push_back(update.commit);
  backlog.push_back(Must(room[1].Protect(AsBytes("no answer"))));
  const OutgoingCommit removal = Must(room[0].CreateCommit({.remove = {offline.own_leaf()}}));
  DeliverCommit({room[0], room[1]}, removal.commit);
  backlog.push_back(removal.commit);
  backlog.push_back(Must(room[0].Protect(AsBytes("now we can talk"))));

  REQUIRE(TextOf(ReceiveApplication(offline, backlog[0]).plaintext) == "are you there?");
  ReceiveAndApply(offline, backlog[1]);
  REQUIRE(TextOf(ReceiveApplication(offline, backlog[2]).plaintext) == "no answer");
  StagedCommit staged = ReceiveCommit(offline, backlog[3]);
  REQUIRE(staged.removes_us());
  REQUIRE(staged.removed().size() == 1);
  REQUIRE(staged.removed()[0].leaf == offline.own_leaf());
  REQUIRE(offline.is_member());
  Must(offline.Apply(std::move(staged)));
  REQUIRE_FALSE(offline.is_member());
  REQUIRE(KindOf(offline.Receive(backlog[4])) == ErrorKind::kNotMember);
  RequireHealthy(room.all());
}

TEST_CASE("Whoever was removed can do nothing more, and has no secrets left") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const LeafIndex leaf = room[1].own_leaf();
  const std::size_t kept = Must(bob.storage.Keys({})).size();
  room.Commit(room[0], {.remove = {leaf}});
  Session& gone = room[1];
  REQUIRE_FALSE(gone.is_member());
  REQUIRE(KindOf(gone.Protect(AsBytes("hello?"))) == ErrorKind::kNotMember);
  REQUIRE(KindOf(gone.CreateCommit({})) == ErrorKind::kNotMember);
  REQUIRE(KindOf(gone.ExportSecret("label", {}, 16)) == ErrorKind::kNotMember);
  REQUIRE(KindOf(ProposeUpdate(gone)) == ErrorKind::kNotMember);
  REQUIRE(KindOf(ProposeAdd(gone, carol.KeyPackage())) == ErrorKind::kNotMember);
  REQUIRE(KindOf(MakeGroupInfo(gone)) == ErrorKind::kNotMember);
  REQUIRE(KindOf(ExportRatchetTree(gone)) == ErrorKind::kNotMember);
  REQUIRE(KindOf(Withdraw(gone, {1})) == ErrorKind::kNotMember);
  REQUIRE(Offers(gone).empty());
  REQUIRE(gone.EpochAuthenticator().empty());
  REQUIRE_FALSE(gone.closed_by().has_value());
  // What it last saw stays, for showing.
  REQUIRE(gone.epoch() == 1);
  REQUIRE(gone.own_leaf() == leaf);
  REQUIRE(NamesOf(gone) == std::vector<std::string>{"alice", "bob"});
  // The storage has forgotten the group, so bob can be invited again.
  REQUIRE(Must(bob.storage.Keys({})).size() < kept);
  Session& again = room.Add(room[0], bob);
  REQUIRE(again.is_member());
  RequireHealthy(room.all());
}

TEST_CASE("A removed member cannot read the next epoch, nor write to it") {
  TestClient alice("alice"), bob("bob"), mallory("mallory");
  Room room({&alice, &bob, &mallory});
  Session& removed = room[2];
  const OutgoingCommit commit = Must(room[0].CreateCommit({.remove = {removed.own_leaf()}}));
  DeliverCommit({room[0], room[1]}, commit.commit);
  // Mallory ignores the commit and stays in the old epoch.
  const Bytes secret = Must(room[0].Protect(AsBytes("without mallory")));
  REQUIRE(KindOf(removed.Receive(secret)) == ErrorKind::kEpochInFuture);
  REQUIRE(removed.EpochAuthenticator() != room[0].EpochAuthenticator());
  const OutgoingCommit intrusion = Must(removed.CreateCommit({}));
  REQUIRE(KindOf(room[0].Receive(intrusion.commit)) == ErrorKind::kEpochTooOld);
  RequireHealthy({room[0], room[1]});
}

TEST_CASE("A newcomer cannot read the past") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const Bytes before = Must(room[0].Protect(AsBytes("before carol")));
  Session& newcomer = room.Add(room[1], carol);
  REQUIRE(KindOf(newcomer.Receive(before)) == ErrorKind::kEpochTooOld);
  // Those who were there still can.
  REQUIRE(TextOf(ReceiveApplication(room[1], before).plaintext) == "before carol");
  RequireHealthy(room.all());
}

TEST_CASE("A stranger can read nothing of a group") {
  TestClient alice("alice"), bob("bob"), stranger("stranger");
  Room room({&alice, &bob});
  Room other({&stranger});
  const Bytes message = Must(room[0].Protect(AsBytes("private")));
  REQUIRE(KindOf(other[0].Receive(message)) == ErrorKind::kWrongGroup);
  const OutgoingCommit commit = Must(room[0].CreateCommit({}));
  REQUIRE(KindOf(other[0].Receive(commit.commit)) == ErrorKind::kWrongGroup);
}

TEST_CASE("Somebody leaves: asks to be removed, and a commit of another does it") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  const LeafIndex leaf = room[1].own_leaf();
  // Nobody removes themselves.
  REQUIRE(KindOf(room[1].CreateCommit({.remove = {leaf}})) == ErrorKind::kInvalidCommit);
  const Bytes proposal = Must(ProposeRemove(room[1], leaf));
  DeliverProposal({room[0], room[2]}, proposal);
  const OutgoingCommit commit = Must(room[2].CreateCommit({}));
  StagedCommit staged = ReceiveCommit(room[1], commit.commit);
  REQUIRE(staged.removes_us());
  REQUIRE(staged.proposals().size() == 1);
  REQUIRE(std::get<Member>(staged.proposals()[0].sender).leaf == leaf);
  REQUIRE(Must(room[1].Apply(std::move(staged))).left_out.empty());
  REQUIRE_FALSE(room[1].is_member());
  DeliverCommit({room[0], room[2]}, commit.commit);
  RequireHealthy(room.all());
}

TEST_CASE("A leaf that became free is given to the next who joins") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave"), eve("eve");
  Room room({&alice, &bob, &carol, &dave});
  room.Commit(room[0], {.remove = {{1}, {2}}});
  RequireHealthy(room.all());
  REQUIRE(room.Add(room[3], eve).own_leaf() == LeafIndex{1});
  REQUIRE(NamesOf(room[0]) == std::vector<std::string>{"alice", "eve", "dave"});
  RequireHealthy(room.all());
  // Everybody to the right of alice goes, and the tree shrinks to her.
  room.Commit(room[0], {.remove = {{1}, {3}}});
  REQUIRE(room[0].member_count() == 1);
  room.Add(room[0], bob);
  RequireHealthy(room.all());
}

TEST_CASE("Members are listed in leaf order, and found by leaf") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  room.Commit(room[0], {.remove = {{1}}});
  const Session& session = room[2];
  std::vector<std::uint32_t> leaves;
  for (const Member& member : session.members()) leaves.push_back(member.leaf.value);
  REQUIRE(leaves == std::vector<std::uint32_t>{0, 2});
  REQUIRE(session.FindMember({0})->signature_key == ToBytes(alice->signature_key()));
  REQUIRE_FALSE(session.FindMember({1}).has_value());
  REQUIRE_FALSE(session.FindMember({77}).has_value());
  REQUIRE_FALSE(session.FindMember({0xffffffff}).has_value());
  REQUIRE(session.NextMember({1})->leaf == LeafIndex{2});
  REQUIRE_FALSE(session.NextMember({3}).has_value());
  REQUIRE_FALSE(session.NextMember({0xffffffff}).has_value());
}

}  // namespace conclave::testing
