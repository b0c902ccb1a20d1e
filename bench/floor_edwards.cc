// X25519 and Ed25519 of BoringSSL and libsodium, X448 and Ed448 of libdecaf.
//
// BoringSSL is the faster one for X25519 with the base point, libsodium for X25519 with any other
// and for Ed25519.
#include <decaf.h>
#include <decaf/ed448.h>
#include <openssl/curve25519.h>
#include <openssl/rand.h>
#include <sodium.h>

#include <algorithm>

#include "floor_curves.h"

namespace conclave::bench {

namespace {

void Randomize(Octets& bytes) { Must(RAND_bytes(bytes.data(), bytes.size()) == 1, "RAND_bytes"); }

struct Recipient {
  Octets private_key;
  Octets public_key;
};

// The two Montgomery curves differ in two functions.
template <std::size_t kSize, auto kPublicKey, auto kDh>
class Montgomery final : public DhGroup {
 public:
  std::size_t private_key_size() const override { return kSize; }

  Octets AddRecipient(OctetsView private_key) override {
    recipients_.push_back({Octets(private_key.begin(), private_key.end()), PublicKey(private_key)});
    return recipients_.back().public_key;
  }

  const Octets& Generate() override {
    Randomize(private_key_);
    return PublicKey(private_key_);
  }

  const Octets& PublicKey(OctetsView private_key) override {
    kPublicKey(public_key_.data(), private_key.data());
    return public_key_;
  }

  const Octets& Encapsulate(std::size_t recipient) override {
    return Dh(private_key_, recipients_[recipient].public_key);
  }

  const Octets& Decapsulate(std::size_t recipient, OctetsView public_key) override {
    return Dh(recipients_[recipient].private_key, public_key);
  }

 private:
  const Octets& Dh(OctetsView private_key, OctetsView public_key) {
    Must(kDh(shared_.data(), private_key.data(), public_key.data()), "DH");
    return shared_;
  }

  std::vector<Recipient> recipients_;
  Octets private_key_ = Octets(kSize);
  Octets public_key_ = Octets(kSize);
  Octets shared_ = Octets(kSize);
};

bool X25519Dh(std::uint8_t* shared, const std::uint8_t* private_key,
              const std::uint8_t* public_key) {
  return crypto_scalarmult_curve25519(shared, private_key, public_key) == 0;
}

bool X448Dh(std::uint8_t* shared, const std::uint8_t* private_key, const std::uint8_t* public_key) {
  return decaf_x448(shared, public_key, private_key) == DECAF_SUCCESS;
}

class Ed25519Signer final : public Signer {
 public:
  Ed25519Signer() {
    Must(crypto_sign_ed25519_keypair(public_key_.data(), private_key_.data()) == 0, "Ed25519 key");
  }

  const Octets& Sign(OctetsView content) override {
    Must(crypto_sign_ed25519_detached(signature_.data(), nullptr, content.data(), content.size(),
                                      private_key_.data()) == 0,
         "Ed25519");
    return signature_;
  }

  bool Verify(OctetsView content, OctetsView signature) override {
    return crypto_sign_ed25519_verify_detached(signature.data(), content.data(), content.size(),
                                               public_key_.data()) == 0;
  }

 private:
  Octets private_key_ = Octets(crypto_sign_ed25519_SECRETKEYBYTES);
  Octets public_key_ = Octets(crypto_sign_ed25519_PUBLICKEYBYTES);
  Octets signature_ = Octets(crypto_sign_ed25519_BYTES);
};

class Ed448Signer final : public Signer {
 public:
  Ed448Signer() {
    Octets seed(DECAF_EDDSA_448_PRIVATE_BYTES);
    Randomize(seed);
    decaf_ed448_derive_keypair(pair_, seed.data());
    decaf_ed448_derive_public_key(public_key_.data(), seed.data());
  }

  const Octets& Sign(OctetsView content) override {
    decaf_ed448_keypair_sign(signature_.data(), pair_, content.data(), content.size(), 0, nullptr,
                             0);
    return signature_;
  }

  bool Verify(OctetsView content, OctetsView signature) override {
    return decaf_ed448_verify(signature.data(), public_key_.data(), content.data(), content.size(),
                              0, nullptr, 0) == DECAF_SUCCESS;
  }

 private:
  decaf_eddsa_448_keypair_s pair_[1];
  Octets public_key_ = Octets(DECAF_EDDSA_448_PUBLIC_BYTES);
  Octets signature_ = Octets(DECAF_EDDSA_448_SIGNATURE_BYTES);
};

}  // namespace

std::unique_ptr<DhGroup> X25519() {
  Must(sodium_init() >= 0, "sodium_init");
  return std::make_unique<
      Montgomery<X25519_PRIVATE_KEY_LEN, X25519_public_from_private, X25519Dh>>();
}

std::unique_ptr<DhGroup> X448() {
  return std::make_unique<
      Montgomery<DECAF_X448_PRIVATE_BYTES, decaf_x448_derive_public_key, X448Dh>>();
}

std::unique_ptr<Signer> Ed25519() {
  Must(sodium_init() >= 0, "sodium_init");
  return std::make_unique<Ed25519Signer>();
}

std::unique_ptr<Signer> Ed448() { return std::make_unique<Ed448Signer>(); }

}  // namespace conclave::bench
