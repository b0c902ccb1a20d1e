// The nodes of a RatchetTree (RFC 9420, section 4.1). Private to lib/tree.
//
// A node that has its hash is immutable and may be shared by any number of trees. A node that has
// none belongs to the one builder or decoder that made it, and is edited in place until it is
// hashed. The only way from the one to the other is HashNodes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "rfc9420/nodes.h"
#include "tree/leaf_record.h"
#include "tree/tree_hash.h"
#include "tree/tree_math.h"

namespace conclave {

struct TreeNode {
  // `blank` is a whole blank subtree of whatever height its place gives it.
  enum class Kind : std::uint8_t { blank, leaf, parent };

  std::uint32_t member_count = 0;  // leaves under it, itself included, that are not blank
  Kind kind = Kind::blank;
  bool is_empty = true;  // whether every node under it, itself included, is blank
  TreeHashValue hash;

  bool is_hashed() const { return hash.size != 0; }
};

using TreeNodeSlot = std::shared_ptr<TreeNode>;

struct LeafTreeNode : TreeNode {
  explicit LeafTreeNode(LeafRecord leaf) : record(std::move(leaf)) {
    kind = Kind::leaf;
    member_count = 1;
    is_empty = false;
  }

  LeafRecord record;
};

struct ParentTreeNode : TreeNode {
  ParentTreeNode(std::unique_ptr<rfc9420::ParentNode> parent, TreeNodeSlot left_child,
                 TreeNodeSlot right_child)
      : content(std::move(parent)), left(std::move(left_child)), right(std::move(right_child)) {
    kind = Kind::parent;
    CountAgain();
  }

  // To be called after each change of the content or a child.
  void CountAgain() {
    member_count = left->member_count + right->member_count;
    is_empty = content == nullptr && left->is_empty && right->is_empty;
  }

  std::unique_ptr<rfc9420::ParentNode> content;  // null if the node is blank
  TreeNodeSlot left;
  TreeNodeSlot right;
};

// The node as what it is, or null if it is something else.
inline const LeafTreeNode* AsLeaf(const TreeNode& node) {
  return node.kind == TreeNode::Kind::leaf ? static_cast<const LeafTreeNode*>(&node) : nullptr;
}
inline const ParentTreeNode* AsParent(const TreeNode& node) {
  return node.kind == TreeNode::Kind::parent ? static_cast<const ParentTreeNode*>(&node) : nullptr;
}
inline ParentTreeNode* AsParent(TreeNode& node) {
  return node.kind == TreeNode::Kind::parent ? static_cast<ParentTreeNode*>(&node) : nullptr;
}

inline TreeNodeSlot MakeBlank() { return std::make_shared<TreeNode>(); }
inline TreeNodeSlot MakeLeaf(LeafRecord leaf) {
  return std::make_shared<LeafTreeNode>(std::move(leaf));
}
// A parent, or one blank node if all of it is blank.
TreeNodeSlot MakeParent(std::unique_ptr<rfc9420::ParentNode> content, TreeNodeSlot left,
                        TreeNodeSlot right);

// The node at `index` under `top`, which stands at `at`; null if it lies outside, or within a blank
// subtree without being all of it.
const TreeNode* FindNode(const TreeNode& top, NodeIndex at, NodeIndex index);

// Of a subtree that is not full: its first blank leaf.
LeafIndex LeftmostBlankUnder(const TreeNode& top, NodeIndex at);

// Hashes the nodes at and under `node`, which stands at `at`, that are not hashed yet; on the
// suite's executor, if there are many. A failure is the provider's.
Result<void> HashNodes(const Suite& suite, TreeNode& node, NodeIndex at);

// Leaves in increasing order; those of them that are under `top`.
using SortedLeaves = std::span<const LeafIndex>;
inline SortedLeaves Under(NodeIndex top, SortedLeaves leaves) {
  const LeafIndex first = FirstLeaf(top);
  const auto begin = std::ranges::lower_bound(leaves, first);
  const auto end =
      std::ranges::lower_bound(begin, leaves.end(), LeafIndex{first.value + LeafSpan(top)});
  return {begin, end};
}

// Calls `visit(index, node)` for each node of the resolution (section 4.1.1), in order, until it
// returns false. `node` is null for an unmerged leaf. Whether all calls returned true.
template <class Visit>
bool VisitResolution(const TreeNode& node, NodeIndex at, const Visit& visit) {
  if (node.is_empty) return true;
  const ParentTreeNode* parent = AsParent(node);
  if (parent == nullptr) return visit(at, &node);
  if (parent->content == nullptr) {
    return VisitResolution(*parent->left, Left(at), visit) &&
           VisitResolution(*parent->right, Right(at), visit);
  }
  if (!visit(at, &node)) return false;
  for (const LeafIndex leaf : parent->content->unmerged_leaves) {
    if (!visit(ToNode(leaf), nullptr)) return false;
  }
  return true;
}

}  // namespace conclave
