// Points of low order on curve25519 and curve448 (RFC 7748, section 6; RFC 9180, section 7.1.4): a
// shared secret with one of them is zero, whatever the other key is.
#pragma once

#include "conclave/bytes.h"

namespace conclave::boringssl {

// `public_key` has 32 bytes. Its highest bit does not count.
bool IsOfLowOrderX25519(BytesView public_key);
// `public_key` has 56 bytes.
bool IsOfLowOrderX448(BytesView public_key);

}  // namespace conclave::boringssl
