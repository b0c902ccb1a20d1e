// RFC 9180, sections 4, 5.1 and 5.2.
#include "floor_hpke.h"

namespace conclave::bench {

namespace {

OctetsView AsOctets(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void Append(Octets& to, OctetsView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void Append(Octets& to, std::size_t number) {
  to.push_back(static_cast<std::uint8_t>(number >> 8));
  to.push_back(static_cast<std::uint8_t>(number));
}

// The NIST curves draw candidates until one is below the order, as the first practically always is.
bool DrawsCandidates(std::uint16_t kem) { return kem < 0x0020; }

constexpr std::uint16_t kDhkemP521 = 0x0012;
constexpr std::uint8_t kFirstCandidate[] = {0};

}  // namespace

void AeadSeal(const EVP_AEAD* aead, OctetsView key, OctetsView nonce, OctetsView aad,
              OctetsView plaintext, Octets& ciphertext) {
  ciphertext.resize(plaintext.size() + kTagSize);
  bssl::ScopedEVP_AEAD_CTX context;
  std::size_t size = 0;
  Must(EVP_AEAD_CTX_init(context.get(), aead, key.data(), key.size(), kTagSize, nullptr) == 1 &&
           EVP_AEAD_CTX_seal(context.get(), ciphertext.data(), &size, ciphertext.size(),
                             nonce.data(), nonce.size(), plaintext.data(), plaintext.size(),
                             aad.data(), aad.size()) == 1,
       "AEAD");
}

bool AeadOpen(const EVP_AEAD* aead, OctetsView key, OctetsView nonce, OctetsView aad,
              OctetsView ciphertext, Octets& plaintext) {
  plaintext.resize(ciphertext.size() - kTagSize);
  bssl::ScopedEVP_AEAD_CTX context;
  std::size_t size = 0;
  return EVP_AEAD_CTX_init(context.get(), aead, key.data(), key.size(), kTagSize, nullptr) == 1 &&
         EVP_AEAD_CTX_open(context.get(), plaintext.data(), &size, plaintext.size(), nonce.data(),
                           nonce.size(), ciphertext.data(), ciphertext.size(), aad.data(),
                           aad.size()) == 1;
}

FloorHpke::FloorHpke(const HpkeAlgorithms& algorithms, DhGroup& group, OctetsView info)
    : algorithms_(algorithms),
      group_(&group),
      no_salt_(algorithms.hash, {}),
      prk_(ShaSize(algorithms.hash)),
      private_key_(group.private_key_size()),
      key_(EVP_AEAD_key_length(algorithms.aead)),
      nonce_(kNonceSize) {
  const std::size_t hash_size = ShaSize(algorithms.hash);
  Octets kem_suite{'K', 'E', 'M'};
  Append(kem_suite, std::size_t{algorithms.kem});
  eae_prk_ = ExtractPrefix(kem_suite, "eae_prk");
  // Nsecret of every DHKEM is the size of its hash.
  shared_secret_ = ExpandPrefix(kem_suite, "shared_secret", hash_size);
  dkp_prk_ = ExtractPrefix(kem_suite, "dkp_prk");
  private_key_label_ = ExpandPrefix(kem_suite, DrawsCandidates(algorithms.kem) ? "candidate" : "sk",
                                    private_key_.size());

  Octets suite{'H', 'P', 'K', 'E'};
  Append(suite, std::size_t{algorithms.kem});
  Append(suite, std::size_t{algorithms.kdf});
  Append(suite, std::size_t{algorithms.aead_id});
  secret_ = ExtractPrefix(suite, "secret");
  key_label_ = ExpandPrefix(suite, "key", key_.size());
  nonce_label_ = ExpandPrefix(suite, "base_nonce", nonce_.size());
  HashInfo(suite, info);
}

Octets FloorHpke::ExtractPrefix(OctetsView suite_id, std::string_view label) const {
  Octets prefix;
  Append(prefix, AsOctets("HPKE-v1"));
  Append(prefix, suite_id);
  Append(prefix, AsOctets(label));
  return prefix;
}

Octets FloorHpke::ExpandPrefix(OctetsView suite_id, std::string_view label,
                               std::size_t size) const {
  Octets prefix;
  Append(prefix, size);
  Append(prefix, ExtractPrefix(suite_id, label));
  return prefix;
}

void FloorHpke::HashInfo(OctetsView suite_id, OctetsView info) {
  key_schedule_context_ = {0x00};  // mode_base
  no_salt_.Mac({ExtractPrefix(suite_id, "psk_id_hash")}, prk_);
  Append(key_schedule_context_, prk_);
  no_salt_.Mac({ExtractPrefix(suite_id, "info_hash"), info}, prk_);
  Append(key_schedule_context_, prk_);
}

const Octets& FloorHpke::DerivePrivateKey(OctetsView ikm) {
  no_salt_.Mac({dkp_prk_, ikm}, prk_);
  const HmacKey dkp_prk(algorithms_.hash, prk_);
  if (!DrawsCandidates(algorithms_.kem)) {
    dkp_prk.Expand({private_key_label_}, private_key_);
    return private_key_;
  }
  dkp_prk.Expand({private_key_label_, kFirstCandidate}, private_key_);
  if (algorithms_.kem == kDhkemP521) private_key_[0] &= 0x01;
  return private_key_;
}

const Octets& FloorHpke::AddRecipient(OctetsView ikm) {
  recipients_.push_back(group_->AddRecipient(DerivePrivateKey(ikm)));
  return recipients_.back();
}

void FloorHpke::Schedule(OctetsView dh, OctetsView kem_output, OctetsView public_key) {
  const ShaId hash = algorithms_.hash;
  no_salt_.Mac({eae_prk_, dh}, prk_);
  HmacKey(hash, prk_).Expand({shared_secret_, kem_output, public_key}, prk_);
  HmacKey(hash, prk_).Mac({secret_}, prk_);
  const HmacKey secret(hash, prk_);
  secret.Expand({key_label_, key_schedule_context_}, key_);
  secret.Expand({nonce_label_, key_schedule_context_}, nonce_);
}

void FloorHpke::Seal(std::size_t recipient, OctetsView secret, HpkeCiphertext& sealed) {
  sealed.kem_output = group_->Generate();
  Schedule(group_->Encapsulate(recipient), sealed.kem_output, recipients_[recipient]);
  AeadSeal(algorithms_.aead, key_, nonce_, {}, secret, sealed.ciphertext);
}

bool FloorHpke::Open(std::size_t recipient, const HpkeCiphertext& sealed, Octets& secret) {
  Schedule(group_->Decapsulate(recipient, sealed.kem_output), sealed.kem_output,
           recipients_[recipient]);
  return AeadOpen(algorithms_.aead, key_, nonce_, {}, sealed.ciphertext, secret);
}

}  // namespace conclave::bench
