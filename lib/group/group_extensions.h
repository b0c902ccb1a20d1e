// The extensions of a GroupContext that the library acts on, decoded once per epoch
// (RFC 9420, sections 11.1, 12.1.8.1 and 13.4).
#pragma once

#include <vector>

#include "conclave/policy.h"
#include "conclave/result.h"
#include "rfc9420/extensions.h"

namespace conclave {

struct GroupExtensions {
  RequiredCapabilities required_capabilities;
  std::vector<rfc9420::ExternalSender> external_senders;
};

// kInvalidCommit if a type appears twice or one that we act on does not decode.
Result<GroupExtensions> ParseGroupExtensions(const std::vector<Extension>& extensions);

// Whether they are no larger than the policy allows.
Result<void> CheckExtensionsSize(const Policy& policy, const std::vector<Extension>& extensions);

// Section 13.4: no extension type appears twice in the list.
bool HasNoDuplicates(const std::vector<Extension>& extensions);

}  // namespace conclave
