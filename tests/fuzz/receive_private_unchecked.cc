// As receive_private, with signatures and tags that always fit and ciphertexts that are their
// plaintexts: what is behind them must stand whatever a member could send.
#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"

namespace conclave::fuzz {

namespace {

bool Run(BytesView input) {
  static Reader alice(Scene::Unchecked());
  return !alice.Read(input).refused.has_value();
}

std::vector<Seed> Seeds() { return Scene::Unchecked().private_messages(); }

const Registration kTarget({"receive_private_unchecked", Run, Seeds, MutateUncheckedMessage});

}  // namespace

}  // namespace conclave::fuzz
