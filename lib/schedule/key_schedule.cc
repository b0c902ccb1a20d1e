// RFC 9420, sections 8, 8.3, 11 and 12.4.3.1.
#include "schedule/key_schedule.h"

#include <string_view>
#include <utility>

#include "base/result_macros.h"
#include "crypto/kdf.h"
#include "hpke/hpke.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"

namespace conclave {

namespace labels = rfc9420::labels;

namespace {

// The secret between the two Extracts of the diagram and the epoch secret.
Result<Secret> ExtractMemberSecret(const Suite& suite, const JoinerSecret& joiner_secret,
                                   const PskSecret& psk_secret) {
  return Extract(suite, joiner_secret.value, psk_secret.value);
}

}  // namespace

CommitSecret NoCommitSecret(const Suite& suite) { return {Secret(suite.hash_size())}; }
PskSecret NoPskSecret(const Suite& suite) { return {Secret(suite.hash_size())}; }

Result<JoinerSecret> DeriveJoinerSecret(const Suite& suite, const InitSecret& init_secret,
                                        const CommitSecret& commit_secret,
                                        BytesView group_context) {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret extracted,
                            Extract(suite, init_secret.value, commit_secret.value));
  CONCLAVE_ASSIGN_OR_RETURN(Secret joiner, ExpandWithLabel(suite, extracted, labels::kJoiner,
                                                           group_context, suite.hash_size()));
  return JoinerSecret{std::move(joiner)};
}

Result<Secret> DeriveWelcomeSecret(const Suite& suite, const JoinerSecret& joiner_secret,
                                   const PskSecret& psk_secret) {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret member_secret,
                            ExtractMemberSecret(suite, joiner_secret, psk_secret));
  return DeriveSecret(suite, member_secret, labels::kWelcome);
}

Result<WelcomeKey> DeriveWelcomeKey(const Suite& suite, const Secret& welcome_secret) {
  WelcomeKey welcome;
  CONCLAVE_ASSIGN_OR_RETURN(welcome.nonce, ExpandWithLabel(suite, welcome_secret, labels::kNonce,
                                                           {}, suite.aead_nonce_size()));
  CONCLAVE_ASSIGN_OR_RETURN(
      welcome.key, ExpandWithLabel(suite, welcome_secret, labels::kKey, {}, suite.aead_key_size()));
  return welcome;
}

Result<EpochSecrets> DeriveEpochSecrets(const Suite& suite, const JoinerSecret& joiner_secret,
                                        const PskSecret& psk_secret, BytesView group_context) {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret member_secret,
                            ExtractMemberSecret(suite, joiner_secret, psk_secret));
  CONCLAVE_ASSIGN_OR_RETURN(
      const Secret epoch_secret,
      ExpandWithLabel(suite, member_secret, labels::kEpoch, group_context, suite.hash_size()));
  return DeriveEpochSecrets(suite, epoch_secret);
}

Result<EpochSecrets> DeriveEpochSecrets(const Suite& suite, const Secret& epoch_secret) {
  const auto derive = [&](std::string_view label) {
    return DeriveSecret(suite, epoch_secret, label);
  };
  EpochSecrets epoch;
  CONCLAVE_ASSIGN_OR_RETURN(epoch.sender_data_secret, derive(labels::kSenderData));
  CONCLAVE_ASSIGN_OR_RETURN(epoch.encryption_secret, derive(labels::kEncryption));
  CONCLAVE_ASSIGN_OR_RETURN(epoch.exporter_secret, derive(labels::kExporter));
  CONCLAVE_ASSIGN_OR_RETURN(epoch.external_secret, derive(labels::kExternal));
  CONCLAVE_ASSIGN_OR_RETURN(epoch.confirmation_key, derive(labels::kConfirm));
  CONCLAVE_ASSIGN_OR_RETURN(epoch.membership_key, derive(labels::kMembership));
  CONCLAVE_ASSIGN_OR_RETURN(epoch.resumption_psk, derive(labels::kResumption));
  CONCLAVE_ASSIGN_OR_RETURN(epoch.epoch_authenticator, derive(labels::kAuthentication));
  CONCLAVE_ASSIGN_OR_RETURN(epoch.init_secret.value, derive(labels::kInit));
  return epoch;
}

Result<Bytes> MakeConfirmationTag(const Suite& suite, const Secret& confirmation_key,
                                  BytesView confirmed_transcript_hash) {
  return Mac(suite, confirmation_key, confirmed_transcript_hash);
}

Result<KeyPair> DeriveExternalKeyPair(const Suite& suite, const Secret& external_secret) {
  return KemDeriveKeyPair(suite.provider(), suite.kem(), external_secret);
}

Result<ExternalInitSent> SendExternalInit(const Suite& suite, BytesView external_pub) {
  CONCLAVE_ASSIGN_OR_RETURN(
      HpkeExported sent, SendExportBase(HpkeSuiteOf(suite), suite.provider(), external_pub, {},
                                        AsBytes(labels::kExternalInitSecret), suite.hash_size()));
  return ExternalInitSent{std::move(sent.kem_output), {std::move(sent.secret)}};
}

Result<InitSecret> ReceiveExternalInit(const Suite& suite, const Secret& external_secret,
                                       BytesView kem_output) {
  CONCLAVE_ASSIGN_OR_RETURN(const KeyPair external, DeriveExternalKeyPair(suite, external_secret));
  CONCLAVE_ASSIGN_OR_RETURN(
      Secret received, ReceiveExportBase(HpkeSuiteOf(suite), suite.provider(), external.private_key,
                                         external.public_key, kem_output, {},
                                         AsBytes(labels::kExternalInitSecret), suite.hash_size()));
  return InitSecret{std::move(received)};
}

}  // namespace conclave
