// Wycheproof through the CryptoProvider interface: every file of the classical primitives. Run with
// [wycheproof]; the last line is the count.
//
// A case passes if what is "valid" is accepted with the right output and what is "invalid" is
// refused. Parameters that MLS does not have (AES-192, nonces that are not 12 bytes) must be
// refused whatever the file says. What Wycheproof calls "acceptable" is decided in kAcceptable,
// below.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>

#include "conclave/boringssl_provider.h"
#include "crypto/cipher_suite.h"
#include "crypto/kdf.h"
#include "support/cases.h"
#include "support/vector_files.h"

namespace conclave::test {

namespace {

using nlohmann::json;

const CryptoProvider& Provider() {
  static const BoringSslProvider provider;
  return provider;
}

// ---- The decisions about "acceptable" cases: the first row with a flag of the case holds.
struct Decision {
  const char* flag;
  bool accept;
  const char* reason;
};
constexpr Decision kAcceptable[] = {
    {"CompressedPoint", false, "RFC 9180, 7.1.1: NIST public keys are uncompressed"},
    {"ZeroSharedSecret", false, "RFC 9180, 7.1.4: an all-zero result is an error"},
    {"LowOrderPublic", true, "X448 only, result not zero: RFC 9180 asks for no other check"},
    {"NonCanonicalPublic", true, "RFC 7748, 5: non-canonical values are accepted and reduced"},
    {"Twist", true, "RFC 7748, 5: points of the twist are accepted"},
};

bool HasFlag(const json& test, const char* flag) {
  const auto& flags = test.at("flags");
  return std::ranges::find(flags, json(flag)) != flags.end();
}

bool ShouldAccept(const json& test) {
  const auto result = test.at("result").get<std::string>();
  if (result == "valid") return true;
  if (result == "invalid") return false;
  REQUIRE(result == "acceptable");
  for (const Decision& decision : kAcceptable) {
    if (HasFlag(test, decision.flag)) return decision.accept;
  }
  FAIL("an acceptable case that nobody has decided");
  return false;
}

using Check = std::function<void(const json& group, const json& test)>;

// Runs every test of a file. A flip changes the last byte of `expected` in the first test.
void RunFile(const std::string& file, const char* expected, const Check& check) {
  const json vectors = LoadVectorFile(VectorSet::kWycheproof, file,
                                      std::string("/testGroups/0/tests/0/") + expected);
  std::size_t count = 0;
  for (const json& group : vectors.at("testGroups")) {
    for (const json& test : group.at("tests")) {
      ++count;
      RunCase("wycheproof", [&] {
        INFO(file << ", tcId " << test.at("tcId") << " (" << test.at("comment").get<std::string>()
                  << ")");
        check(group, test);
      });
    }
  }
  CHECK(count == vectors.at("numberOfTests"));
}

// ---- AEAD.

void CheckAead(AeadId aead, const json& group, const json& test) {
  const Bytes key = Hex(test.at("key"));
  const Bytes nonce = Hex(test.at("iv"));
  const Bytes aad = Hex(test.at("aad"));
  const Bytes message = Hex(test.at("msg"));
  Bytes expected = Hex(test.at("ct"));
  const Bytes tag = Hex(test.at("tag"));
  expected.insert(expected.end(), tag.begin(), tag.end());

  Bytes ciphertext(message.size() + kAeadTagSize);
  const auto sealed = Provider().AeadSeal(aead, key, nonce, aad, message, ciphertext);
  Bytes plaintext(std::max(expected.size(), kAeadTagSize) - kAeadTagSize, 0xaa);
  const auto opened = Provider().AeadOpen(aead, key, nonce, aad, expected, plaintext);

  const bool supported = key.size() == AeadKeySize(aead) && nonce.size() == kAeadNonceSize;
  if (supported && group.at("tagSize") == 128 && ShouldAccept(test)) {
    REQUIRE(sealed.ok());
    CHECK(ciphertext == expected);
    REQUIRE(opened.ok());
    CHECK(plaintext == message);
    return;
  }
  REQUIRE_FALSE(opened.ok());
  CHECK(plaintext == Bytes(plaintext.size(), 0));
  if (supported) {
    CHECK(opened.error().kind == ErrorKind::kNotAuthentic);
  } else {
    CHECK_FALSE(sealed.ok());
  }
}

// ---- Diffie-Hellman.

// A scalar as the provider takes it: Wycheproof's are of any length.
Bytes FixedSizeScalar(const Bytes& scalar, std::size_t size) {
  const auto first = std::ranges::find_if(scalar, [](std::uint8_t byte) { return byte != 0; });
  Bytes fixed(first, scalar.end());
  if (fixed.size() < size) fixed.insert(fixed.begin(), size - fixed.size(), 0);
  return fixed;
}

void CheckDh(KemId kem, const Bytes& private_key, const json& test) {
  const auto shared = Provider().Dh(kem, private_key, Hex(test.at("public")));
  if (ShouldAccept(test)) {
    REQUIRE(shared.ok());
    CHECK(ToBytes(shared->ExposeForProvider()) == Hex(test.at("shared")));
  } else {
    REQUIRE_FALSE(shared.ok());
    CHECK(shared.error().kind == ErrorKind::kMalformed);
  }
}

// ---- Signatures.

void CheckSignature(SignatureScheme scheme, const Bytes& public_key, const json& test) {
  const auto verified =
      Provider().Verify(scheme, public_key, Hex(test.at("msg")), Hex(test.at("sig")));
  if (ShouldAccept(test)) {
    CHECK(verified.ok());
  } else {
    REQUIRE_FALSE(verified.ok());
    CHECK(verified.error().kind == ErrorKind::kNotAuthentic);
  }
}

// ---- HKDF and HMAC.

void CheckHkdf(HashId hash, const json& test) {
  const auto prk = HkdfExtract(Provider(), hash, Hex(test.at("salt")), Hex(test.at("ikm")));
  REQUIRE(prk.ok());
  const auto okm =
      HkdfExpand(Provider(), hash, prk->ExposeForProvider(), Hex(test.at("info")), test.at("size"));
  if (ShouldAccept(test)) {
    REQUIRE(okm.ok());
    CHECK(ToBytes(okm->ExposeForProvider()) == Hex(test.at("okm")));
  } else {
    REQUIRE_FALSE(okm.ok());
    CHECK(okm.error().kind == ErrorKind::kMisuse);
  }
}

// Tags may be truncated in these files; MLS never does that.
void CheckHmac(HashId hash, const json& group, const json& test) {
  const Bytes message = Hex(test.at("msg"));
  const BytesView part = message;
  Bytes tag(HashSize(hash));
  REQUIRE(Provider().Hmac(hash, Hex(test.at("key")), {&part, 1}, tag).ok());
  tag.resize(group.at("tagSize").get<std::size_t>() / 8);
  CHECK((tag == Hex(test.at("tag"))) == ShouldAccept(test));
}

}  // namespace

TEST_CASE("AES-GCM agrees with Wycheproof", "[wycheproof]") {
  RunFile("aes_gcm_test.json", "tag", [](const json& group, const json& test) {
    CheckAead(group.at("keySize") == 128 ? AeadId::aes_128_gcm : AeadId::aes_256_gcm, group, test);
  });
}

TEST_CASE("ChaCha20-Poly1305 agrees with Wycheproof", "[wycheproof]") {
  RunFile("chacha20_poly1305_test.json", "tag", [](const json& group, const json& test) {
    CheckAead(AeadId::chacha20_poly1305, group, test);
  });
}

TEST_CASE("ECDH agrees with Wycheproof", "[wycheproof]") {
  struct Row {
    const char* file;
    KemId kem;
  };
  for (const Row& row : {Row{"ecdh_secp256r1_ecpoint_test.json", KemId::dhkem_p256_sha256},
                         Row{"ecdh_secp384r1_ecpoint_test.json", KemId::dhkem_p384_sha384},
                         Row{"ecdh_secp521r1_ecpoint_test.json", KemId::dhkem_p521_sha512}}) {
    RunFile(row.file, "shared", [&](const json&, const json& test) {
      const std::size_t size = SizesOf(row.kem).private_key;
      CheckDh(row.kem, FixedSizeScalar(Hex(test.at("private")), size), test);
    });
  }
}

TEST_CASE("X25519 and X448 agree with Wycheproof", "[wycheproof]") {
  RunFile("x25519_test.json", "shared", [](const json&, const json& test) {
    CheckDh(KemId::dhkem_x25519_sha256, Hex(test.at("private")), test);
  });
  RunFile("x448_test.json", "shared", [](const json&, const json& test) {
    CheckDh(KemId::dhkem_x448_sha512, Hex(test.at("private")), test);
  });
}

TEST_CASE("ECDSA agrees with Wycheproof", "[wycheproof]") {
  struct Row {
    const char* file;
    SignatureScheme scheme;
  };
  for (const Row& row :
       {Row{"ecdsa_secp256r1_sha256_test.json", SignatureScheme::ecdsa_secp256r1_sha256},
        Row{"ecdsa_secp384r1_sha384_test.json", SignatureScheme::ecdsa_secp384r1_sha384},
        Row{"ecdsa_secp521r1_sha512_test.json", SignatureScheme::ecdsa_secp521r1_sha512}}) {
    RunFile(row.file, "sig", [&](const json& group, const json& test) {
      CheckSignature(row.scheme, Hex(group.at("publicKey").at("uncompressed")), test);
    });
  }
}

TEST_CASE("Ed25519 and Ed448 agree with Wycheproof", "[wycheproof]") {
  RunFile("ed25519_test.json", "sig", [](const json& group, const json& test) {
    CheckSignature(SignatureScheme::ed25519, Hex(group.at("publicKey").at("pk")), test);
  });
  RunFile("ed448_test.json", "sig", [](const json& group, const json& test) {
    CheckSignature(SignatureScheme::ed448, Hex(group.at("publicKey").at("pk")), test);
  });
}

TEST_CASE("HKDF and HMAC agree with Wycheproof", "[wycheproof]") {
  struct Row {
    const char* name;
    HashId hash;
  };
  for (const Row& row : {Row{"sha256", HashId::sha256}, Row{"sha384", HashId::sha384},
                         Row{"sha512", HashId::sha512}}) {
    RunFile(std::string("hkdf_") + row.name + "_test.json", "okm",
            [&](const json&, const json& test) { CheckHkdf(row.hash, test); });
    RunFile(std::string("hmac_") + row.name + "_test.json", "tag",
            [&](const json& group, const json& test) { CheckHmac(row.hash, group, test); });
  }
}

}  // namespace conclave::test
