// For tests: what may be interrupted. A scenario's act is what alice's program does when it is
// started: it can be started again, and finishes what it began.
#pragma once

#include <vector>

#include "durability/cast.h"
#include "durability/program.h"

namespace conclave::testing {

struct Scenario {
  const char* name = "";
  Policy policy = {};  // alice's
  // What was before: in the cast, and in alice's storage.
  void (*prepare)(Cast& cast) = nullptr;
  Result<void> (*act)(Cast& cast, Program& alice) = nullptr;
  // What the others do when alice is through, and that all is well with them.
  void (*finish)(Cast& cast, Program& alice) = nullptr;
  // What must be so whenever her program is started.
  void (*reopened)(Cast& cast, Program& alice) = nullptr;
};

// The others get what alice sent, and everybody reads everybody.
void Converse(Cast& cast, Program& alice);
// The same, with a commit of bob's in between.
void ConverseInNextEpoch(Cast& cast, Program& alice);

std::vector<Scenario> MessageScenarios();
std::vector<Scenario> ProposalScenarios();
std::vector<Scenario> CommitScenarios();
std::vector<Scenario> SuccessorScenarios();
std::vector<Scenario> KeyPackageScenarios();
std::vector<Scenario> JoinScenarios();
std::vector<Scenario> StoreScenarios();

std::vector<Scenario> AllScenarios();

}  // namespace conclave::testing
