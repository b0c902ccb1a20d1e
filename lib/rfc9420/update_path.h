// RFC 9420, section 7.6: UpdatePath.
#pragma once

#include <vector>

#include "rfc9420/nodes.h"

namespace conclave::rfc9420 {

struct UpdatePathNode {
  HPKEPublicKey encryption_key;
  std::vector<HPKECiphertext> encrypted_path_secret;
  bool operator==(const UpdatePathNode&) const = default;
};

struct UpdatePath {
  LeafNode leaf_node;
  std::vector<UpdatePathNode> nodes;
  bool operator==(const UpdatePath&) const = default;
};

}  // namespace conclave::rfc9420
