// Environment: what the application lends the group layer for the length of one call.
#pragma once

#include <cstdint>

#include "conclave/credential.h"
#include "conclave/member.h"
#include "conclave/policy.h"
#include "conclave/result.h"
#include "conclave/secret.h"

namespace conclave {

// Where pre-shared keys are looked up (RFC 9420, section 8.4).
class PskSource {
 public:
  virtual ~PskSource() = default;
  // kMissing if there is no such key.
  virtual Result<Secret> Find(const PskId& id) const = 0;
};

struct Environment {
  const Policy& policy;
  CredentialVerifier& verifier;
  const PskSource& psks;
  std::uint64_t now = 0;  // seconds since the Unix epoch
};

// A leaf's credential and the signature key that it vouches for.
struct Vouched {
  const Credential& credential;
  BytesView signature_key;
};

// Asks the verifier about a leaf that takes another's place, unless both credential and key are
// what they were: only a new credential is to be validated (section 5.3.1).
Result<void> AskAboutSuccessor(const Environment& environment, CredentialMoment moment,
                               BytesView group_id, const Vouched& now, const Vouched& before);

// Asks the verifier about one credential (section 5.3.1). kRejectedByPolicy or kUnavailable if it
// does not accept.
Result<void> AskVerifier(const Environment& environment, CredentialMoment moment,
                         BytesView group_id, const Credential& credential, BytesView signature_key,
                         const Credential* replaces = nullptr);

}  // namespace conclave
