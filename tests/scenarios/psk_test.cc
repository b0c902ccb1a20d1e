// Stories of pre-shared keys: the application's own, and those of past epochs (RFC 9420,
// section 8.4).
#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

const ExternalPskId kShared{ToBytes("shared")};

void Give(TestClient& client, std::string_view secret = "a secret of sixteen") {
  Must(client->AddPsk(kShared.id, Secret::CopyOf(AsBytes(secret))));
}

}  // namespace

TEST_CASE("A commit with a PSK that we lack waits for it, and the same bytes work then") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Give(alice);
  Give(carol);
  Room room({&alice, &bob, &carol});
  const OutgoingCommit offer = Must(room[0].CreateCommit({.psks = {kShared}}));
  const Snapshot before = SnapshotOf(room[1]);
  REQUIRE(KindOf(room[1].Receive(offer.commit)) == ErrorKind::kMissing);
  REQUIRE(SnapshotOf(room[1]) == before);
  Give(bob);
  const StagedCommit staged = ReceiveCommit(room[1], offer.commit);
  REQUIRE(staged.summary().psks == std::vector<PskId>{kShared});
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("A PSK that is not the same for both lets nobody follow") {
  TestClient alice("alice"), bob("bob");
  Give(alice, "what alice thinks it is");
  Give(bob, "what bob thinks it is");
  Room room({&alice, &bob});
  const OutgoingCommit offer = Must(room[0].CreateCommit({.psks = {kShared}}));
  const Snapshot before = SnapshotOf(room[1]);
  REQUIRE(KindOf(room[1].Receive(offer.commit)) == ErrorKind::kNotAuthentic);
  REQUIRE(SnapshotOf(room[1]) == before);
  Give(bob, "what alice thinks it is");
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("Nobody commits a PSK that they do not have") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Snapshot before = SnapshotOf(room[0]);
  REQUIRE(KindOf(room[0].CreateCommit({.psks = {kShared}})) == ErrorKind::kMissing);
  REQUIRE(KindOf(room[0].CreateCommit({.psks = {ResumptionPskId{ToBytes("elsewhere"), 3}}})) ==
          ErrorKind::kMissing);
  REQUIRE(SnapshotOf(room[0]) == before);
  Give(alice);
  Must(room[0].CreateCommit({.psks = {kShared}}));
  Must(alice->RemovePsk(kShared.id));
  REQUIRE(KindOf(room[0].CreateCommit({.psks = {kShared}})) == ErrorKind::kMissing);
}

TEST_CASE("A newcomer needs the PSKs of the commit that adds them") {
  TestClient alice("alice"), bob("bob");
  Give(alice);
  Room room({&alice});
  const Entered entered = Commit(room[0], {.add = {bob.KeyPackage()}, .psks = {kShared}}, {});
  const Bytes& welcome = entered.welcomes.front();
  REQUIRE(KindOf(bob->ReadWelcome(welcome)) == ErrorKind::kMissing);
  Give(bob, "another");
  REQUIRE(KindOf(bob->ReadWelcome(welcome)) == ErrorKind::kNotAuthentic);
  Give(bob);
  StagedJoin staged = Must(bob->ReadWelcome(welcome));
  REQUIRE(staged.psks() == std::vector<PskId>{kShared});
  Session at_bob = Must(bob->Enter(std::move(staged)));
  RequireHealthy({room[0], at_bob});
}

TEST_CASE("A PSK proposed by one member is committed by another") {
  TestClient alice("alice"), bob("bob");
  Give(alice);
  Give(bob);
  Room room({&alice, &bob});
  DeliverProposal({room[1]}, Must(ProposePsk(room[0], kShared)));
  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  REQUIRE(offer.skipped.empty());
  // Adds and PSKs alone need no new keys.
  REQUIRE_FALSE(ReceiveCommit(room[0], offer.commit).summary().has_path);
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("A past epoch's PSK proves having been there, for as many epochs as are kept") {
  TestClientOptions options;
  options.policy.resumption_psks = 3;
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob});
  const GroupId id = room[0].group_id();
  room.Commit(room[0]);
  room.Commit(room[0], {.psks = {ResumptionPskId{id, 1}, ResumptionPskId{id, 2}}});
  RequireHealthy(room.all());

  // carol was not there in epoch 3: she cannot follow a commit that asks for it.
  Session& newcomer = room.Add(room[0], carol);
  REQUIRE(newcomer.epoch() == 4);
  const OutgoingCommit offer = Must(room[0].CreateCommit({.psks = {ResumptionPskId{id, 3}}}));
  REQUIRE(ReceiveCommit(room[1], offer.commit).summary().psks.size() == 1);
  REQUIRE(KindOf(newcomer.Receive(offer.commit)) == ErrorKind::kMissing);
  // The current epoch's she has.
  room.Commit(room[1], {.psks = {ResumptionPskId{id, 4}}});
  RequireHealthy(room.all());
  // Epoch 1's is forgotten.
  REQUIRE(room[0].epoch() == 5);
  REQUIRE(KindOf(room[0].CreateCommit({.psks = {ResumptionPskId{id, 1}}})) == ErrorKind::kMissing);
  Must(room[0].CreateCommit({.psks = {ResumptionPskId{id, 2}}}));
}

TEST_CASE("Members of one group prove it in another") {
  TestClient alice("alice"), bob("bob");
  Room team({&alice, &bob}, {.id = ToBytes("team")});
  Room room({&alice, &bob}, {.id = ToBytes("room")});
  const ResumptionPskId proof{ToBytes("team"), team[0].epoch()};
  room.Commit(room[1], {.psks = {proof}});
  RequireHealthy(room.all());
}

TEST_CASE("The same PSK twice is refused, unless each time with a nonce of its own") {
  TestClient alice("alice"), bob("bob");
  Give(alice);
  Give(bob);
  Room room({&alice, &bob});
  // Nonces are drawn for each proposal, so naming one key twice is legal (section 12.2 compares the
  // whole identifier).
  room.Commit(room[0], {.psks = {kShared, kShared}});
  RequireHealthy(room.all());
}

}  // namespace conclave::testing
