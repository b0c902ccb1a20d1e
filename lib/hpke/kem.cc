// DHKEM: RFC 9180, sections 4.1 and 7.1.
#include "hpke/kem.h"

#include <utility>

#include "base/result_macros.h"
#include "crypto/cipher_suite.h"
#include "hpke/labeled_kdf.h"

namespace conclave {

namespace {

constexpr Error kUnknownKem{ErrorKind::kUnsupported, "the KEM is not known"};

struct Dhkem {
  KemId id{};
  HashId hash{};
  // NIST curves: which bits of a candidate's first byte count. Zero: every string is a scalar.
  std::uint8_t bitmask = 0;
};

const Dhkem* FindDhkem(KemId kem) {
  static constexpr Dhkem kDhkems[] = {
      {KemId::dhkem_p256_sha256, HashId::sha256, 0xff},
      {KemId::dhkem_p384_sha384, HashId::sha384, 0xff},
      {KemId::dhkem_p521_sha512, HashId::sha512, 0x01},
      {KemId::dhkem_x25519_sha256, HashId::sha256, 0},
      {KemId::dhkem_x448_sha512, HashId::sha512, 0},
  };
  for (const Dhkem& dhkem : kDhkems) {
    if (dhkem.id == kem) return &dhkem;
  }
  return nullptr;
}

// The KDF inside a DHKEM, whose suite_id is "KEM" and the KEM's code point.
class KemKdf {
 public:
  KemKdf(const CryptoProvider& provider, const Dhkem& dhkem)
      : suite_id_{'K', 'E', 'M', static_cast<std::uint8_t>(static_cast<unsigned>(dhkem.id) >> 8),
                  static_cast<std::uint8_t>(dhkem.id)},
        kdf_{provider, dhkem.hash, suite_id_} {}
  KemKdf(const KemKdf&) = delete;
  KemKdf& operator=(const KemKdf&) = delete;

  const LabeledKdf* operator->() const { return &kdf_; }

 private:
  std::uint8_t suite_id_[5];
  LabeledKdf kdf_;
};

Result<Secret> ExtractAndExpand(const CryptoProvider& provider, const Dhkem& dhkem,
                                const Secret& dh, BytesView kem_output, BytesView public_key) {
  const KemKdf kdf(provider, dhkem);
  CONCLAVE_ASSIGN_OR_RETURN(const Secret eae_prk,
                            kdf->Extract({}, "eae_prk", dh.ExposeForProvider()));
  // kem_context = enc | pkR
  return kdf->Expand(eae_prk, "shared_secret", {kem_output, public_key},
                     SizesOf(dhkem.id).shared_secret);
}

Result<KeyPair> WithPublicKey(const CryptoProvider& provider, KemId kem, Secret private_key) {
  CONCLAVE_ASSIGN_OR_RETURN(Bytes public_key,
                            provider.DhPublicKey(kem, private_key.ExposeForProvider()));
  return KeyPair{std::move(private_key), std::move(public_key)};
}

// Section 7.1.3: candidates are drawn until one is in [1, order - 1].
Result<KeyPair> SampleScalar(const CryptoProvider& provider, const Dhkem& dhkem, const KemKdf& kdf,
                             const Secret& dkp_prk) {
  for (unsigned counter = 0; counter <= 255; ++counter) {
    const auto info = static_cast<std::uint8_t>(counter);
    CONCLAVE_ASSIGN_OR_RETURN(
        Secret candidate,
        kdf->Expand(dkp_prk, "candidate", BytesView(&info, 1), SizesOf(dhkem.id).private_key));
    std::uint8_t& first = candidate.MutableForProvider()[0];
    first = static_cast<std::uint8_t>(first & dhkem.bitmask);
    auto pair = WithPublicKey(provider, dhkem.id, std::move(candidate));
    if (pair.ok() || pair.error().kind != ErrorKind::kMalformed) return pair;
  }
  return Error{ErrorKind::kCrypto, "no key pair can be derived"};
}

}  // namespace

Result<KeyPair> KemGenerateKeyPair(const CryptoProvider& provider, KemId kem) {
  if (FindDhkem(kem) != nullptr) return provider.DhGenerate(kem);
  return kUnknownKem;
}

Result<KeyPair> KemDeriveKeyPair(const CryptoProvider& provider, KemId kem, const Secret& ikm) {
  if (const Dhkem* const dhkem = FindDhkem(kem)) {
    const KemKdf kdf(provider, *dhkem);
    CONCLAVE_ASSIGN_OR_RETURN(const Secret dkp_prk,
                              kdf->Extract({}, "dkp_prk", ikm.ExposeForProvider()));
    if (dhkem->bitmask != 0) return SampleScalar(provider, *dhkem, kdf, dkp_prk);
    CONCLAVE_ASSIGN_OR_RETURN(Secret private_key,
                              kdf->Expand(dkp_prk, "sk", BytesView(), SizesOf(kem).private_key));
    return WithPublicKey(provider, kem, std::move(private_key));
  }
  return kUnknownKem;
}

Result<Bytes> KemPublicKey(const CryptoProvider& provider, KemId kem, const Secret& private_key) {
  if (FindDhkem(kem) != nullptr) return provider.DhPublicKey(kem, private_key.ExposeForProvider());
  return kUnknownKem;
}

Result<void> KemCheckPublicKey(const CryptoProvider& provider, KemId kem, BytesView public_key) {
  if (FindDhkem(kem) != nullptr) return provider.CheckDhPublicKey(kem, public_key);
  return kUnknownKem;
}

Result<KemEncapsulation> KemEncap(const CryptoProvider& provider, KemId kem, BytesView public_key) {
  if (const Dhkem* const dhkem = FindDhkem(kem)) {
    CONCLAVE_ASSIGN_OR_RETURN(KeyPair ephemeral, provider.DhGenerate(kem));
    CONCLAVE_ASSIGN_OR_RETURN(
        const Secret dh, provider.Dh(kem, ephemeral.private_key.ExposeForProvider(), public_key));
    CONCLAVE_ASSIGN_OR_RETURN(
        Secret shared_secret,
        ExtractAndExpand(provider, *dhkem, dh, ephemeral.public_key, public_key));
    return KemEncapsulation{std::move(shared_secret), std::move(ephemeral.public_key)};
  }
  return kUnknownKem;
}

Result<std::vector<KemEncapsulation>> KemEncapBatch(const CryptoProvider& provider, KemId kem,
                                                    std::span<const BytesView> public_keys) {
  const Dhkem* const dhkem = FindDhkem(kem);
  if (dhkem == nullptr) return kUnknownKem;
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<DhEncapsulation> made,
                            provider.DhEncapBatch(kem, public_keys));
  if (made.size() != public_keys.size()) {
    return Error{ErrorKind::kCrypto, "the provider did not encapsulate to every key"};
  }
  std::vector<KemEncapsulation> batch;
  batch.reserve(made.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    CONCLAVE_ASSIGN_OR_RETURN(Secret shared_secret,
                              ExtractAndExpand(provider, *dhkem, made[i].shared,
                                               made[i].ephemeral_public_key, public_keys[i]));
    batch.push_back({std::move(shared_secret), std::move(made[i].ephemeral_public_key)});
  }
  return batch;
}

Result<Secret> KemDecap(const CryptoProvider& provider, KemId kem, const Secret& private_key,
                        BytesView public_key, BytesView kem_output) {
  if (const Dhkem* const dhkem = FindDhkem(kem)) {
    CONCLAVE_ASSIGN_OR_RETURN(const Secret dh,
                              provider.Dh(kem, private_key.ExposeForProvider(), kem_output));
    return ExtractAndExpand(provider, *dhkem, dh, kem_output, public_key);
  }
  return kUnknownKem;
}

}  // namespace conclave
