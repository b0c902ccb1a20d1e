#include "durability/scenario.h"

#include <iterator>

#include "support/must.h"

namespace conclave::testing {

using test::Must;

namespace {

Sessions AliceAnd(Program& alice, const Sessions& peers) {
  Sessions all = peers;
  std::erase_if(all, [](const Session& session) { return !session.is_member(); });
  all.emplace_back(*Must(alice.Open(peers.front().get().group_id())));
  return all;
}

}  // namespace

void Converse(Cast& cast, Program& alice) {
  cast.Deliver(alice.outside(), cast.peers);
  RequireHealthy(AliceAnd(alice, cast.peers));
}

void ConverseInNextEpoch(Cast& cast, Program& alice) {
  cast.Deliver(alice.outside(), cast.peers);
  const Bytes commit = cast.BobCommits();
  Session& alices = *Must(alice.Open(cast.group()));
  Must(alice.Follow(alices, alices.epoch(), commit));
  RequireHealthy(AliceAnd(alice, cast.peers));
}

std::vector<Scenario> AllScenarios() {
  std::vector<Scenario> all;
  for (auto* part : {&MessageScenarios, &ProposalScenarios, &CommitScenarios, &SuccessorScenarios,
                     &KeyPackageScenarios, &JoinScenarios, &StoreScenarios}) {
    std::vector<Scenario> more = (*part)();
    std::ranges::move(more, std::back_inserter(all));
  }
  return all;
}

}  // namespace conclave::testing
