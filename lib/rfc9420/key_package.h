// RFC 9420, section 10: KeyPackage.
#pragma once

#include <vector>

#include "rfc9420/nodes.h"

namespace conclave::rfc9420 {

struct KeyPackage {
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite{};
  HPKEPublicKey init_key;
  LeafNode leaf_node;
  std::vector<Extension> extensions;
  Bytes signature;  // SignWithLabel(., "KeyPackageTBS", KeyPackageTBS), its other fields
  bool operator==(const KeyPackage&) const = default;
};

}  // namespace conclave::rfc9420
