#include "tree/tree_delta.h"

#include <algorithm>
#include <iterator>

#include "tree/tree_node.h"

namespace conclave {

namespace {

// Appends the nodes at and under `node` that are not blank.
void CollectNodes(const TreeNode& node, NodeIndex at, std::vector<NodeIndex>& nodes) {
  VisitNodes(node, at, [&nodes](NodeIndex index, const TreeNode&) { nodes.push_back(index); });
}

// Whether two parents at one place count as the same.
using Same = bool (*)(const ParentRecord& a, const ParentRecord& b);

bool SameKey(const ParentRecord& a, const ParentRecord& b) {
  if (a.is_blank() || b.is_blank()) return a.is_blank() == b.is_blank();
  return std::ranges::equal(a.encryption_key(), b.encryption_key());
}

bool SameContent(const ParentRecord& a, const ParentRecord& b) {
  return SameKey(a, b) &&
         (a.is_blank() || (std::ranges::equal(a.parent_hash(), b.parent_hash()) &&
                           std::ranges::equal(a.unmerged_leaves(), b.unmerged_leaves())));
}

// Compares two subtrees of one height at one place.
void Compare(const TreeNode& before, const TreeNode& after, NodeIndex at, Same same,
             TreeDelta& delta) {
  // The hash covers the place and all that is under it.
  if (&before == &after || std::ranges::equal(before.hash.view(), after.hash.view())) return;
  const ParentTreeNode* old_parent = AsParent(before);
  const ParentTreeNode* new_parent = AsParent(after);
  if (old_parent == nullptr || new_parent == nullptr) {
    CollectNodes(before, at, delta.removed);
    CollectNodes(after, at, delta.inserted);
    return;
  }
  Compare(*old_parent->left, *new_parent->left, Left(at), same, delta);
  if (!same(old_parent->record, new_parent->record)) {
    if (!old_parent->record.is_blank()) delta.removed.push_back(at);
    if (!new_parent->record.is_blank()) delta.inserted.push_back(at);
  }
  Compare(*old_parent->right, *new_parent->right, Right(at), same, delta);
}

// The subtree of `tree` that is as wide as a narrower tree. What lies right of it, and the nodes
// above it, go to `rest`.
const TreeNode* NarrowTo(const RatchetTree& tree, std::uint32_t width,
                         std::vector<NodeIndex>& rest) {
  const TreeNode* node = tree.root().get();
  for (NodeIndex at = Root(tree.width()); at != Root(width); at = Left(at)) {
    const ParentTreeNode* parent = AsParent(*node);
    if (parent == nullptr) return nullptr;
    if (!parent->record.is_blank()) rest.push_back(at);
    CollectNodes(*parent->right, Right(at), rest);
    node = parent->left.get();
  }
  return node;
}

TreeDelta Difference(const RatchetTree& before, const RatchetTree& after, Same same) {
  TreeDelta delta;
  const std::uint32_t width = std::min(before.width(), after.width());
  const TreeNode* old_node = NarrowTo(before, width, delta.removed);
  const TreeNode* new_node = NarrowTo(after, width, delta.inserted);
  if (old_node != nullptr && new_node != nullptr) {
    Compare(*old_node, *new_node, Root(width), same, delta);
  } else if (old_node != nullptr) {
    CollectNodes(*old_node, Root(width), delta.removed);
  } else if (new_node != nullptr) {
    CollectNodes(*new_node, Root(width), delta.inserted);
  }
  std::ranges::sort(delta.removed);
  std::ranges::sort(delta.inserted);
  return delta;
}

}  // namespace

TreeDelta DifferenceOf(const RatchetTree& before, const RatchetTree& after) {
  return Difference(before, after, SameKey);
}

TreeDelta ContentDifferenceOf(const RatchetTree& before, const RatchetTree& after) {
  return Difference(before, after, SameContent);
}

std::vector<NodeIndex> NodesOf(const TreeDelta& delta) {
  std::vector<NodeIndex> nodes;
  std::ranges::set_union(delta.removed, delta.inserted, std::back_inserter(nodes));
  return nodes;
}

std::vector<NodeIndex> NodesOf(const RatchetTree& tree) {
  std::vector<NodeIndex> nodes;
  CollectNodes(*tree.root(), Root(tree.width()), nodes);
  return nodes;
}

}  // namespace conclave
