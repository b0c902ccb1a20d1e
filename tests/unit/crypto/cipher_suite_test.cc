// RFC 9420, sections 5.1 and 17.1: cipher suites as data.
#include "crypto/cipher_suite.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "support/forwarding_provider.h"
#include "support/test_suite.h"

namespace conclave::test {

namespace {

// A provider without AES-128-GCM.
class WithoutAes128 final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  using ForwardingProvider::Supports;
  bool Supports(AeadId aead) const override { return aead != AeadId::aes_128_gcm; }
};

}  // namespace

TEST_CASE("All seven suites of RFC 9420 are there with the default provider") {
  std::set<CipherSuite> ids;
  for (const SuiteParameters& parameters : RfcSuites()) {
    const auto suite = FindSuite(parameters.id, Provider());
    REQUIRE(suite.ok());
    CHECK(suite->id() == parameters.id);
    CHECK(&suite->provider() == &Provider());
    ids.insert(suite->id());
  }
  CHECK(ids.size() == 7);
  for (std::uint16_t id = 1; id <= 7; ++id) CHECK(ids.contains(CipherSuite{id}));
}

TEST_CASE("A suite knows the sizes of its primitives") {
  struct Row {
    std::uint16_t id;
    std::size_t hash, aead_key, kem_output, private_key;
  };
  for (const Row& row : {Row{1, 32, 16, 32, 32}, Row{2, 32, 16, 65, 32}, Row{3, 32, 32, 32, 32},
                         Row{4, 64, 32, 56, 56}, Row{5, 64, 32, 133, 66}, Row{6, 64, 32, 56, 56},
                         Row{7, 48, 32, 97, 48}}) {
    INFO("suite " << row.id);
    const Suite suite = TestSuite(CipherSuite{row.id});
    CHECK(suite.hash_size() == row.hash);
    CHECK(suite.aead_key_size() == row.aead_key);
    CHECK(suite.aead_nonce_size() == 12);
    CHECK(suite.kem_sizes().kem_output == row.kem_output);
    CHECK(suite.kem_sizes().public_key == row.kem_output);
    CHECK(suite.kem_sizes().private_key == row.private_key);
  }
}

TEST_CASE("A suite that nobody knows is unsupported") {
  CHECK(FindSuite(CipherSuite{0x0000}, Provider()).error().kind == ErrorKind::kUnsupported);
  CHECK(FindSuite(CipherSuite{0x0008}, Provider()).error().kind == ErrorKind::kUnsupported);
  CHECK(FindSuite(CipherSuite{0x0a0a}, Provider()).error().kind == ErrorKind::kUnsupported);
}

TEST_CASE("A suite with a primitive that the provider lacks is unsupported") {
  const WithoutAes128 provider(Provider());
  CHECK(FindSuite(CipherSuite{1}, provider).error().kind == ErrorKind::kUnsupported);
  CHECK(FindSuite(CipherSuite{2}, provider).error().kind == ErrorKind::kUnsupported);
  CHECK(FindSuite(CipherSuite{3}, provider).ok());
}

TEST_CASE("An application can bring suites under code points of its own") {
  const SuiteParameters own{
      CipherSuite{0xf001}, "own",          KemId::dhkem_x25519_sha256, KdfId::hkdf_sha512,
      AeadId::aes_256_gcm, HashId::sha512, SignatureScheme::ed25519};
  const auto suite = FindSuite(own.id, Provider(), {&own, 1});
  REQUIRE(suite.ok());
  CHECK(suite->hash_size() == 64);
  CHECK(FindSuite(CipherSuite{1}, Provider(), {&own, 1}).error().kind == ErrorKind::kUnsupported);
}

TEST_CASE("A suite whose KDF and hash differ, or with an unknown primitive, is unsupported") {
  const SuiteParameters good = RfcSuites()[0];
  const auto refused = [](const SuiteParameters& parameters) {
    const auto suite = Suite::Create(parameters, Provider());
    return !suite.ok() && suite.error().kind == ErrorKind::kUnsupported;
  };
  CHECK_FALSE(refused(good));
  SuiteParameters bad = good;
  bad.hash = HashId::sha384;
  CHECK(refused(bad));
  bad = good;
  bad.kem = KemId{0x1234};
  CHECK(refused(bad));
  bad = good;
  bad.kdf = KdfId{9};
  CHECK(refused(bad));
  bad = good;
  bad.aead = AeadId{0xffff};
  CHECK(refused(bad));
  bad = good;
  bad.signature = SignatureScheme{0x0804};
  CHECK(refused(bad));
}

}  // namespace conclave::test
