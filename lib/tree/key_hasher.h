// KeyHasher: the short hash under which a KeyTable keeps a public key.
//
// It is multilinear hashing, which is no cryptography but keeps a promise against those who choose
// the keys and do not know its random coefficients: two different keys have the same hash with a
// probability of about 2^-32, whatever they are. A hash that collides costs a comparison.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "tree/key_table.h"

namespace conclave {

class KeyHasher {
 public:
  // With coefficients of its own. kCrypto if there are no random numbers.
  static Result<KeyHasher> Create(const CryptoProvider& provider);

  KeyTable::Hash operator()(BytesView key) const;

 private:
  // Words of four bytes that are hashed at once: enough for a point of P-521.
  static constexpr std::size_t kWords = 34;

  KeyHasher() = default;
  KeyTable::Hash HashBlock(std::uint64_t before, BytesView block) const;

  // For the constant, for what was hashed before, and for each word.
  std::array<std::uint64_t, kWords + 2> coefficients_{};
};

}  // namespace conclave
