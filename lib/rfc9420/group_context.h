// RFC 9420, section 8.1: GroupContext, what the members of an epoch agree on.
#pragma once

#include <vector>

#include "conclave/types.h"

namespace conclave::rfc9420 {

struct GroupContext {
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite{};
  GroupId group_id;
  Epoch epoch = 0;
  Bytes tree_hash;
  Bytes confirmed_transcript_hash;
  std::vector<Extension> extensions;
  bool operator==(const GroupContext&) const = default;
};

}  // namespace conclave::rfc9420
