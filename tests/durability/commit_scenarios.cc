// Commits: alice's own, alone and beside others, and those of others.
#include <algorithm>

#include "base/result_macros.h"
#include "durability/scenario.h"
#include "support/must.h"

namespace conclave::testing {

using test::KindOf;
using test::Must;

namespace {

void Found(Cast& cast) { cast.Found(); }

void FoundWithDave(Cast& cast) {
  cast.Found();
  cast.mail["dave"] = cast.dave.KeyPackage();
}

// Bob has committed, and carol follows.
void FoundWithBobsCommit(Cast& cast) {
  cast.Found();
  cast.mail["commit"] = cast.BobCommits();
}

Result<void> CommitKeys(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  return alice.Commit(*session, cast.epoch, {.path = PathPolicy::always});
}

Result<void> AddDave(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  return alice.Commit(*session, cast.epoch, {.add = {cast.mail["dave"]}});
}

Result<void> FollowBob(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  return alice.Follow(*session, cast.epoch, cast.mail["commit"]);
}

// Dave joins with the Welcome that alice has sent, and converses with the others.
void DaveJoins(Cast& cast, Program& alice) {
  const std::vector<Bytes> welcomes = alice.outside().Distinct(Sent::welcome);
  REQUIRE(welcomes.size() == 1);
  cast.joined.push_back(cast.dave.Join(welcomes.front()));
  cast.Deliver(alice.outside(), cast.peers);
  RequireHealthy(
      {*Must(alice.Open(cast.group())), cast.peers[0], cast.peers[1], cast.joined.front()});
}

Result<void> OfferTwoOfWhichTheLaterWins(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  if (session->epoch() != cast.epoch) return {};
  CONCLAVE_RETURN_IF_ERROR(alice.Offer(*session, 1, {}));
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<OfferSummary> offers, alice.Offer(*session, 2, {}));
  return alice.Follow(*session, cast.epoch, offers.back().commit);
}

Result<void> OfferAndWithdraw(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  if (session->epoch() != cast.epoch) return {};
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<OfferSummary> offers, alice.Offer(*session, 2, {}));
  for (const OfferSummary& offer : offers) {
    alice.outside().Add(Sent::withdrawn, offer.commit);
    CONCLAVE_RETURN_IF_ERROR(Withdraw(*session, offer.id));
    alice.outside().Add(Sent::gone, offer.commit);
  }
  return FollowBob(cast, alice);
}

Result<void> OfferAndLose(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  if (session->epoch() != cast.epoch) return {};
  CONCLAVE_RETURN_IF_ERROR(alice.Offer(*session, 2, {.add = {cast.mail["dave"]}}));
  return FollowBob(cast, alice);
}

// Three of bob's commits, one after the other.
Result<void> FollowThree(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  for (Epoch i = 0; i < 3; ++i) {
    CONCLAVE_RETURN_IF_ERROR(alice.Follow(*session, cast.epoch + i, cast.mail[std::to_string(i)]));
  }
  return {};
}

Result<void> Leave(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(const bool is_in_group, alice.IsInGroup(cast.group()));
  if (!is_in_group) return {};
  return FollowBob(cast, alice);
}

void RequireGone(Cast& cast, Program& alice) {
  alice.sessions().clear();
  REQUIRE(KindOf(alice.client().OpenGroup(cast.group())) == ErrorKind::kNotMember);
  REQUIRE(KindOf(alice.client().CreateGroup({.id = cast.group()})) == std::nullopt);
  Must(alice.client().DeleteGroup(cast.group()));
  RequireHealthy(cast.peers);
}

Result<void> CommitPsk(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  Client& client = alice.client();
  CONCLAVE_RETURN_IF_ERROR(client.AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("shared"))));
  CONCLAVE_RETURN_IF_ERROR(
      alice.Commit(*session, cast.epoch, {.psks = {ExternalPskId{ToBytes("psk")}}}));
  return client.RemovePsk(AsBytes("psk"));
}

Result<void> CommitNewIdentity(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  const Identity identity{BasicCredential{ToBytes("alice's new phone")},
                          cast.signers.front().get()};
  return alice.Commit(*session, cast.epoch, {.new_identity = identity});
}

std::vector<Scenario> OwnCommits() {
  return {
      {.name = "a commit of ours", .prepare = Found, .act = CommitKeys},
      {.name = "a commit of ours, in the clear",
       .policy = {.handshakes = HandshakeFraming::public_message},
       .prepare = Found,
       .act = CommitKeys},
      {.name = "two offers, of which the later wins",
       .prepare = Found,
       .act = OfferTwoOfWhichTheLaterWins},
      {.name = "offers that are withdrawn",
       .prepare = FoundWithBobsCommit,
       .act = OfferAndWithdraw},
      {.name = "a commit that adds, and its Welcome",
       .prepare = FoundWithDave,
       .act = AddDave,
       .finish = DaveJoins},
      {.name = "a commit of proposals of others",
       .prepare =
           [](Cast& cast) {
             cast.Found();
             const Bytes add = Must(ProposeAdd(cast.peers[0], cast.dave.KeyPackage()));
             ReceiveProposal(cast.alices(), add);
             ReceiveProposal(cast.peers[1], add);
           },
       .act = CommitKeys,
       .finish = DaveJoins},
      {.name = "a new identity",
       .prepare =
           [](Cast& cast) {
             cast.Found();
             cast.signers.push_back(MakeSigner());
           },
       .act = CommitNewIdentity},
      {.name = "a PSK that is added, committed, removed",
       .prepare =
           [](Cast& cast) {
             cast.Found();
             for (TestClient* client : {&cast.bob, &cast.carol}) {
               Must((*client)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("shared"))));
             }
           },
       .act = CommitPsk},
  };
}

std::vector<Scenario> CommitsOfOthers() {
  return {
      {.name = "a commit of another's", .prepare = FoundWithBobsCommit, .act = FollowBob},
      {.name = "offers that lose",
       .prepare =
           [](Cast& cast) {
             FoundWithDave(cast);
             cast.mail["commit"] = cast.BobCommits();
           },
       .act = OfferAndLose},
      {.name = "commits, and past epochs that go",
       .policy = {.past_epochs = 1, .resumption_psks = 1},
       .prepare =
           [](Cast& cast) {
             cast.Found();
             for (int i = 0; i < 3; ++i) cast.mail[std::to_string(i)] = cast.BobCommits();
           },
       .act = FollowThree},
      {.name = "a commit that removes us",
       .prepare =
           [](Cast& cast) {
             cast.Found();
             cast.mail["commit"] = cast.BobCommits({.remove = {LeafOf(cast.peers[0], "alice")}});
           },
       .act = Leave,
       .finish = RequireGone},
  };
}

}  // namespace

std::vector<Scenario> CommitScenarios() {
  std::vector<Scenario> all = OwnCommits();
  std::ranges::move(CommitsOfOthers(), std::back_inserter(all));
  return all;
}

}  // namespace conclave::testing
