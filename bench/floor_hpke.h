// HPKE in base mode (RFC 9180), reduced to what no implementation can leave out: the hash of the
// info is shared by all recipients, a fixed HMAC key is padded once, no exporter secret is derived.
#pragma once

#include <openssl/aead.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "floor_curves.h"

namespace conclave::bench {

// One AEAD seal or open, with its key set-up.
void AeadSeal(const EVP_AEAD* aead, OctetsView key, OctetsView nonce, OctetsView aad,
              OctetsView plaintext, Octets& ciphertext);
bool AeadOpen(const EVP_AEAD* aead, OctetsView key, OctetsView nonce, OctetsView aad,
              OctetsView ciphertext, Octets& plaintext);
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kNonceSize = 12;

// The code points of RFC 9180, and what belongs to them.
struct HpkeAlgorithms {
  std::uint16_t kem = 0;
  std::uint16_t kdf = 0;
  std::uint16_t aead_id = 0;
  ShaId hash = ShaId::sha256;  // of the KEM and of the KDF, the same in all suites of RFC 9420
  const EVP_AEAD* aead = nullptr;
};

struct HpkeCiphertext {
  Octets kem_output;
  Octets ciphertext;
};

class FloorHpke {
 public:
  FloorHpke(const HpkeAlgorithms& algorithms, DhGroup& group, OctetsView info);

  // DeriveKeyPair (section 7.1.3): the private key, from the input keying material.
  const Octets& DerivePrivateKey(OctetsView ikm);
  // Keeps the key pair derived from `ikm` as the next recipient. Returns its public key.
  const Octets& AddRecipient(OctetsView ikm);

  void Seal(std::size_t recipient, OctetsView secret, HpkeCiphertext& sealed);
  bool Open(std::size_t recipient, const HpkeCiphertext& sealed, Octets& secret);

 private:
  // "HPKE-v1" | suite_id | label, with the length of the output before it to expand.
  Octets ExtractPrefix(OctetsView suite_id, std::string_view label) const;
  Octets ExpandPrefix(OctetsView suite_id, std::string_view label, std::size_t size) const;
  void HashInfo(OctetsView suite_id, OctetsView info);
  // key_ and nonce_ from the result of the DH.
  void Schedule(OctetsView dh, OctetsView kem_output, OctetsView public_key);

  HpkeAlgorithms algorithms_;
  DhGroup* group_;
  HmacKey no_salt_;
  Octets eae_prk_, shared_secret_, secret_, key_label_, nonce_label_;  // prefixes
  Octets dkp_prk_, private_key_label_;
  Octets key_schedule_context_;
  std::vector<Octets> recipients_;
  Octets prk_, private_key_, key_, nonce_;
};

}  // namespace conclave::bench
