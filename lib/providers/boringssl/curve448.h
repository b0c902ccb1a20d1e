// X448 and Ed448 (RFC 7748, RFC 8032), by libdecaf, the only library that we use which has them. In
// a build without libdecaf there are none: HaveCurve448() is false, and nothing else here is
// called.
#pragma once

#include <cstddef>

#include "conclave/bytes.h"
#include "conclave/secret.h"

namespace conclave::boringssl {

bool HaveCurve448();

inline constexpr std::size_t kX448Size = 56;
inline constexpr std::size_t kEd448KeySize = 57;
inline constexpr std::size_t kEd448SignatureSize = 114;

// Keys have the right size.
Bytes X448PublicKey(BytesView private_key);
// False for public keys of low order, whose result is all zeros.
[[nodiscard]] bool X448(BytesView private_key, BytesView public_key, Secret& shared);

// Keys and signatures have the right size. An expanded key is what ExpandEd448() gives.
Bytes Ed448PublicKey(BytesView seed);
std::size_t Ed448ExpandedSize();
Secret ExpandEd448(BytesView seed);
Bytes Ed448Sign(BytesView expanded, BytesView message);
[[nodiscard]] bool Ed448Verify(BytesView public_key, BytesView message, BytesView signature);

}  // namespace conclave::boringssl
