// RFC 9420, section 5.1.2.
#include "crypto/signature_key.h"

#include <utility>

#include "base/result_macros.h"

namespace conclave {

SoftwareSigner::SoftwareSigner(const CryptoProvider& provider, SignatureScheme scheme, KeyPair key,
                               Secret prepared_key)
    : provider_(&provider),
      scheme_(scheme),
      key_(std::move(key)),
      prepared_key_(std::move(prepared_key)) {}

Result<SoftwareSigner> SoftwareSigner::Create(const CryptoProvider& provider,
                                              SignatureScheme scheme, KeyPair key) {
  CONCLAVE_ASSIGN_OR_RETURN(Secret prepared_key,
                            provider.PrepareSigning(scheme, key.private_key.ExposeForProvider()));
  return SoftwareSigner(provider, scheme, std::move(key), std::move(prepared_key));
}

Result<SoftwareSigner> SoftwareSigner::Generate(const CryptoProvider& provider,
                                                SignatureScheme scheme) {
  CONCLAVE_ASSIGN_OR_RETURN(KeyPair key, provider.SignatureGenerate(scheme));
  return Create(provider, scheme, std::move(key));
}

Result<SoftwareSigner> SoftwareSigner::FromPrivateKey(const CryptoProvider& provider,
                                                      SignatureScheme scheme, Secret private_key) {
  CONCLAVE_ASSIGN_OR_RETURN(Bytes public_key,
                            provider.SignaturePublicKey(scheme, private_key.ExposeForProvider()));
  return Create(provider, scheme, {std::move(private_key), std::move(public_key)});
}

Result<Bytes> SoftwareSigner::Sign(BytesView message) const {
  return provider_->SignPrepared(scheme_, prepared_key_.ExposeForProvider(), message);
}

}  // namespace conclave
