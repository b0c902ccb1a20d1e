// Making the Welcome of a commit that adds members (RFC 9420, section 12.4.3.1).
#pragma once

#include <vector>

#include "conclave/result.h"
#include "group/group_info.h"
#include "labeled/secrets.h"
#include "rfc9420/key_package.h"
#include "rfc9420/welcome.h"
#include "tree/update_path.h"

namespace conclave {

struct WelcomeInputs {
  const JoinerSecret& joiner_secret;
  const PskSecret& psk_secret;
  const std::vector<rfc9420::PreSharedKeyID>& psks;
  const std::vector<LeafIndex>& added;
  const std::vector<const rfc9420::KeyPackage*>& key_packages;  // of those added
  const PreparedPath* path;                                     // the commit's, or null
};

// Welcomes for everybody added, `joiners_each` to a message; zero means all in one. `epoch` is the
// one that the commit begins.
Result<std::vector<rfc9420::Welcome>> MakeWelcomes(const EpochState& epoch,
                                                   const WelcomeInputs& inputs,
                                                   const rfc9420::GroupInfo& group_info,
                                                   std::size_t joiners_each);

}  // namespace conclave
