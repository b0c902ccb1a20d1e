// What one change of the tree to another took out and put in, for the indexes that follow it.
#pragma once

#include <vector>

#include "tree/ratchet_tree.h"

namespace conclave {

// Which leaves and parents a commit took out of the tree and put into it, from left to right. A
// leaf that differs in anything is another one; a parent is another one if it has another key.
struct TreeDelta {
  std::vector<NodeIndex> removed;   // nodes of the old tree that are gone or replaced
  std::vector<NodeIndex> inserted;  // nodes of the new tree that are new or replaced
};

// The nodes in which the two trees differ, found by following their tree hashes: O(changes log N).
TreeDelta DifferenceOf(const RatchetTree& before, const RatchetTree& after);

// The same, but a parent is another one if it differs in anything.
TreeDelta ContentDifferenceOf(const RatchetTree& before, const RatchetTree& after);

// The nodes that were taken out, put in or replaced: each once, from left to right.
std::vector<NodeIndex> NodesOf(const TreeDelta& delta);

// All nodes of a tree that are not blank, from left to right.
std::vector<NodeIndex> NodesOf(const RatchetTree& tree);

}  // namespace conclave
