// A signature key held in memory (RFC 9420, section 5.1.2).
#pragma once

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "conclave/secret.h"

namespace conclave {

// The public key is always computed from the private one: signing with a public key that does not
// belong to it would give an EdDSA private key away. The provider must outlive the signer.
class SoftwareSigner final : public Signer {
 public:
  static Result<SoftwareSigner> Generate(const CryptoProvider& provider, SignatureScheme scheme);
  // kMalformed if `private_key` is not one of the scheme's.
  static Result<SoftwareSigner> FromPrivateKey(const CryptoProvider& provider,
                                               SignatureScheme scheme, Secret private_key);

  SoftwareSigner(SoftwareSigner&&) noexcept = default;
  SoftwareSigner& operator=(SoftwareSigner&&) noexcept = default;

  SignatureScheme scheme() const { return scheme_; }
  // For an application that stores its keys itself.
  const Secret& private_key() const { return key_.private_key; }

  BytesView public_key() const override { return key_.public_key; }
  Result<Bytes> Sign(BytesView message) const override;

 private:
  SoftwareSigner(const CryptoProvider& provider, SignatureScheme scheme, KeyPair key,
                 Secret prepared_key);
  static Result<SoftwareSigner> Create(const CryptoProvider& provider, SignatureScheme scheme,
                                       KeyPair key);

  const CryptoProvider* provider_;
  SignatureScheme scheme_;
  KeyPair key_;
  Secret prepared_key_;
};

}  // namespace conclave
