// For tests: a ratchet tree as a plain array of nodes, written from the text of RFC 9420 alone
// (sections 4.1, 7.5, 7.7 to 7.9 and 12.1, and appendix C). It caches nothing, shares nothing and
// uses nothing of lib/tree; it is slow and meant to be read beside the RFC.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/kdf.h"
#include "rfc9420/nodes.h"
#include "rfc9420/tree_hash_input.h"
#include "wire/parse.h"

namespace conclave::test {

class ReferenceTree {
 public:
  using Index = std::uint32_t;
  using OptionalNode = std::optional<rfc9420::Node>;

  ReferenceTree(const Suite& suite, const rfc9420::LeafNode& leaf)
      : suite_(suite), nodes_{rfc9420::Node::Of(leaf)} {}

  // ---- Appendix C.

  static Index Level(Index x) {
    Index k = 0;
    while ((x >> k) & 1) ++k;
    return k;
  }
  Index Root() const { return static_cast<Index>(nodes_.size() / 2); }
  static Index Left(Index x) { return x ^ (1u << (Level(x) - 1)); }
  static Index Right(Index x) { return x ^ (3u << (Level(x) - 1)); }
  static Index Parent(Index x) {
    const Index k = Level(x);
    return (x | (1u << k)) ^ (((x >> (k + 1)) & 1) << (k + 1));
  }
  static Index Sibling(Index x) { return x < Parent(x) ? Right(Parent(x)) : Left(Parent(x)); }
  std::vector<Index> DirectPath(Index x) const {
    std::vector<Index> path;
    while (x != Root()) path.push_back(x = Parent(x));
    return path;
  }
  // The nodes at and under x.
  static std::vector<Index> Subtree(Index x) {
    const Index half = (1u << Level(x)) - 1;
    std::vector<Index> nodes;
    for (Index i = x - half; i <= x + half; ++i) nodes.push_back(i);
    return nodes;
  }

  // ---- What is where.

  std::size_t size() const { return nodes_.size(); }
  Index width() const { return static_cast<Index>((nodes_.size() + 1) / 2); }
  OptionalNode& at(Index x) { return nodes_[x]; }
  const OptionalNode& at(Index x) const { return nodes_[x]; }
  bool IsBlank(Index x) const { return !nodes_[x].has_value(); }
  rfc9420::ParentNode* parent(Index x) {
    return IsBlank(x) ? nullptr : nodes_[x]->GetIf<rfc9420::ParentNode>();
  }
  const rfc9420::ParentNode* parent(Index x) const {
    return const_cast<ReferenceTree*>(this)->parent(x);
  }
  const rfc9420::LeafNode* leaf(Index leaf_index) const {
    return IsBlank(2 * leaf_index) ? nullptr : nodes_[2 * leaf_index]->GetIf<rfc9420::LeafNode>();
  }
  std::vector<Index> Members() const {
    std::vector<Index> members;
    for (Index i = 0; i < width(); ++i) {
      if (leaf(i) != nullptr) members.push_back(i);
    }
    return members;
  }

  // Section 12.4.3.3.
  Bytes Serialize() const {
    std::vector<OptionalNode> nodes = nodes_;
    while (!nodes.empty() && !nodes.back().has_value()) nodes.pop_back();
    return wire::Serialize(nodes);
  }

  // ---- Section 4.1.

  std::vector<Index> Resolution(Index x) const {
    std::vector<Index> resolution;
    if (!IsBlank(x)) {
      resolution.push_back(x);
      if (const auto* node = parent(x)) {
        for (const LeafIndex unmerged : node->unmerged_leaves) {
          resolution.push_back(2 * unmerged.value);
        }
      }
    } else if (Level(x) > 0) {
      resolution = Resolution(Left(x));
      const std::vector<Index> right = Resolution(Right(x));
      resolution.insert(resolution.end(), right.begin(), right.end());
    }
    return resolution;
  }

  // Each node, and its child on the copath.
  std::vector<std::pair<Index, Index>> FilteredDirectPath(Index leaf_index) const {
    std::vector<std::pair<Index, Index>> path;
    Index below = 2 * leaf_index;
    for (const Index x : DirectPath(below)) {
      const Index copath_child = Left(x) == below ? Right(x) : Left(x);
      if (!Resolution(copath_child).empty()) path.emplace_back(x, copath_child);
      below = x;
    }
    return path;
  }

  // ---- Section 7.8.

  Bytes TreeHash(Index x) const {
    using rfc9420::TreeHashInput;
    if (Level(x) == 0) {
      rfc9420::LeafNodeHashInput input{.leaf_index = {x / 2}, .leaf_node = {}};
      if (leaf(x / 2) != nullptr) input.leaf_node = *leaf(x / 2);
      return HashOf(TreeHashInput::Of(std::move(input)));
    }
    rfc9420::ParentNodeHashInput input{
        .parent_node = {}, .left_hash = TreeHash(Left(x)), .right_hash = TreeHash(Right(x))};
    if (parent(x) != nullptr) input.parent_node = *parent(x);
    return HashOf(TreeHashInput::Of(std::move(input)));
  }
  Bytes TreeHash() const { return TreeHash(Root()); }

  // ---- Sections 7.7 and 12.1.

  Index Add(const rfc9420::LeafNode& new_leaf) {
    Index index = 0;
    while (index < width() && leaf(index) != nullptr) ++index;
    // "If no empty leaf exists, the tree is extended to the right."
    if (index == width()) nodes_.resize(2 * nodes_.size() + 1);
    // "For each non-blank intermediate node along the path from the leaf L to the root, add L's
    // leaf index to the unmerged_leaves list for the node."
    for (const Index x : DirectPath(2 * index)) {
      if (IsBlank(x)) continue;
      auto& unmerged = parent(x)->unmerged_leaves;
      unmerged.push_back({index});
      std::ranges::sort(unmerged);
    }
    nodes_[2 * index] = rfc9420::Node::Of(new_leaf);
    return index;
  }
  void Update(Index leaf_index, const rfc9420::LeafNode& new_leaf) {
    nodes_[2 * leaf_index] = rfc9420::Node::Of(new_leaf);
    BlankDirectPath(leaf_index);
  }
  void Remove(Index leaf_index) {
    nodes_[2 * leaf_index].reset();
    BlankDirectPath(leaf_index);
  }
  // "Truncate the tree by removing the right subtree until there is at least one non-blank leaf
  // node in the right subtree."
  void Truncate() {
    while (width() > 1) {
      for (Index i = width() / 2; i < width(); ++i) {
        if (leaf(i) != nullptr) return;
      }
      nodes_.resize(nodes_.size() / 2);
    }
  }

  // ---- Sections 7.5 and 7.9.

  Bytes ParentHash(const rfc9420::ParentNode& p, const Bytes& original_sibling_tree_hash) const {
    return HashOf(
        rfc9420::ParentHashInput{p.encryption_key, p.parent_hash, original_sibling_tree_hash});
  }

  // Puts a path with these keys in place, as a committer does; the leaf's parent hash.
  Bytes SetPath(Index leaf_index, const std::vector<Bytes>& keys) {
    BlankDirectPath(leaf_index);
    const auto path = FilteredDirectPath(leaf_index);
    Bytes parent_hash;
    for (std::size_t i = path.size(); i-- > 0;) {
      const auto& [x, copath_child] = path[i];
      const rfc9420::ParentNode p{keys.at(i), parent_hash, {}};
      nodes_[x] = rfc9420::Node::Of(p);
      parent_hash = ParentHash(p, TreeHash(copath_child));
    }
    return parent_hash;
  }
  void SetLeaf(Index leaf_index, const rfc9420::LeafNode& new_leaf) {
    nodes_[2 * leaf_index] = rfc9420::Node::Of(new_leaf);
  }

  // ---- Sections 7.9.2 and 12.4.3.1: what a joiner must verify of the parents.

  bool IsValid() const {
    for (Index x = 0; x < size(); ++x) {
      if (parent(x) != nullptr &&
          !(UnmergedLeavesAreValid(x) && IsParentHashValid(x) && KeyIsUnique(x))) {
        return false;
      }
    }
    // "If P is the root, then the parent_hash field is set to a zero-length octet string."
    return parent(Root()) == nullptr || parent(Root())->parent_hash.empty();
  }

 private:
  template <class T>
  Bytes HashOf(const T& input) const {
    return Hash(suite_, BytesView(wire::Serialize(input))).value();
  }

  void BlankDirectPath(Index leaf_index) {
    for (const Index x : DirectPath(2 * leaf_index)) nodes_[x].reset();
  }

  bool IsUnder(Index x, Index top) const { return std::ranges::binary_search(Subtree(top), x); }

  bool UnmergedLeavesAreValid(Index x) const {
    const auto& unmerged = parent(x)->unmerged_leaves;
    for (std::size_t i = 1; i < unmerged.size(); ++i) {
      if (unmerged[i - 1] >= unmerged[i]) return false;
    }
    for (const LeafIndex entry : unmerged) {
      if (entry.value >= width() || leaf(entry.value) == nullptr) return false;
      if (!IsUnder(2 * entry.value, x)) return false;
      for (const Index between : DirectPath(2 * entry.value)) {
        if (between == x) break;
        if (IsBlank(between)) continue;
        const auto& listed = parent(between)->unmerged_leaves;
        if (std::ranges::find(listed, entry) == listed.end()) return false;
      }
    }
    return true;
  }

  bool KeyIsUnique(Index x) const {
    for (Index y = 0; y < size(); ++y) {
      if (y == x || IsBlank(y)) continue;
      const Bytes& key =
          parent(y) != nullptr ? parent(y)->encryption_key : leaf(y / 2)->encryption_key;
      if (key == parent(x)->encryption_key) return false;
    }
    return true;
  }

  // "the tree hash of S in the ratchet tree modified as follows: For each leaf L in
  // P.unmerged_leaves, blank L and remove it from the unmerged_leaves sets of all parent nodes."
  Bytes OriginalTreeHash(Index s, const std::vector<LeafIndex>& unmerged_at_p) const {
    ReferenceTree modified = *this;
    for (const LeafIndex l : unmerged_at_p) {
      modified.nodes_[2 * l.value].reset();
      for (Index x = 0; x < size(); ++x) {
        if (auto* node = modified.parent(x)) std::erase(node->unmerged_leaves, l);
      }
    }
    return modified.TreeHash(s);
  }

  // "there is exactly one descendant of each non-blank parent node for which the parent node is
  // parent-hash valid": of P.
  bool IsParentHashValid(Index p) const {
    int valid = 0;
    for (const Index d : Subtree(p)) {
      if (d == p || IsBlank(d)) continue;
      const bool on_the_left = d < p;
      const Index c = on_the_left ? Left(p) : Right(p);
      const Index s = on_the_left ? Right(p) : Left(p);
      valid += IsValidWithRespectTo(d, p, c, s) ? 1 : 0;
    }
    return valid == 1;
  }

  bool IsValidWithRespectTo(Index d, Index p, Index c, Index s) const {
    // "D is in the resolution of C, and the intersection of P's unmerged_leaves with the subtree
    // under C is equal to the resolution of C with D removed."
    std::vector<Index> rest = Resolution(c);
    if (std::erase(rest, d) != 1) return false;
    std::vector<Index> unmerged_under_c;
    for (const LeafIndex l : parent(p)->unmerged_leaves) {
      if (IsUnder(2 * l.value, c)) unmerged_under_c.push_back(2 * l.value);
    }
    std::ranges::sort(rest);
    if (rest != unmerged_under_c) return false;

    // "The parent_hash field of D is equal to the parent hash of P with copath child S."
    Bytes field;
    if (const auto* node = parent(d)) {
      field = node->parent_hash;
    } else {
      const auto* source = leaf(d / 2)->leaf_node_source.GetIf<rfc9420::ParentHash>();
      if (source == nullptr) return false;
      field = source->parent_hash;
    }
    return field == ParentHash(*parent(p), OriginalTreeHash(s, parent(p)->unmerged_leaves));
  }

  Suite suite_;
  std::vector<OptionalNode> nodes_;
};

}  // namespace conclave::test
