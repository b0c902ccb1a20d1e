// For tests: all that a session holds, secrets included, each part under a name: to see that a call
// has changed nothing.
#pragma once

#include <map>
#include <string>

#include "conclave/session.h"

namespace conclave::testing {

using NamedParts = std::map<std::string, Bytes>;

// Everything but caches that follow from the rest.
NamedParts PartsOf(const Session& session);

}  // namespace conclave::testing
