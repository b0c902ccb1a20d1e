// The Diffie-Hellman groups under the KEMs (RFC 9180, section 4.1).
//
// X25519 multiplies by the base point with BoringSSL (24.8 us here, libsodium 27.4 us) and by any
// other with libsodium (29.7 us, BoringSSL 39.9 us). X448 is libdecaf's, the only one to have it.
#include <openssl/curve25519.h>
#include <openssl/ecdh.h>
#include <sodium.h>

#include <array>
#include <utility>

#include "conclave/boringssl_provider.h"
#include "providers/boringssl/curve448.h"
#include "providers/boringssl/error_queue.h"
#include "providers/boringssl/low_order.h"
#include "providers/boringssl/nist_key.h"

namespace conclave {

namespace {

using boringssl::kX448Size;
using boringssl::NistCurve;

constexpr Error kUnknownKem{ErrorKind::kUnsupported, "the KEM is not known"};
constexpr Error kBadPrivateKey{ErrorKind::kMalformed, "the private key has the wrong size"};
constexpr Error kBadPublicKey{ErrorKind::kMalformed, "not a public key of the group"};

constexpr std::size_t kX25519Size = 32;

const NistCurve* CurveOf(KemId kem) {
  switch (kem) {
    case KemId::dhkem_p256_sha256:
      return &boringssl::kP256;
    case KemId::dhkem_p384_sha384:
      return &boringssl::kP384;
    case KemId::dhkem_p521_sha512:
      return &boringssl::kP521;
    default:
      return nullptr;
  }
}

Result<Secret> NistDh(const NistCurve& curve, BytesView private_key, BytesView public_key) {
  auto own = boringssl::NistPrivateKey(curve, private_key);
  if (!own.ok()) return own.error();
  auto peer = boringssl::NistPublicKey(curve, public_key);
  if (!peer.ok()) return peer.error();
  Secret shared(curve.field_size);
  const int written = ECDH_compute_key(shared.MutableForProvider().data(), shared.size(),
                                       EC_KEY_get0_public_key(peer->get()), own->get(), nullptr);
  if (written < 0 || static_cast<std::size_t>(written) != shared.size()) {
    return Error{ErrorKind::kCrypto, "ECDH failed"};
  }
  return shared;
}

Result<Secret> X25519Dh(BytesView private_key, BytesView public_key) {
  if (private_key.size() != kX25519Size) return kBadPrivateKey;
  if (public_key.size() != kX25519Size) return kBadPublicKey;
  Secret shared(kX25519Size);
  // Fails for points of low order, whose result is all zeros.
  if (crypto_scalarmult_curve25519(shared.MutableForProvider().data(), private_key.data(),
                                   public_key.data()) != 0) {
    return kBadPublicKey;
  }
  return shared;
}

Result<Secret> X448Dh(BytesView private_key, BytesView public_key) {
  if (private_key.size() != kX448Size) return kBadPrivateKey;
  if (public_key.size() != kX448Size) return kBadPublicKey;
  Secret shared;
  if (!boringssl::X448(private_key, public_key, shared)) return kBadPublicKey;
  return shared;
}

}  // namespace

bool BoringSslProvider::Supports(KemId kem) const {
  return CurveOf(kem) != nullptr || kem == KemId::dhkem_x25519_sha256 ||
         (kem == KemId::dhkem_x448_sha512 && boringssl::HaveCurve448());
}

Result<KeyPair> BoringSslProvider::DhGenerate(KemId kem) const {
  if (const NistCurve* const curve = CurveOf(kem)) return boringssl::NistGenerate(*curve);
  if (!Supports(kem)) return kUnknownKem;
  KeyPair pair;
  pair.private_key = Secret(kem == KemId::dhkem_x25519_sha256 ? kX25519Size : kX448Size);
  if (auto filled = Random(pair.private_key.MutableForProvider()); !filled.ok()) {
    return filled.error();
  }
  auto public_key = DhPublicKey(kem, pair.private_key.ExposeForProvider());
  if (!public_key.ok()) return public_key.error();
  pair.public_key = std::move(public_key).value();
  return pair;
}

Result<Bytes> BoringSslProvider::DhPublicKey(KemId kem, BytesView private_key) const {
  const boringssl::KeepErrorQueue keep;
  if (const NistCurve* const curve = CurveOf(kem)) {
    return boringssl::NistPointOf(*curve, private_key);
  }
  if (kem == KemId::dhkem_x25519_sha256) {
    if (private_key.size() != kX25519Size) return kBadPrivateKey;
    Bytes public_key(kX25519Size);
    X25519_public_from_private(public_key.data(), private_key.data());
    return public_key;
  }
  if (!Supports(kem)) return kUnknownKem;
  if (private_key.size() != kX448Size) return kBadPrivateKey;
  return boringssl::X448PublicKey(private_key);
}

Result<Secret> BoringSslProvider::Dh(KemId kem, BytesView private_key, BytesView public_key) const {
  const boringssl::KeepErrorQueue keep;
  if (const NistCurve* const curve = CurveOf(kem)) return NistDh(*curve, private_key, public_key);
  if (kem == KemId::dhkem_x25519_sha256) return X25519Dh(private_key, public_key);
  if (!Supports(kem)) return kUnknownKem;
  return X448Dh(private_key, public_key);
}

Result<void> BoringSslProvider::CheckDhPublicKey(KemId kem, BytesView public_key) const {
  if (const NistCurve* const curve = CurveOf(kem)) {
    const boringssl::KeepErrorQueue keep;
    const auto point = boringssl::NistPublicKey(*curve, public_key);
    if (!point.ok()) return point.error();
    return {};
  }
  // Any number is a point of the curve or of its twist. Neither library says which are of low order
  // but by the product with them, which is what whoever brings a key should not make everybody
  // compute.
  const bool is_x25519 = kem == KemId::dhkem_x25519_sha256;
  if (!is_x25519 && kem != KemId::dhkem_x448_sha512) return kUnknownKem;
  if (public_key.size() != (is_x25519 ? kX25519Size : kX448Size)) return kBadPublicKey;
  const bool is_low = is_x25519 ? boringssl::IsOfLowOrderX25519(public_key)
                                : boringssl::IsOfLowOrderX448(public_key);
  return is_low ? Result<void>(kBadPublicKey) : Result<void>();
}

}  // namespace conclave
