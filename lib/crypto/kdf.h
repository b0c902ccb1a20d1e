// Hash, MAC, HKDF (RFC 5869) and randomness over the provider, in the terms of RFC 9420,
// section 5.1.
//
// Lists of parts are hashed as if they were one string, so that nothing is copied to be hashed.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"

namespace conclave {

// What is concatenated: Parts{a, b, c}, or one view. Borrows, for the length of a call.
class Parts {
 public:
  Parts(BytesView part) : one_(part), many_(&one_, 1) {}  // NOLINT: implicit
  Parts(const Bytes& part) : Parts(BytesView(part)) {}    // NOLINT: implicit
  Parts(std::initializer_list<BytesView> parts)           // NOLINT: implicit
      : many_(parts.begin(), parts.size()) {}
  explicit Parts(std::span<const BytesView> parts) : many_(parts) {}

  // Refers to itself when made from one view.
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  std::span<const BytesView> span() const { return many_; }

 private:
  BytesView one_;
  std::span<const BytesView> many_;
};

// The most parts that HkdfExpand takes.
inline constexpr std::size_t kMaxInfoParts = 9;

// RFC 5869, section 2.2: HMAC(salt, ikm).
Result<Secret> HkdfExtract(const CryptoProvider& provider, HashId hash, BytesView salt,
                           const Parts& ikm);

// RFC 5869, section 2.3. kMisuse if `size` is over 255 hashes.
Result<Secret> HkdfExpand(const CryptoProvider& provider, HashId hash, BytesView prk,
                          const Parts& info, std::size_t size);

// KDF.Extract, KDF.Expand, Hash and MAC of the suite (RFC 9420, section 5.1).
Result<Secret> Extract(const Suite& suite, const Secret& salt, const Secret& ikm);
Result<Secret> Expand(const Suite& suite, const Secret& prk, const Parts& info, std::size_t size);
Result<Bytes> Hash(const Suite& suite, const Parts& input);
Result<Bytes> Mac(const Suite& suite, const Secret& key, const Parts& input);

Result<Bytes> RandomBytes(const CryptoProvider& provider, std::size_t size);
Result<Secret> RandomSecret(const CryptoProvider& provider, std::size_t size);

}  // namespace conclave
