// The nodes of a RatchetTree (RFC 9420, section 4.1). Private to lib/tree.
//
// A node that has its hash is immutable and may be shared by any number of trees. A node that has
// none belongs to the one builder or decoder that made it, and is edited in place until it is
// hashed. The only way from the one to the other is HashNodes.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <utility>

#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "tree/compact_bytes.h"
#include "tree/leaf_record.h"
#include "tree/node_pointer.h"
#include "tree/parent_record.h"
#include "tree/tree_hash.h"
#include "tree/tree_math.h"

namespace conclave {

// The hash of a node, once it has one: of the 32 bytes that most suites have in place, longer ones
// beside it.
class NodeHash {
 public:
  void Set(const TreeHashValue& hash);
  BytesView view() const {
    return long_.empty() ? BytesView(short_).first(short_size_) : long_.view();
  }
  bool is_set() const { return short_size_ != 0 || !long_.empty(); }

 private:
  CompactBytes long_;
  std::array<std::uint8_t, 32> short_{};
  std::uint8_t short_size_ = 0;
};

// A node is destroyed as what it is, by its kind: see Release().
struct TreeNode {
  // `blank` is a whole blank subtree of whatever height its place gives it.
  enum class Kind : std::uint8_t { blank, leaf, parent };

  TreeNode() = default;
  TreeNode(const TreeNode&) = delete;
  TreeNode& operator=(const TreeNode&) = delete;

  mutable std::atomic<std::uint32_t> references = 1;
  std::uint32_t member_count = 0;  // leaves under it, itself included, that are not blank
  NodeHash hash;
  Kind kind = Kind::blank;
  bool is_empty = true;  // whether every node under it, itself included, is blank

  bool is_hashed() const { return hash.is_set(); }
};

using TreeNodeSlot = NodePointer<TreeNode>;

struct LeafTreeNode : TreeNode {
  explicit LeafTreeNode(LeafRecord leaf) : record(std::move(leaf)) {
    kind = Kind::leaf;
    member_count = 1;
    is_empty = false;
  }

  LeafRecord record;
};

struct ParentTreeNode : TreeNode {
  ParentTreeNode(ParentRecord parent, TreeNodeSlot left_child, TreeNodeSlot right_child)
      : record(std::move(parent)), left(std::move(left_child)), right(std::move(right_child)) {
    kind = Kind::parent;
    CountAgain();
  }

  // To be called after each change of the record or a child.
  void CountAgain() {
    member_count = left->member_count + right->member_count;
    is_empty = record.is_blank() && left->is_empty && right->is_empty;
  }

  ParentRecord record;
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

inline TreeNodeSlot MakeBlank() { return TreeNodeSlot(new TreeNode()); }
inline TreeNodeSlot MakeLeaf(LeafRecord leaf) {
  return TreeNodeSlot(new LeafTreeNode(std::move(leaf)));
}
// A parent, or one blank node if all of it is blank.
TreeNodeSlot MakeParent(ParentRecord record, TreeNodeSlot left, TreeNodeSlot right);

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

// Calls `visit(index, node)` for each node at and under `node` that is not blank, from left to
// right.
template <class Visit>
void VisitNodes(const TreeNode& node, NodeIndex at, const Visit& visit) {
  if (node.is_empty) return;
  const ParentTreeNode* parent = AsParent(node);
  if (parent == nullptr) return visit(at, node);
  VisitNodes(*parent->left, Left(at), visit);
  if (!parent->record.is_blank()) visit(at, node);
  VisitNodes(*parent->right, Right(at), visit);
}

// Calls `visit(index, node)` for each node of the resolution (section 4.1.1), in order, until it
// returns false. `node` is null for an unmerged leaf. Whether all calls returned true.
template <class Visit>
bool VisitResolution(const TreeNode& node, NodeIndex at, const Visit& visit) {
  if (node.is_empty) return true;
  const ParentTreeNode* parent = AsParent(node);
  if (parent == nullptr) return visit(at, &node);
  if (parent->record.is_blank()) {
    return VisitResolution(*parent->left, Left(at), visit) &&
           VisitResolution(*parent->right, Right(at), visit);
  }
  if (!visit(at, &node)) return false;
  for (const LeafIndex leaf : parent->record.unmerged_leaves()) {
    if (!visit(ToNode(leaf), nullptr)) return false;
  }
  return true;
}

}  // namespace conclave
