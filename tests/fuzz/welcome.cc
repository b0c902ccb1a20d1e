// Somebody who has published key packages is shown a Welcome (RFC 9420, section 12.4.3.1) by
// whoever wants to: it leads into the group of a member who made it, or nowhere.
#include <algorithm>

#include "fuzz/harness/joiner.h"
#include "fuzz/harness/mutate.h"

namespace conclave::fuzz {

namespace {

bool Run(BytesView input) {
  if (input.empty()) return false;
  const Scene& scene = Scene::Real();
  static Joiner ivan(scene);
  const auto authenticator = ivan.Join(input.subspan(1), TreeFor(scene, input.front()));
  if (!authenticator.has_value()) return false;
  Require(std::ranges::find(scene.invitations(), *authenticator,
                            &Scene::Invitation::authenticator) != scene.invitations().end(),
          "a Welcome leads into the group that its maker is in");
  return true;
}

std::vector<Seed> Seeds() { return WelcomeSeeds(Scene::Real()); }

const Registration kTarget({"welcome", Run, Seeds, MutateInput<Invited>});

}  // namespace

}  // namespace conclave::fuzz
