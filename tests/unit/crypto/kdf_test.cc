// RFC 5869, and the Hash and MAC of RFC 9420, section 5.1.
#include "crypto/kdf.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <initializer_list>

#include "base/hex.h"
#include "support/forwarding_provider.h"
#include "support/test_suite.h"

namespace conclave::test {

namespace {

using Sizes = std::initializer_list<std::size_t>;

Bytes Hex(std::string_view text) { return FromHex(text).value(); }

class WithoutRandomness final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<void> Random(MutableBytesView) const override {
    return Error{ErrorKind::kCrypto, "no randomness"};
  }
};

}  // namespace

TEST_CASE("HKDF agrees with RFC 5869, test case 1") {
  const auto prk =
      HkdfExtract(Provider(), HashId::sha256, Hex("000102030405060708090a0b0c"), Bytes(22, 0x0b));
  REQUIRE(prk.ok());
  CHECK(BytesOf(*prk) == Hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
  const auto okm = HkdfExpand(Provider(), HashId::sha256, prk->ExposeForProvider(),
                              Hex("f0f1f2f3f4f5f6f7f8f9"), 42);
  REQUIRE(okm.ok());
  CHECK(BytesOf(*okm) == Hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                             "34007208d5b887185865"));
}

TEST_CASE("HKDF-Expand gives up to 255 hashes and refuses more") {
  const Suite suite = TestSuite();
  const Secret prk = FilledSecret(32, 7);
  const auto expand = [&](std::size_t size) { return Expand(suite, prk, BytesView(), size); };
  const auto longest = expand(255 * 32);
  REQUIRE(longest.ok());
  for (const std::size_t size : Sizes{0, 1, 31, 32, 33, 64, 65, 255 * 32 - 1}) {
    const auto shorter = expand(size);
    REQUIRE(shorter.ok());
    Bytes prefix = BytesOf(*longest);
    prefix.resize(size);
    CHECK(BytesOf(*shorter) == prefix);
  }
  for (const std::size_t size : Sizes{255 * 32 + 1, 65535, 65536, 65536 + 32}) {
    CHECK(expand(size).error().kind == ErrorKind::kMisuse);
  }
}

TEST_CASE("Parts are hashed as if they were one string") {
  const Suite suite = TestSuite();
  const Secret key = FilledSecret(32, 1);
  const Bytes whole = ToBytes("abcdef");
  CHECK(Hash(suite, {AsBytes("ab"), AsBytes(""), AsBytes("cdef")}).value() ==
        Hash(suite, whole).value());
  CHECK(Mac(suite, key, {AsBytes("abc"), AsBytes("def")}).value() ==
        Mac(suite, key, whole).value());
  CHECK(BytesOf(Expand(suite, key, {AsBytes("a"), AsBytes("bcdef")}, 40).value()) ==
        BytesOf(Expand(suite, key, whole, 40).value()));
}

TEST_CASE("Hashes and MACs have the size of the suite's hash") {
  for (const Suite& suite : AllSuites()) {
    const Secret zero(suite.hash_size());
    CHECK(Hash(suite, BytesView()).value().size() == suite.hash_size());
    CHECK(Mac(suite, zero, BytesView()).value().size() == suite.hash_size());
    CHECK(Extract(suite, zero, zero).value().size() == suite.hash_size());
  }
}

TEST_CASE("An empty salt is a salt of zeros") {
  const Suite suite = TestSuite();
  const Secret ikm = FilledSecret(32, 3);
  CHECK(BytesOf(Extract(suite, Secret(), ikm).value()) ==
        BytesOf(Extract(suite, Secret(32), ikm).value()));
}

TEST_CASE("Random bytes differ, and there are none without randomness") {
  CHECK(RandomBytes(Provider(), 32).value() != RandomBytes(Provider(), 32).value());
  CHECK(RandomBytes(Provider(), 0).value().empty());
  CHECK(BytesOf(RandomSecret(Provider(), 32).value()) != Bytes(32, 0));
  const WithoutRandomness broken(Provider());
  CHECK(RandomBytes(broken, 32).error().kind == ErrorKind::kCrypto);
  CHECK(RandomSecret(broken, 32).error().kind == ErrorKind::kCrypto);
}

}  // namespace conclave::test
