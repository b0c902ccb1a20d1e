#include "group/join.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "group/describe.h"
#include "group/group_extensions.h"
#include "group/group_info.h"
#include "group/next_epoch.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "schedule/key_schedule.h"
#include "tree/leaf_node_rules.h"
#include "tree/tree_rules.h"
#include "tree/update_path.h"
#include "wire/parse.h"

namespace conclave {

namespace {

// So many leaves are decoded at a time.
constexpr std::size_t kLeavesAtHand = 1024;

// For each non-empty leaf node, validate the LeafNode as described in section 7.3. The members
// whose lifetime is over.
Result<std::vector<Member>> CheckLeaves(const Suite& suite, const Environment& environment,
                                        const RatchetTree& tree, BytesView group_id) {
  const Policy& policy = environment.policy;
  std::vector<Member> expired;
  const std::vector<PlacedLeaf> all = tree.Leaves();
  for (std::size_t begin = 0; begin < all.size(); begin += kLeavesAtHand) {
    std::vector<LeafInTree> leaves;
    const std::size_t size = std::min(kLeavesAtHand, all.size() - begin);
    leaves.reserve(size);
    for (const auto& [index, record] : std::span(all).subspan(begin, size)) {
      leaves.push_back({index, record->Parse()});
    }
    CONCLAVE_RETURN_IF_ERROR(CheckLeafNodesInTree(suite, leaves, group_id));
    for (const auto& [index, leaf] : leaves) {
      CONCLAVE_RETURN_IF_ERROR(AskVerifier(environment, CredentialMoment::group_info_to_join,
                                           group_id, leaf.credential.value, leaf.signature_key));
      const auto lifetime = CheckLifetime(leaf, environment.now, policy.max_key_package_lifetime);
      if (lifetime.ok()) continue;
      CONCLAVE_RETURN_IF_ERROR(Rule("7.3:lifetime-of-members", ErrorKind::kRejectedByPolicy,
                                    policy.accept_expired_leaves));
      expired.push_back(MemberAt(index, leaf));
    }
  }
  return expired;
}

Result<rfc9420::GroupSecrets> OpenGroupSecrets(const Suite& suite, const rfc9420::Welcome& welcome,
                                               const WelcomeKeys& keys) {
  const auto entry =
      std::ranges::find(welcome.secrets, keys.ref, &rfc9420::EncryptedGroupSecrets::new_member);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:welcome-is-for-us", ErrorKind::kMissing, entry != welcome.secrets.end()));
  CONCLAVE_RETURN_IF_ERROR(Rule(
      "12.4.3.1:welcome-suite", ErrorKind::kUnsupported,
      welcome.cipher_suite == keys.key_package.cipher_suite && welcome.cipher_suite == suite.id()));
  auto opened = DecryptWithLabel(suite, keys.init_private_key, keys.key_package.init_key,
                                 rfc9420::labels::kWelcomeEncryption, welcome.encrypted_group_info,
                                 entry->encrypted_group_secrets);
  CONCLAVE_RETURN_IF_ERROR(
      RuleFrom("12.4.3.1:group-secrets-open", ErrorKind::kNotAuthentic, opened));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::GroupSecrets secrets,
                            wire::Parse<rfc9420::GroupSecrets>(opened.value().ExposeForProvider()));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:secret-sizes", ErrorKind::kMalformed,
           secrets.joiner_secret.size() == suite.hash_size() &&
               (!secrets.path_secret.has_value() ||
                secrets.path_secret->path_secret.size() == suite.hash_size())));
  for (const rfc9420::PreSharedKeyID& psk : secrets.psks) {
    CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:psk-nonce-size", ErrorKind::kInvalidCommit,
                                  psk.psk_nonce.size() == suite.hash_size()));
  }
  return secrets;
}

Result<rfc9420::GroupInfo> OpenGroupInfo(const Suite& suite, Bytes sealed,
                                         const JoinerSecret& joiner_secret,
                                         const PskSecret& psk_secret) {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret welcome_secret,
                            DeriveWelcomeSecret(suite, joiner_secret, psk_secret));
  CONCLAVE_ASSIGN_OR_RETURN(const WelcomeKey key, DeriveWelcomeKey(suite, welcome_secret));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:group-info-has-tag", ErrorKind::kMalformed, sealed.size() >= kAeadTagSize));
  Bytes plaintext(sealed.size() - kAeadTagSize);
  CONCLAVE_RETURN_IF_ERROR(
      RuleFrom("12.4.3.1:group-info-opens", ErrorKind::kNotAuthentic,
               suite.provider().AeadOpen(suite.aead(), key.key.ExposeForProvider(),
                                         key.nonce.ExposeForProvider(), {}, sealed, plaintext)));
  sealed = Bytes();  // it may be as large as the tree
  return wire::Parse<rfc9420::GroupInfo>(plaintext);
}

// Identify a leaf whose LeafNode is identical to the one in the KeyPackage.
Result<LeafIndex> FindOwnLeaf(const RatchetTree& tree, const rfc9420::LeafNode& own) {
  const Bytes wire = wire::Serialize(own);
  for (const auto& [index, record] : tree.Leaves()) {
    if (std::ranges::equal(record->wire(), wire)) return index;
  }
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:own-leaf-in-tree", ErrorKind::kInvalidCommit, false));
  return LeafIndex{};
}

// Our private keys: of the leaf, and of the nodes above the lowest common ancestor with the
// committer.
Result<PrivatePath> OwnKeys(const Suite& suite, const RatchetTree& tree,
                            rfc9420::GroupSecrets& secrets, LeafIndex signer,
                            const WelcomeKeys& keys) {
  CONCLAVE_ASSIGN_OR_RETURN(const LeafIndex own, FindOwnLeaf(tree, keys.key_package.leaf_node));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:inviter-is-another", ErrorKind::kInvalidCommit, own != signer));
  PrivatePath path(own, keys.leaf_private_key.Clone());
  if (secrets.path_secret.has_value()) {
    CONCLAVE_RETURN_IF_ERROR(ImplantPathSecret(
        suite, tree, signer, {std::move(secrets.path_secret->path_secret)}, path));
  }
  return path;
}

}  // namespace

Result<KnownGroup> CheckGroupInfo(const Suite& suite, const Environment& environment,
                                  rfc9420::GroupInfo info, BytesView ratchet_tree) {
  const Policy& policy = environment.policy;
  const rfc9420::GroupContext& context = info.group_context;
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3:group-version", ErrorKind::kUnsupported,
                                context.version == ProtocolVersion::mls10));
  // Verify that the cipher_suite in the GroupInfo matches the cipher_suite in the KeyPackage.
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:group-info-suite", ErrorKind::kInvalidCommit,
                                context.cipher_suite == suite.id()));
  CONCLAVE_RETURN_IF_ERROR(CheckExtensionsSize(policy, context.extensions));
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3:group-info-extensions-once", ErrorKind::kMalformed,
                                HasNoDuplicates(info.extensions)));
  CONCLAVE_ASSIGN_OR_RETURN(
      RatchetTree tree,
      TreeOf(suite, info, ratchet_tree, policy.max_message_size, policy.max_group_size));
  CONCLAVE_RETURN_IF_ERROR(VerifyGroupInfo(suite, info, tree));
  std::erase_if(info.extensions, [](const Extension& extension) {
    return extension.extension_type == ExtensionType::ratchet_tree;
  });

  // Verify the integrity of the ratchet tree.
  CONCLAVE_RETURN_IF_ERROR(CheckTreeStructure(suite, tree));
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<Member> expired,
                            CheckLeaves(suite, environment, tree, context.group_id));
  CONCLAVE_ASSIGN_OR_RETURN(GroupIndex index, GroupIndex::Of(suite, tree, environment.verifier));
  CONCLAVE_ASSIGN_OR_RETURN(PublicGroup group,
                            PublicGroup::Create(suite, context, tree, info.confirmation_tag));

  //= rfc9420#12.4.3
  //# Extensions in `GroupInfo.group_context.extensions`, however, MUST be supported by the new
  //# joiner.
  //= rfc9420#13.4
  //# A client joining a group MUST verify that it supports every extension in the GroupContext for
  //# the group. Otherwise, it MUST treat the enclosing GroupInfo message as invalid and not join
  //# the group.
  AppliedProposals unchanged{.tree = tree, .extensions = context.extensions};
  CONCLAVE_RETURN_IF_ERROR(
      CheckResultingTree(group, index, environment, unchanged, tree, TreeDelta{}));
  for (const rfc9420::ExternalSender& sender : group.extensions().external_senders) {
    CONCLAVE_RETURN_IF_ERROR(AskVerifier(environment, CredentialMoment::external_sender_added,
                                         context.group_id, sender.credential.value,
                                         sender.signature_key));
  }
  return KnownGroup{std::move(group), std::move(index), std::move(info), std::move(expired)};
}

Result<JoinedGroup> JoinByWelcome(const Suite& suite, const Environment& environment,
                                  rfc9420::Welcome welcome, const WelcomeKeys& keys,
                                  const Signer& signer, const WelcomeOptions& options) {
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::GroupSecrets secrets, OpenGroupSecrets(suite, welcome, keys));
  CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::ResumptionPSK* origin_psk, FindOriginPsk(secrets.psks));
  CONCLAVE_ASSIGN_OR_RETURN(const PskSecret psk_secret,
                            LookUpPsks(suite, environment, secrets.psks));
  const JoinerSecret joiner_secret{std::move(secrets.joiner_secret)};
  CONCLAVE_ASSIGN_OR_RETURN(
      rfc9420::GroupInfo info,
      OpenGroupInfo(suite, std::move(welcome.encrypted_group_info), joiner_secret, psk_secret));
  CONCLAVE_ASSIGN_OR_RETURN(
      KnownGroup known, CheckGroupInfo(suite, environment, std::move(info), options.ratchet_tree));
  CONCLAVE_ASSIGN_OR_RETURN(PrivatePath path,
                            OwnKeys(suite, known.group.tree(), secrets, known.info.signer, keys));

  CONCLAVE_ASSIGN_OR_RETURN(
      EpochSecrets epoch_secrets,
      DeriveEpochSecrets(suite, joiner_secret, psk_secret, known.group.serialized_context()));
  // Verify the confirmation tag in the GroupInfo.
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes tag,
                            MakeConfirmationTag(suite, epoch_secrets.confirmation_key,
                                                known.group.context().confirmed_transcript_hash));
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:confirmation-tag", ErrorKind::kNotAuthentic,
                                ConstantTimeEquals(tag, known.info.confirmation_tag)));
  if (origin_psk != nullptr) {
    CONCLAVE_RETURN_IF_ERROR(
        CheckOrigin(*origin_psk, options.origin, known.group, environment.verifier));
  }

  const auto inviter = known.group.FindMember(known.info.signer);
  CONCLAVE_CHECK(inviter.has_value());
  std::vector<PskId> psks;
  psks.reserve(secrets.psks.size());
  for (const auto& psk : secrets.psks) psks.push_back(DescribePsk(psk));
  return JoinedGroup{
      MakeEpochState(std::move(known.group), std::move(path), std::move(epoch_secrets), signer),
      std::move(known.index),
      *inviter,
      std::move(known.info.extensions),
      std::move(known.expired),
      std::move(psks)};
}

}  // namespace conclave
