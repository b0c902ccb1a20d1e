// The signature schemes of the default provider. Wycheproof is in tests/kat.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "base/hex.h"
#include "conclave/boringssl_provider.h"

namespace conclave::test {

namespace {

constexpr SignatureScheme kSchemes[] = {
    SignatureScheme::ecdsa_secp256r1_sha256, SignatureScheme::ecdsa_secp384r1_sha384,
    SignatureScheme::ecdsa_secp521r1_sha512, SignatureScheme::ed25519, SignatureScheme::ed448};

Bytes Hex(const std::string& text) { return FromHex(text).value(); }

}  // namespace

TEST_CASE("A signature holds for one key and one message, in every scheme") {
  const BoringSslProvider provider;
  for (const SignatureScheme scheme : kSchemes) {
    INFO(static_cast<int>(scheme));
    const auto key = provider.SignatureGenerate(scheme).value();
    const auto other = provider.SignatureGenerate(scheme).value();
    CHECK(provider.SignaturePublicKey(scheme, key.private_key.ExposeForProvider()).value() ==
          key.public_key);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}}) {
      const Bytes message(size, 1);
      const Bytes signature =
          provider.Sign(scheme, key.private_key.ExposeForProvider(), message).value();
      CHECK(provider.Verify(scheme, key.public_key, message, signature).ok());
      CHECK(provider.Verify(scheme, key.public_key, Bytes(size + 1, 1), signature).error().kind ==
            ErrorKind::kNotAuthentic);
      CHECK(provider.Verify(scheme, other.public_key, message, signature).error().kind ==
            ErrorKind::kNotAuthentic);
    }
  }
}

TEST_CASE("A prepared key signs as the private key does") {
  const BoringSslProvider provider;
  const Bytes message = ToBytes("message");
  for (const SignatureScheme scheme : kSchemes) {
    INFO(static_cast<int>(scheme));
    const auto key = provider.SignatureGenerate(scheme).value();
    const auto prepared =
        provider.PrepareSigning(scheme, key.private_key.ExposeForProvider()).value();
    const Bytes signature =
        provider.SignPrepared(scheme, prepared.ExposeForProvider(), message).value();
    CHECK(provider.Verify(scheme, key.public_key, message, signature).ok());
    for (const std::size_t wrong : {std::size_t{0}, prepared.size() - 1, prepared.size() + 1}) {
      CHECK(provider.SignPrepared(scheme, Bytes(wrong, 1), message).error().kind ==
            ErrorKind::kMalformed);
    }
  }
  const SignatureScheme unknown{0x0804};
  CHECK(provider.PrepareSigning(unknown, Bytes(32)).error().kind == ErrorKind::kUnsupported);
  CHECK(provider.SignPrepared(unknown, Bytes(32), {}).error().kind == ErrorKind::kUnsupported);
}

TEST_CASE("A signature that was changed, cut or extended does not verify") {
  const BoringSslProvider provider;
  const Bytes message = ToBytes("message");
  for (const SignatureScheme scheme : kSchemes) {
    INFO(static_cast<int>(scheme));
    const auto key = provider.SignatureGenerate(scheme).value();
    const Bytes good = provider.Sign(scheme, key.private_key.ExposeForProvider(), message).value();
    const auto kind = [&](const Bytes& signature) {
      return provider.Verify(scheme, key.public_key, message, signature).error().kind;
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
      Bytes bad = good;
      bad[i] ^= 0x01;
      CHECK(kind(bad) == ErrorKind::kNotAuthentic);
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK(kind(ToBytes(BytesView(good).first(good.size() - 1))) == ErrorKind::kNotAuthentic);
    CHECK(kind(longer) == ErrorKind::kNotAuthentic);
    CHECK(kind(Bytes()) == ErrorKind::kNotAuthentic);
  }
}

TEST_CASE("EdDSA agrees with RFC 8032, sections 7.1 and 7.4") {
  const BoringSslProvider provider;
  const Bytes ed25519 = Hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  CHECK(ToHex(provider.SignaturePublicKey(SignatureScheme::ed25519, ed25519).value()) ==
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  CHECK(ToHex(provider.Sign(SignatureScheme::ed25519, ed25519, {}).value()) ==
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
        "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  const Bytes ed448 =
      Hex("6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3"
          "528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b");
  CHECK(ToHex(provider.SignaturePublicKey(SignatureScheme::ed448, ed448).value()) ==
        "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778"
        "edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180");
  CHECK(ToHex(provider.Sign(SignatureScheme::ed448, ed448, {}).value()) ==
        "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281"
        "f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b41"
        "04852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600");
}

TEST_CASE("An Ed25519 public key of low order verifies nothing") {
  // The neutral element: S = 0 and R = 0 would satisfy the equation for every message.
  const BoringSslProvider provider;
  Bytes neutral(32, 0);
  neutral[0] = 1;
  Bytes signature(64, 0);
  signature[0] = 1;
  CHECK(provider.Verify(SignatureScheme::ed25519, neutral, AsBytes("anything"), signature)
            .error()
            .kind == ErrorKind::kNotAuthentic);
}

TEST_CASE("Keys of a wrong size, and points off the curve, are malformed") {
  const BoringSslProvider provider;
  for (const SignatureScheme scheme : kSchemes) {
    INFO(static_cast<int>(scheme));
    const auto key = provider.SignatureGenerate(scheme).value();
    const Bytes message(3);
    const Bytes signature =
        provider.Sign(scheme, key.private_key.ExposeForProvider(), message).value();
    for (const std::size_t wrong :
         {std::size_t{0}, key.private_key.size() - 1, key.private_key.size() + 1}) {
      CHECK(provider.Sign(scheme, Bytes(wrong, 1), message).error().kind == ErrorKind::kMalformed);
      CHECK(provider.SignaturePublicKey(scheme, Bytes(wrong, 1)).error().kind ==
            ErrorKind::kMalformed);
    }
    Bytes longer = key.public_key;
    longer.push_back(0);
    CHECK(provider.Verify(scheme, longer, message, signature).error().kind ==
          ErrorKind::kMalformed);
    CHECK(provider.Verify(scheme, {}, message, signature).error().kind == ErrorKind::kMalformed);
    if (key.public_key.size() > 57) {
      Bytes off_curve = key.public_key;
      off_curve.back() ^= 1;
      CHECK(provider.Verify(scheme, off_curve, message, signature).error().kind ==
            ErrorKind::kMalformed);
      CHECK(provider.Sign(scheme, Bytes(key.private_key.size(), 0), message).error().kind ==
            ErrorKind::kMalformed);
    }
  }
}

TEST_CASE("A signature scheme that nobody knows is unsupported") {
  const BoringSslProvider provider;
  const SignatureScheme unknown{0x0804};
  CHECK_FALSE(provider.Supports(unknown));
  CHECK(provider.SignatureGenerate(unknown).error().kind == ErrorKind::kUnsupported);
  CHECK(provider.SignaturePublicKey(unknown, Bytes(32)).error().kind == ErrorKind::kUnsupported);
  CHECK(provider.Sign(unknown, Bytes(32), {}).error().kind == ErrorKind::kUnsupported);
  CHECK(provider.Verify(unknown, Bytes(32), {}, Bytes(64)).error().kind == ErrorKind::kUnsupported);
}

}  // namespace conclave::test
