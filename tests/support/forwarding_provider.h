// For tests: a provider that passes every call on. A test overrides what it wants to be different.
#pragma once

#include <span>

#include "conclave/crypto_provider.h"

namespace conclave::test {

class ForwardingProvider : public CryptoProvider {
 public:
  explicit ForwardingProvider(const CryptoProvider& below) : below_(below) {}

  bool Supports(HashId hash) const override { return below_.Supports(hash); }
  bool Supports(AeadId aead) const override { return below_.Supports(aead); }
  bool Supports(KemId kem) const override { return below_.Supports(kem); }
  bool Supports(SignatureScheme scheme) const override { return below_.Supports(scheme); }

  Result<void> Random(MutableBytesView out) const override { return below_.Random(out); }
  Result<void> Hash(HashId hash, std::span<const BytesView> parts,
                    MutableBytesView out) const override {
    return below_.Hash(hash, parts, out);
  }
  Result<void> Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                    MutableBytesView out) const override {
    return below_.Hmac(hash, key, parts, out);
  }
  Result<void> AeadSeal(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                        BytesView plaintext, MutableBytesView ciphertext) const override {
    return below_.AeadSeal(aead, key, nonce, aad, plaintext, ciphertext);
  }
  Result<void> AeadOpen(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                        BytesView ciphertext, MutableBytesView plaintext) const override {
    return below_.AeadOpen(aead, key, nonce, aad, ciphertext, plaintext);
  }
  Result<KeyPair> DhGenerate(KemId kem) const override { return below_.DhGenerate(kem); }
  Result<Bytes> DhPublicKey(KemId kem, BytesView private_key) const override {
    return below_.DhPublicKey(kem, private_key);
  }
  Result<Secret> Dh(KemId kem, BytesView private_key, BytesView public_key) const override {
    return below_.Dh(kem, private_key, public_key);
  }
  Result<void> CheckDhPublicKey(KemId kem, BytesView public_key) const override {
    return below_.CheckDhPublicKey(kem, public_key);
  }
  Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const override {
    return below_.SignatureGenerate(scheme);
  }
  Result<Bytes> SignaturePublicKey(SignatureScheme scheme, BytesView private_key) const override {
    return below_.SignaturePublicKey(scheme, private_key);
  }
  Result<Bytes> Sign(SignatureScheme scheme, BytesView private_key,
                     BytesView message) const override {
    return below_.Sign(scheme, private_key, message);
  }
  Result<Secret> PrepareSigning(SignatureScheme scheme, BytesView private_key) const override {
    return below_.PrepareSigning(scheme, private_key);
  }
  Result<Bytes> SignPrepared(SignatureScheme scheme, BytesView prepared_key,
                             BytesView message) const override {
    return below_.SignPrepared(scheme, prepared_key, message);
  }
  Result<void> Verify(SignatureScheme scheme, BytesView public_key, BytesView message,
                      BytesView signature) const override {
    return below_.Verify(scheme, public_key, message, signature);
  }
  Result<Bytes> CertificatePublicKey(BytesView certificate) const override {
    return below_.CertificatePublicKey(certificate);
  }

 protected:
  const CryptoProvider& below_;
};

}  // namespace conclave::test
