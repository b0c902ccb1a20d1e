// Shows that the floor's primitives are the real ones.
#include <openssl/hpke.h>

#include <algorithm>

#include "floor.h"
#include "floor_suite.h"

namespace conclave::bench {

namespace {

void Spoil(Octets& bytes) { bytes.back() ^= 0x01; }

// Opens with BoringSSL's HPKE, which has X25519; true too where it does not have the suite.
bool OpensElsewhere(FloorSuite& suite, const HpkeCiphertext& sealed, OctetsView secret) {
  const HpkeAlgorithms& algorithms = suite.algorithms();
  if (algorithms.kem != EVP_HPKE_DHKEM_X25519_HKDF_SHA256) return true;
  const EVP_HPKE_AEAD* const aead = algorithms.aead_id == EVP_HPKE_AES_128_GCM
                                        ? EVP_hpke_aes_128_gcm()
                                        : EVP_hpke_chacha20_poly1305();
  const Octets private_key = suite.hpke().DerivePrivateKey(suite.ikm(0));
  bssl::ScopedEVP_HPKE_KEY key;
  bssl::ScopedEVP_HPKE_CTX context;
  Octets opened(sealed.ciphertext.size());
  std::size_t size = 0;
  if (EVP_HPKE_KEY_init(key.get(), EVP_hpke_x25519_hkdf_sha256(), private_key.data(),
                        private_key.size()) != 1 ||
      EVP_HPKE_CTX_setup_recipient(context.get(), key.get(), EVP_hpke_hkdf_sha256(), aead,
                                   sealed.kem_output.data(), sealed.kem_output.size(),
                                   suite.info().data(), suite.info().size()) != 1 ||
      EVP_HPKE_CTX_open(context.get(), opened.data(), &size, opened.size(),
                        sealed.ciphertext.data(), sealed.ciphertext.size(), nullptr, 0) != 1) {
    return false;
  }
  opened.resize(size);
  return std::ranges::equal(opened, secret);
}

std::string CheckHpke(FloorSuite& suite) {
  const Octets secret(suite.secret().begin(), suite.secret().end());
  HpkeCiphertext sealed;
  Octets opened;
  suite.hpke().Seal(0, secret, sealed);
  if (!suite.hpke().Open(0, sealed, opened)) return "what HPKE sealed does not open";
  if (opened != secret) return "HPKE opens to something else";
  if (!OpensElsewhere(suite, sealed, secret)) return "BoringSSL's HPKE does not open ours";
  Spoil(sealed.ciphertext);
  if (suite.hpke().Open(0, sealed, opened)) return "HPKE opens a changed ciphertext";
  return {};
}

std::string CheckSignature(FloorSuite& suite) {
  Octets content(300, 0x55);
  const Octets signature = suite.signer().Sign(content);
  if (!suite.signer().Verify(content, signature)) return "a signature does not verify";
  Spoil(content);
  if (suite.signer().Verify(content, signature)) return "a signature of other content verifies";
  return {};
}

std::string CheckAead(FloorSuite& suite) {
  const EVP_AEAD* const aead = suite.algorithms().aead;
  const Octets key(EVP_AEAD_key_length(aead), 0x01);
  const Octets nonce(kNonceSize, 0x02);
  const Octets plaintext(1000, 0x03);
  Octets ciphertext;
  Octets opened;
  AeadSeal(aead, key, nonce, nonce, plaintext, ciphertext);
  if (!AeadOpen(aead, key, nonce, nonce, ciphertext, opened) || opened != plaintext) {
    return "what the AEAD sealed does not open";
  }
  Spoil(ciphertext);
  if (AeadOpen(aead, key, nonce, nonce, ciphertext, opened)) return "the AEAD opens a changed one";
  return {};
}

}  // namespace

std::string Floor::SelfCheck() {
  for (const auto check : {CheckHpke, CheckSignature, CheckAead}) {
    if (std::string wrong = check(*suite_); !wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace conclave::bench
