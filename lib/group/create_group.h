// Creating a group (RFC 9420, section 11): one member, epoch 0, a random epoch secret.
#pragma once

#include <vector>

#include "conclave/result.h"
#include "group/environment.h"
#include "group/epoch_state.h"
#include "group/own_leaf.h"
#include "group/process_commit.h"

namespace conclave {

struct NewGroupState {
  EpochState epoch;
  GroupIndex index;
};

// kInvalidCommit if our own leaf does not meet what `extensions` demand.
Result<NewGroupState> CreateGroupState(const Suite& suite, const Environment& environment,
                                       GroupId group_id, std::vector<Extension> extensions,
                                       const LeafProfile& profile, const Signer& signer,
                                       Lifetime lifetime);

}  // namespace conclave
