// The Diffie-Hellman groups of the default provider. Wycheproof is in tests/kat.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "base/hex.h"
#include "conclave/boringssl_provider.h"
#include "crypto/cipher_suite.h"

namespace conclave::test {

namespace {

constexpr KemId kKems[] = {KemId::dhkem_p256_sha256, KemId::dhkem_p384_sha384,
                           KemId::dhkem_p521_sha512, KemId::dhkem_x25519_sha256,
                           KemId::dhkem_x448_sha512};

Bytes Hex(const std::string& text) { return FromHex(text).value(); }

}  // namespace

TEST_CASE("Two key pairs agree on a secret, in every group") {
  const BoringSslProvider provider;
  for (const KemId kem : kKems) {
    const auto a = provider.DhGenerate(kem).value();
    const auto b = provider.DhGenerate(kem).value();
    CHECK(a.public_key != b.public_key);
    CHECK(a.public_key.size() == SizesOf(kem).public_key);
    CHECK(a.private_key.size() == SizesOf(kem).private_key);
    const auto ab = provider.Dh(kem, a.private_key.ExposeForProvider(), b.public_key).value();
    const auto ba = provider.Dh(kem, b.private_key.ExposeForProvider(), a.public_key).value();
    CHECK(ConstantTimeEquals(ab, ba));
    CHECK(provider.DhPublicKey(kem, a.private_key.ExposeForProvider()).value() == a.public_key);
    CHECK(provider.CheckDhPublicKey(kem, a.public_key).ok());
  }
}

TEST_CASE("X25519 agrees with RFC 7748, section 6.1") {
  const BoringSslProvider provider;
  const Bytes alice = Hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  const Bytes bob = Hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  CHECK(ToHex(provider.DhPublicKey(KemId::dhkem_x25519_sha256, alice).value()) ==
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  CHECK(ToHex(provider.Dh(KemId::dhkem_x25519_sha256, alice, bob).value().ExposeForProvider()) ==
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

TEST_CASE("Points of low order are malformed") {
  const BoringSslProvider provider;
  // 0, 1, two points of order 8, p - 1, p and p + 1; then the first five with the top bit set.
  const std::vector<std::string> x25519 = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "0100000000000000000000000000000000000000000000000000000000000080",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
  for (const std::string& point : x25519) {
    INFO(point);
    CHECK(provider.Dh(KemId::dhkem_x25519_sha256, Bytes(32, 0x42), Hex(point)).error().kind ==
          ErrorKind::kMalformed);
    CHECK(provider.CheckDhPublicKey(KemId::dhkem_x25519_sha256, Hex(point)).error().kind ==
          ErrorKind::kMalformed);
  }
  // 0, 1, p - 1, p and p + 1.
  const std::vector<std::string> x448 = {std::string(112, '0'), "01" + std::string(110, '0'),
                                         "fe" + std::string(54, 'f') + "fe" + std::string(54, 'f'),
                                         std::string(56, 'f') + "fe" + std::string(54, 'f'),
                                         std::string(56, '0') + std::string(56, 'f')};
  for (const std::string& point : x448) {
    INFO(point);
    CHECK(provider.Dh(KemId::dhkem_x448_sha512, Bytes(56, 0x42), Hex(point)).error().kind ==
          ErrorKind::kMalformed);
    CHECK(provider.CheckDhPublicKey(KemId::dhkem_x448_sha512, Hex(point)).error().kind ==
          ErrorKind::kMalformed);
  }
}

TEST_CASE("A NIST private key is a scalar from 1 to the order minus 1") {
  struct Row {
    KemId kem;
    const char* order;
  };
  const BoringSslProvider provider;
  for (const Row& row : {Row{KemId::dhkem_p256_sha256,
                             "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"},
                         Row{KemId::dhkem_p384_sha384,
                             "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
                             "581a0db248b0a77aecec196accc52973"},
                         Row{KemId::dhkem_p521_sha512,
                             "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
                             "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"}}) {
    const Bytes order = Hex(row.order);
    const std::size_t size = SizesOf(row.kem).private_key;
    REQUIRE(order.size() == size);
    const Bytes peer = provider.DhGenerate(row.kem).value().public_key;
    Bytes largest = order;
    largest.back() ^= 1;  // All three orders are odd.
    Bytes one(size - 1, 0);
    one.push_back(1);
    for (const Bytes& scalar : {one, largest}) {
      CHECK(provider.DhPublicKey(row.kem, scalar).ok());
      CHECK(provider.Dh(row.kem, scalar, peer).ok());
    }
    for (const Bytes& scalar : {Bytes(), Bytes(size, 0), order, Bytes(size, 0xff),
                                Bytes(size - 1, 1), Bytes(size + 1, 1)}) {
      CHECK(provider.DhPublicKey(row.kem, scalar).error().kind == ErrorKind::kMalformed);
      CHECK(provider.Dh(row.kem, scalar, peer).error().kind == ErrorKind::kMalformed);
    }
  }
}

TEST_CASE("A NIST public key is an uncompressed point of the curve") {
  const BoringSslProvider provider;
  for (const KemId kem :
       {KemId::dhkem_p256_sha256, KemId::dhkem_p384_sha384, KemId::dhkem_p521_sha512}) {
    const KeyPair pair = provider.DhGenerate(kem).value();
    const Bytes good = provider.DhGenerate(kem).value().public_key;
    const auto kind = [&](const Bytes& point) {
      return provider.Dh(kem, pair.private_key.ExposeForProvider(), point).error().kind;
    };
    const std::size_t half = good.size() / 2;
    Bytes off_curve = good;
    off_curve.back() ^= 1;
    Bytes compressed(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(1 + half));
    compressed[0] = static_cast<std::uint8_t>(2 + (good.back() & 1));
    Bytes hybrid = good;
    hybrid[0] = static_cast<std::uint8_t>(6 + (good.back() & 1));
    Bytes longer = good;
    longer.push_back(0);
    Bytes too_large(good.size(), 0xff);
    too_large[0] = 4;
    for (const Bytes& bad : {Bytes(), Bytes{0}, off_curve, compressed, hybrid, longer, too_large,
                             Bytes(good.size(), 0)}) {
      CHECK(kind(bad) == ErrorKind::kMalformed);
      CHECK(provider.CheckDhPublicKey(kem, bad).error().kind == ErrorKind::kMalformed);
    }
  }
}

TEST_CASE("X25519 and X448 keys of a wrong size are malformed") {
  const BoringSslProvider provider;
  for (const KemId kem : {KemId::dhkem_x25519_sha256, KemId::dhkem_x448_sha512}) {
    const std::size_t size = SizesOf(kem).public_key;
    const Bytes good = provider.DhGenerate(kem).value().public_key;
    for (const std::size_t wrong : {std::size_t{0}, size - 1, size + 1}) {
      CHECK(provider.DhPublicKey(kem, Bytes(wrong, 1)).error().kind == ErrorKind::kMalformed);
      CHECK(provider.Dh(kem, Bytes(wrong, 1), good).error().kind == ErrorKind::kMalformed);
      CHECK(provider.Dh(kem, good, Bytes(wrong, 1)).error().kind == ErrorKind::kMalformed);
      CHECK(provider.CheckDhPublicKey(kem, Bytes(wrong, 1)).error().kind == ErrorKind::kMalformed);
    }
  }
}

TEST_CASE("A public key is refused if and only if nothing can be agreed on with it") {
  const BoringSslProvider provider;
  for (const KemId kem : {KemId::dhkem_x25519_sha256, KemId::dhkem_x448_sha512}) {
    const std::size_t size = SizesOf(kem).public_key;
    const auto agrees = [&](const Bytes& key) {
      const bool is_usable = provider.Dh(kem, Bytes(size, 0x42), key).ok();
      CHECK(provider.CheckDhPublicKey(kem, key).ok() == is_usable);
    };
    // The least and the greatest numbers, and one less or more in each byte of those.
    for (const Bytes& fill : {Bytes(size, 0x00), Bytes(size, 0xff)}) {
      for (std::size_t at = 0; at < size; ++at) {
        for (const std::uint8_t value :
             Bytes{0x00, 0x01, 0x02, 0x7f, 0x80, 0xec, 0xed, 0xfd, 0xfe}) {
          Bytes key = fill;
          key[at] = value;
          agrees(key);
          key.back() &= 0x7f;
          agrees(key);
        }
      }
    }
    for (int i = 0; i < 100; ++i) agrees(provider.DhGenerate(kem).value().public_key);
  }
}

TEST_CASE("A group that nobody knows is unsupported") {
  const BoringSslProvider provider;
  const KemId unknown{0x647a};
  CHECK_FALSE(provider.Supports(unknown));
  CHECK(provider.DhGenerate(unknown).error().kind == ErrorKind::kUnsupported);
  CHECK(provider.DhPublicKey(unknown, Bytes(32)).error().kind == ErrorKind::kUnsupported);
  CHECK(provider.Dh(unknown, Bytes(32), Bytes(32)).error().kind == ErrorKind::kUnsupported);
  CHECK(provider.CheckDhPublicKey(unknown, Bytes(32)).error().kind == ErrorKind::kUnsupported);
}

}  // namespace conclave::test
