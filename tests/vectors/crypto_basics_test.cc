// crypto-basics.json: the labeled functions of RFC 9420, sections 5.1, 5.2, 8 and 9.1.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>

#include "conclave/boringssl_provider.h"
#include "crypto/signature_key.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "vectors/vectors.h"

namespace conclave::test {

namespace {

Secret SecretFrom(const nlohmann::json& hex) { return Secret::CopyOf(Hex(hex)); }

Bytes Exposed(const Result<Secret>& secret) {
  REQUIRE(secret.ok());
  return ToBytes(secret->ExposeForProvider());
}

void CheckDerivations(const Suite& suite, const nlohmann::json& vector) {
  const auto& expand = vector.at("expand_with_label");
  CHECK(Exposed(ExpandWithLabel(suite, SecretFrom(expand.at("secret")),
                                expand.at("label").get<std::string>(), Hex(expand.at("context")),
                                expand.at("length"))) == Hex(expand.at("out")));

  const auto& derive = vector.at("derive_secret");
  CHECK(Exposed(DeriveSecret(suite, SecretFrom(derive.at("secret")),
                             derive.at("label").get<std::string>())) == Hex(derive.at("out")));

  const auto& tree = vector.at("derive_tree_secret");
  CHECK(Exposed(DeriveTreeSecret(
            suite, SecretFrom(tree.at("secret")), tree.at("label").get<std::string>(),
            tree.at("generation").get<std::uint32_t>(), tree.at("length"))) == Hex(tree.at("out")));

  const auto& ref_hash = vector.at("ref_hash");
  const auto reference =
      RefHash(suite, ref_hash.at("label").get<std::string>(), Hex(ref_hash.at("value")));
  REQUIRE(reference.ok());
  CHECK(*reference == Hex(ref_hash.at("out")));
}

void CheckSignature(const Suite& suite, const nlohmann::json& sign) {
  const auto label = sign.at("label").get<std::string>();
  const Bytes content = Hex(sign.at("content"));
  const Bytes public_key = Hex(sign.at("pub"));
  CHECK(VerifyWithLabel(suite, public_key, label, content, Hex(sign.at("signature"))).ok());

  const auto signer = SoftwareSigner::FromPrivateKey(suite.provider(), suite.signature(),
                                                     SecretFrom(sign.at("priv")));
  REQUIRE(signer.ok());
  CHECK(ToBytes(signer->public_key()) == public_key);
  const auto signature = SignWithLabel(*signer, label, content);
  REQUIRE(signature.ok());
  CHECK(VerifyWithLabel(suite, public_key, label, content, *signature).ok());
}

void CheckEncryption(const Suite& suite, const nlohmann::json& encrypt) {
  const auto label = encrypt.at("label").get<std::string>();
  const Bytes context = Hex(encrypt.at("context"));
  const Bytes public_key = Hex(encrypt.at("pub"));
  const Bytes plaintext = Hex(encrypt.at("plaintext"));
  const Secret private_key = SecretFrom(encrypt.at("priv"));
  const auto own_public_key = KemPublicKey(suite.provider(), suite.kem(), private_key);
  REQUIRE(own_public_key.ok());
  CHECK(*own_public_key == public_key);
  const auto open = [&](const rfc9420::HPKECiphertext& ciphertext) {
    return Exposed(DecryptWithLabel(suite, private_key, public_key, label, context, ciphertext));
  };
  CHECK(open({Hex(encrypt.at("kem_output")), Hex(encrypt.at("ciphertext"))}) == plaintext);

  const auto sealed =
      EncryptWithLabel(suite, public_key, label, context, Secret::CopyOf(plaintext));
  REQUIRE(sealed.ok());
  CHECK(open(*sealed) == plaintext);
}

}  // namespace

TEST_CASE("crypto-basics.json", "[crypto-basics]") {
  const BoringSslProvider provider;
  ForEachVector("crypto-basics.json", "/0/ref_hash/out", [&](const nlohmann::json& vector) {
    const auto suite = FindSuite(CipherSuite{vector.at("cipher_suite")}, provider);
    REQUIRE(suite.ok());
    CheckDerivations(*suite, vector);
    CheckSignature(*suite, vector.at("sign_with_label"));
    CheckEncryption(*suite, vector.at("encrypt_with_label"));
  });
}

}  // namespace conclave::test
