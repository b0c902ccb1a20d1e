// RFC 9180, sections 5 and 6. The vectors of the RFC are in tests/kat/hpke_test.cc.
#include "hpke/hpke.h"

#include <catch2/catch_test_macros.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>

#include "hpke/kem.h"
#include "support/test_suite.h"
#include "support/watched_provider.h"

namespace conclave::test {

static_assert(!std::copy_constructible<HpkeSender>);
static_assert(!std::copy_constructible<HpkeReceiver>);
static_assert(!std::copy_constructible<NonceSequence>);

namespace {

using Sizes = std::initializer_list<std::size_t>;

constexpr HpkeSuite kSuite{KemId::dhkem_x25519_sha256, KdfId::hkdf_sha256, AeadId::aes_128_gcm};
constexpr HpkeSuite kExportSuite{KemId::dhkem_x25519_sha256, KdfId::hkdf_sha256, kExportOnly};

struct Ends {
  KeyPair recipient;
  HpkeSender sender;
  HpkeReceiver receiver;
};

Ends MakeEnds(const HpkeSuite& suite) {
  auto recipient = KemGenerateKeyPair(Provider(), suite.kem).value();
  const auto info = HpkeInfo::Base(suite, Provider(), AsBytes("info")).value();
  auto sender = HpkeSender::Setup(info, recipient.public_key).value();
  auto receiver =
      HpkeReceiver::Setup(info, recipient.private_key, recipient.public_key, sender.kem_output())
          .value();
  return {std::move(recipient), std::move(sender), std::move(receiver)};
}

}  // namespace

TEST_CASE("What is sealed to a public key opens with its private key, on every suite") {
  const Bytes info = ToBytes("info"), aad = ToBytes("aad"), plaintext = ToBytes("plaintext");
  for (const Suite& mls_suite : AllSuites()) {
    INFO(mls_suite.name());
    const HpkeSuite suite = HpkeSuiteOf(mls_suite);
    const auto pair = KemGenerateKeyPair(Provider(), suite.kem).value();
    const auto sealed = SealBase(suite, Provider(), pair.public_key, info, aad, plaintext);
    REQUIRE(sealed.ok());
    CHECK(sealed->ciphertext.size() == plaintext.size() + 16);
    const auto open = [&](const Bytes& kem_output, const Bytes& the_info, const Bytes& the_aad,
                          const Bytes& ciphertext) {
      return OpenBase(suite, Provider(), pair.private_key, pair.public_key, kem_output, the_info,
                      the_aad, ciphertext);
    };
    CHECK(BytesOf(open(sealed->kem_output, info, aad, sealed->ciphertext).value()) == plaintext);

    Bytes forged = sealed->ciphertext;
    forged.back() ^= 1;
    CHECK(open(sealed->kem_output, info, aad, forged).error().kind == ErrorKind::kNotAuthentic);
    CHECK(open(sealed->kem_output, aad, aad, sealed->ciphertext).error().kind ==
          ErrorKind::kNotAuthentic);
    CHECK(open(sealed->kem_output, info, info, sealed->ciphertext).error().kind ==
          ErrorKind::kNotAuthentic);
    CHECK(open(sealed->kem_output, info, aad, Bytes(15)).error().kind == ErrorKind::kNotAuthentic);
    CHECK(open(Bytes(3), info, aad, sealed->ciphertext).error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("Sealing to many recipients hashes the info once") {
  const Bytes info(100'000, 7);
  const auto pair = KemGenerateKeyPair(Provider(), kSuite.kem).value();
  WatchedProvider watched(Provider());
  const auto shared = HpkeInfo::Base(kSuite, watched, info).value();
  const std::uint64_t made = watched.calls();
  for (int i = 0; i < 10; ++i) {
    const auto sealed = Seal(shared, pair.public_key, {}, AsBytes("hello")).value();
    CHECK(BytesOf(OpenBase(kSuite, Provider(), pair.private_key, pair.public_key, sealed.kem_output,
                           info, {}, sealed.ciphertext)
                      .value()) == ToBytes("hello"));
  }
  // Two HMACs for the shared secret, three for key and nonce, and the AEAD.
  CHECK(watched.calls() - made == 10 * 6);
}

TEST_CASE("Messages of a context open in their order, and a failure uses up no number") {
  Ends ends = MakeEnds(kSuite);
  const Bytes first = ends.sender.Seal({}, AsBytes("first")).value();
  const Bytes second = ends.sender.Seal({}, AsBytes("second")).value();
  CHECK(first != second);
  CHECK(ends.receiver.Open({}, second).error().kind == ErrorKind::kNotAuthentic);
  CHECK(BytesOf(ends.receiver.Open({}, first).value()) == ToBytes("first"));
  CHECK(ends.receiver.Open({}, first).error().kind == ErrorKind::kNotAuthentic);
  CHECK(BytesOf(ends.receiver.Open({}, second).value()) == ToBytes("second"));
}

TEST_CASE("A nonce sequence ends instead of wrapping") {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  NonceSequence nonces(Secret(12), kMax - 1);
  REQUIRE(nonces.Current().ok());
  nonces.Advance();
  CHECK(nonces.Current().error().kind == ErrorKind::kMisuse);
  CHECK(NonceSequence().Current().error().kind == ErrorKind::kMisuse);
}

TEST_CASE("A nonce is the base nonce and the number, added bit by bit") {
  NonceSequence nonces(FilledSecret(12, 0xf0), 0x0102030405060708);
  const NonceSequence::Nonce expected = {0xf0, 0xf0, 0xf0, 0xf0, 0xf1, 0xf2,
                                         0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8};
  CHECK(nonces.Current().value() == expected);
}

TEST_CASE("Both ends export the same secrets, of up to 255 hashes") {
  const Ends ends = MakeEnds(kSuite);
  for (const std::size_t size : Sizes{0, 1, 32, 255 * 32}) {
    CHECK(BytesOf(ends.sender.Export(AsBytes("context"), size).value()) ==
          BytesOf(ends.receiver.Export(AsBytes("context"), size).value()));
  }
  CHECK(BytesOf(ends.sender.Export(AsBytes("a"), 32).value()) !=
        BytesOf(ends.sender.Export(AsBytes("b"), 32).value()));
  for (const std::size_t size : Sizes{255 * 32 + 1, 65535, 65536}) {
    CHECK(ends.sender.Export({}, size).error().kind == ErrorKind::kMisuse);
  }
}

TEST_CASE("A single-shot export arrives") {
  const auto pair = KemGenerateKeyPair(Provider(), kSuite.kem).value();
  const auto sent = SendExportBase(kSuite, Provider(), pair.public_key, AsBytes("info"),
                                   AsBytes("MLS 1.0 external init secret"), 32);
  REQUIRE(sent.ok());
  const auto received = [&](const Bytes& kem_output) {
    return ReceiveExportBase(kSuite, Provider(), pair.private_key, pair.public_key, kem_output,
                             AsBytes("info"), AsBytes("MLS 1.0 external init secret"), 32);
  };
  CHECK(ConstantTimeEquals(received(sent->kem_output).value(), sent->secret));
  CHECK(received(Bytes(32)).error().kind == ErrorKind::kMalformed);
}

TEST_CASE("An export-only context exports and seals nothing") {
  Ends ends = MakeEnds(kExportSuite);
  CHECK(BytesOf(ends.sender.Export({}, 32).value()) ==
        BytesOf(ends.receiver.Export({}, 32).value()));
  CHECK(ends.sender.Seal({}, AsBytes("x")).error().kind == ErrorKind::kMisuse);
  CHECK(ends.receiver.Open({}, Bytes(17)).error().kind == ErrorKind::kMisuse);
  CHECK(SealBase(kExportSuite, Provider(), ends.recipient.public_key, {}, {}, {}).error().kind ==
        ErrorKind::kMisuse);
  CHECK(OpenBase(kExportSuite, Provider(), ends.recipient.private_key, ends.recipient.public_key,
                 ends.sender.kem_output(), {}, {}, Bytes(17))
            .error()
            .kind == ErrorKind::kMisuse);
}

TEST_CASE("A PSK is needed to open what was sealed with it, and comes with an id") {
  const auto pair = KemGenerateKeyPair(Provider(), kSuite.kem).value();
  const auto with = [](std::uint8_t fill, std::string_view id) {
    return HpkeInfo::Psk(kSuite, Provider(), BytesView(), FilledSecret(32, fill), AsBytes(id));
  };
  const auto sealed = Seal(with(1, "id").value(), pair.public_key, {}, AsBytes("x")).value();
  const auto open = [&](const HpkeInfo& info) {
    return Open(info, pair.private_key, pair.public_key, sealed.kem_output, {}, sealed.ciphertext);
  };
  CHECK(open(with(1, "id").value()).ok());
  CHECK(open(with(2, "id").value()).error().kind == ErrorKind::kNotAuthentic);
  CHECK(open(with(1, "other").value()).error().kind == ErrorKind::kNotAuthentic);
  CHECK(open(HpkeInfo::Base(kSuite, Provider(), BytesView()).value()).error().kind ==
        ErrorKind::kNotAuthentic);
  CHECK(with(1, "").error().kind == ErrorKind::kMisuse);
  CHECK(HpkeInfo::Psk(kSuite, Provider(), BytesView(), Secret(), AsBytes("id")).error().kind ==
        ErrorKind::kMisuse);
}

TEST_CASE("An HPKE suite that nobody knows is unsupported") {
  HpkeSuite suite = kSuite;
  suite.aead = AeadId{0x1234};
  CHECK(HpkeInfo::Base(suite, Provider(), BytesView()).error().kind == ErrorKind::kUnsupported);
  suite = kSuite;
  suite.kdf = KdfId{0x1234};
  CHECK(HpkeInfo::Base(suite, Provider(), BytesView()).error().kind == ErrorKind::kUnsupported);
  suite = kSuite;
  suite.kem = KemId{0x1234};
  CHECK(SealBase(suite, Provider(), Bytes(32), {}, {}, {}).error().kind == ErrorKind::kUnsupported);
}

TEST_CASE("When the provider fails, sealing and opening fail") {
  const auto pair = KemGenerateKeyPair(Provider(), kSuite.kem).value();
  const auto good = SealBase(kSuite, Provider(), pair.public_key, {}, {}, AsBytes("x")).value();
  for (std::uint64_t calls = 0; calls < 8; ++calls) {
    WatchedProvider watched(Provider());
    watched.FailAfter(calls);
    CHECK(SealBase(kSuite, watched, pair.public_key, {}, {}, AsBytes("x")).error().kind ==
          ErrorKind::kCrypto);
    CHECK(OpenBase(kSuite, watched, pair.private_key, pair.public_key, good.kem_output, {}, {},
                   good.ciphertext)
              .error()
              .kind == ErrorKind::kCrypto);
  }
}

}  // namespace conclave::test
