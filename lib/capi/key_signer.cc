#include "capi/key_signer.h"

#include <utility>

namespace conclave::capi {

KeySigner::KeySigner(std::shared_ptr<const CryptoProvider> provider, SignatureScheme scheme,
                     Bytes public_key, Secret prepared_key)
    : provider_(std::move(provider)),
      scheme_(scheme),
      public_key_(std::move(public_key)),
      prepared_key_(std::move(prepared_key)) {}

Result<std::shared_ptr<const Signer>> KeySigner::Create(
    std::shared_ptr<const CryptoProvider> provider, SignatureScheme scheme, Secret private_key) {
  const BytesView key = private_key.ExposeForProvider();
  Result<Bytes> public_key = provider->SignaturePublicKey(scheme, key);
  if (!public_key.ok()) return public_key.error();
  Result<Secret> prepared = provider->PrepareSigning(scheme, key);
  if (!prepared.ok()) return prepared.error();
  std::shared_ptr<const Signer> signer = std::make_shared<const KeySigner>(
      std::move(provider), scheme, std::move(public_key).value(), std::move(prepared).value());
  return signer;
}

Result<Bytes> KeySigner::Sign(BytesView message) const {
  return provider_->SignPrepared(scheme_, prepared_key_.ExposeForProvider(), message);
}

}  // namespace conclave::capi
