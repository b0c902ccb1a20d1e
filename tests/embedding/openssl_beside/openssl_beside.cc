// One process, two relatives: OpenSSL 3 in somebody else's code and BoringSSL in our provider, used
// in turns. With an ordinary BoringSSL this ends in wrong results or a crash, because both define
// EVP_*, HKDF and hundreds more.
#include <conclave/conclave.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <utility>
#include <variant>

#include "openssl_user.h"

namespace {

using conclave::BytesView;

constexpr std::array<std::uint8_t, 4> kHkdfStart = {0x3c, 0xb2, 0x5f, 0x25};
constexpr std::array<std::uint8_t, 4> kHashStart = {0xe3, 0xb0, 0xc4, 0x42};

template <class Output, class Start>
void Expect(const char* what, const Output& output, const Start& start) {
  if (!std::equal(start.begin(), start.end(), output.begin())) {
    std::printf("openssl_beside: wrong %s\n", what);
    std::exit(1);
  }
}

void UseOpenSsl() {
  if (!OpenSslVersion().starts_with("OpenSSL 3")) {
    std::printf("openssl_beside: expected OpenSSL 3\n");
    std::exit(1);
  }
  Expect("HKDF of OpenSSL", OpenSslHkdf(), kHkdfStart);
  Expect("hash of OpenSSL", OpenSslHash(), kHashStart);
}

void UseProvider() {
  const conclave::BoringSslProvider provider;
  std::array<std::uint8_t, 32> hash{};
  if (!provider.Hash(conclave::HashId::sha256, {}, hash).ok()) std::exit(1);
  Expect("hash of the provider", hash, kHashStart);

  using conclave::SignatureScheme;
  for (const auto scheme : {SignatureScheme::ecdsa_secp256r1_sha256, SignatureScheme::ed25519,
                            SignatureScheme::ecdsa_secp521r1_sha512}) {
    const auto key = provider.SignatureGenerate(scheme);
    if (!key.ok()) std::exit(1);
    const auto signature =
        provider.Sign(scheme, key.value().private_key.ExposeForProvider(), BytesView(hash));
    if (!signature.ok() ||
        !provider.Verify(scheme, key.value().public_key, hash, signature.value()).ok()) {
      std::printf("openssl_beside: the provider's signature does not verify\n");
      std::exit(1);
    }
  }
}

class Everybody : public conclave::CredentialVerifier {
 public:
  conclave::CredentialAnswer Verify(const conclave::CredentialQuestion&) override {
    return conclave::CredentialAnswer::accept;
  }
};

// Two members of a group of the suite understand each other.
void UseLibrary(conclave::CipherSuite suite) {
  conclave::BoringSslProvider crypto;
  conclave::SystemClock clock;
  Everybody verifier;
  conclave::MemoryStorage adas_disk, bens_disk;
  const auto start = [&](const char* name, conclave::Storage& disk) {
    return conclave::Client::Create({.identity = name,
                                     .crypto = crypto,
                                     .clock = clock,
                                     .verifier = verifier,
                                     .storage = disk,
                                     .suite = suite})
        .value();
  };
  conclave::Client ada = start("ada", adas_disk), ben = start("ben", bens_disk);
  auto room = ada.CreateGroup().value();
  const auto offer = room.CreateCommit({.add = {ben.NewKeyPackage().value()}}).value();
  auto event = room.Receive(offer.commit).value();
  const auto entered = room.Apply(std::get<conclave::StagedCommit>(std::move(event))).value();
  auto bens_room = ben.Enter(ben.ReadWelcome(entered.welcomes.front()).value()).value();
  UseOpenSsl();
  const auto heard = bens_room.Receive(room.Protect(conclave::AsBytes("hello")).value()).value();
  if (std::get<conclave::ApplicationMessage>(heard).plaintext != conclave::ToBytes("hello")) {
    std::printf("openssl_beside: a message was not understood\n");
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char**) {
  // Either may be the first to initialise itself.
  if (argc > 1) {
    UseProvider();
    UseOpenSsl();
  } else {
    UseOpenSsl();
    UseProvider();
  }
  UseOpenSsl();
  UseProvider();
  using conclave::CipherSuite;
  for (const auto suite : {CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                           CipherSuite::MLS_256_DHKEMP384_AES256GCM_SHA384_P384}) {
    UseLibrary(suite);
  }
  std::printf("openssl_beside: both work\n");
  return 0;
}
