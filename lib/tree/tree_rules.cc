// RFC 9420, section 12.4.3.1: "Verify the integrity of the ratchet tree."
#include "tree/tree_rules.h"

#include <algorithm>
#include <compare>
#include <functional>
#include <span>
#include <vector>

#include "base/result_macros.h"
#include "base/rule.h"
#include "tree/parent_hash.h"
#include "tree/tree_node.h"

namespace conclave {

namespace {

// Whether no leaf of `leaves` is blank.
bool NoneBlank(const TreeNode& node, NodeIndex at, SortedLeaves leaves) {
  if (leaves.empty() || node.kind == TreeNode::Kind::leaf) return true;
  const ParentTreeNode* parent = AsParent(node);
  return parent != nullptr && NoneBlank(*parent->left, Left(at), Under(Left(at), leaves)) &&
         NoneBlank(*parent->right, Right(at), Under(Right(at), leaves));
}

// Whether each of `leaves`, which are under `node`, is listed by the first parent on the way down
// to it that is not blank. That one answers for those below it.
bool AllListed(const TreeNode& node, NodeIndex at, SortedLeaves leaves) {
  const ParentTreeNode* parent = AsParent(node);
  if (leaves.empty() || parent == nullptr) return true;
  if (!parent->record.is_blank()) {
    return std::ranges::includes(parent->record.unmerged_leaves(), leaves);
  }
  return AllListed(*parent->left, Left(at), Under(Left(at), leaves)) &&
         AllListed(*parent->right, Right(at), Under(Right(at), leaves));
}

// "For each non-empty parent node and each entry in the node's unmerged_leaves field": of `parent`.
Result<void> CheckUnmergedLeaves(const ParentTreeNode& parent, NodeIndex at) {
  const std::span<const LeafIndex> unmerged = parent.record.unmerged_leaves();
  //= rfc9420#7.1
  //# The entries in the `unmerged_leaves` vector MUST be sorted in increasing order.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.1:unmerged-leaves-sorted", ErrorKind::kInvalidCommit,
           std::ranges::adjacent_find(unmerged, std::greater_equal()) == unmerged.end()));

  // Verify that the entry represents a non-blank leaf node that is a descendant of the parent node.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:unmerged-leaf-is-descendant", ErrorKind::kInvalidCommit,
           std::ranges::all_of(unmerged, [at](LeafIndex leaf) { return IsInSubtree(leaf, at); })));
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:unmerged-leaf-not-blank", ErrorKind::kInvalidCommit,
                                NoneBlank(parent, at, unmerged)));

  // Verify that every non-blank intermediate node between the leaf node and the parent node also
  // has an entry for the leaf node in its unmerged_leaves.
  return Rule("12.4.3.1:unmerged-leaf-listed-between", ErrorKind::kInvalidCommit,
              AllListed(*parent.left, Left(at), Under(Left(at), unmerged)) &&
                  AllListed(*parent.right, Right(at), Under(Right(at), unmerged)));
}

Result<void> CheckAllUnmergedLeaves(const TreeNode& node, NodeIndex at) {
  const ParentTreeNode* parent = AsParent(node);
  if (parent == nullptr) return {};
  if (!parent->record.is_blank()) CONCLAVE_RETURN_IF_ERROR(CheckUnmergedLeaves(*parent, at));
  CONCLAVE_RETURN_IF_ERROR(CheckAllUnmergedLeaves(*parent->left, Left(at)));
  return CheckAllUnmergedLeaves(*parent->right, Right(at));
}

struct NodeKey {
  BytesView key;
  bool of_parent;
  std::uint64_t start;  // of the key, as a number: what nearly all comparisons need

  NodeKey(BytesView bytes, bool is_of_parent) : key(bytes), of_parent(is_of_parent), start(0) {
    for (const std::uint8_t byte : bytes.first(std::min(bytes.size(), sizeof(start)))) {
      start = start << 8 | byte;
    }
  }
};

bool ParentKeysAreUnique(const TreeNode& root, NodeIndex at) {
  std::vector<NodeKey> keys;
  VisitNodes(root, at, [&keys](NodeIndex, const TreeNode& node) {
    const LeafTreeNode* leaf = AsLeaf(node);
    keys.emplace_back(
        leaf != nullptr ? leaf->record.encryption_key() : AsParent(node)->record.encryption_key(),
        leaf == nullptr);
  });
  // By key; of equal keys, a parent's comes first, so that it is compared with the one behind it.
  const auto compare = [](const NodeKey& a, const NodeKey& b) {
    if (a.start != b.start) return a.start < b.start;
    const auto order = std::lexicographical_compare_three_way(a.key.begin(), a.key.end(),
                                                              b.key.begin(), b.key.end());
    return order < 0 || (order == 0 && a.of_parent && !b.of_parent);
  };
  std::ranges::sort(keys, compare);
  return std::ranges::adjacent_find(keys, [](const NodeKey& a, const NodeKey& b) {
           return a.of_parent && std::ranges::equal(a.key, b.key);
         }) == keys.end();
}

}  // namespace

Result<void> CheckTreeStructure(const Suite& suite, const RatchetTree& tree) {
  const TreeNode& root = *tree.root();
  CONCLAVE_RETURN_IF_ERROR(CheckAllUnmergedLeaves(root, Root(tree.width())));
  // Verify that the encryption key in the parent node does not appear in any other node of the
  // tree.
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:parent-key-unique", ErrorKind::kInvalidCommit,
                                ParentKeysAreUnique(root, Root(tree.width()))));
  return CheckParentHashes(suite, tree);
}

}  // namespace conclave
