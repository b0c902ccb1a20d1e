// As welcome, with signatures and tags that always fit and ciphertexts that are their plaintexts:
// the GroupInfo, the tree and the secrets inside are whatever an inviter could make them.
#include <utility>

#include "fuzz/harness/joiner.h"
#include "fuzz/harness/mutate.h"

namespace conclave::fuzz {

namespace {

bool Run(BytesView input) {
  if (input.empty()) return false;
  const Scene& scene = Scene::Unchecked();
  static Joiner ivan(scene);
  return ivan.Join(input.subspan(1), TreeFor(scene, input.front())).has_value();
}

std::vector<Seed> Seeds() { return WelcomeSeeds(Scene::Unchecked()); }

void MutateInvited(test::Random& random, Bytes& input) {
  if (input.empty()) return MutateInput<Invited>(random, input);
  const std::uint8_t tree = input.front();
  input.erase(input.begin());
  MutateUncheckedMessage(random, input);
  input.insert(input.begin(), tree);
}

const Registration kTarget({"welcome_unchecked", Run, Seeds, MutateInvited});

}  // namespace

}  // namespace conclave::fuzz
