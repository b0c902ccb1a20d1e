// Key encapsulation (RFC 9180, section 4), chosen by KemId.
//
// All of RFC 9180's KEMs are DHKEM over one of the provider's groups. A KEM of another kind
// (X-Wing, ML-KEM) is one more branch in each of these functions; nothing above them knows the
// kind.
#pragma once

#include <span>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "conclave/secret.h"

namespace conclave {

struct KemEncapsulation {
  Secret shared_secret;
  Bytes kem_output;
};

Result<KeyPair> KemGenerateKeyPair(const CryptoProvider& provider, KemId kem);

// The key pair that `ikm` determines (section 7.1.3).
Result<KeyPair> KemDeriveKeyPair(const CryptoProvider& provider, KemId kem, const Secret& ikm);

// The public key of a private key. kMalformed if it is not a private key of the KEM.
Result<Bytes> KemPublicKey(const CryptoProvider& provider, KemId kem, const Secret& private_key);

// kMalformed if nothing can be encapsulated to `public_key`. With BoringSslProvider this costs next
// to nothing.
Result<void> KemCheckPublicKey(const CryptoProvider& provider, KemId kem, BytesView public_key);

// A new shared secret for whoever has the private key. kMalformed if `public_key` is not valid.
Result<KemEncapsulation> KemEncap(const CryptoProvider& provider, KemId kem, BytesView public_key);

// KemEncap() to each of `public_keys`, in their order.
Result<std::vector<KemEncapsulation>> KemEncapBatch(const CryptoProvider& provider, KemId kem,
                                                    std::span<const BytesView> public_keys);

// The shared secret in `kem_output`. The recipient's own public key goes into it too; whoever has
// it at hand saves computing it again. kMalformed if `kem_output` is not valid.
Result<Secret> KemDecap(const CryptoProvider& provider, KemId kem, const Secret& private_key,
                        BytesView public_key, BytesView kem_output);

}  // namespace conclave
