// Authenticated encryption of the default provider. Wycheproof is in tests/kat.
#include <catch2/catch_test_macros.hpp>

#include "conclave/boringssl_provider.h"
#include "crypto/cipher_suite.h"

namespace conclave::test {

namespace {

constexpr AeadId kAeads[] = {AeadId::aes_128_gcm, AeadId::aes_256_gcm, AeadId::chacha20_poly1305};

struct Sealed {
  Bytes key, nonce, aad, plaintext, ciphertext;
};

Sealed MakeSealed(AeadId aead, std::size_t size) {
  Sealed sealed{Bytes(AeadKeySize(aead), 1), Bytes(12, 2), Bytes(20, 3), Bytes(size, 4),
                Bytes(size + 16)};
  BoringSslProvider()
      .AeadSeal(aead, sealed.key, sealed.nonce, sealed.aad, sealed.plaintext, sealed.ciphertext)
      .value();
  return sealed;
}

}  // namespace

TEST_CASE("What is sealed opens, whatever its size") {
  const BoringSslProvider provider;
  for (const AeadId aead : kAeads) {
    for (const std::size_t size : {0u, 1u, 16u, 17u, 1000u}) {
      const Sealed sealed = MakeSealed(aead, size);
      Bytes opened(size);
      REQUIRE(
          provider.AeadOpen(aead, sealed.key, sealed.nonce, sealed.aad, sealed.ciphertext, opened)
              .ok());
      CHECK(opened == sealed.plaintext);
    }
  }
}

TEST_CASE("Sealing and opening can happen in place") {
  const BoringSslProvider provider;
  for (const AeadId aead : kAeads) {
    const Sealed sealed = MakeSealed(aead, 100);
    Bytes buffer = sealed.plaintext;
    buffer.resize(116);
    REQUIRE(provider
                .AeadSeal(aead, sealed.key, sealed.nonce, sealed.aad, BytesView(buffer).first(100),
                          buffer)
                .ok());
    CHECK(buffer == sealed.ciphertext);
    REQUIRE(provider
                .AeadOpen(aead, sealed.key, sealed.nonce, sealed.aad, buffer,
                          std::span(buffer).first(100))
                .ok());
    buffer.resize(100);
    CHECK(buffer == sealed.plaintext);
  }
}

TEST_CASE("Any change of a bit is noticed, and the output holds zeros") {
  const BoringSslProvider provider;
  for (const AeadId aead : kAeads) {
    const Sealed good = MakeSealed(aead, 40);
    const auto refused = [&](const Sealed& sealed) {
      Bytes opened(sealed.ciphertext.size() - 16, 0xaa);
      const auto result =
          provider.AeadOpen(aead, sealed.key, sealed.nonce, sealed.aad, sealed.ciphertext, opened);
      return !result.ok() && result.error().kind == ErrorKind::kNotAuthentic &&
             opened == Bytes(opened.size(), 0);
    };
    CHECK_FALSE(refused(good));
    for (std::size_t i = 0; i < good.ciphertext.size(); ++i) {
      Sealed bad = good;
      bad.ciphertext[i] ^= 0x80;
      CHECK(refused(bad));
    }
    for (Bytes Sealed::* field : {&Sealed::key, &Sealed::nonce, &Sealed::aad}) {
      Sealed bad = good;
      (bad.*field).back() ^= 1;
      CHECK(refused(bad));
    }
    Sealed cut = good;
    cut.ciphertext.pop_back();
    CHECK(refused(cut));
  }
}

TEST_CASE("What is shorter than a tag is not authentic") {
  const BoringSslProvider provider;
  const Sealed sealed = MakeSealed(AeadId::aes_128_gcm, 0);
  Bytes opened(4, 0xaa);
  CHECK(provider
            .AeadOpen(AeadId::aes_128_gcm, sealed.key, sealed.nonce, sealed.aad,
                      BytesView(sealed.ciphertext).first(15), opened)
            .error()
            .kind == ErrorKind::kNotAuthentic);
  CHECK(opened == Bytes(4, 0));
}

TEST_CASE("Keys, nonces and buffers of a wrong size are refused, and the output holds zeros") {
  const BoringSslProvider provider;
  const Sealed sealed = MakeSealed(AeadId::aes_256_gcm, 8);
  const auto open = [&](AeadId aead, const Bytes& key, const Bytes& nonce, std::size_t size) {
    Bytes opened(size, 0xaa);
    const auto result = provider.AeadOpen(aead, key, nonce, {}, sealed.ciphertext, opened);
    CHECK(opened == Bytes(size, 0));
    return result.error().kind;
  };
  const AeadId aead = AeadId::aes_256_gcm;
  CHECK(open(aead, Bytes(16), Bytes(12), 8) == ErrorKind::kMalformed);
  CHECK(open(aead, Bytes(32), Bytes(11), 8) == ErrorKind::kMalformed);
  CHECK(open(aead, Bytes(32), Bytes(), 8) == ErrorKind::kMalformed);
  CHECK(open(aead, Bytes(32), Bytes(12), 7) == ErrorKind::kMisuse);
  CHECK(open(AeadId{0x77}, Bytes(32), Bytes(12), 8) == ErrorKind::kUnsupported);

  Bytes out(24);
  CHECK(provider.AeadSeal(aead, Bytes(16), Bytes(12), {}, Bytes(8), out).error().kind ==
        ErrorKind::kMalformed);
  CHECK(provider.AeadSeal(aead, Bytes(32), Bytes(12), {}, Bytes(9), out).error().kind ==
        ErrorKind::kMisuse);
}

}  // namespace conclave::test
