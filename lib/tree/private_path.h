// The private keys that one member knows: of its leaf, and of nodes above it (RFC 9420,
// section 7.4). Move-only; a second one is made by Clone(), when an epoch is staged beside the
// current one.
#pragma once

#include <cstdint>
#include <vector>

#include "conclave/secret.h"
#include "labeled/secrets.h"
#include "tree/ratchet_tree.h"

namespace conclave {

class PrivatePath {
 public:
  // The private key of an ancestor of the leaf.
  struct NodeKey {
    NodeIndex node;
    Secret key;
  };

  PrivatePath(LeafIndex leaf, Secret leaf_key);

  LeafIndex leaf() const { return leaf_; }
  PrivatePath Clone() const;
  // All that is known, for storing; the ancestors' from the leaf up.
  const Secret& leaf_key() const { return leaf_key_; }
  const std::vector<NodeKey>& node_keys() const { return keys_; }

  // The private key of a node, or null if we do not know it.
  const Secret* Find(NodeIndex node) const;

  void SetLeafKey(Secret key);
  // Replaces or adds the key of an ancestor of the leaf.
  void SetKey(NodeIndex node, Secret key);
  // Forgets the keys of nodes that are blank in `tree` or lie outside it.
  void ForgetBlank(const RatchetTree& tree);
  // Forgets the keys of an ancestor of the leaf and of all that are above it (a path that was
  // replaced).
  void ForgetFrom(NodeIndex node);

 private:
  LeafIndex leaf_;
  Secret leaf_key_;
  std::vector<NodeKey> keys_;  // from the leaf up
};

}  // namespace conclave
