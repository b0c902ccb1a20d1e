// Tree hashes as vectors list them: of every node.
#pragma once

#include "tree/ratchet_tree.h"
#include "tree/tree_hash.h"
#include "tree/tree_node.h"

namespace conclave::test {

// Of any node, also one inside a blank subtree, which the tree does not hold.
inline Bytes NodeTreeHash(const Suite& suite, const RatchetTree& tree, NodeIndex index) {
  if (FindNode(*tree.root(), Root(tree.width()), index) != nullptr) {
    return ToBytes(tree.TreeHash(index));
  }
  TreeHashValue hash;
  HashBlankSubtree(suite, index, hash).value();
  return ToBytes(hash.view());
}

}  // namespace conclave::test
