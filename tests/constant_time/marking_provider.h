// For tests: a provider that marks secrets where they arise, and what leaves the client as public.
// What it calls below gets the marked bytes: the primitives are watched like everything else.
#pragma once

#include <cstddef>
#include <span>

#include "support/forwarding_provider.h"

namespace conclave::testing {

class MarkingProvider final : public test::ForwardingProvider {
 public:
  // `hash_size` is the suite's KDF.Nh.
  MarkingProvider(const CryptoProvider& below, std::size_t hash_size)
      : ForwardingProvider(below), hash_size_(hash_size) {}

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
  Result<Bytes> SignaturePublicKey(SignatureScheme scheme, BytesView private_key) const override;
  Result<Secret> PrepareSigning(SignatureScheme scheme, BytesView private_key) const override;
  Result<Bytes> SignPrepared(SignatureScheme scheme, BytesView prepared_key,
                             BytesView message) const override;

 private:
  void MarkOpened(BytesView aad, BytesView plaintext) const;

  std::size_t hash_size_;
};

}  // namespace conclave::testing
