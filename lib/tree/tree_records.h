// A ratchet tree as separate nodes, for storing it node by node: a blank node is none, any other is
// the LeafNode or ParentNode that it holds (RFC 9420, sections 7.1 and 7.2). Hashes are not among
// them: whoever puts a tree together again computes them, and by comparing the tree hash knows that
// every node is as it was.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "tree/ratchet_tree.h"

namespace conclave {

// The nodes whose content, as NodeContent() gives it, is not the same in both trees; from left to
// right. O(changes log N).
std::vector<NodeIndex> ChangedNodes(const RatchetTree& before, const RatchetTree& after);

// Empty if the node is blank or lies outside the tree. Valid while the tree and `buffer` are.
BytesView NodeContent(const RatchetTree& tree, NodeIndex index, Bytes& buffer);

// What a node becomes.
struct NodeChange {
  NodeIndex index;
  std::optional<LeafRecord> leaf = {};  // of a leaf
  ParentRecord parent = {};             // of a parent
};
// `content` is empty for a node that becomes blank. kStorage if it is no ParentNode; a leaf is
// taken as it is until the tree's hash is compared.
Result<NodeChange> ChangeTo(NodeIndex index, BytesView content);

// `before` with these changes, which come from left to right, as a tree of `width` leaves. kCrypto.
Result<RatchetTree> PatchTree(const Suite& suite, const RatchetTree& before, std::uint32_t width,
                              std::vector<NodeChange> changes);
// The tree of `width` leaves, a power of two, that has these nodes and no others.
Result<RatchetTree> MakeTree(const Suite& suite, std::uint32_t width,
                             std::vector<NodeChange> nodes);

}  // namespace conclave
