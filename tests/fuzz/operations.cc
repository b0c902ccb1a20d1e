// Sequences of operations of three to eight clients and of a delivery service that drops, repeats,
// reorders and changes messages, and forks the group. The first byte says how many clients; the
// rest are the choices of harness/conference.h.
#include "fuzz/harness/conference.h"

namespace conclave::fuzz {

namespace {

constexpr std::size_t kMaxSteps = 60;

bool Run(BytesView input) {
  Choices choices(input);
  Conference conference(choices.Next());
  for (std::size_t i = 0; i < kMaxSteps && !choices.empty(); ++i) conference.Step(choices);
  return conference.achieved() > 0;
}

std::vector<Seed> Seeds() {
  return {
      // Everybody reads a text, a commit, and a text of somebody else.
      {"talk", {2, 0, 0, 7, 10, 0, 0, 4, 1, 1, 10, 0, 0, 0, 2, 3, 10, 1, 0}},
      // Somebody is added and joins; somebody is removed.
      {"come_and_go", {2, 4, 0, 2, 3, 10, 0, 0, 10, 0, 0, 0, 3, 5, 10, 0, 0, 4, 1, 4, 2, 10, 0, 0}},
      // Proposals, and commits of them.
      {"propose", {2, 2, 1, 1, 0, 10, 0, 0, 2, 2, 3, 0, 10, 0, 0, 4, 0, 1, 10, 0, 0}},
      // Two commits at a time: a fork, whose halves do not hear each other.
      {"fork",
       {2, 4, 0, 1, 4, 1, 1, 13, 0, 1, 13, 2, 0, 13, 1, 0, 0, 0, 1, 0, 2, 2, 10, 0, 0, 10, 0, 1}},
      // Messages are changed, programs start again, somebody comes by an external commit.
      {"disturb",
       {2, 0, 0, 9, 8, 1, 0, 0, 40, 1, 7, 1, 10, 0, 0, 6, 4, 0, 1, 10, 0, 0, 0, 4, 1, 10, 1, 0}},
  };
}

const Registration kTarget({"operations", Run, Seeds});

}  // namespace

}  // namespace conclave::fuzz
