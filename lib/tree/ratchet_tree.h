// The public ratchet tree as a persistent Merkle tree (RFC 9420, sections 4, 7.7 and 7.8).
//
// Every change in MLS rewrites one leaf-to-root path, because the tree hash does. So nodes are
// immutable and shared: a RatchetTree is a pointer to a root, copying it copies the pointer, and a
// changed tree is a new root with O(log N) new nodes. Each node carries its own tree hash, computed
// once. A blank subtree is one node, split when it is entered. Leaves are kept as their wire bytes,
// parents compactly.
//
// A RatchetTree is an immutable value and may be read from several threads. Changes are made in a
// TreeBuilder (tree/tree_builder.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "rfc9420/nodes.h"
#include "tree/leaf_record.h"
#include "tree/node_pointer.h"
#include "tree/parent_record.h"
#include "tree/tree_math.h"

namespace conclave {

// One node of a filtered direct path, and the child of it that lies on the copath (section 4.1.2).
struct PathStep {
  NodeIndex node;
  NodeIndex copath_child;
};

// A leaf that is not blank, and where it is. The record is the tree's.
struct PlacedLeaf {
  LeafIndex index;
  const LeafRecord* record;
};

// TreeNode is private to lib/tree: tree/tree_node.h.
using TreeNodePointer = NodePointer<const TreeNode>;

class RatchetTree {
 public:
  // A tree of one leaf (section 11).
  static Result<RatchetTree> WithOneLeaf(const Suite& suite, const rfc9420::LeafNode& leaf);
  // Used by TreeBuilder and the decoder; `root` carries all its hashes.
  RatchetTree(TreeNodePointer root, std::uint32_t width);

  // The number of leaves, blank ones included: a power of two.
  std::uint32_t width() const { return width_; }
  // The number of leaves that are not blank.
  std::uint32_t member_count() const;

  // The leaf, or null if it is blank or lies outside the tree. Owned by the tree.
  const LeafRecord* leaf(LeafIndex index) const;
  // The parent node, or null if it is blank. Owned by the tree.
  const ParentRecord* parent(NodeIndex index) const;
  bool IsBlank(NodeIndex index) const;
  // The encryption key of a node that is not blank.
  BytesView EncryptionKey(NodeIndex index) const;
  // The tree hash of the subtree under a node (section 7.8); of the whole tree without one. Inside
  // a blank subtree no hashes are held: `index` is not a node there, unless it is all of the
  // subtree.
  BytesView TreeHash(NodeIndex index) const;
  BytesView TreeHash() const { return TreeHash(Root(width_)); }

  // Section 4.1.1. In the order of the RFC.
  std::vector<NodeIndex> Resolution(NodeIndex index) const;
  // How many nodes there are in it without those leaves, which are in increasing order.
  std::size_t ResolutionSize(NodeIndex index, std::span<const LeafIndex> without) const;
  // Section 4.1.2: the direct path without the nodes whose copath child has an empty resolution.
  std::vector<PathStep> FilteredDirectPath(LeafIndex leaf) const;

  // The leftmost blank leaf, or nothing if the tree is full. O(log N).
  std::optional<LeafIndex> LeftmostBlankLeaf() const;
  // The first member at or right of `from`, or nothing. O(log N).
  std::optional<LeafIndex> NextMember(LeafIndex from) const;

  // All members, from left to right.
  std::vector<PlacedLeaf> Leaves() const;

  // The content of the ratchet_tree extension (section 12.4.3.3).
  Bytes SerializeRatchetTree() const;

  const TreeNodePointer& root() const { return root_; }

 private:
  TreeNodePointer root_;
  std::uint32_t width_;
};

}  // namespace conclave
