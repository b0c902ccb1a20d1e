// For tests: a provider that remembers every secret that goes in or comes out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "support/forwarding_provider.h"
#include "zeroisation/traces.h"

namespace conclave::testing {

class RecordingProvider final : public test::ForwardingProvider {
 public:
  // `hash_size` is the suite's KDF.Nh.
  RecordingProvider(const CryptoProvider& below, std::size_t hash_size, Traces& traces)
      : ForwardingProvider(below), hash_size_(hash_size), traces_(traces) {}

  // Lets `calls` more calls of the symmetric operations succeed, and every later one fail.
  void FailAfter(std::optional<std::uint64_t> calls);

  Result<void> Random(MutableBytesView out) const override;
  Result<void> Hash(HashId hash, std::span<const BytesView> parts,
                    MutableBytesView out) const override;
  Result<void> Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                    MutableBytesView out) const override;
  Result<void> AeadSeal(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                        BytesView plaintext, MutableBytesView ciphertext) const override;
  Result<void> AeadOpen(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                        BytesView ciphertext, MutableBytesView plaintext) const override;
  Result<KeyPair> DhGenerate(KemId kem) const override;
  Result<Bytes> DhPublicKey(KemId kem, BytesView private_key) const override;
  Result<Secret> Dh(KemId kem, BytesView private_key, BytesView public_key) const override;
  Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const override;

 private:
  bool Fails() const;
  // A private key, also in the byte order of a processor's large numbers.
  void AddKey(const char* what, BytesView private_key) const;
  // The secrets in what HPKE has opened or is to seal.
  void AddSealed(BytesView plaintext) const;
  // Whether HMAC is asked for what is no secret: a tag, or HPKE's hash of public things.
  bool IsPublic(std::span<const BytesView> parts) const;

  // Finds views, so that nothing is copied to be looked for.
  struct Less {
    using is_transparent = void;
    bool operator()(BytesView a, BytesView b) const {
      return std::ranges::lexicographical_compare(a, b);
    }
  };

  std::size_t hash_size_;
  Traces& traces_;
  mutable std::set<Bytes, Less> hashes_;  // that it has given out
  mutable std::uint64_t calls_ = 0;
  std::optional<std::uint64_t> fail_at_;
};

}  // namespace conclave::testing
