#include "group/describe.h"

#include <utility>

#include "base/check.h"
#include "group/sender.h"

namespace conclave {

namespace {

Member MemberOf(const RatchetTree& tree, LeafIndex index) {
  const LeafRecord* leaf = tree.leaf(index);
  CONCLAVE_CHECK(leaf != nullptr);
  return MemberAt(index, *leaf);
}

ProposedReInit DescribeReInit(const rfc9420::ReInit& reinit) {
  return {reinit.group_id, reinit.version, reinit.cipher_suite, reinit.extensions};
}

ProposalDetails DescribeDetails(const PublicGroup& group, const ListedProposal& entry) {
  const rfc9420::Proposal& proposal = *entry.proposal;
  if (const auto* add = proposal.GetIf<rfc9420::Add>()) {
    const rfc9420::LeafNode& leaf = add->key_package.leaf_node;
    return ProposedAdd{leaf.credential.value, leaf.signature_key};
  }
  if (const auto* update = proposal.GetIf<rfc9420::Update>()) {
    const LeafIndex leaf = entry.member().value_or(LeafIndex{});
    return ProposedUpdate{{MemberOf(group.tree(), leaf), MemberAt(leaf, update->leaf_node)}};
  }
  if (const auto* remove = proposal.GetIf<rfc9420::Remove>()) {
    return ProposedRemove{MemberOf(group.tree(), remove->removed)};
  }
  if (const auto* psk = proposal.GetIf<rfc9420::PreSharedKey>()) {
    return ProposedPsk{DescribePsk(psk->psk)};
  }
  if (const auto* reinit = proposal.GetIf<rfc9420::ReInit>()) return DescribeReInit(*reinit);
  if (const auto* extensions = proposal.GetIf<rfc9420::GroupContextExtensions>()) {
    return ProposedExtensions{extensions->extensions};
  }
  if (const auto* custom = proposal.GetIf<CustomProposal>()) return *custom;
  return ProposedExternalInit{};
}

}  // namespace

PskId DescribePsk(const rfc9420::PreSharedKeyID& id) {
  if (const auto* external = id.psk.GetIf<rfc9420::ExternalPSK>()) {
    return ExternalPskId{external->psk_id};
  }
  const auto* resumption = id.psk.GetIf<rfc9420::ResumptionPSK>();
  return ResumptionPskId{resumption->psk_group_id, resumption->psk_epoch};
}

ReceivedProposal DescribeProposal(const PublicGroup& group, const ListedProposal& proposal) {
  return {proposal.ref.value_or(ProposalRef{}),
          DescribeSender(group, proposal.sender, *proposal.proposal),
          DescribeDetails(group, proposal)};
}

CommitSummary DescribeCommit(const PublicGroup& before, const RatchetTree& after,
                             const ProposalList& list, const AppliedProposals& applied,
                             const rfc9420::FramedContent& content, LeafIndex committer) {
  const auto* commit = content.content.GetIf<rfc9420::Commit>();
  CONCLAVE_CHECK(commit != nullptr);
  CommitSummary summary;
  summary.epoch = before.epoch() + 1;
  summary.committer_leaf = committer;
  summary.has_path = commit->path.has_value();
  summary.authenticated_data = content.authenticated_data;

  for (const LeafIndex leaf : applied.added) summary.added.push_back(MemberOf(after, leaf));
  for (const LeafIndex leaf : applied.removed) {
    summary.removed.push_back(MemberOf(before.tree(), leaf));
  }
  for (const LeafIndex leaf : applied.updated) {
    summary.updated.push_back({MemberOf(before.tree(), leaf), MemberOf(after, leaf)});
  }
  if (content.sender.Is<rfc9420::MemberSender>()) {
    summary.committer = MemberOf(before.tree(), committer);
    if (summary.has_path) {
      summary.updated.push_back({MemberOf(before.tree(), committer), MemberOf(after, committer)});
    }
  } else {
    Member joined = MemberOf(after, committer);
    summary.committer = Newcomer{joined.credential, joined.signature_key};
    summary.added.push_back(std::move(joined));
  }

  if (applied.extensions_replaced) summary.extensions = applied.extensions;
  if (applied.reinit != nullptr) summary.reinit = DescribeReInit(*applied.reinit);
  for (const auto& psk : applied.psks) summary.psks.push_back(DescribePsk(psk));
  for (const ListedProposal& entry : list) {
    ReceivedProposal described = DescribeProposal(before, entry);
    // What a newcomer brings along by value has the newcomer as its sender.
    if (entry.sender.Is<rfc9420::NewMemberCommit>()) described.sender = summary.committer;
    summary.proposals.push_back(std::move(described));
  }
  return summary;
}

}  // namespace conclave
