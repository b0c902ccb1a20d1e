// As receive_public, with signatures and tags that always fit: what is behind them must stand
// whatever a member could send.
#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"

namespace conclave::fuzz {

namespace {

bool Run(BytesView input) {
  static Reader alice(Scene::Unchecked());
  return !alice.Read(input).refused.has_value();
}

std::vector<Seed> Seeds() { return Scene::Unchecked().public_messages(); }

const Registration kTarget({"receive_public_unchecked", Run, Seeds, MutateUncheckedMessage});

}  // namespace

}  // namespace conclave::fuzz
