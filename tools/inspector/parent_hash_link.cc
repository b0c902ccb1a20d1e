#include "parent_hash_link.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/kdf.h"
#include "rfc9420/tree_hash_input.h"
#include "tree/tree_hash.h"
#include "tree/tree_node.h"
#include "trouble.h"
#include "wire/parse.h"

namespace conclave::inspector {

namespace {

void OrTrouble(const Result<void>& done) {
  if (!done.ok()) throw Trouble(Exit::unavailable, done.error().detail);
}

// The tree hash of the subtree under `at` as it was before the leaves `without` were added.
Bytes OriginalHash(const Suite& suite, const RatchetTree& tree, NodeIndex at,
                   SortedLeaves without) {
  const TreeNode* const node = FindNode(*tree.root(), Root(tree.width()), at);
  if (without.empty() && node != nullptr) return ToBytes(node->hash.view());
  const ParentTreeNode* const parent = node != nullptr ? AsParent(*node) : nullptr;
  TreeHashValue hash;
  if (parent == nullptr) {
    OrTrouble(HashBlankSubtree(suite, at, hash));
    return ToBytes(hash.view());
  }
  const Bytes left = OriginalHash(suite, tree, Left(at), Under(Left(at), without));
  const Bytes right = OriginalHash(suite, tree, Right(at), Under(Right(at), without));
  std::vector<LeafIndex> unmerged(parent->record.unmerged_leaves().begin(),
                                  parent->record.unmerged_leaves().end());
  std::erase_if(unmerged,
                [&](LeafIndex leaf) { return std::ranges::binary_search(without, leaf); });
  OrTrouble(HashParent(suite, parent->record, unmerged, left, right, hash));
  return ToBytes(hash.view());
}

std::optional<Bytes> ParentHashField(const RatchetTree& tree, NodeIndex node) {
  if (!IsLeaf(node)) return ToBytes(tree.parent(node)->parent_hash());
  const rfc9420::LeafNode leaf = tree.leaf(ToLeaf(node))->Parse();
  const auto* commit = leaf.leaf_node_source.GetIf<rfc9420::ParentHash>();
  return commit != nullptr ? std::optional(commit->parent_hash) : std::nullopt;
}

}  // namespace

std::optional<NodeIndex> LinkedFrom(const Suite& suite, const RatchetTree& tree, NodeIndex parent) {
  const ParentRecord& record = *tree.parent(parent);
  std::vector<LeafIndex> unmerged(record.unmerged_leaves().begin(), record.unmerged_leaves().end());
  std::ranges::sort(unmerged);
  const NodeIndex left = Left(parent);
  const NodeIndex right = Right(parent);
  for (const auto& [child, sibling] : {std::pair(left, right), std::pair(right, left)}) {
    std::vector<NodeIndex> candidates = tree.Resolution(child);
    std::erase_if(candidates, [&unmerged](NodeIndex node) {
      return IsLeaf(node) && std::ranges::binary_search(unmerged, ToLeaf(node));
    });
    // An unmerged leaf that is blank is no node of the tree.
    if (candidates.size() != 1 || tree.IsBlank(candidates.front())) continue;
    const std::optional<Bytes> field = ParentHashField(tree, candidates.front());
    if (!field.has_value()) continue;
    const rfc9420::ParentHashInput input{
        ToBytes(record.encryption_key()), ToBytes(record.parent_hash()),
        OriginalHash(suite, tree, sibling, Under(sibling, unmerged))};
    const Result<Bytes> hash = Hash(suite, wire::Serialize(input));
    if (hash.ok() && *hash == *field) return candidates.front();
  }
  return std::nullopt;
}

}  // namespace conclave::inspector
