// TreeBuilder: a list of changes to a ratchet tree (RFC 9420, sections 7.5, 7.7, 12.1.1 to 12.1.3).
//
// A builder owns the nodes it makes and edits them in place, so a list of changes copies each node
// and hashes it once, in Finish(). The tree it started from is untouched.
#pragma once

#include <optional>
#include <vector>

#include "tree/ratchet_tree.h"

namespace conclave {

class TreeBuilder {
 public:
  explicit TreeBuilder(const RatchetTree& tree);
  TreeBuilder(TreeBuilder&&) noexcept;
  TreeBuilder& operator=(TreeBuilder&&) noexcept;
  ~TreeBuilder();

  std::uint32_t width() const { return width_; }
  const LeafRecord* leaf(LeafIndex index) const;

  // Section 12.1.1: puts the leaf into the leftmost blank place, extending the tree if there is
  // none, and notes it as unmerged along its direct path. Where it went.
  LeafIndex AddLeaf(LeafRecord leaf);
  // Section 12.1.2: replaces a leaf and blanks its direct path.
  void UpdateLeaf(LeafIndex index, LeafRecord leaf);
  // Section 12.1.3: blanks a leaf and its direct path. Truncate() once the whole list is applied.
  void RemoveLeaf(LeafIndex index);
  // Section 7.7: drops the right half while it is blank.
  void Truncate();

  // Section 7.5: puts the leaf and the parents of a new path in place: the given nodes of the
  // direct path are replaced and have no unmerged leaves, the others are blanked.
  struct NewParent {
    NodeIndex index;
    Bytes encryption_key;
    Bytes parent_hash;
  };
  void SetPath(LeafIndex index, LeafRecord leaf, std::vector<NewParent> parents);

  // The tree, each new node hashed once. The builder is spent. kCrypto if the provider fails.
  Result<RatchetTree> Finish(const Suite& suite) &&;

 private:
  NodePointer<TreeNode> root_;  // may still be shared with the tree it came from
  std::uint32_t width_;
};

}  // namespace conclave
