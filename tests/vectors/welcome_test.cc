// welcome.json: opening a Welcome without its ratchet tree (RFC 9420, section 12.4.3.1).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "labeled/labeled.h"
#include "rfc9420/framing.h"
#include "rfc9420/labels.h"
#include "schedule/key_schedule.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "vectors/message.h"
#include "vectors/private_key.h"
#include "vectors/vectors.h"
#include "wire/parse.h"

namespace conclave::test {

namespace {

using nlohmann::json;
namespace labels = rfc9420::labels;

// Identify the entry of our key package, and decrypt it.
rfc9420::GroupSecrets OpenGroupSecrets(const Suite& suite, const rfc9420::Welcome& welcome,
                                       const rfc9420::KeyPackage& key_package,
                                       const Secret& init_private_key) {
  const KeyPackageRef ref = Must(MakeKeyPackageRef(suite, wire::Serialize(key_package)));
  const auto entry =
      std::ranges::find(welcome.secrets, ref, &rfc9420::EncryptedGroupSecrets::new_member);
  REQUIRE(entry != welcome.secrets.end());
  const Secret opened = Must(
      DecryptWithLabel(suite, init_private_key, key_package.init_key, labels::kWelcomeEncryption,
                       welcome.encrypted_group_info, entry->encrypted_group_secrets));
  return Must(wire::Parse<rfc9420::GroupSecrets>(opened.ExposeForProvider()));
}

rfc9420::GroupInfo OpenGroupInfo(const Suite& suite, const rfc9420::Welcome& welcome,
                                 const JoinerSecret& joiner_secret) {
  const WelcomeKey key = Must(
      DeriveWelcomeKey(suite, Must(DeriveWelcomeSecret(suite, joiner_secret, NoPskSecret(suite)))));
  const Bytes& sealed = welcome.encrypted_group_info;
  REQUIRE(sealed.size() >= kAeadTagSize);
  Bytes plaintext(sealed.size() - kAeadTagSize);
  Must(suite.provider().AeadOpen(suite.aead(), key.key.ExposeForProvider(),
                                 key.nonce.ExposeForProvider(), {}, sealed, plaintext));
  return Must(wire::Parse<rfc9420::GroupInfo>(plaintext));
}

void CheckWelcome(const json& vector) {
  const Suite suite = TestSuite(CipherSuite{vector.at("cipher_suite")});
  const auto key_package = MessageOf<rfc9420::KeyPackage>(vector.at("key_package"));
  const auto welcome = MessageOf<rfc9420::Welcome>(vector.at("welcome"));
  CHECK(key_package.cipher_suite == suite.id());
  CHECK(welcome.cipher_suite == suite.id());

  rfc9420::GroupSecrets secrets =
      OpenGroupSecrets(suite, welcome, key_package, KemKeyFrom(suite, vector.at("init_priv")));
  const JoinerSecret joiner_secret{std::move(secrets.joiner_secret)};
  const rfc9420::GroupInfo info = OpenGroupInfo(suite, welcome, joiner_secret);
  CHECK(VerifyWithLabel(suite, Hex(vector.at("signer_pub")), labels::kGroupInfoTBS,
                        wire::SerializeTbs(info), info.signature)
            .ok());

  const EpochSecrets epoch = Must(DeriveEpochSecrets(suite, joiner_secret, NoPskSecret(suite),
                                                     wire::Serialize(info.group_context)));
  CHECK(Must(MakeConfirmationTag(suite, epoch.confirmation_key,
                                 info.group_context.confirmed_transcript_hash)) ==
        info.confirmation_tag);
}

}  // namespace

TEST_CASE("welcome.json", "[welcome]") {
  ForEachVector("welcome.json", "/0/signer_pub", CheckWelcome);
}

}  // namespace conclave::test
