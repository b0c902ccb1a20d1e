// RFC 9420, sections 7.1 and 7.2: what stands in the nodes of a ratchet tree.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "conclave/types.h"
#include "rfc9420/credential.h"
#include "rfc9420/crypto.h"
#include "rfc9420/registries.h"
#include "wire/select.h"

namespace conclave::rfc9420 {

// Section 7.1.
struct ParentNode {
  HPKEPublicKey encryption_key;
  Bytes parent_hash;
  std::vector<LeafIndex> unmerged_leaves;
  bool operator==(const ParentNode&) const = default;
};

// The alternatives of LeafNode's leaf_node_source.
struct NoLeafContext {
  bool operator==(const NoLeafContext&) const = default;
};
struct ParentHash {
  Bytes parent_hash;
  bool operator==(const ParentHash&) const = default;
};

// Section 7.2: an appearance of a client in a group, signed by it.
struct LeafNode {
  HPKEPublicKey encryption_key;
  SignaturePublicKey signature_key;
  Credential credential;
  Capabilities capabilities;
  wire::Select<LeafNodeSource, wire::Case<LeafNodeSource::key_package, Lifetime>,
               wire::Case<LeafNodeSource::update, NoLeafContext>,
               wire::Case<LeafNodeSource::commit, ParentHash>>
      leaf_node_source;
  std::vector<Extension> extensions;
  Bytes signature;  // SignWithLabel(., "LeafNodeTBS", LeafNodeTBS)
  bool operator==(const LeafNode&) const = default;
};

// Section 7.2: the bytes that a leaf's signature covers. `group_id` and `leaf_index` are part of
// them for the sources update and commit, and are left out for key_package.
Bytes SerializeLeafNodeTBS(const LeafNode& leaf, BytesView group_id, LeafIndex leaf_index);

// Section 12.4.3.3.
using Node = wire::Select<NodeType, wire::Case<NodeType::leaf, LeafNode>,
                          wire::Case<NodeType::parent, ParentNode>>;

}  // namespace conclave::rfc9420
