// Pre-shared keys into the key schedule (RFC 9420, section 8.4).
#pragma once

#include <span>

#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"
#include "labeled/secrets.h"
#include "rfc9420/pre_shared_key.h"

namespace conclave {

struct PskInput {
  rfc9420::PreSharedKeyID id;
  Secret psk;
};

// All of `psks` chained together, in the order in which the Commit or the Welcome lists them. Zeros
// if there are none.
Result<PskSecret> DerivePskSecret(const Suite& suite, std::span<const PskInput> psks);

}  // namespace conclave
