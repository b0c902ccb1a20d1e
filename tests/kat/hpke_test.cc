// The vectors of RFC 9180 (appendix A) for the base and PSK modes: key pairs, encapsulation, the
// key schedule, every message of a context, and exports. Run with [hpke]; the last line is the
// count.
#include "hpke/hpke.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

#include "conclave/boringssl_provider.h"
#include "hpke/kem.h"
#include "support/cases.h"
#include "support/forwarding_provider.h"
#include "support/vector_files.h"

namespace conclave::test {

namespace {

constexpr int kModeBase = 0;
constexpr int kModePsk = 1;

// Its ephemeral key is always the one that the vector's ikmE determines.
class FixedEphemeralKey final : public ForwardingProvider {
 public:
  FixedEphemeralKey(const CryptoProvider& below, Bytes ikm)
      : ForwardingProvider(below), ikm_(std::move(ikm)) {}

  Result<KeyPair> DhGenerate(KemId kem) const override {
    return KemDeriveKeyPair(below_, kem, Secret::CopyOf(ikm_));
  }

 private:
  Bytes ikm_;
};

Bytes Exposed(const Result<Secret>& secret) {
  REQUIRE(secret.ok());
  return ToBytes(secret->ExposeForProvider());
}

Result<HpkeInfo> InfoOf(const nlohmann::json& vector, const HpkeSuite& suite,
                        const CryptoProvider& provider) {
  const Bytes info = Hex(vector.at("info"));
  if (vector.at("mode") == kModeBase) return HpkeInfo::Base(suite, provider, info);
  return HpkeInfo::Psk(suite, provider, info, Secret::CopyOf(Hex(vector.at("psk"))),
                       Hex(vector.at("psk_id")));
}

KeyPair CheckKeyPairs(const nlohmann::json& vector, KemId kem, const CryptoProvider& provider) {
  auto recipient = KemDeriveKeyPair(provider, kem, Secret::CopyOf(Hex(vector.at("ikmR"))));
  REQUIRE(recipient.ok());
  CHECK(ToBytes(recipient->private_key.ExposeForProvider()) == Hex(vector.at("skRm")));
  CHECK(recipient->public_key == Hex(vector.at("pkRm")));
  const auto ephemeral = KemDeriveKeyPair(provider, kem, Secret::CopyOf(Hex(vector.at("ikmE"))));
  REQUIRE(ephemeral.ok());
  CHECK(ToBytes(ephemeral->private_key.ExposeForProvider()) == Hex(vector.at("skEm")));
  CHECK(ephemeral->public_key == Hex(vector.at("pkEm")));
  return std::move(recipient).value();
}

void CheckKem(const nlohmann::json& vector, KemId kem, const CryptoProvider& provider,
              const KeyPair& recipient) {
  const auto encapsulation = KemEncap(provider, kem, recipient.public_key);
  REQUIRE(encapsulation.ok());
  CHECK(encapsulation->kem_output == Hex(vector.at("enc")));
  CHECK(ToBytes(encapsulation->shared_secret.ExposeForProvider()) ==
        Hex(vector.at("shared_secret")));
  CHECK(Exposed(KemDecap(provider, kem, recipient.private_key, recipient.public_key,
                         Hex(vector.at("enc")))) == Hex(vector.at("shared_secret")));
}

void CheckMessages(const nlohmann::json& vector, HpkeSender& sender, HpkeReceiver& receiver) {
  for (const auto& message : vector.at("encryptions")) {
    const Bytes aad = Hex(message.at("aad"));
    const auto ciphertext = sender.Seal(aad, Hex(message.at("pt")));
    REQUIRE(ciphertext.ok());
    REQUIRE(*ciphertext == Hex(message.at("ct")));
    REQUIRE(Exposed(receiver.Open(aad, *ciphertext)) == Hex(message.at("pt")));
  }
}

void CheckSingleShot(const nlohmann::json& vector, const HpkeInfo& info, const KeyPair& recipient) {
  const auto& first = vector.at("encryptions").at(0);
  const Bytes aad = Hex(first.at("aad"));
  const auto sealed = Seal(info, recipient.public_key, aad, Hex(first.at("pt")));
  REQUIRE(sealed.ok());
  CHECK(sealed->kem_output == Hex(vector.at("enc")));
  CHECK(sealed->ciphertext == Hex(first.at("ct")));
  CHECK(Exposed(Open(info, recipient.private_key, recipient.public_key, Hex(vector.at("enc")), aad,
                     Hex(first.at("ct")))) == Hex(first.at("pt")));
}

void CheckExports(const nlohmann::json& vector, const HpkeSuite& suite,
                  const CryptoProvider& provider, const KeyPair& recipient,
                  const HpkeSender& sender, const HpkeReceiver& receiver) {
  for (const auto& exported : vector.at("exports")) {
    const Bytes context = Hex(exported.at("exporter_context"));
    const std::size_t size = exported.at("L");
    const Bytes expected = Hex(exported.at("exported_value"));
    CHECK(Exposed(sender.Export(context, size)) == expected);
    CHECK(Exposed(receiver.Export(context, size)) == expected);
    if (vector.at("mode") != kModeBase) continue;
    const Bytes info = Hex(vector.at("info"));
    const auto sent = SendExportBase(suite, provider, recipient.public_key, info, context, size);
    REQUIRE(sent.ok());
    CHECK(sent->kem_output == Hex(vector.at("enc")));
    CHECK(ToBytes(sent->secret.ExposeForProvider()) == expected);
    CHECK(Exposed(ReceiveExportBase(suite, provider, recipient.private_key, recipient.public_key,
                                    sent->kem_output, info, context, size)) == expected);
  }
}

void CheckVector(const nlohmann::json& vector, const CryptoProvider& below) {
  const HpkeSuite suite{KemId{vector.at("kem_id")}, KdfId{vector.at("kdf_id")},
                        AeadId{vector.at("aead_id")}};
  const FixedEphemeralKey provider(below, Hex(vector.at("ikmE")));
  const KeyPair recipient = CheckKeyPairs(vector, suite.kem, provider);
  CheckKem(vector, suite.kem, provider, recipient);

  const auto info = InfoOf(vector, suite, provider);
  REQUIRE(info.ok());
  CHECK(ToBytes(info->key_schedule_context()) == Hex(vector.at("key_schedule_context")));
  auto sender = HpkeSender::Setup(*info, recipient.public_key);
  REQUIRE(sender.ok());
  CHECK(sender->kem_output() == Hex(vector.at("enc")));
  auto receiver =
      HpkeReceiver::Setup(*info, recipient.private_key, recipient.public_key, sender->kem_output());
  REQUIRE(receiver.ok());

  CheckMessages(vector, *sender, *receiver);
  if (suite.aead != kExportOnly) CheckSingleShot(vector, *info, recipient);
  CheckExports(vector, suite, provider, recipient, *sender, *receiver);
}

}  // namespace

TEST_CASE("HPKE agrees with the vectors of RFC 9180", "[hpke]") {
  const BoringSslProvider provider;
  const nlohmann::json vectors =
      LoadVectorFile(VectorSet::kHpke, "rfc9180.json", "/0/exports/0/exported_value");
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto& vector = vectors[i];
    if (vector.at("mode") != kModeBase && vector.at("mode") != kModePsk) continue;
    RunCase("hpke", [&] {
      INFO("vector " << i << ": mode " << vector.at("mode") << ", KEM " << vector.at("kem_id")
                     << ", KDF " << vector.at("kdf_id") << ", AEAD " << vector.at("aead_id"));
      CheckVector(vector, provider);
    });
  }
}

}  // namespace conclave::test
