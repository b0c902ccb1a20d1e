// BoringSslProvider: the CryptoProvider that comes with the library. Link conclave::boringssl.
//
//   conclave::BoringSslProvider crypto;
//
// BoringSSL, libsodium and libdecaf compute the primitives of all seven cipher suites of RFC 9420;
// which library computes which was decided by measurement (lib/providers/boringssl). An object
// holds nothing, may be shared by any number of threads, and must outlive whatever was given a
// reference.
#pragma once

#include <span>

#include "conclave/crypto_provider.h"
#include "conclave/export.h"

namespace conclave {

class CONCLAVE_EXPORT BoringSslProvider final : public CryptoProvider {
 public:
  BoringSslProvider();

  bool Supports(HashId hash) const override;
  bool Supports(AeadId aead) const override;
  bool Supports(KemId kem) const override;
  bool Supports(SignatureScheme scheme) const override;

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
  Result<void> CheckDhPublicKey(KemId kem, BytesView public_key) const override;

  Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const override;
  Result<Bytes> SignaturePublicKey(SignatureScheme scheme, BytesView private_key) const override;
  Result<Bytes> Sign(SignatureScheme scheme, BytesView private_key,
                     BytesView message) const override;
  Result<Secret> PrepareSigning(SignatureScheme scheme, BytesView private_key) const override;
  Result<Bytes> SignPrepared(SignatureScheme scheme, BytesView prepared_key,
                             BytesView message) const override;
  Result<void> Verify(SignatureScheme scheme, BytesView public_key, BytesView message,
                      BytesView signature) const override;

  Result<Bytes> CertificatePublicKey(BytesView certificate) const override;
};

}  // namespace conclave
