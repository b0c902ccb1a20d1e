// Private keys as the official vectors have them.
//
// They leave out the leading zeros of the scalars of NIST curves, which RFC 9420 and RFC 9180 do
// not (sections 5.1.2 and 7.1.2).
#pragma once

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "crypto/cipher_suite.h"
#include "crypto/signature_key.h"
#include "support/must.h"
#include "support/vector_files.h"

namespace conclave::test {

inline Secret PaddedKey(const nlohmann::json& private_key, std::size_t size) {
  Bytes key = Hex(private_key);
  key.insert(key.begin(), size - std::min(size, key.size()), 0);
  return Secret::CopyOf(key);
}

inline Secret KemKeyFrom(const Suite& suite, const nlohmann::json& private_key) {
  return PaddedKey(private_key, suite.kem_sizes().private_key);
}

inline SoftwareSigner SignerFrom(const Suite& suite, const nlohmann::json& private_key) {
  std::size_t size = 0;
  switch (suite.signature()) {
    case SignatureScheme::ecdsa_secp256r1_sha256:
      size = 32;
      break;
    case SignatureScheme::ecdsa_secp384r1_sha384:
      size = 48;
      break;
    case SignatureScheme::ecdsa_secp521r1_sha512:
      size = 66;
      break;
    default:
      break;
  }
  return Must(SoftwareSigner::FromPrivateKey(suite.provider(), suite.signature(),
                                             PaddedKey(private_key, size)));
}

}  // namespace conclave::test
