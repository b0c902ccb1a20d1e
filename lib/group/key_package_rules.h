// What makes a KeyPackage valid (RFC 9420, sections 10 and 10.1).
#pragma once

#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "group/environment.h"
#include "rfc9420/key_package.h"

namespace conclave {

// Version, suite, leaf, signature, keys and extensions; kInvalidProposal where a rule is broken.
// Lifetime (section 7.2) by the environment's clock and policy. Does not ask the verifier.
Result<void> CheckKeyPackage(const Suite& suite, const Environment& environment,
                             const rfc9420::KeyPackage& key_package);

// Whether a Welcome can be sealed to the init key: for those who may come to make one.
Result<void> CheckInitKey(const Suite& suite, const rfc9420::KeyPackage& key_package);

}  // namespace conclave
