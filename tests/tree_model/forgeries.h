// For tests: what can be done to a ratchet tree by whoever sends it to a joiner (RFC 9420, sections
// 7.9.2, 12.4.3.1 and 16.12): parents altered in each of their fields, blanked, put where there
// were none, and paths that a member makes to hold keys of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "tree_model/reference_tree.h"

namespace conclave::test {

struct Forgery {
  const char* how;
  ReferenceTree::Index node;  // that it is about
  ReferenceTree tree;
  std::optional<std::uint32_t> signer = {};  // whose leaf was changed and has to be signed again
  // Whether it can be a tree that members could have come to by other commits: if a parent is gone
  // to which nothing above is tied, or if the forger's own leaf vouches for all that is new.
  bool may_be_valid = false;
};
using ForgeryVisitor = std::function<void(const Forgery&)>;

// Of one parent that is not blank: each change of its parent hash, its unmerged leaves, its key,
// and its removal.
void ForgeParent(const ReferenceTree& tree, ReferenceTree::Index x, const ForgeryVisitor& visit);
// Of one blank parent: each way of filling it with a new key.
void FillBlank(const ReferenceTree& tree, ReferenceTree::Index x, const ForgeryVisitor& visit);
// Of one member, who is free to sign any leaf: a new key at each parent, above the leaf and
// elsewhere, and parent hashes that tie the leaf to it and it to what is above.
void ForgePaths(const ReferenceTree& tree, std::uint32_t member, const ForgeryVisitor& visit);

// All of them, with each of `insiders` for a forger.
void ForgeAll(const ReferenceTree& tree, const std::vector<std::uint32_t>& insiders,
              const ForgeryVisitor& visit);

}  // namespace conclave::test
