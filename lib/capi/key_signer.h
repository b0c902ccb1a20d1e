// A Signer whose private key is in memory (RFC 9420, section 5.1.2).
#pragma once

#include <memory>

#include "conclave/crypto_provider.h"

namespace conclave::capi {

class KeySigner final : public Signer {
 public:
  // The public key is computed from the private one: signing with another would give an EdDSA
  // private key away.
  static Result<std::shared_ptr<const Signer>> Create(
      std::shared_ptr<const CryptoProvider> provider, SignatureScheme scheme, Secret private_key);

  KeySigner(std::shared_ptr<const CryptoProvider> provider, SignatureScheme scheme,
            Bytes public_key, Secret prepared_key);

  BytesView public_key() const override { return public_key_; }
  Result<Bytes> Sign(BytesView message) const override;

 private:
  std::shared_ptr<const CryptoProvider> provider_;
  SignatureScheme scheme_;
  Bytes public_key_;
  Secret prepared_key_;
};

}  // namespace conclave::capi
