// RFC 9420, sections 7.8 and 7.9: what is hashed to bind a tree together.
#pragma once

#include <optional>

#include "rfc9420/nodes.h"

namespace conclave::rfc9420 {

// Section 7.8.
struct LeafNodeHashInput {
  LeafIndex leaf_index;
  std::optional<LeafNode> leaf_node;
};
struct ParentNodeHashInput {
  std::optional<ParentNode> parent_node;
  Bytes left_hash;
  Bytes right_hash;
};
using TreeHashInput = wire::Select<NodeType, wire::Case<NodeType::leaf, LeafNodeHashInput>,
                                   wire::Case<NodeType::parent, ParentNodeHashInput>>;

// Section 7.9.
struct ParentHashInput {
  HPKEPublicKey encryption_key;
  Bytes parent_hash;
  Bytes original_sibling_tree_hash;
};

}  // namespace conclave::rfc9420
