// For tests: every secret that a client holds of a group, by name.
#pragma once

#include <functional>
#include <string>

#include "group/group_state.h"

namespace conclave::testing {

using SecretVisitor = std::function<void(const std::string& name, const Secret& secret)>;

// The secrets of one epoch that are not empty. Their names begin with `where`.
void VisitSecrets(const EpochState& epoch, const std::string& where, const SecretVisitor& visit);
// Of the current epoch, of past ones, of our offers and of our Updates.
void VisitSecrets(const GroupState& state, const SecretVisitor& visit);

}  // namespace conclave::testing
