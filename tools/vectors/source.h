// What vectors are made from: a cipher suite whose randomness a seed determines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/hex.h"
#include "conclave/bytes.h"
#include "crypto/cipher_suite.h"
#include "crypto/signature_key.h"
#include "support/forwarding_provider.h"
#include "wire/parse.h"

namespace conclave::vectors {

// The default provider, with randomness and keys from a seed. Not for anything but test vectors.
// ECDSA signatures still differ from run to run: their nonces are drawn below.
class SeededProvider final : public test::ForwardingProvider {
 public:
  SeededProvider(const CryptoProvider& below, std::string_view seed);

  Result<void> Random(MutableBytesView out) const override;
  Result<KeyPair> DhGenerate(KemId kem) const override;
  Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const override;

 private:
  Bytes seed_;
  mutable std::uint64_t blocks_ = 0;  // of the stream that were used
};

// One source makes the cases of one file in one suite. Failures end the program.
class Source {
 public:
  Source(const CryptoProvider& below, const std::string& seed, CipherSuite id);
  // The suite points to the provider.
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  const Suite& suite() const { return suite_; }
  const CryptoProvider& provider() const { return provider_; }

  Bytes Random(std::size_t size) const;
  Secret RandomSecret(std::size_t size) const { return Secret::CopyOf(Random(size)); }
  // As long as the suite's hash.
  Bytes RandomHash() const { return Random(suite_.hash_size()); }
  Secret RandomHashSecret() const { return RandomSecret(suite_.hash_size()); }
  // Less than `bound`, which is small.
  std::uint32_t Below(std::uint32_t bound) const;

  SoftwareSigner NewSigner() const;
  KeyPair NewKemKeys() const;

 private:
  SeededProvider provider_;
  Suite suite_;
};

// The secret bytes of a vector are no secret.
inline std::string ToHex(const Secret& secret) {
  return conclave::ToHex(secret.ExposeForProvider());
}
inline std::string ToHex(BytesView bytes) { return conclave::ToHex(bytes); }

template <class T>
std::string WireHex(const T& value) {
  return ToHex(wire::Serialize(value));
}

}  // namespace conclave::vectors
