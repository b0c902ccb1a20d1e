// For tests: a ratchet tree as a plain array of nodes, written from the text of RFC 9420 alone
// (sections 4.1, 7.5, 7.7 to 7.9 and 12.1, and appendix C). It remembers no hash and has nothing of
// lib/tree: it takes the structs of the nodes, the bytes of a leaf and the hash function from the
// library, and encodes by hand what is hashed. It is slow and meant to be read beside the RFC.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/kdf.h"
#include "rfc9420/nodes.h"
#include "wire/parse.h"

namespace conclave::test {

// A mistake that the model makes on purpose, so that a test can show that it would be noticed. Most
// of them have been made by libraries.
enum class Mistake : std::uint8_t {
  none,
  // In making trees.
  halves_once,           // a tree is truncated by one level at most
  adds_at_the_end,       // a new leaf goes to the right of all others
  chain_starts_at_root,  // a path hashes the root, even if it is not on the filtered path
  hashes_no_sibling,     // a parent hash is of the parent alone
  seals_to_the_added,    // path secrets are sealed to those whom the commit adds, too
  // In verifying them.
  sibling_as_it_is,  // the sibling is hashed with the unmerged leaves in it
  blank_root_ends_the_check,
  empty_parent_hash_passes,
  any_resolution_passes,
  unsorted_leaves_pass,
  unlisted_leaves_pass,
  equal_keys_pass,
};

class ReferenceTree {
 public:
  using Index = std::uint32_t;
  using Leaves = std::vector<LeafIndex>;
  using Nodes = std::vector<std::optional<rfc9420::Node>>;

  ReferenceTree(const Suite& suite, const rfc9420::LeafNode& leaf, Mistake mistake = Mistake::none)
      : suite_(suite), mistake_(mistake), nodes_(1) {
    SetLeaf(0, leaf);
  }
  // Section 12.4.3.3: "extend the tree to the right until it has a length of the form 2^(d+1) - 1".
  ReferenceTree(const Suite& suite, const Nodes& nodes, Mistake mistake = Mistake::none)
      : suite_(suite), mistake_(mistake), nodes_(1) {
    while (nodes_.size() < nodes.size()) nodes_.resize(2 * nodes_.size() + 1);
    for (Index x = 0; x < nodes.size(); ++x) {
      if (!nodes[x].has_value()) continue;
      if (const auto* leaf = nodes[x]->GetIf<rfc9420::LeafNode>()) {
        SetLeaf(x / 2, *leaf);
      } else {
        SetParent(x, *nodes[x]->GetIf<rfc9420::ParentNode>());
      }
    }
  }

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
  // Whether x is at or under `top`.
  static bool IsUnder(Index x, Index top) {
    const Index half = (1u << Level(top)) - 1;
    return x >= top - half && x <= top + half;
  }

  // ---- What is where.

  std::size_t size() const { return nodes_.size(); }
  Index width() const { return static_cast<Index>((nodes_.size() + 1) / 2); }
  // Whether the node is blank, or outside the tree.
  bool IsBlank(Index x) const {
    return parent(x) == nullptr && (x % 2 == 1 || leaf(x / 2) == nullptr);
  }
  rfc9420::ParentNode* parent(Index x) {
    return x < size() && nodes_[x].parent.has_value() ? &*nodes_[x].parent : nullptr;
  }
  const rfc9420::ParentNode* parent(Index x) const {
    return const_cast<ReferenceTree*>(this)->parent(x);
  }
  const rfc9420::LeafNode* leaf(Index leaf_index) const {
    const bool is_there = leaf_index < width() && nodes_[2 * leaf_index].leaf != nullptr;
    return is_there ? &nodes_[2 * leaf_index].leaf->node : nullptr;
  }
  std::optional<rfc9420::Node> at(Index x) const {
    if (IsBlank(x)) return std::nullopt;
    return parent(x) != nullptr ? rfc9420::Node::Of(*parent(x)) : rfc9420::Node::Of(*leaf(x / 2));
  }
  std::vector<Index> Members() const {
    std::vector<Index> members;
    for (Index i = 0; i < width(); ++i) {
      if (leaf(i) != nullptr) members.push_back(i);
    }
    return members;
  }
  // The encryption key of a node that is not blank.
  const Bytes& KeyOf(Index x) const {
    return parent(x) != nullptr ? parent(x)->encryption_key : leaf(x / 2)->encryption_key;
  }

  void SetLeaf(Index leaf_index, const rfc9420::LeafNode& new_leaf) {
    nodes_[2 * leaf_index].leaf =
        std::make_shared<const Leaf>(Leaf{new_leaf, wire::Serialize(new_leaf)});
  }
  void SetParent(Index x, rfc9420::ParentNode new_parent) {
    nodes_[x].parent = std::move(new_parent);
  }
  void Blank(Index x) { nodes_[x] = {}; }

  // Section 12.4.3.3: "the sender MUST NOT include blank nodes after the last non-blank node".
  Nodes ToNodes() const {
    Nodes nodes;
    for (Index x = 0; x < NodesToSend(); ++x) {
      nodes.push_back(at(x));
    }
    return nodes;
  }
  Bytes Serialize() const {
    Bytes nodes;
    for (Index x = 0; x < NodesToSend(); ++x) {
      AppendUint(nodes, IsBlank(x) ? 0 : 1, 1);
      if (IsBlank(x)) continue;
      AppendUint(nodes, parent(x) == nullptr ? kLeaf : kParent, 1);
      if (parent(x) != nullptr) {
        AppendParent(nodes, *parent(x));
      } else {
        Append(nodes, nodes_[x].leaf->wire);
      }
    }
    Bytes serialized;
    AppendVector(serialized, nodes);
    return serialized;
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

  // Section 7.6: whom the path secret of a node with this child on the copath is sealed to. "The
  // resolution of the corresponding copath node MUST exclude all new leaf nodes added as part of
  // the current Commit."
  std::vector<Index> Recipients(Index copath_child, const Leaves& added) const {
    std::vector<Index> recipients = Resolution(copath_child);
    if (mistake_ == Mistake::seals_to_the_added) return recipients;
    for (const LeafIndex leaf_index : added) std::erase(recipients, 2 * leaf_index.value);
    return recipients;
  }

  // ---- Section 7.8.

  // The hash of the subtree under x, in which the leaves `without` are blank and in no
  // unmerged_leaves.
  Bytes TreeHash(Index x, const Leaves& without = {}) const {
    if (Level(x) == 0) return HashOf(LeafNodeHashInput(x, without));
    return HashOf(
        ParentNodeHashInput(x, TreeHash(Left(x), without), TreeHash(Right(x), without), without));
  }
  Bytes TreeHash() const { return TreeHash(Root()); }
  // Of every node.
  std::vector<Bytes> TreeHashes() const {
    std::vector<Bytes> hashes(size());
    for (Index x = 0; x < size(); x += 2) hashes[x] = TreeHash(x);
    for (Index k = 1; (1u << k) <= width(); ++k) {
      for (Index x = (1u << k) - 1; x < size(); x += 2u << k) {
        hashes[x] = HashOf(ParentNodeHashInput(x, hashes[Left(x)], hashes[Right(x)], {}));
      }
    }
    return hashes;
  }

  // ---- Sections 7.7 and 12.1.

  Index Add(const rfc9420::LeafNode& new_leaf) {
    // "If there are empty leaves in the tree, L is the leftmost empty leaf. Otherwise, the tree is
    // extended to the right, and L is assigned the leftmost new blank leaf."
    Index index = 0;
    if (mistake_ == Mistake::adds_at_the_end) index = Members().back();
    while (index < width() && leaf(index) != nullptr) ++index;
    if (index == width()) nodes_.resize(2 * nodes_.size() + 1);
    // "For each non-blank intermediate node along the path from the leaf L to the root, add L's
    // leaf index to the unmerged_leaves list for the node."
    for (const Index x : DirectPath(2 * index)) {
      if (IsBlank(x)) continue;
      auto& unmerged = parent(x)->unmerged_leaves;
      unmerged.push_back({index});
      std::ranges::sort(unmerged);
    }
    SetLeaf(index, new_leaf);
    return index;
  }
  void Update(Index leaf_index, const rfc9420::LeafNode& new_leaf) {
    SetLeaf(leaf_index, new_leaf);
    BlankDirectPath(leaf_index);
  }
  void Remove(Index leaf_index) {
    Blank(2 * leaf_index);
    BlankDirectPath(leaf_index);
    // "Truncate the tree by removing the right subtree until there is at least one non-blank leaf
    // node in the right subtree."
    while (width() > 1 && Members().back() < width() / 2) {
      nodes_.resize(nodes_.size() / 2);
      if (mistake_ == Mistake::halves_once) return;
    }
  }

  // ---- Sections 7.5 and 7.9.

  Bytes ParentHash(const rfc9420::ParentNode& p, const Bytes& original_sibling_tree_hash) const {
    Bytes input;
    AppendVector(input, p.encryption_key);
    AppendVector(input, p.parent_hash);
    if (mistake_ != Mistake::hashes_no_sibling) AppendVector(input, original_sibling_tree_hash);
    return HashOf(input);
  }

  // The parent hash of P with copath child S, where "original_sibling_tree_hash is the tree hash of
  // S in the ratchet tree modified as follows: For each leaf L in P.unmerged_leaves, blank L and
  // remove it from the unmerged_leaves sets of all parent nodes".
  Bytes ParentHash(Index p, Index s) const {
    const bool as_it_is = mistake_ == Mistake::sibling_as_it_is;
    return ParentHash(*parent(p), TreeHash(s, as_it_is ? Leaves{} : parent(p)->unmerged_leaves));
  }

  // Puts a path with these keys in place, as a committer does; the leaf's parent hash.
  Bytes SetPath(Index leaf_index, const std::vector<Bytes>& keys) {
    BlankDirectPath(leaf_index);
    const auto path = FilteredDirectPath(leaf_index);
    Bytes parent_hash;
    if (mistake_ == Mistake::chain_starts_at_root && !path.empty() && path.back().first != Root()) {
      parent_hash = ParentHash({}, TreeHash(Left(Root())));
    }
    // "These hashes are computed from root to leaf, so that each hash incorporates all the
    // non-blank nodes above it."
    for (std::size_t i = path.size(); i-- > 0;) {
      const auto& [x, copath_child] = path[i];
      SetParent(x, {keys.at(i), parent_hash, {}});
      parent_hash = ParentHash(x, copath_child);
    }
    return parent_hash;
  }

  // ---- Sections 7.9.2 and 12.4.3.1: what a joiner must verify of the parents.

  bool IsValid() const {
    if (mistake_ == Mistake::blank_root_ends_the_check && IsBlank(Root())) return true;
    for (Index x = 1; x < size(); x += 2) {
      if (parent(x) == nullptr) continue;
      if (!UnmergedLeavesAreValid(x) || !KeyIsUnique(x) || !IsParentHashValid(x)) return false;
    }
    // "If P is the root, then the parent_hash field is set to a zero-length octet string."
    return parent(Root()) == nullptr || parent(Root())->parent_hash.empty();
  }

 private:
  static constexpr std::uint32_t kLeaf = 1;
  static constexpr std::uint32_t kParent = 2;

  struct Leaf {
    rfc9420::LeafNode node;
    Bytes wire;
  };
  struct Place {
    std::shared_ptr<const Leaf> leaf;
    std::optional<rfc9420::ParentNode> parent;
  };

  // ---- Section 2.1.

  static void Append(Bytes& out, const Bytes& bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  static void AppendUint(Bytes& out, std::uint32_t value, std::uint32_t size) {
    while (size-- > 0) out.push_back(static_cast<std::uint8_t>(value >> (8 * size)));
  }
  static void AppendVector(Bytes& out, const Bytes& content) {
    const auto size = static_cast<std::uint32_t>(content.size());
    if (size < 0x40) {
      AppendUint(out, size, 1);
    } else if (size < 0x4000) {
      AppendUint(out, 0x4000 | size, 2);
    } else {
      AppendUint(out, 0x80000000 | size, 4);
    }
    Append(out, content);
  }
  static void AppendParent(Bytes& out, const rfc9420::ParentNode& node,
                           const Leaves& without = {}) {
    AppendVector(out, node.encryption_key);
    AppendVector(out, node.parent_hash);
    Bytes unmerged;
    for (const LeafIndex entry : node.unmerged_leaves) {
      if (std::ranges::find(without, entry) == without.end()) AppendUint(unmerged, entry.value, 4);
    }
    AppendVector(out, unmerged);
  }

  // ---- Section 7.8: TreeHashInput.

  Bytes LeafNodeHashInput(Index x, const Leaves& without) const {
    const LeafIndex leaf_index{x / 2};
    const bool is_blank = IsBlank(x) || std::ranges::find(without, leaf_index) != without.end();
    Bytes input;
    AppendUint(input, kLeaf, 1);
    AppendUint(input, leaf_index.value, 4);
    AppendUint(input, is_blank ? 0 : 1, 1);
    if (!is_blank) Append(input, nodes_[x].leaf->wire);
    return input;
  }
  Bytes ParentNodeHashInput(Index x, const Bytes& left_hash, const Bytes& right_hash,
                            const Leaves& without) const {
    Bytes input;
    AppendUint(input, kParent, 1);
    AppendUint(input, parent(x) == nullptr ? 0 : 1, 1);
    if (parent(x) != nullptr) AppendParent(input, *parent(x), without);
    AppendVector(input, left_hash);
    AppendVector(input, right_hash);
    return input;
  }
  Bytes HashOf(const Bytes& input) const { return Hash(suite_, input).value(); }

  void BlankDirectPath(Index leaf_index) {
    for (const Index x : DirectPath(2 * leaf_index)) Blank(x);
  }
  Index NodesToSend() const {
    auto count = static_cast<Index>(size());
    while (count > 0 && IsBlank(count - 1)) --count;
    return count;
  }

  // ---- Section 12.4.3.1.

  bool UnmergedLeavesAreValid(Index x) const {
    const Leaves& unmerged = parent(x)->unmerged_leaves;
    // Section 7.1: "The entries in the unmerged_leaves vector MUST be sorted in increasing order."
    for (std::size_t i = 1; i < unmerged.size(); ++i) {
      if (unmerged[i - 1] >= unmerged[i] && mistake_ != Mistake::unsorted_leaves_pass) return false;
    }
    for (const LeafIndex entry : unmerged) {
      // "Verify that the entry represents a non-blank leaf node that is a descendant of the parent
      // node."
      if (entry.value >= width() || leaf(entry.value) == nullptr) return false;
      if (!IsUnder(2 * entry.value, x)) return false;
      // "Verify that every non-blank intermediate node between the leaf node and the parent node
      // also has an entry for the leaf node in its unmerged_leaves."
      for (const Index between : DirectPath(2 * entry.value)) {
        if (between == x || mistake_ == Mistake::unlisted_leaves_pass) break;
        if (IsBlank(between)) continue;
        const Leaves& listed = parent(between)->unmerged_leaves;
        if (std::ranges::find(listed, entry) == listed.end()) return false;
      }
    }
    return true;
  }

  // "Verify that the encryption key in the parent node does not appear in any other node of the
  // tree."
  bool KeyIsUnique(Index x) const {
    if (mistake_ == Mistake::equal_keys_pass) return true;
    for (Index y = 0; y < size(); ++y) {
      if (y != x && !IsBlank(y) && KeyOf(y) == KeyOf(x)) return false;
    }
    return true;
  }

  // ---- Section 7.9.2.

  // "there is exactly one descendant of each non-blank parent node for which the parent node is
  // parent-hash valid": of P, whose children are C and S.
  bool IsParentHashValid(Index p) const {
    if (mistake_ == Mistake::empty_parent_hash_passes && parent(p)->parent_hash.empty())
      return true;
    std::uint32_t valid = 0;
    for (const Index c : {Left(p), Right(p)}) {
      // A node that is not in the resolution of C is not valid.
      for (const Index d : Resolution(c)) {
        valid += IsValidWithRespectTo(d, p, c, Sibling(c)) ? 1 : 0;
      }
    }
    return valid == 1;
  }

  bool IsValidWithRespectTo(Index d, Index p, Index c, Index s) const {
    // "D is a descendant of P in the tree."
    if (IsBlank(d) || d == p || !IsUnder(d, p)) return false;

    // "D is in the resolution of C, and the intersection of P's unmerged_leaves with the subtree
    // under C is equal to the resolution of C with D removed."
    std::vector<Index> rest = Resolution(c);
    if (std::erase(rest, d) != 1) return false;
    std::vector<Index> unmerged_under_c;
    for (const LeafIndex entry : parent(p)->unmerged_leaves) {
      if (IsUnder(2 * entry.value, c)) unmerged_under_c.push_back(2 * entry.value);
    }
    std::ranges::sort(rest);
    if (rest != unmerged_under_c && mistake_ != Mistake::any_resolution_passes) return false;

    // "The parent_hash field of D is equal to the parent hash of P with copath child S."
    const Bytes* field = nullptr;
    if (parent(d) != nullptr) {
      field = &parent(d)->parent_hash;
    } else if (const auto* source = leaf(d / 2)->leaf_node_source.GetIf<rfc9420::ParentHash>()) {
      field = &source->parent_hash;
    }
    return field != nullptr && *field == ParentHash(p, s);
  }

  Suite suite_;
  Mistake mistake_ = Mistake::none;
  std::vector<Place> nodes_;
};

}  // namespace conclave::test
