// The signature schemes of RFC 9420, section 5.1.2.
//
// Ed25519 is libsodium's (300 bytes: key 15.6 us and signature 16.7 us, BoringSSL 25.4 us and
// 26.6 us; verification 47.1 us, BoringSSL 49.9 us). Both refuse S >= L; libsodium also refuses
// public keys of low order, for which anybody could make signatures. Ed448 is libdecaf's.
#include <openssl/ecdsa.h>
#include <openssl/mem.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <array>
#include <utility>

#include "conclave/boringssl_provider.h"
#include "providers/boringssl/curve448.h"
#include "providers/boringssl/error_queue.h"
#include "providers/boringssl/nist_key.h"

namespace conclave {

namespace {

using boringssl::NistCurve;

constexpr Error kUnknownScheme{ErrorKind::kUnsupported, "the signature scheme is not known"};
constexpr Error kBadPrivateKey{ErrorKind::kMalformed, "the private key has the wrong size"};
constexpr Error kBadPublicKey{ErrorKind::kMalformed, "the public key has the wrong size"};
constexpr Error kBadSignature{ErrorKind::kNotAuthentic, "the signature does not verify"};

// The curve and the hash of an ECDSA scheme.
struct Ecdsa {
  NistCurve curve;
  HashId hash{};
  std::size_t hash_size = 0;
};

const Ecdsa* EcdsaOf(SignatureScheme scheme) {
  static constexpr Ecdsa kEcdsaP256{boringssl::kP256, HashId::sha256, SHA256_DIGEST_LENGTH};
  static constexpr Ecdsa kEcdsaP384{boringssl::kP384, HashId::sha384, SHA384_DIGEST_LENGTH};
  static constexpr Ecdsa kEcdsaP521{boringssl::kP521, HashId::sha512, SHA512_DIGEST_LENGTH};
  switch (scheme) {
    case SignatureScheme::ecdsa_secp256r1_sha256:
      return &kEcdsaP256;
    case SignatureScheme::ecdsa_secp384r1_sha384:
      return &kEcdsaP384;
    case SignatureScheme::ecdsa_secp521r1_sha512:
      return &kEcdsaP521;
    default:
      return nullptr;
  }
}

struct MessageDigest {
  std::array<std::uint8_t, SHA512_DIGEST_LENGTH> bytes{};
  std::size_t size = 0;
};

Result<MessageDigest> DigestOf(const CryptoProvider& provider, const Ecdsa& ecdsa,
                               BytesView message) {
  MessageDigest digest;
  digest.size = ecdsa.hash_size;
  auto hashed =
      provider.Hash(ecdsa.hash, {&message, 1}, std::span(digest.bytes).first(digest.size));
  if (!hashed.ok()) return hashed.error();
  return digest;
}

Result<Bytes> EcdsaSign(const Ecdsa& ecdsa, BytesView private_key, const MessageDigest& digest) {
  auto key = boringssl::NistPrivateKey(ecdsa.curve, private_key);
  if (!key.ok()) return key.error();
  Bytes signature(ECDSA_size(key->get()));
  unsigned size = 0;
  if (ECDSA_sign(0, digest.bytes.data(), digest.size, signature.data(), &size, key->get()) != 1) {
    return Error{ErrorKind::kCrypto, "ECDSA could not sign"};
  }
  signature.resize(size);
  return signature;
}

Result<void> EcdsaVerify(const Ecdsa& ecdsa, BytesView public_key, const MessageDigest& digest,
                         BytesView signature) {
  auto key = boringssl::NistPublicKey(ecdsa.curve, public_key);
  if (!key.ok()) return key.error();
  if (ECDSA_verify(0, digest.bytes.data(), digest.size, signature.data(), signature.size(),
                   key->get()) != 1) {
    return kBadSignature;
  }
  return {};
}

// libsodium's private key is the seed followed by the public key. It is only ever made from the
// seed: a public key that is not the seed's would give the seed away.
Secret ExpandEd25519(BytesView seed) {
  Secret expanded(crypto_sign_ed25519_SECRETKEYBYTES);
  std::array<std::uint8_t, crypto_sign_ed25519_PUBLICKEYBYTES> point;
  crypto_sign_ed25519_seed_keypair(point.data(), expanded.MutableForProvider().data(), seed.data());
  return expanded;
}

Result<Bytes> Ed25519Sign(BytesView expanded, BytesView message) {
  Bytes signature(crypto_sign_ed25519_BYTES);
  if (crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(),
                                   expanded.data()) != 0) {
    return Error{ErrorKind::kCrypto, "Ed25519 could not sign"};
  }
  return signature;
}

Result<void> Ed25519Verify(BytesView public_key, BytesView message, BytesView signature) {
  if (public_key.size() != crypto_sign_ed25519_PUBLICKEYBYTES) return kBadPublicKey;
  if (signature.size() != crypto_sign_ed25519_BYTES ||
      crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                          public_key.data()) != 0) {
    return kBadSignature;
  }
  return {};
}

Result<void> Ed448Verify(BytesView public_key, BytesView message, BytesView signature) {
  if (public_key.size() != boringssl::kEd448KeySize) return kBadPublicKey;
  if (signature.size() != boringssl::kEd448SignatureSize ||
      !boringssl::Ed448Verify(public_key, message, signature)) {
    return kBadSignature;
  }
  return {};
}

// The size of an EdDSA seed; zero for a scheme that we do not have.
std::size_t SeedSize(SignatureScheme scheme) {
  if (scheme == SignatureScheme::ed25519) return crypto_sign_ed25519_SEEDBYTES;
  if (scheme == SignatureScheme::ed448 && boringssl::HaveCurve448()) {
    return boringssl::kEd448KeySize;
  }
  return 0;
}

}  // namespace

bool BoringSslProvider::Supports(SignatureScheme scheme) const {
  return EcdsaOf(scheme) != nullptr || SeedSize(scheme) != 0;
}

Result<KeyPair> BoringSslProvider::SignatureGenerate(SignatureScheme scheme) const {
  if (const Ecdsa* const ecdsa = EcdsaOf(scheme)) return boringssl::NistGenerate(ecdsa->curve);
  if (SeedSize(scheme) == 0) return kUnknownScheme;
  KeyPair pair;
  pair.private_key = Secret(SeedSize(scheme));
  if (auto filled = Random(pair.private_key.MutableForProvider()); !filled.ok()) {
    return filled.error();
  }
  auto public_key = SignaturePublicKey(scheme, pair.private_key.ExposeForProvider());
  if (!public_key.ok()) return public_key.error();
  pair.public_key = std::move(public_key).value();
  return pair;
}

Result<Bytes> BoringSslProvider::SignaturePublicKey(SignatureScheme scheme,
                                                    BytesView private_key) const {
  const boringssl::KeepErrorQueue keep;
  if (const Ecdsa* const ecdsa = EcdsaOf(scheme)) {
    return boringssl::NistPointOf(ecdsa->curve, private_key);
  }
  if (SeedSize(scheme) == 0) return kUnknownScheme;
  if (private_key.size() != SeedSize(scheme)) return kBadPrivateKey;
  if (scheme == SignatureScheme::ed25519) {
    // The second half of the expanded key.
    return ToBytes(
        ExpandEd25519(private_key).ExposeForProvider().last(crypto_sign_ed25519_PUBLICKEYBYTES));
  }
  return boringssl::Ed448PublicKey(private_key);
}

Result<Bytes> BoringSslProvider::Sign(SignatureScheme scheme, BytesView private_key,
                                      BytesView message) const {
  auto prepared = PrepareSigning(scheme, private_key);
  if (!prepared.ok()) return prepared.error();
  return SignPrepared(scheme, prepared->ExposeForProvider(), message);
}

Result<Secret> BoringSslProvider::PrepareSigning(SignatureScheme scheme,
                                                 BytesView private_key) const {
  if (EcdsaOf(scheme) != nullptr) return Secret::CopyOf(private_key);
  if (SeedSize(scheme) == 0) return kUnknownScheme;
  if (private_key.size() != SeedSize(scheme)) return kBadPrivateKey;
  return scheme == SignatureScheme::ed25519 ? ExpandEd25519(private_key)
                                            : boringssl::ExpandEd448(private_key);
}

Result<Bytes> BoringSslProvider::SignPrepared(SignatureScheme scheme, BytesView prepared_key,
                                              BytesView message) const {
  const boringssl::KeepErrorQueue keep;
  if (const Ecdsa* const ecdsa = EcdsaOf(scheme)) {
    auto digest = DigestOf(*this, *ecdsa, message);
    if (!digest.ok()) return digest.error();
    return EcdsaSign(*ecdsa, prepared_key, *digest);
  }
  if (SeedSize(scheme) == 0) return kUnknownScheme;
  const bool is_ed25519 = scheme == SignatureScheme::ed25519;
  const std::size_t expanded =
      is_ed25519 ? std::size_t{crypto_sign_ed25519_SECRETKEYBYTES} : boringssl::Ed448ExpandedSize();
  if (prepared_key.size() != expanded) return kBadPrivateKey;
  if (is_ed25519) return Ed25519Sign(prepared_key, message);
  return boringssl::Ed448Sign(prepared_key, message);
}

Result<void> BoringSslProvider::Verify(SignatureScheme scheme, BytesView public_key,
                                       BytesView message, BytesView signature) const {
  const boringssl::KeepErrorQueue keep;
  if (const Ecdsa* const ecdsa = EcdsaOf(scheme)) {
    auto digest = DigestOf(*this, *ecdsa, message);
    if (!digest.ok()) return digest.error();
    return EcdsaVerify(*ecdsa, public_key, *digest, signature);
  }
  if (scheme == SignatureScheme::ed25519) return Ed25519Verify(public_key, message, signature);
  if (SeedSize(scheme) == 0) return kUnknownScheme;
  return Ed448Verify(public_key, message, signature);
}

}  // namespace conclave
