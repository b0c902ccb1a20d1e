// Applying a proposal list to a group (RFC 9420, section 12.3).
#pragma once

#include <optional>
#include <vector>

#include "group/proposal_list.h"
#include "group/public_group.h"
#include "tree/ratchet_tree.h"

namespace conclave {

// What a list makes of a group, before a path is merged in. Pointers are into the proposals.
struct AppliedProposals {
  RatchetTree tree;
  std::vector<Extension> extensions;  // of the new GroupContext
  bool extensions_replaced = false;
  std::vector<LeafIndex> added = {};                          // in the order of the Adds
  std::vector<const rfc9420::KeyPackage*> key_packages = {};  // of those added
  std::vector<LeafIndex> updated = {};
  std::vector<LeafIndex> removed = {};
  std::vector<rfc9420::PreSharedKeyID> psks = {};
  std::vector<ProposalType> custom = {};
  const rfc9420::ExternalInit* external_init = nullptr;
  const rfc9420::ReInit* reinit = nullptr;
};

// The list has passed CheckProposalList.
Result<AppliedProposals> ApplyProposals(const PublicGroup& group, const ProposalList& list);

// Section 12.4.2: assigns the committer of an external commit the leftmost blank leaf.
struct PlacedJoiner {
  RatchetTree tree;
  LeafIndex leaf;
};
Result<PlacedJoiner> PlaceJoiner(const Suite& suite, const RatchetTree& tree,
                                 const rfc9420::LeafNode& leaf);

}  // namespace conclave
