// For tests: all that a session holds, secrets included, each part under a name: to see that a call
// has changed nothing, or what it has used up.
#pragma once

#include <map>
#include <string>

#include "conclave/session.h"
#include "group/group_state.h"

namespace conclave::testing {

using NamedParts = std::map<std::string, Bytes>;

// The secrets of one epoch, under names that begin with `where`; and those of a whole group.
void AddSecretsOfEpoch(const std::string& where, const EpochState& epoch, NamedParts& secrets);
NamedParts SecretsOf(const GroupState& group);

// Everything but caches that follow from the rest.
NamedParts PartsOf(const Session& session);

}  // namespace conclave::testing
