// The primitives of one cipher suite of RFC 9420, each with what it needs at hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "floor_curves.h"
#include "floor_hpke.h"

namespace conclave::bench {

class FloorSuite {
 public:
  explicit FloorSuite(int suite);  // 1 to 7

  // Several of each input are taken in turn, so that no branch predictor learns one by heart.
  static constexpr std::size_t kTurns = 8;

  void PrepareContent(std::size_t size);
  void PrepareSignatures(std::size_t size);
  void PrepareCiphertext(std::size_t size);

  void Seal();
  void Open();
  void DeriveNode();
  void GenerateKeyPair();
  const Octets& Sign(std::size_t size);
  void Verify(std::size_t size);
  void Mac();
  void Hash(std::size_t size);
  void SealContent(std::size_t size);
  void OpenContent(std::size_t size);

  // What the self-check looks at.
  const HpkeAlgorithms& algorithms() const { return algorithms_; }
  OctetsView info() const { return info_; }
  OctetsView ikm(std::size_t recipient) const { return ikms_[recipient]; }
  OctetsView secret() const { return secret_; }
  DhGroup& group() { return *group_; }
  Signer& signer() { return *signer_; }
  FloorHpke& hpke() { return *hpke_; }
  OctetsView path_secret() const { return path_secret_; }
  OctetsView public_key() const { return public_key_; }

 private:
  OctetsView Content(std::size_t size) const { return OctetsView(content_).subspan(turn_, size); }
  void Turn() { turn_ = (turn_ + 1) % kTurns; }

  HpkeAlgorithms algorithms_;
  std::unique_ptr<DhGroup> group_;
  std::unique_ptr<Signer> signer_;
  std::unique_ptr<FloorHpke> hpke_;
  std::size_t turn_ = 0;

  Octets info_, secret_;
  std::vector<Octets> ikms_;
  std::vector<HpkeCiphertext> sealed_;
  Octets node_label_, path_label_;
  Octets path_secret_, node_secret_, public_key_;
  Octets content_;
  Octets aead_key_, aead_nonce_;
  std::map<std::size_t, std::vector<Octets>> signatures_;  // by the size of the content
  std::map<std::size_t, Octets> ciphertexts_;              // by their size
  HpkeCiphertext sealed_now_;
  Octets opened_, ciphertext_, digest_;
};

}  // namespace conclave::bench
