#include "group/process_commit.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "group/describe.h"
#include "group/next_epoch.h"
#include "group/proposal_rules.h"
#include "schedule/key_schedule.h"
#include "tree/leaf_node_rules.h"
#include "tree/update_path.h"
#include "wire/parse.h"

namespace conclave {

namespace {

using rfc9420::Commit;

// One commit on its way through the steps of section 12.4.2.
struct Processing {
  const EpochState& epoch;
  const GroupIndex& index;
  const ProposalStore& store;
  const Environment& environment;
  const rfc9420::AuthenticatedContent& content;
  const Commit& commit;

  const PublicGroup& group() const { return epoch.group; }
  const Suite& suite() const { return epoch.group.suite(); }
  bool is_external() const { return !content.content.sender.Is<rfc9420::MemberSender>(); }
};

Result<void> CheckExternalPolicy(const Processing& p, const AppliedProposals& applied) {
  const Policy& policy = p.environment.policy;
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.2:external-commits-allowed", ErrorKind::kRejectedByPolicy,
                                policy.allow_external_commits));
  if (applied.removed.empty()) return {};
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.2:resync-allowed", ErrorKind::kRejectedByPolicy, policy.allow_resync));
  const bool proved = std::ranges::any_of(applied.psks, [&p](const rfc9420::PreSharedKeyID& id) {
    const auto* resumption = id.psk.GetIf<rfc9420::ResumptionPSK>();
    return resumption != nullptr && resumption->psk_group_id == p.group().group_id();
  });
  return Rule("12.4.3.2:resync-proves-membership", ErrorKind::kRejectedByPolicy,
              !policy.resync_requires_psk || proved);
}

// The leaf that the committer's new one replaces, or null if it replaces none.
const LeafRecord* ReplacedLeaf(const Processing& p, const AppliedProposals& applied,
                               LeafIndex committer) {
  if (!p.is_external()) return p.group().tree().leaf(committer);
  if (applied.removed.empty()) return nullptr;
  return p.group().tree().leaf(applied.removed.front());
}

// Section 12.4.2: the new leaf, and the path's keys, before they are merged.
Result<void> CheckPath(const Processing& p, const AppliedProposals& applied,
                       const RatchetTree& tree, LeafIndex committer) {
  const rfc9420::UpdatePath& path = *p.commit.path;
  //= rfc9420#12.4.2
  //# The `leaf_node_source` field MUST be set to `commit`.
  //= rfc9420#7.5
  //# Since the new leaf node effectively updates an existing leaf node in the group, it MUST adhere
  //# to the same restrictions as LeafNodes used in Update proposals (aside from
  //# `leaf_node_source`).
  CONCLAVE_RETURN_IF_ERROR(CheckLeafNode(p.suite(), path.leaf_node,
                                         {.source = rfc9420::LeafNodeSource::commit,
                                          .group_id = p.group().group_id(),
                                          .leaf_index = committer}));

  // Verify that the encryption_key value in the LeafNode is different from the committer's current
  // leaf node.
  //= rfc9420#12.2
  //# If a Remove proposal is present, then the LeafNode in the `path` field of the external Commit
  //# MUST meet the same criteria as would the LeafNode in an Update for the removed leaf
  const LeafRecord* replaced = ReplacedLeaf(p, applied, committer);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.2:leaf-key-changes", ErrorKind::kInvalidCommit,
           replaced == nullptr ||
               !ConstantTimeEquals(replaced->encryption_key(), path.leaf_node.encryption_key)));

  // Verify that none of the public keys in the UpdatePath appear in any node of the new ratchet
  // tree. What this commit itself puts there is compared when the final tree is.
  std::vector<BytesView> keys = {path.leaf_node.encryption_key};
  for (const rfc9420::UpdatePathNode& node : path.nodes) keys.emplace_back(node.encryption_key);
  for (const BytesView key : keys) {
    CONCLAVE_RETURN_IF_ERROR(Rule("12.4.2:path-keys-new", ErrorKind::kInvalidCommit,
                                  !p.index.tree.HasEncryptionKey(tree, key)));
  }

  //= rfc9420#12.2
  //# In particular, the `credential` in the LeafNode MUST present a set of identifiers that is
  //# acceptable to the application for the removed participant.
  const Vouched now{path.leaf_node.credential.value, path.leaf_node.signature_key};
  constexpr auto kMoment = CredentialMoment::received_update_path;
  if (replaced == nullptr) {
    return AskVerifier(p.environment, kMoment, p.group().group_id(), now.credential,
                       now.signature_key);
  }
  const Credential old = replaced->credential();
  return AskAboutSuccessor(p.environment, kMoment, p.group().group_id(), now,
                           {old, replaced->signature_key()});
}

// Our keys once the proposals are applied: ours may be an Update among them.
Result<PrivatePath> KeysAfterProposals(const Processing& p, const AppliedProposals& applied,
                                       const RatchetTree& tree, const Signer*& signer) {
  PrivatePath known = p.epoch.path.Clone();
  known.ForgetBlank(tree);
  const LeafIndex own = p.epoch.own_leaf();
  if (std::ranges::find(applied.updated, own) != applied.updated.end()) {
    const OwnUpdate* update = p.store.FindOwnUpdate(applied.tree.leaf(own)->encryption_key());
    CONCLAVE_RETURN_IF_ERROR(
        Rule("12.1.2:our-update-is-ours", ErrorKind::kInvalidCommit, update != nullptr));
    known.SetLeafKey(update->private_key.Clone());
    if (update->signer != nullptr) signer = update->signer;
  }
  return known;
}

// Section 8.3: "both existing and new members MUST use the external init secret".
Result<InitSecret> InitSecretFor(const Processing& p, const AppliedProposals& applied) {
  if (applied.external_init == nullptr) return p.epoch.secrets.init_secret.Clone();
  //= rfc9420#12.4.3.2
  //# When processing a Commit, both existing and new members MUST use the external init secret as
  //# described in Section 8.3.
  return ReceiveExternalInit(p.suite(), p.epoch.secrets.external_secret,
                             applied.external_init->kem_output);
}

// The tree with everything in it, and where the committer sits.
struct FinalTree {
  RatchetTree tree;
  LeafIndex committer;
};

Result<FinalTree> BuildTree(const Processing& p, const AppliedProposals& applied) {
  FinalTree built{applied.tree, {}};
  if (const auto* member = p.content.content.sender.GetIf<rfc9420::MemberSender>()) {
    built.committer = member->leaf_index;
  } else {
    // If this is an external Commit, assign the sender the leftmost blank leaf node in the new
    // ratchet tree.
    CONCLAVE_ASSIGN_OR_RETURN(PlacedJoiner placed,
                              PlaceJoiner(p.suite(), applied.tree, p.commit.path->leaf_node));
    built = {std::move(placed.tree), placed.leaf};
  }
  if (!p.commit.path.has_value()) return built;
  CONCLAVE_RETURN_IF_ERROR(CheckPath(p, applied, applied.tree, built.committer));
  CONCLAVE_ASSIGN_OR_RETURN(
      built.tree, MergePath(p.suite(), built.tree, built.committer, *p.commit.path, applied.added));
  return built;
}

// The second half: what only somebody who stays can compute.
Result<EpochState> EnterWith(const Processing& p, const AppliedProposals& applied,
                             const FinalTree& built) {
  const Signer* signer = p.epoch.signer;
  CONCLAVE_ASSIGN_OR_RETURN(PrivatePath path, KeysAfterProposals(p, applied, applied.tree, signer));
  CONCLAVE_ASSIGN_OR_RETURN(const PskSecret psk_secret,
                            LookUpPsks(p.suite(), p.environment, applied.psks));
  CONCLAVE_ASSIGN_OR_RETURN(const InitSecret init_secret, InitSecretFor(p, applied));
  rfc9420::GroupContext context = ProvisionalContext(p.group(), built.tree, applied.extensions);

  // Decrypt the path secrets for UpdatePath, using the provisional GroupContext as the context for
  // HPKE decryption; or define commit_secret as the all-zero vector.
  CommitSecret commit_secret = NoCommitSecret(p.suite());
  if (p.commit.path.has_value()) {
    CONCLAVE_ASSIGN_OR_RETURN(OpenedPath opened,
                              OpenPath(p.suite(), built.tree, built.committer, *p.commit.path,
                                       wire::Serialize(context), applied.added, path));
    commit_secret = std::move(opened.commit_secret);
    path = std::move(opened.private_path);
  }

  CONCLAVE_ASSIGN_OR_RETURN(NextEpoch next,
                            AdvanceEpoch(p.group(), std::move(context), built.tree, p.content,
                                         {init_secret, commit_secret, psk_secret}));
  // Verify that the confirmation_tag is the same as the one in the FramedContentAuthData object.
  CONCLAVE_RETURN_IF_ERROR(Rule(
      "12.4.2:confirmation-tag", ErrorKind::kNotAuthentic,
      p.content.auth.confirmation_tag.has_value() &&
          ConstantTimeEquals(next.group.confirmation_tag(), *p.content.auth.confirmation_tag)));
  return MakeEpochState(std::move(next.group), std::move(path), std::move(next.secrets), *signer);
}

Result<StagedEpoch> Process(const Processing& p) {
  // Verify that the proposals vector is valid according to the rules in section 12.2.
  CONCLAVE_ASSIGN_OR_RETURN(const ProposalList list,
                            ResolveProposals(p.commit, p.content.content.sender, p.store));
  const CommitPurpose purpose = p.is_external() ? CommitPurpose::external : CommitPurpose::regular;
  for (const ListedProposal& entry : list) {
    // Those that travelled on their own were checked when they arrived.
    if (entry.ref.has_value()) continue;
    CONCLAVE_RETURN_IF_ERROR(
        CheckProposal(p.group(), p.environment, purpose, CredentialMoment::received_add, entry));
  }
  const auto* member = p.content.content.sender.GetIf<rfc9420::MemberSender>();
  const auto committer =
      member == nullptr ? std::nullopt : std::optional<LeafIndex>(member->leaf_index);
  CONCLAVE_RETURN_IF_ERROR(CheckProposalList(p.environment, purpose, committer, list));

  //= rfc9420#12.4
  //# By default, the `path` field of a Commit MUST be populated.
  //= rfc9420#12.4.3.2
  //# External Commits MUST contain a `path` field (and is therefore a "full" Commit).
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4:path-required", ErrorKind::kInvalidCommit,
           p.commit.path.has_value() || !PathRequired(p.environment.policy, list)));

  // Create the new ratchet tree and GroupContext by applying the list of proposals.
  CONCLAVE_ASSIGN_OR_RETURN(const AppliedProposals applied, ApplyProposals(p.group(), list));
  if (p.is_external()) CONCLAVE_RETURN_IF_ERROR(CheckExternalPolicy(p, applied));
  CONCLAVE_ASSIGN_OR_RETURN(const FinalTree built, BuildTree(p, applied));
  StagedEpoch staged;
  staged.delta = DifferenceOf(p.group().tree(), built.tree);
  CONCLAVE_ASSIGN_OR_RETURN(
      staged.index_change,
      CheckResultingTree(p.group(), p.index, p.environment, applied, built.tree, staged.delta));
  staged.summary =
      DescribeCommit(p.group(), built.tree, list, applied, p.content.content, built.committer);

  const auto& removed = applied.removed;
  staged.summary.removes_us = std::ranges::find(removed, p.epoch.own_leaf()) != removed.end();
  if (staged.summary.removes_us) return staged;
  CONCLAVE_ASSIGN_OR_RETURN(staged.next, EnterWith(p, applied, built));
  return staged;
}

}  // namespace

Result<ProposalList> ResolveProposals(const Commit& commit, const rfc9420::Sender& sender,
                                      const ProposalStore& store) {
  ProposalList list;
  list.reserve(commit.proposals.size());
  for (const rfc9420::ProposalOrRef& entry : commit.proposals) {
    if (const auto* proposal = entry.GetIf<rfc9420::Proposal>()) {
      list.push_back({.proposal = proposal, .sender = sender});
      continue;
    }
    const ProposalRef& ref = *entry.GetIf<ProposalRef>();
    const StoredProposal* stored = store.Find(ref);
    CONCLAVE_RETURN_IF_ERROR(
        Rule("12.2:referenced-proposals-known", ErrorKind::kMissing, stored != nullptr));
    list.push_back({.proposal = &stored->proposal, .sender = stored->sender, .ref = ref});
  }
  return list;
}

Result<TreeIndex::Change> CheckResultingTree(const PublicGroup& before, const GroupIndex& index,
                                             const Environment& environment,
                                             const AppliedProposals& applied,
                                             const RatchetTree& after, const TreeDelta& delta) {
  CONCLAVE_RETURN_IF_ERROR(Rule("7.7:group-within-limit", ErrorKind::kRejectedByPolicy,
                                after.width() <= WidthFor(environment.policy.max_group_size)));
  //= rfc9420#12.3
  //# The new `extensions` MUST be used when evaluating other proposals in this list.
  CONCLAVE_ASSIGN_OR_RETURN(GroupExtensions extensions, ParseGroupExtensions(applied.extensions));
  TreeDemands demands;
  demands.required = std::move(extensions.required_capabilities);
  for (const Extension& extension : applied.extensions) {
    demands.context_extensions.push_back(extension.extension_type);
  }
  demands.custom_proposals = applied.custom;
  CONCLAVE_RETURN_IF_ERROR(index.clients.Check(after, delta, environment.verifier));
  return index.tree.Check(before.tree(), after, delta, demands);
}

Result<StagedEpoch> ProcessCommit(const EpochState& epoch, const GroupIndex& index,
                                  const ProposalStore& store, const Environment& environment,
                                  const rfc9420::AuthenticatedContent& commit) {
  const auto* body = commit.content.content.GetIf<Commit>();
  CONCLAVE_CHECK(body != nullptr);
  return Process({epoch, index, store, environment, commit, *body});
}

}  // namespace conclave
