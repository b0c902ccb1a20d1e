#include "tree/parent_hash.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"
#include "tree/tree_node.h"
#include "wire/writer.h"

namespace conclave {

namespace {

// ParentHashInput, hashed.
Result<Bytes> HashParentHashInput(const Suite& suite, BytesView encryption_key,
                                  BytesView parent_hash, BytesView original_sibling_tree_hash) {
  wire::Writer writer;
  writer.Reserve(12 + encryption_key.size() + parent_hash.size() +
                 original_sibling_tree_hash.size());
  writer.VectorOf(encryption_key);
  writer.VectorOf(parent_hash);
  writer.VectorOf(original_sibling_tree_hash);
  return Hash(suite, BytesView(writer.bytes()));
}

// Tree hashes of subtrees without some of their leaves. Remembers the last of each node: the
// ancestors of a node mostly ask for the same one.
class OriginalTreeHashes {
 public:
  explicit OriginalTreeHashes(const Suite& suite) : suite_(suite) {}

  // The hash of the subtree under `node` with the leaves `without`, which are in it, blanked and
  // taken out of all unmerged_leaves. `without` outlives this object.
  Result<TreeHashValue> Of(const TreeNode& node, NodeIndex at, SortedLeaves without) {
    if (without.empty()) return ValueOf(node.hash);
    if (const auto found = known_.find(at.value); found != known_.end()) {
      if (std::ranges::equal(found->second.without, without)) return found->second.hash;
    }
    CONCLAVE_ASSIGN_OR_RETURN(const TreeHashValue hash, Compute(node, at, without));
    known_.insert_or_assign(at.value, Known{without, hash});
    return hash;
  }

 private:
  static TreeHashValue ValueOf(const NodeHash& hash) {
    TreeHashValue value;
    std::ranges::copy(hash.view(), value.bytes.begin());
    value.size = static_cast<std::uint8_t>(hash.view().size());
    return value;
  }

  struct Known {
    SortedLeaves without;
    TreeHashValue hash;
  };

  Result<TreeHashValue> Compute(const TreeNode& node, NodeIndex at, SortedLeaves without) {
    TreeHashValue hash;
    const ParentTreeNode* parent = AsParent(node);
    if (parent == nullptr) {
      CONCLAVE_RETURN_IF_ERROR(HashBlankSubtree(suite_, at, hash));
      return hash;
    }
    CONCLAVE_ASSIGN_OR_RETURN(const TreeHashValue left,
                              Of(*parent->left, Left(at), Under(Left(at), without)));
    CONCLAVE_ASSIGN_OR_RETURN(const TreeHashValue right,
                              Of(*parent->right, Right(at), Under(Right(at), without)));
    std::vector<LeafIndex> unmerged;
    std::ranges::set_difference(parent->record.unmerged_leaves(), without,
                                std::back_inserter(unmerged));
    CONCLAVE_RETURN_IF_ERROR(
        HashParent(suite_, parent->record, unmerged, left.view(), right.view(), hash));
    return hash;
  }

  const Suite& suite_;
  std::unordered_map<std::uint32_t, Known> known_;
};

// The parent_hash field of a node; nothing for a leaf that has none.
std::optional<Bytes> ParentHashField(const TreeNode& node) {
  if (const ParentTreeNode* parent = AsParent(node)) return ToBytes(parent->record.parent_hash());
  const rfc9420::LeafNode leaf = AsLeaf(node)->record.Parse();
  const auto* commit = leaf.leaf_node_source.GetIf<rfc9420::ParentHash>();
  return commit != nullptr ? std::optional(commit->parent_hash) : std::nullopt;
}

// The node D in the resolution of C, which stands at `at`, such that the resolution without D is
// `unmerged`, the parent's unmerged leaves under C. Null if there is none. Ends at the second node
// that is not an unmerged leaf, so the resolution is looked at no further than it could be valid.
const TreeNode* FindLink(const TreeNode& c, NodeIndex at, SortedLeaves unmerged) {
  const TreeNode* link = nullptr;
  std::size_t matched = 0;
  const bool fits = VisitResolution(c, at, [&](NodeIndex index, const TreeNode* node) {
    if (IsLeaf(index) && std::ranges::binary_search(unmerged, ToLeaf(index))) {
      ++matched;
      return true;
    }
    // An unmerged leaf of a node in the resolution comes after that node.
    if (link != nullptr) return false;
    link = node;
    return true;
  });
  return fits && matched == unmerged.size() ? link : nullptr;
}

class ParentHashChecker {
 public:
  explicit ParentHashChecker(const Suite& suite) : suite_(suite), originals_(suite) {}

  Result<void> CheckUnder(const TreeNode& node, NodeIndex at) {
    const ParentTreeNode* parent = AsParent(node);
    if (parent == nullptr) return {};
    if (!parent->record.is_blank()) {
      //= rfc9420#7.9.2
      //# When joining a group, the new member MUST authenticate that each non-blank parent node P
      //# is parent-hash valid.
      // No two nodes can be the link: each of the two hashes would have to cover the other node.
      CONCLAVE_ASSIGN_OR_RETURN(
          bool valid, IsLinked(*parent, *parent->left, Left(at), *parent->right, Right(at)));
      if (!valid) {
        CONCLAVE_ASSIGN_OR_RETURN(
            valid, IsLinked(*parent, *parent->right, Right(at), *parent->left, Left(at)));
      }
      CONCLAVE_RETURN_IF_ERROR(Rule("7.9.2:parent-hash-valid", ErrorKind::kInvalidCommit, valid));
    }
    CONCLAVE_RETURN_IF_ERROR(CheckUnder(*parent->left, Left(at)));
    return CheckUnder(*parent->right, Right(at));
  }

 private:
  // Whether a node D under the child C has a parent hash that is valid with respect to P, whose
  // other child is S.
  Result<bool> IsLinked(const ParentTreeNode& p, const TreeNode& c, NodeIndex c_at,
                        const TreeNode& s, NodeIndex s_at) {
    const SortedLeaves unmerged = p.record.unmerged_leaves();
    const TreeNode* d = FindLink(c, c_at, Under(c_at, unmerged));
    if (d == nullptr) return false;
    const std::optional<Bytes> field = ParentHashField(*d);
    if (!field.has_value()) return false;
    CONCLAVE_ASSIGN_OR_RETURN(const TreeHashValue original,
                              originals_.Of(s, s_at, Under(s_at, unmerged)));
    CONCLAVE_ASSIGN_OR_RETURN(const Bytes hash,
                              HashParentHashInput(suite_, p.record.encryption_key(),
                                                  p.record.parent_hash(), original.view()));
    return hash == *field;
  }

  const Suite& suite_;
  OriginalTreeHashes originals_;
};

}  // namespace

Result<Bytes> ParentHashOf(const Suite& suite, BytesView encryption_key, BytesView parent_hash,
                           const RatchetTree& tree, NodeIndex sibling) {
  return HashParentHashInput(suite, encryption_key, parent_hash, tree.TreeHash(sibling));
}

Result<void> CheckParentHashes(const Suite& suite, const RatchetTree& tree) {
  // "If P is the root, then the parent_hash field is set to a zero-length octet string."
  const ParentRecord* root = tree.width() > 1 ? tree.parent(Root(tree.width())) : nullptr;
  CONCLAVE_RETURN_IF_ERROR(Rule("7.9:root-parent-hash-empty", ErrorKind::kInvalidCommit,
                                root == nullptr || root->parent_hash().empty()));
  return ParentHashChecker(suite).CheckUnder(*tree.root(), Root(tree.width()));
}

}  // namespace conclave
