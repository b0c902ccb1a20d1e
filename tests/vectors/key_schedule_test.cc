// key-schedule.json: RFC 9420, sections 8, 8.1 and 8.5.
#include "schedule/key_schedule.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

#include "rfc9420/group_context.h"
#include "schedule/exporter.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "vectors/vectors.h"
#include "wire/parse.h"

namespace conclave::test {

namespace {

using nlohmann::json;

void CheckSecrets(const EpochSecrets& epoch, const json& expected) {
  CHECK(BytesOf(epoch.sender_data_secret) == Hex(expected.at("sender_data_secret")));
  CHECK(BytesOf(epoch.encryption_secret) == Hex(expected.at("encryption_secret")));
  CHECK(BytesOf(epoch.exporter_secret) == Hex(expected.at("exporter_secret")));
  CHECK(BytesOf(epoch.external_secret) == Hex(expected.at("external_secret")));
  CHECK(BytesOf(epoch.confirmation_key) == Hex(expected.at("confirmation_key")));
  CHECK(BytesOf(epoch.membership_key) == Hex(expected.at("membership_key")));
  CHECK(BytesOf(epoch.resumption_psk) == Hex(expected.at("resumption_psk")));
  CHECK(BytesOf(epoch.epoch_authenticator) == Hex(expected.at("epoch_authenticator")));
  CHECK(BytesOf(epoch.init_secret.value) == Hex(expected.at("init_secret")));
}

void CheckUses(const Suite& suite, const EpochSecrets& epoch, const json& expected) {
  CHECK(Must(DeriveExternalKeyPair(suite, epoch.external_secret)).public_key ==
        Hex(expected.at("external_pub")));
  const json& exporter = expected.at("exporter");
  CHECK(BytesOf(Must(ExportSecret(
            suite, epoch.exporter_secret, exporter.at("label").get<std::string>(),
            Hex(exporter.at("context")), exporter.at("length")))) == Hex(exporter.at("secret")));
}

void CheckKeySchedule(const json& vector) {
  const Suite suite = TestSuite(CipherSuite{vector.at("cipher_suite")});
  InitSecret init_secret{Secret::CopyOf(Hex(vector.at("initial_init_secret")))};
  rfc9420::GroupContext context;
  context.cipher_suite = suite.id();
  context.group_id = Hex(vector.at("group_id"));
  for (const json& expected : vector.at("epochs")) {
    context.tree_hash = Hex(expected.at("tree_hash"));
    context.confirmed_transcript_hash = Hex(expected.at("confirmed_transcript_hash"));
    const Bytes group_context = wire::Serialize(context);
    CHECK(group_context == Hex(expected.at("group_context")));

    const CommitSecret commit_secret{Secret::CopyOf(Hex(expected.at("commit_secret")))};
    const PskSecret psk_secret{Secret::CopyOf(Hex(expected.at("psk_secret")))};
    const JoinerSecret joiner_secret =
        Must(DeriveJoinerSecret(suite, init_secret, commit_secret, group_context));
    CHECK(BytesOf(joiner_secret.value) == Hex(expected.at("joiner_secret")));
    CHECK(BytesOf(Must(DeriveWelcomeSecret(suite, joiner_secret, psk_secret))) ==
          Hex(expected.at("welcome_secret")));

    EpochSecrets epoch = Must(DeriveEpochSecrets(suite, joiner_secret, psk_secret, group_context));
    CheckSecrets(epoch, expected);
    CheckUses(suite, epoch, expected);
    init_secret = std::move(epoch.init_secret);
    ++context.epoch;
  }
}

}  // namespace

TEST_CASE("key-schedule.json", "[key-schedule]") {
  ForEachVector("key-schedule.json", "/0/epochs/0/joiner_secret", CheckKeySchedule);
}

}  // namespace conclave::test
