// RFC 9420, section 5.1.2.
#include "crypto/signature_key.h"

#include <utility>

#include "base/result_macros.h"

namespace conclave {

SoftwareSigner::SoftwareSigner(const CryptoProvider& provider, SignatureScheme scheme, KeyPair key)
    : provider_(&provider), scheme_(scheme), key_(std::move(key)) {}

Result<SoftwareSigner> SoftwareSigner::Generate(const CryptoProvider& provider,
                                                SignatureScheme scheme) {
  CONCLAVE_ASSIGN_OR_RETURN(KeyPair key, provider.SignatureGenerate(scheme));
  return SoftwareSigner(provider, scheme, std::move(key));
}

Result<SoftwareSigner> SoftwareSigner::FromPrivateKey(const CryptoProvider& provider,
                                                      SignatureScheme scheme, Secret private_key) {
  CONCLAVE_ASSIGN_OR_RETURN(Bytes public_key,
                            provider.SignaturePublicKey(scheme, private_key.ExposeForProvider()));
  return SoftwareSigner(provider, scheme, {std::move(private_key), std::move(public_key)});
}

Result<Bytes> SoftwareSigner::Sign(BytesView message) const {
  return provider_->Sign(scheme_, key_.private_key.ExposeForProvider(), message);
}

}  // namespace conclave
