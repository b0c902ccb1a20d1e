// Groups that come out of other groups: re-initialization and branching (RFC 9420, sections 11.2
// and 11.3).
#pragma once

#include <optional>
#include <vector>

#include "conclave/credential.h"
#include "conclave/result.h"
#include "group/public_group.h"
#include "rfc9420/proposal.h"
#include "rfc9420/welcome.h"

namespace conclave {

// The group that another one comes out of, as its member knows it.
struct Origin {
  const PublicGroup& group;
  std::optional<rfc9420::ReInit> reinit = {};  // the proposal that closed it
};

// The one PSK of a Welcome that says the group comes out of another, or null. kInvalidCommit if
// there are several.
Result<const rfc9420::ResumptionPSK*> FindOriginPsk(
    const std::vector<rfc9420::PreSharedKeyID>& psks);

// Whether `group`, whose Welcome carries `psk`, is the successor or branch that it says it is.
// kMissing if we were not given the origin it names.
Result<void> CheckOrigin(const rfc9420::ResumptionPSK& psk, const Origin* origin,
                         const PublicGroup& group, CredentialVerifier& verifier);

}  // namespace conclave
