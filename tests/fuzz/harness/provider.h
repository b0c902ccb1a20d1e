// Three providers for fuzzing, all of which give the same numbers in every run.
//
//   SeededProvider      the default provider, with randomness and keys from a seed
//   FastProvider        the same, but Diffie-Hellman values and signatures are hashes: anybody can
//                       forge them who knows how, but no change of bytes does, and they cost
//                       nothing
//   UncheckedProvider   the same, but nothing is checked: signatures always verify, tags always
//                       fit, MACs do not depend on what they are of, and a ciphertext is its
//                       plaintext and a tag, so that changes reach what lies behind the crypto
//
// Fast and unchecked providers know X25519 and Ed25519 only: cipher suites 1 and 3.
#pragma once

#include <cstdint>
#include <span>

#include "conclave/crypto_provider.h"
#include "support/forwarding_provider.h"

namespace conclave::fuzz {

class SeededProvider : public test::ForwardingProvider {
 public:
  SeededProvider();

  // Begins again with the first numbers of a seed.
  void Restart(std::uint64_t seed) const { state_ = seed; }
  // What the last HMAC was.
  const Bytes& last_hmac() const { return last_hmac_; }

  Result<void> Random(MutableBytesView out) const override;
  Result<void> Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                    MutableBytesView out) const override;
  Result<KeyPair> DhGenerate(KemId kem) const override;
  Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const override;

 private:
  mutable std::uint64_t state_ = 1;
  mutable Bytes last_hmac_;
};

class FastProvider : public SeededProvider {
 public:
  bool Supports(KemId kem) const override;
  bool Supports(SignatureScheme scheme) const override;

  Result<KeyPair> DhGenerate(KemId kem) const override;
  Result<Bytes> DhPublicKey(KemId kem, BytesView private_key) const override;
  Result<Secret> Dh(KemId kem, BytesView private_key, BytesView public_key) const override;
  Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const override;
  Result<Bytes> SignaturePublicKey(SignatureScheme scheme, BytesView private_key) const override;
  Result<Bytes> Sign(SignatureScheme scheme, BytesView private_key,
                     BytesView message) const override;
  Result<Secret> PrepareSigning(SignatureScheme scheme, BytesView private_key) const override;
  Result<Bytes> SignPrepared(SignatureScheme scheme, BytesView prepared_key,
                             BytesView message) const override;
  Result<void> Verify(SignatureScheme scheme, BytesView public_key, BytesView message,
                      BytesView signature) const override;
};

class UncheckedProvider final : public FastProvider {
 public:
  Result<void> Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                    MutableBytesView out) const override;
  Result<void> AeadSeal(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                        BytesView plaintext, MutableBytesView ciphertext) const override;
  Result<void> AeadOpen(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                        BytesView ciphertext, MutableBytesView plaintext) const override;
  Result<void> Verify(SignatureScheme scheme, BytesView public_key, BytesView message,
                      BytesView signature) const override;
};

}  // namespace conclave::fuzz
