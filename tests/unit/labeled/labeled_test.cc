// RFC 9420, sections 5.1.2, 5.1.3, 5.2, 8 and 9.1. The official vectors are in
// tests/vectors/crypto_basics_test.cc.
#include "labeled/labeled.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include "crypto/kdf.h"
#include "crypto/signature_key.h"
#include "hpke/kem.h"
#include "rfc9420/crypto.h"
#include "rfc9420/key_schedule.h"
#include "rfc9420/labels.h"
#include "support/test_suite.h"
#include "wire/parse.h"

namespace conclave::test {

namespace {

using Sizes = std::initializer_list<std::size_t>;

// The label as it goes into the struct.
Bytes Prefixed(const std::string& label) { return ToBytes("MLS 1.0 " + label); }

// Labels and contexts whose vector headers have one, two and four bytes.
const std::string kLabels[] = {"", "epoch", std::string(56, 'x'), std::string(20'000, 'y')};

}  // namespace

TEST_CASE("ExpandWithLabel expands the KDFLabel struct") {
  for (const Suite& suite : AllSuites()) {
    const Secret secret = FilledSecret(suite.hash_size(), 9);
    for (const std::string& label : kLabels) {
      for (const std::size_t context_size : Sizes{0, 63, 64, 16'383, 16'384}) {
        const Bytes context(context_size, 5);
        const rfc9420::KDFLabel expected{300, Prefixed(label), context};
        CHECK(BytesOf(ExpandWithLabel(suite, secret, label, context, 300).value()) ==
              BytesOf(Expand(suite, secret, wire::Serialize(expected), 300).value()));
      }
    }
  }
}

TEST_CASE("DeriveSecret and DeriveTreeSecret are ExpandWithLabel") {
  const Suite suite = TestSuite();
  const Secret secret = FilledSecret(32, 9);
  CHECK(BytesOf(DeriveSecret(suite, secret, "init").value()) ==
        BytesOf(ExpandWithLabel(suite, secret, "init", {}, 32).value()));
  const Bytes generation = {0x01, 0x02, 0x03, 0xff};
  CHECK(BytesOf(DeriveTreeSecret(suite, secret, "key", 0x010203ff, 16).value()) ==
        BytesOf(ExpandWithLabel(suite, secret, "key", generation, 16).value()));
}

TEST_CASE("A batch of signatures verifies if each does, and names the first that does not") {
  for (const Suite& suite : AllSuites()) {
    std::vector<SoftwareSigner> signers;
    std::vector<Bytes> signatures;
    for (std::uint8_t i = 0; i < 4; ++i) {
      signers.push_back(SoftwareSigner::Generate(Provider(), suite.signature()).value());
      signatures.push_back(SignWithLabel(signers.back(), "Label", Bytes(10, i)).value());
    }
    const auto batch = [&] {
      std::vector<LabeledSignature> items;
      for (std::uint8_t i = 0; i < 4; ++i) {
        items.push_back({signers[i].public_key(), Bytes(10, i), signatures[i]});
      }
      return items;
    };
    CHECK(VerifyBatchWithLabel(suite, "Label", batch()).ok());
    CHECK(VerifyBatchWithLabel(suite, "Label", {}).ok());
    CHECK(VerifyBatchWithLabel(suite, "Lable", batch()).error().kind == ErrorKind::kNotAuthentic);
    for (std::size_t bad = 0; bad < 4; ++bad) {
      auto items = batch();
      items[bad].content.push_back(0);
      CHECK(VerifyBatchWithLabel(suite, "Label", items).error().kind == ErrorKind::kNotAuthentic);
      const Bytes no_key(3, 1);
      items[bad].public_key = no_key;
      CHECK(VerifyBatchWithLabel(suite, "Label", items).error().kind == ErrorKind::kMalformed);
    }
  }
}

TEST_CASE("A length that HKDF cannot give is misuse") {
  const Suite suite = TestSuite();
  const Secret secret = FilledSecret(32, 9);
  CHECK(ExpandWithLabel(suite, secret, "x", {}, 255 * 32).ok());
  for (const std::size_t length : Sizes{255 * 32 + 1, 65'535, 65'536, 65'536 + 32}) {
    CHECK(ExpandWithLabel(suite, secret, "x", {}, length).error().kind == ErrorKind::kMisuse);
  }
}

TEST_CASE("A signature is over SignContent and holds for one label and one content") {
  for (const Suite& suite : AllSuites()) {
    INFO(suite.name());
    const auto signer = SoftwareSigner::Generate(Provider(), suite.signature()).value();
    const Bytes content(100, 3);
    const Bytes signature = SignWithLabel(signer, "LeafNodeTBS", content).value();
    const auto verify = [&](std::string_view label, const Bytes& of) {
      return VerifyWithLabel(suite, signer.public_key(), label, of, signature);
    };
    CHECK(verify("LeafNodeTBS", content).ok());
    CHECK(verify("KeyPackageTBS", content).error().kind == ErrorKind::kNotAuthentic);
    CHECK(verify("LeafNodeTBS", Bytes(100, 4)).error().kind == ErrorKind::kNotAuthentic);
    const rfc9420::SignContent signed_content{Prefixed("LeafNodeTBS"), content};
    CHECK(Provider()
              .Verify(suite.signature(), signer.public_key(), wire::Serialize(signed_content),
                      signature)
              .ok());
  }
}

TEST_CASE("A ciphertext opens with its label and its context only") {
  for (const Suite& suite : AllSuites()) {
    INFO(suite.name());
    const auto pair = KemGenerateKeyPair(Provider(), suite.kem()).value();
    const Bytes context(70, 3);
    const auto ciphertext = EncryptWithLabel(suite, pair.public_key, "UpdatePathNode", context,
                                             Secret::CopyOf(AsBytes("secret")))
                                .value();
    const auto open = [&](std::string_view label, const Bytes& with) {
      return DecryptWithLabel(suite, pair.private_key, pair.public_key, label, with, ciphertext);
    };
    CHECK(BytesOf(open("UpdatePathNode", context).value()) == ToBytes("secret"));
    CHECK(open("Welcome", context).error().kind == ErrorKind::kNotAuthentic);
    CHECK(open("UpdatePathNode", Bytes()).error().kind == ErrorKind::kNotAuthentic);

    const rfc9420::EncryptContext encrypt_context{Prefixed("UpdatePathNode"), context};
    CHECK(BytesOf(OpenBase(HpkeSuiteOf(suite), Provider(), pair.private_key, pair.public_key,
                           ciphertext.kem_output, wire::Serialize(encrypt_context), {},
                           ciphertext.ciphertext)
                      .value()) == ToBytes("secret"));
  }
}

TEST_CASE("Encrypting to many recipients gives each what EncryptWithLabel would") {
  const Suite suite = TestSuite();
  const Bytes context(5'000, 3);
  const auto encryption = LabeledEncryption::Create(suite, "Welcome", context).value();
  for (std::uint8_t i = 0; i < 3; ++i) {
    const auto pair = KemGenerateKeyPair(Provider(), suite.kem()).value();
    const auto ciphertext = encryption.Encrypt(pair.public_key, FilledSecret(40, i)).value();
    CHECK(BytesOf(DecryptWithLabel(suite, pair.private_key, pair.public_key, "Welcome", context,
                                   ciphertext)
                      .value()) == Bytes(40, i));
  }
  CHECK(encryption.Encrypt(Bytes(32, 0), Secret(1)).error().kind == ErrorKind::kMalformed);
}

TEST_CASE("A reference is the hash of RefHashInput, whose label is taken as it is") {
  for (const Suite& suite : AllSuites()) {
    for (const std::size_t size : Sizes{0, 63, 64, 16'384}) {
      const Bytes value(size, 8);
      const auto expected = [&](std::string_view label) {
        return Hash(suite, wire::Serialize(rfc9420::RefHashInput{ToBytes(label), value})).value();
      };
      CHECK(RefHash(suite, "label", value).value() == expected("label"));
      CHECK(MakeKeyPackageRef(suite, value).value().value ==
            expected("MLS 1.0 KeyPackage Reference"));
      CHECK(MakeProposalRef(suite, value).value().value == expected("MLS 1.0 Proposal Reference"));
    }
  }
}

}  // namespace conclave::test
