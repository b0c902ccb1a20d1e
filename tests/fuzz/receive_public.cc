// A member of a group is shown a PublicMessage (RFC 9420, section 6.2) by somebody who has no key
// of the group: none but the messages that members really made are accepted.
#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"

namespace conclave::fuzz {

namespace {

bool Run(BytesView input) {
  static Reader alice(Scene::Real());
  const bool accepted = !alice.Read(input).refused.has_value();
  Require(!accepted || Scene::Real().IsHonest(input), "no forged message is accepted");
  return accepted;
}

std::vector<Seed> Seeds() { return Scene::Real().public_messages(); }

const Registration kTarget({"receive_public", Run, Seeds, MutateInput<rfc9420::MLSMessage>});

}  // namespace

}  // namespace conclave::fuzz
