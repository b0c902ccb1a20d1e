#include "group/create_commit.h"

#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "framing/content_auth.h"
#include "framing/private_message.h"
#include "framing/public_message.h"
#include "group/create_welcome.h"
#include "group/describe.h"
#include "group/next_epoch.h"
#include "group/padding.h"
#include "tree/update_path.h"
#include "wire/parse.h"

namespace conclave {

namespace {

using rfc9420::Commit;
using rfc9420::WireFormat;

// What the two kinds of commit have in common, as far as it is made.
struct Making {
  const PublicGroup& group;
  const GroupIndex& index;
  const Environment& environment;
  CommitPurpose purpose;
  const ProposalList& list;
  AppliedProposals applied;
  RatchetTree tree;  // the final one, once the path is in
  LeafIndex committer;
  const Signer& signer;  // of the committer's new leaf
};

// A path, sealed, and the tree with it.
struct MadePath {
  PreparedPath prepared;
  rfc9420::UpdatePath sealed;
};

Result<MadePath> MakePath(Making& making, rfc9420::LeafNode unplaced) {
  const Suite& suite = making.group.suite();
  CONCLAVE_ASSIGN_OR_RETURN(PreparedPath prepared,
                            PreparePath(suite, making.tree, making.committer, std::move(unplaced),
                                        making.group.group_id(), making.signer));
  making.tree = prepared.tree;
  const Bytes context =
      wire::Serialize(ProvisionalContext(making.group, making.tree, making.applied.extensions));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::UpdatePath sealed,
                            SealPath(suite, prepared, context, making.applied.added));
  return MadePath{std::move(prepared), std::move(sealed)};
}

rfc9420::FramedContent FrameCommit(const Making& making, const rfc9420::Sender& sender,
                                   const Bytes& authenticated_data,
                                   std::optional<rfc9420::UpdatePath> path) {
  Commit commit;
  commit.proposals.reserve(making.list.size());
  for (const ListedProposal& entry : making.list) {
    commit.proposals.push_back(entry.ref.has_value() ? rfc9420::ProposalOrRef::Of(*entry.ref)
                                                     : rfc9420::ProposalOrRef::Of(*entry.proposal));
  }
  commit.path = std::move(path);
  rfc9420::FramedContent content;
  content.group_id = making.group.group_id();
  content.epoch = making.group.epoch();
  content.sender = sender;
  content.authenticated_data = authenticated_data;
  content.content = rfc9420::Content::Of(std::move(commit));
  return content;
}

// Checks the tree that results and describes the commit: what StagedEpoch holds beside the epoch.
Result<StagedEpoch> StageChanges(const Making& making, const rfc9420::FramedContent& content) {
  StagedEpoch staged;
  staged.delta = DifferenceOf(making.group.tree(), making.tree);
  CONCLAVE_ASSIGN_OR_RETURN(staged.index_change,
                            CheckResultingTree(making.group, making.index, making.environment,
                                               making.applied, making.tree, staged.delta));
  staged.summary = DescribeCommit(making.group, making.tree, making.list, making.applied, content,
                                  making.committer);
  staged.summary.is_ours = true;
  return staged;
}

Result<rfc9420::MLSMessage> Protect(EpochState& epoch, rfc9420::AuthenticatedContent content,
                                    const Policy& policy) {
  const Suite& suite = epoch.group.suite();
  rfc9420::MLSMessage message;
  using Message = decltype(message.message);
  if (content.wire_format == WireFormat::mls_public_message) {
    CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PublicMessage made,
                              ProtectPublic(suite, std::move(content), epoch.secrets.membership_key,
                                            epoch.group.serialized_context()));
    message.message = Message::Of(std::move(made));
    return message;
  }
  const std::size_t size =
      rfc9420::SerializePrivateMessageContent(content.content.content, content.auth, 0).size();
  CONCLAVE_ASSIGN_OR_RETURN(
      rfc9420::PrivateMessage made,
      ProtectPrivate(suite, content, epoch.secret_tree, epoch.secrets.sender_data_secret,
                     PaddingFor(policy, size)));
  message.message = Message::Of(std::move(made));
  return message;
}

// The commit, signed and tagged, and the epoch that it begins.
struct TaggedCommit {
  rfc9420::AuthenticatedContent commit;
  NextEpoch next;
};

// Signs the content using the old GroupContext as context, and advances the key schedule.
Result<TaggedCommit> SignAndAdvance(const Making& making, const Signer& signer,
                                    WireFormat wire_format, rfc9420::FramedContent content,
                                    const ScheduleInputs& inputs) {
  CONCLAVE_ASSIGN_OR_RETURN(
      rfc9420::AuthenticatedContent commit,
      SignContent(signer, wire_format, std::move(content), making.group.serialized_context()));
  CONCLAVE_ASSIGN_OR_RETURN(
      NextEpoch next,
      AdvanceEpoch(making.group,
                   ProvisionalContext(making.group, making.tree, making.applied.extensions),
                   making.tree, commit, inputs));
  commit.auth.confirmation_tag = next.group.confirmation_tag();
  return TaggedCommit{std::move(commit), std::move(next)};
}

rfc9420::LeafNode NextLeaf(const EpochState& epoch, const CommitPlan& plan, const Signer& signer) {
  if (plan.profile.has_value()) return UnplacedLeaf(*plan.profile, signer);
  rfc9420::LeafNode leaf = epoch.group.tree().leaf(epoch.own_leaf())->Parse();
  leaf.signature_key = ToBytes(signer.public_key());
  leaf.signature.clear();
  return leaf;
}

// Decides whether to populate the path field, and makes the path.
Result<std::optional<MadePath>> MakePathIfNeeded(Making& making, const EpochState& epoch,
                                                 const CommitPlan& plan) {
  //= rfc9420#12.4.1
  //# If the `path` field is required based on the proposals that are in the Commit (see above),
  //# then it MUST be populated.
  const bool new_leaf = plan.profile.has_value() || plan.signer != nullptr;
  if (!new_leaf && plan.path == PathPolicy::when_required &&
      !PathRequired(making.environment.policy, plan.list)) {
    return std::optional<MadePath>();
  }
  CONCLAVE_ASSIGN_OR_RETURN(MadePath path, MakePath(making, NextLeaf(epoch, plan, making.signer)));
  return std::optional<MadePath>(std::move(path));
}

}  // namespace

Result<CreatedCommit> CreateCommit(EpochState& epoch, const GroupIndex& index,
                                   const Environment& environment, const CommitPlan& plan) {
  const PublicGroup& group = epoch.group;
  const Suite& suite = group.suite();
  //= rfc9420#12.4
  //# A sender and a receiver of a Commit MUST verify that the committed list of proposals is valid
  //# as specified in Section 12.2.
  CONCLAVE_RETURN_IF_ERROR(
      CheckProposalList(environment, plan.purpose, epoch.own_leaf(), plan.list));
  CONCLAVE_ASSIGN_OR_RETURN(AppliedProposals applied, ApplyProposals(group, plan.list));
  RatchetTree tree = applied.tree;
  const Signer& signer = plan.signer != nullptr ? *plan.signer : *epoch.signer;
  Making making{group,           index,
                environment,     plan.purpose,
                plan.list,       std::move(applied),
                std::move(tree), epoch.own_leaf(),
                signer};

  CONCLAVE_ASSIGN_OR_RETURN(std::optional<MadePath> path, MakePathIfNeeded(making, epoch, plan));
  CONCLAVE_ASSIGN_OR_RETURN(const PskSecret psk_secret,
                            LookUpPsks(suite, environment, making.applied.psks));
  const rfc9420::Sender sender = rfc9420::Sender::Of(rfc9420::MemberSender{epoch.own_leaf()});
  rfc9420::FramedContent content =
      FrameCommit(making, sender, plan.authenticated_data,
                  path.has_value() ? std::optional(std::move(path->sealed)) : std::nullopt);
  CONCLAVE_ASSIGN_OR_RETURN(StagedEpoch staged, StageChanges(making, content));

  const WireFormat wire_format = plan.framing == HandshakeFraming::public_message
                                     ? WireFormat::mls_public_message
                                     : WireFormat::mls_private_message;
  const CommitSecret no_path = NoCommitSecret(suite);
  CONCLAVE_ASSIGN_OR_RETURN(
      TaggedCommit tagged,
      SignAndAdvance(making, *epoch.signer, wire_format, std::move(content),
                     {epoch.secrets.init_secret,
                      path.has_value() ? path->prepared.commit_secret : no_path, psk_secret}));

  PrivatePath private_path =
      path.has_value() ? std::move(path->prepared.private_path) : epoch.path.Clone();
  private_path.ForgetBlank(making.tree);
  NextEpoch& next = tagged.next;
  staged.next = MakeEpochState(std::move(next.group), std::move(private_path),
                               std::move(next.secrets), signer);

  CreatedCommit created{{}, std::move(staged), {}};
  if (!making.applied.added.empty()) {
    CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::GroupInfo group_info,
                              MakeGroupInfo(*created.staged.next, plan.welcome_contents));
    CONCLAVE_ASSIGN_OR_RETURN(
        created.welcomes,
        MakeWelcomes(*created.staged.next,
                     {next.joiner_secret, psk_secret, making.applied.psks, making.applied.added,
                      making.applied.key_packages, path.has_value() ? &path->prepared : nullptr},
                     group_info, plan.joiners_per_welcome));
  }
  CONCLAVE_ASSIGN_OR_RETURN(created.message,
                            Protect(epoch, std::move(tagged.commit), environment.policy));
  return created;
}

Result<CreatedExternalCommit> CreateExternalCommit(const PublicGroup& group,
                                                   const GroupIndex& index,
                                                   const Environment& environment,
                                                   const ExternalCommitPlan& plan) {
  const Suite& suite = group.suite();
  //= rfc9420#12.4.3.2
  //# The sender type for the AuthenticatedContent encapsulating the external Commit MUST be
  //# `new_member_commit`.
  const rfc9420::Sender sender = rfc9420::Sender::Of(rfc9420::NewMemberCommit{});
  CONCLAVE_ASSIGN_OR_RETURN(ExternalInitSent init, SendExternalInit(suite, plan.external_pub));
  const auto external_init =
      rfc9420::Proposal::Of(rfc9420::ExternalInit{std::move(init.kem_output)});
  ProposalList list = {{.proposal = &external_init, .sender = sender}};
  for (const ListedProposal& entry : plan.list) list.push_back(entry);
  CONCLAVE_RETURN_IF_ERROR(
      CheckProposalList(environment, CommitPurpose::external, std::nullopt, list));

  CONCLAVE_ASSIGN_OR_RETURN(AppliedProposals applied, ApplyProposals(group, list));
  rfc9420::LeafNode leaf = UnplacedLeaf(plan.profile, *plan.signer);
  CONCLAVE_ASSIGN_OR_RETURN(PlacedJoiner placed, PlaceJoiner(suite, applied.tree, leaf));
  Making making{group,
                index,
                environment,
                CommitPurpose::external,
                list,
                std::move(applied),
                std::move(placed.tree),
                placed.leaf,
                *plan.signer};
  CONCLAVE_ASSIGN_OR_RETURN(MadePath path, MakePath(making, std::move(leaf)));
  CONCLAVE_ASSIGN_OR_RETURN(const PskSecret psk_secret,
                            LookUpPsks(suite, environment, making.applied.psks));

  rfc9420::FramedContent content =
      FrameCommit(making, sender, plan.authenticated_data, std::move(path.sealed));
  CONCLAVE_ASSIGN_OR_RETURN(StagedEpoch staged, StageChanges(making, content));
  CONCLAVE_ASSIGN_OR_RETURN(
      TaggedCommit tagged,
      SignAndAdvance(making, *plan.signer, WireFormat::mls_public_message, std::move(content),
                     {init.init_secret, path.prepared.commit_secret, psk_secret}));
  NextEpoch& next = tagged.next;
  staged.next = MakeEpochState(std::move(next.group), std::move(path.prepared.private_path),
                               std::move(next.secrets), *plan.signer);

  CreatedExternalCommit created{{}, std::move(staged)};
  // A newcomer has no membership key: the sender type carries no membership tag.
  CONCLAVE_ASSIGN_OR_RETURN(
      rfc9420::PublicMessage message,
      ProtectPublic(suite, std::move(tagged.commit), Secret{}, group.serialized_context()));
  created.message.message = decltype(created.message.message)::Of(std::move(message));
  return created;
}

}  // namespace conclave
