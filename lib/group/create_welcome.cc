#include "group/create_welcome.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "schedule/key_schedule.h"
#include "wire/parse.h"

namespace conclave {

namespace {

Result<Bytes> SealGroupInfo(const Suite& suite, const WelcomeInputs& inputs,
                            const rfc9420::GroupInfo& group_info) {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret welcome_secret,
                            DeriveWelcomeSecret(suite, inputs.joiner_secret, inputs.psk_secret));
  CONCLAVE_ASSIGN_OR_RETURN(const WelcomeKey key, DeriveWelcomeKey(suite, welcome_secret));
  const Bytes plaintext = wire::Serialize(group_info);
  Bytes sealed(plaintext.size() + kAeadTagSize);
  CONCLAVE_RETURN_IF_ERROR(suite.provider().AeadSeal(suite.aead(), key.key.ExposeForProvider(),
                                                     key.nonce.ExposeForProvider(), {}, plaintext,
                                                     sealed));
  return sealed;
}

// The path secret of the lowest common ancestor of the committer and the new member: the lowest
// node of the filtered path that is above the new leaf.
std::optional<rfc9420::PathSecret> PathSecretFor(const PreparedPath* path, LeafIndex added) {
  if (path == nullptr) return std::nullopt;
  for (const PreparedPath::Node& node : path->nodes) {
    if (IsInSubtree(added, node.index)) return rfc9420::PathSecret{node.path_secret.value.Clone()};
  }
  CONCLAVE_CHECK(false);  // the committer's path covers every other leaf
  return std::nullopt;
}

}  // namespace

Result<std::vector<rfc9420::Welcome>> MakeWelcomes(const EpochState& epoch,
                                                   const WelcomeInputs& inputs,
                                                   const rfc9420::GroupInfo& group_info,
                                                   std::size_t joiners_each) {
  const Suite& suite = epoch.group.suite();
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes sealed_info, SealGroupInfo(suite, inputs, group_info));
  CONCLAVE_ASSIGN_OR_RETURN(
      const LabeledEncryption encryption,
      LabeledEncryption::Create(suite, rfc9420::labels::kWelcomeEncryption, sealed_info));

  const std::size_t total = inputs.added.size();
  const std::size_t batch = joiners_each == 0 ? total : joiners_each;
  std::vector<rfc9420::Welcome> welcomes;
  std::vector<Secret> plaintexts;
  std::vector<HpkeRecipient> recipients;
  plaintexts.reserve(total);
  recipients.reserve(total);
  //= rfc9420#12.4.1
  //# However, the set of Welcome messages produced in this step MUST cover every new member added
  //# in the Commit.
  for (std::size_t i = 0; i < total; ++i) {
    if (i % batch == 0) {
      welcomes.push_back(
          {.cipher_suite = suite.id(), .secrets = {}, .encrypted_group_info = sealed_info});
    }
    const rfc9420::KeyPackage& key_package = *inputs.key_packages[i];
    rfc9420::GroupSecrets secrets;
    secrets.joiner_secret = inputs.joiner_secret.value.Clone();
    secrets.path_secret = PathSecretFor(inputs.path, inputs.added[i]);
    //= rfc9420#12.4.1
    //# The order of the `psks` MUST be the same as the order of PreSharedKey proposals in the
    //# `proposals` vector.
    //= rfc9420#8.4
    //# To ensure that existing and new members compute the same PSK input to the key schedule, the
    //# Commit and GroupSecrets objects MUST indicate the same set of PSKs, in the same order.
    secrets.psks = inputs.psks;
    plaintexts.push_back(wire::SerializeSecret(secrets));
    recipients.push_back({key_package.init_key, plaintexts.back().ExposeForProvider()});
    CONCLAVE_ASSIGN_OR_RETURN(welcomes.back().secrets.emplace_back().new_member,
                              MakeKeyPackageRef(suite, wire::Serialize(key_package)));
  }
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<rfc9420::HPKECiphertext> sealed,
                            encryption.EncryptBatch(recipients));
  for (std::size_t i = 0; i < total; ++i) {
    welcomes[i / batch].secrets[i % batch].encrypted_group_secrets = std::move(sealed[i]);
  }
  return welcomes;
}

}  // namespace conclave
