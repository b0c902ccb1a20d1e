// External commits: alice joins by one, or comes back by one.
#include "base/result_macros.h"
#include "conclave/group_info.h"
#include "durability/scenario.h"
#include "support/must.h"

namespace conclave::testing {

using test::Must;

namespace {

void FoundWithGroupInfo(Cast& cast) {
  cast.FoundWithoutAlice();
  cast.mail["group info"] = Must(MakeGroupInfo(cast.peers[0]));
}

void FoundWithAliceAndGroupInfo(Cast& cast) {
  cast.Found();
  cast.mail["group info"] = Must(MakeGroupInfo(cast.peers[0]));
}

Result<void> JoinExternally(Cast& cast, Program& alice) {
  CONCLAVE_RETURN_IF_ERROR(alice.JoinExternally(cast.group(), cast.epoch, cast.mail["group info"]));
  return {};
}

Result<void> ComeBack(Cast& cast, Program& alice) {
  CONCLAVE_RETURN_IF_ERROR(alice.JoinExternally(cast.group(), cast.epoch, cast.mail["group info"],
                                                {.replace = LeafIndex{0}}));
  return {};
}

// Her earlier session is open while she comes back, and goes on from there.
Result<void> ComeBackBesideASession(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  if (session->epoch() == cast.epoch) CONCLAVE_RETURN_IF_ERROR(alice.Send(*session, "farewell"));
  return ComeBack(cast, alice);
}

// Alice has offered to join, but bob's commit came first.
void FoundWithLostJoin(Cast& cast) {
  FoundWithGroupInfo(cast);
  const PendingJoin lost = Must(StartExternalJoin(*cast.alice, cast.mail["group info"]));
  cast.mail["lost"] = lost.commit();
  cast.BobCommits();
  cast.mail["group info"] = Must(MakeGroupInfo(cast.peers[0]));
}

Result<void> AbandonAndJoin(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<GroupId> pending, PendingJoins(alice.client()));
  if (!pending.empty()) {
    CONCLAVE_ASSIGN_OR_RETURN(const PendingJoin join,
                              ResumeExternalJoin(alice.client(), cast.group()));
    if (join.commit() == cast.mail["lost"]) {
      CONCLAVE_RETURN_IF_ERROR(AbandonExternalJoin(alice.client(), cast.group()));
    }
  }
  return JoinExternally(cast, alice);
}

// A join that she starts takes the place of the one that was lost.
Result<void> JoinInPlaceOfAnother(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(const bool is_in_group, alice.IsInGroup(cast.group()));
  if (!is_in_group) {
    CONCLAVE_ASSIGN_OR_RETURN(const PendingJoin join,
                              ResumeExternalJoin(alice.client(), cast.group()));
    if (join.commit() == cast.mail["lost"]) {
      CONCLAVE_RETURN_IF_ERROR(StartExternalJoin(alice.client(), cast.mail["group info"]));
    }
  }
  return JoinExternally(cast, alice);
}

// No join is left, and none is there beside the group that it led to.
void RequirePendingOrIn(Cast& cast, Program& alice) {
  const bool is_pending = !Must(PendingJoins(alice.client())).empty();
  REQUIRE((!is_pending || !Must(alice.IsInGroup(cast.group()))));
}

}  // namespace

std::vector<Scenario> JoinScenarios() {
  return {
      {.name = "an external join",
       .prepare = FoundWithGroupInfo,
       .act = JoinExternally,
       .reopened = RequirePendingOrIn},
      {.name = "coming back by an external commit",
       .prepare = FoundWithAliceAndGroupInfo,
       .act = ComeBack},
      {.name = "coming back beside a session",
       .prepare = FoundWithAliceAndGroupInfo,
       .act = ComeBackBesideASession},
      {.name = "a join that is abandoned",
       .prepare = FoundWithLostJoin,
       .act = AbandonAndJoin,
       .reopened = RequirePendingOrIn},
      {.name = "a join in place of another",
       .prepare = FoundWithLostJoin,
       .act = JoinInPlaceOfAnother,
       .reopened = RequirePendingOrIn},
  };
}

}  // namespace conclave::testing
