// What the Diffie-Hellman and the signature code share about P-256, P-384 and P-521.
#pragma once

#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/nid.h>

#include <cstddef>

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"

namespace conclave::boringssl {

struct NistCurve {
  int nid = 0;
  std::size_t field_size = 0;  // of a coordinate and of a scalar, in bytes
  std::size_t point_size() const { return 2 * field_size + 1; }
};
inline constexpr NistCurve kP256{NID_X9_62_prime256v1, 32};
inline constexpr NistCurve kP384{NID_secp384r1, 48};
inline constexpr NistCurve kP521{NID_secp521r1, 66};

// A key made from a scalar: kMalformed unless it has the curve's size and is in [1, order - 1].
// The public half stays empty.
Result<bssl::UniquePtr<EC_KEY>> NistPrivateKey(const NistCurve& curve, BytesView scalar);

// A key made from an uncompressed point: kMalformed unless it lies on the curve.
Result<bssl::UniquePtr<EC_KEY>> NistPublicKey(const NistCurve& curve, BytesView point);

// The uncompressed point that belongs to a private key.
Result<Bytes> NistPointOf(const NistCurve& curve, BytesView scalar);

Result<KeyPair> NistGenerate(const NistCurve& curve);

}  // namespace conclave::boringssl
