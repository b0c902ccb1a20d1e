// RFC 9420, section 17.1: the suites; section 5.1.3: what EncryptWithLabel hands to HPKE.
#include "floor_suite.h"

#include <algorithm>
#include <string_view>

namespace conclave::bench {

namespace {

HpkeAlgorithms AlgorithmsOf(int suite) {
  const EVP_AEAD* const aes_128 = EVP_aead_aes_128_gcm();
  const EVP_AEAD* const aes_256 = EVP_aead_aes_256_gcm();
  const EVP_AEAD* const chacha20 = EVP_aead_chacha20_poly1305();
  switch (suite) {
    case 1:
      return {0x0020, 0x0001, 0x0001, ShaId::sha256, aes_128};
    case 2:
      return {0x0010, 0x0001, 0x0001, ShaId::sha256, aes_128};
    case 3:
      return {0x0020, 0x0001, 0x0003, ShaId::sha256, chacha20};
    case 4:
      return {0x0021, 0x0003, 0x0002, ShaId::sha512, aes_256};
    case 5:
      return {0x0012, 0x0003, 0x0002, ShaId::sha512, aes_256};
    case 6:
      return {0x0021, 0x0003, 0x0003, ShaId::sha512, chacha20};
    case 7:
      return {0x0011, 0x0002, 0x0002, ShaId::sha384, aes_256};
    default:
      Must(false, "cipher suite");
      return {};
  }
}

std::unique_ptr<DhGroup> GroupOf(int suite) {
  switch (suite) {
    case 1:
    case 3:
      return X25519();
    case 2:
      return NistDh(NistCurve::p256);
    case 5:
      return NistDh(NistCurve::p521);
    case 7:
      return NistDh(NistCurve::p384);
    default:
      return X448();
  }
}

std::unique_ptr<Signer> SignerOf(int suite) {
  switch (suite) {
    case 1:
    case 3:
      return Ed25519();
    case 2:
      return Ecdsa(NistCurve::p256, ShaId::sha256);
    case 5:
      return Ecdsa(NistCurve::p521, ShaId::sha512);
    case 7:
      return Ecdsa(NistCurve::p384, ShaId::sha384);
    default:
      return Ed448();
  }
}

// A KDFLabel (RFC 9420, section 8) for a secret of `size` bytes, without context.
Octets KdfLabel(std::string_view label, std::size_t size) {
  const std::string_view prefix = "MLS 1.0 ";
  Octets encoded{static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size),
                 static_cast<std::uint8_t>(prefix.size() + label.size())};
  encoded.insert(encoded.end(), prefix.begin(), prefix.end());
  encoded.insert(encoded.end(), label.begin(), label.end());
  encoded.push_back(0);
  return encoded;
}

// "MLS 1.0 UpdatePathNode" and a GroupContext without extensions.
constexpr std::size_t kInfoSize = 150;
constexpr std::size_t kAadSize = 40;

}  // namespace

FloorSuite::FloorSuite(int suite)
    : algorithms_(AlgorithmsOf(suite)),
      group_(GroupOf(suite)),
      signer_(SignerOf(suite)),
      info_(kInfoSize, 0x11),
      secret_(ShaSize(algorithms_.hash), 0x22),
      node_label_(KdfLabel("node", secret_.size())),
      path_label_(KdfLabel("path", secret_.size())),
      path_secret_(secret_),
      node_secret_(secret_.size()),
      aead_key_(EVP_AEAD_key_length(algorithms_.aead), 0x33),
      aead_nonce_(kNonceSize, 0x44),
      digest_(secret_.size()) {
  hpke_ = std::make_unique<FloorHpke>(algorithms_, *group_, info_);
  sealed_.resize(kTurns);
  for (std::size_t recipient = 0; recipient < kTurns; ++recipient) {
    ikms_.emplace_back(secret_.size(), static_cast<std::uint8_t>(recipient + 1));
    hpke_->AddRecipient(ikms_[recipient]);
    hpke_->Seal(recipient, secret_, sealed_[recipient]);
  }
  PrepareContent(kAadSize);
}

void FloorSuite::PrepareContent(std::size_t size) {
  for (std::size_t i = content_.size(); i < size + kTurns; ++i) {
    content_.push_back(static_cast<std::uint8_t>(i * i));
  }
}

void FloorSuite::PrepareSignatures(std::size_t size) {
  if (signatures_.contains(size)) return;
  PrepareContent(size);
  std::vector<Octets>& made = signatures_[size];
  for (std::size_t i = 0; i < kTurns; ++i) {
    made.push_back(signer_->Sign(OctetsView(content_).subspan(i, size)));
  }
}

void FloorSuite::PrepareCiphertext(std::size_t size) {
  if (ciphertexts_.contains(size)) return;
  Must(size >= kTagSize, "AEAD of less than a tag");
  PrepareContent(size);
  AeadSeal(algorithms_.aead, aead_key_, aead_nonce_, OctetsView(content_).first(kAadSize),
           OctetsView(content_).first(size - kTagSize), ciphertexts_[size]);
}

void FloorSuite::Seal() {
  Turn();
  hpke_->Seal(turn_, secret_, sealed_now_);
}

void FloorSuite::Open() {
  Turn();
  Must(hpke_->Open(turn_, sealed_[turn_], opened_), "HPKE");
}

void FloorSuite::DeriveNode() {
  const HmacKey path_secret(algorithms_.hash, path_secret_);
  path_secret.Expand({node_label_}, node_secret_);
  path_secret.Expand({path_label_}, path_secret_);
  public_key_ = group_->PublicKey(hpke_->DerivePrivateKey(node_secret_));
}

void FloorSuite::GenerateKeyPair() { public_key_ = group_->Generate(); }

const Octets& FloorSuite::Sign(std::size_t size) {
  Must(size + kTurns <= content_.size(), "signature");
  Turn();
  return signer_->Sign(Content(size));
}

void FloorSuite::Verify(std::size_t size) {
  Turn();
  const auto made = signatures_.find(size);
  Must(made != signatures_.end() && signer_->Verify(Content(size), made->second[turn_]),
       "verification");
}

void FloorSuite::Mac() {
  constexpr std::size_t kInputSize = 24;  // a KDFLabel
  HmacKey(algorithms_.hash, secret_).Mac({OctetsView(content_).first(kInputSize)}, digest_);
}

void FloorSuite::Hash(std::size_t size) {
  Must(size <= content_.size(), "hash");
  Sha sha(algorithms_.hash);
  sha.Update(OctetsView(content_).first(size));
  sha.Final(digest_);
}

void FloorSuite::SealContent(std::size_t size) {
  Must(size <= content_.size(), "AEAD");
  AeadSeal(algorithms_.aead, aead_key_, aead_nonce_, OctetsView(content_).first(kAadSize),
           OctetsView(content_).first(size), ciphertext_);
}

void FloorSuite::OpenContent(std::size_t size) {
  const auto made = ciphertexts_.find(size);
  Must(made != ciphertexts_.end() &&
           AeadOpen(algorithms_.aead, aead_key_, aead_nonce_, OctetsView(content_).first(kAadSize),
                    made->second, opened_),
       "AEAD");
}

}  // namespace conclave::bench
