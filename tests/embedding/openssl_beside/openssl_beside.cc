// One process, two relatives: OpenSSL 3 in somebody else's code and BoringSSL in our provider, used
// in turns. With an ordinary BoringSSL this ends in wrong results or a crash, because both define
// EVP_*, HKDF and hundreds more.
#include <conclave/boringssl_provider.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

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
  std::printf("openssl_beside: both work\n");
  return 0;
}
