// The arithmetic of a left-balanced tree laid out in an array (RFC 9420, section 4.1.2 and
// appendix C). Pure functions of small numbers.
//
//                               7
//               3                               11
//       1               5               9               13
//   0       2       4       6       8       10      12      14     node index
//   0       1       2       3       4       5       6       7      leaf index
//
// The number of leaves, the width, is always a power of two.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "conclave/types.h"

namespace conclave {

// The position of a node. It never travels, so it is never a wire field.
struct NodeIndex {
  std::uint32_t value = 0;
  auto operator<=>(const NodeIndex&) const = default;
};

// The widest tree whose node indices fit: 2^30 leaves.
inline constexpr std::uint32_t kMaxTreeWidth = std::uint32_t{1} << 30;

constexpr NodeIndex ToNode(LeafIndex leaf) { return {2 * leaf.value}; }
constexpr bool IsLeaf(NodeIndex node) { return (node.value & 1) == 0; }
constexpr LeafIndex ToLeaf(NodeIndex leaf_node) { return {leaf_node.value / 2}; }

// The height of a node above the leaves.
constexpr std::uint32_t Level(NodeIndex node) {
  return static_cast<std::uint32_t>(std::countr_one(node.value));
}

// The smallest width that has room for `leaves`.
constexpr std::uint32_t WidthFor(std::uint32_t leaves) { return std::bit_ceil(leaves); }

constexpr std::uint32_t NodeCount(std::uint32_t width) { return 2 * width - 1; }

constexpr NodeIndex Root(std::uint32_t width) { return {width - 1}; }

constexpr NodeIndex Left(NodeIndex parent) {
  const std::uint32_t level = Level(parent);
  CONCLAVE_CHECK(level > 0);
  return {parent.value ^ (std::uint32_t{1} << (level - 1))};
}

constexpr NodeIndex Right(NodeIndex parent) {
  const std::uint32_t level = Level(parent);
  CONCLAVE_CHECK(level > 0);
  return {parent.value ^ (std::uint32_t{3} << (level - 1))};
}

// The parent of a node that is not the root.
constexpr NodeIndex Parent(NodeIndex node) {
  const std::uint32_t level = Level(node);
  const std::uint32_t above = (node.value >> (level + 1)) & 1;
  return {(node.value | (std::uint32_t{1} << level)) ^ (above << (level + 1))};
}

constexpr NodeIndex Sibling(NodeIndex node) {
  const NodeIndex parent = Parent(node);
  return node < parent ? Right(parent) : Left(parent);
}

// The leaves under a node: from FirstLeaf, and LeafSpan of them.
constexpr std::uint32_t LeafSpan(NodeIndex node) { return std::uint32_t{1} << Level(node); }
constexpr LeafIndex FirstLeaf(NodeIndex node) { return {(node.value + 1 - LeafSpan(node)) / 2}; }
constexpr bool IsInSubtree(LeafIndex leaf, NodeIndex top) {
  return leaf.value >= FirstLeaf(top).value && leaf.value - FirstLeaf(top).value < LeafSpan(top);
}

// The lowest node that has both leaves under it; a leaf, if they are the same.
constexpr NodeIndex CommonAncestor(LeafIndex a, LeafIndex b) {
  NodeIndex node = ToNode(a);
  while (!IsInSubtree(b, node)) node = Parent(node);
  return node;
}

// The ancestors of a leaf, from its parent to the root (section 4.1.1).
inline std::vector<NodeIndex> DirectPath(LeafIndex leaf, std::uint32_t width) {
  std::vector<NodeIndex> path;
  for (NodeIndex node = ToNode(leaf); node != Root(width);) {
    node = Parent(node);
    path.push_back(node);
  }
  return path;
}

// The siblings of the leaf and of the nodes of its direct path, but the root's.
inline std::vector<NodeIndex> Copath(LeafIndex leaf, std::uint32_t width) {
  std::vector<NodeIndex> path;
  for (NodeIndex node = ToNode(leaf); node != Root(width); node = Parent(node)) {
    path.push_back(Sibling(node));
  }
  return path;
}

}  // namespace conclave
