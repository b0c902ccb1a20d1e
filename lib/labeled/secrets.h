// Names for the secrets that travel between files, so that two of them cannot be passed the wrong
// way round (RFC 9420, sections 7.4 and 8).
#pragma once

#include "conclave/secret.h"

namespace conclave {

// A Secret with a name. Move-only, like what it holds.
template <class Tag>
struct NamedSecret {
  Secret value;

  NamedSecret Clone() const { return {value.Clone()}; }
};

using PathSecretValue = NamedSecret<struct PathSecretTag>;  // section 7.4
using CommitSecret = NamedSecret<struct CommitSecretTag>;   // section 7.4: path_secret[n + 1]
using InitSecret = NamedSecret<struct InitSecretTag>;       // section 8
using JoinerSecret = NamedSecret<struct JoinerSecretTag>;   // section 8
using PskSecret = NamedSecret<struct PskSecretTag>;         // section 8.4

}  // namespace conclave
