#include "group/apply_proposals.h"

#include <utility>

#include "base/result_macros.h"
#include "tree/tree_builder.h"

namespace conclave {

namespace {

// Calls `visit(entry, proposal)` for each entry of the list that is a T, in order.
template <class T, class Visit>
void ForEach(const ProposalList& list, Visit visit) {
  for (const ListedProposal& entry : list) {
    if (const T* proposal = entry.proposal->GetIf<T>()) visit(entry, *proposal);
  }
}

void ApplyToTree(const ProposalList& list, TreeBuilder& builder, AppliedProposals& applied) {
  // Apply any Update proposals to the ratchet tree, in any order.
  ForEach<rfc9420::Update>(list, [&](const ListedProposal& entry, const rfc9420::Update& update) {
    builder.UpdateLeaf(*entry.member(), LeafRecord(update.leaf_node));
    applied.updated.push_back(*entry.member());
  });

  // Apply any Remove proposals to the ratchet tree, in any order.
  ForEach<rfc9420::Remove>(list, [&](const ListedProposal&, const rfc9420::Remove& remove) {
    builder.RemoveLeaf(remove.removed);
    applied.removed.push_back(remove.removed);
  });
  if (!applied.removed.empty()) builder.Truncate();

  // Apply any Add proposals to the ratchet tree, in the order they appear in the list.
  ForEach<rfc9420::Add>(list, [&](const ListedProposal&, const rfc9420::Add& add) {
    applied.added.push_back(builder.AddLeaf(LeafRecord(add.key_package.leaf_node)));
    applied.key_packages.push_back(&add.key_package);
  });
}

}  // namespace

//= rfc9420#12.3
//# The client MUST apply the proposals in the list in the following order:
Result<AppliedProposals> ApplyProposals(const PublicGroup& group, const ProposalList& list) {
  AppliedProposals applied{.tree = group.tree(), .extensions = group.context().extensions};

  // If there is a GroupContextExtensions proposal, replace the extensions field of the GroupContext
  // for the group with the contents of the proposal.
  ForEach<rfc9420::GroupContextExtensions>(
      list, [&](const ListedProposal&, const rfc9420::GroupContextExtensions& replacement) {
        applied.extensions = replacement.extensions;
        applied.extensions_replaced = true;
      });

  TreeBuilder builder(group.tree());
  ApplyToTree(list, builder, applied);
  if (!applied.updated.empty() || !applied.removed.empty() || !applied.added.empty()) {
    CONCLAVE_ASSIGN_OR_RETURN(applied.tree, std::move(builder).Finish(group.suite()));
  }

  // The PSKs are looked up, and the init_secret derived, when the key schedule advances.
  ForEach<rfc9420::PreSharedKey>(list,
                                 [&](const ListedProposal&, const rfc9420::PreSharedKey& psk) {
                                   applied.psks.push_back(psk.psk);
                                 });
  ForEach<rfc9420::ExternalInit>(
      list, [&](const ListedProposal&, const rfc9420::ExternalInit& external_init) {
        applied.external_init = &external_init;
      });
  ForEach<rfc9420::ReInit>(list, [&](const ListedProposal&, const rfc9420::ReInit& reinit) {
    applied.reinit = &reinit;
  });
  ForEach<CustomProposal>(list, [&](const ListedProposal&, const CustomProposal& custom) {
    applied.custom.push_back(custom.proposal_type);
  });
  return applied;
}

Result<PlacedJoiner> PlaceJoiner(const Suite& suite, const RatchetTree& tree,
                                 const rfc9420::LeafNode& leaf) {
  TreeBuilder builder(tree);
  const LeafIndex place = builder.AddLeaf(LeafRecord(leaf));
  CONCLAVE_ASSIGN_OR_RETURN(RatchetTree placed, std::move(builder).Finish(suite));
  return PlacedJoiner{std::move(placed), place};
}

}  // namespace conclave
