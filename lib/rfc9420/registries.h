// The code points of RFC 9420 (section 17 and the enumerations of its structs) that applications do
// not meet; those they do are in conclave/types.h. All are open enumerations: unknown values
// survive.
#pragma once

#include <cstdint>

#include "conclave/types.h"

namespace conclave::rfc9420 {

// Section 17.2.
enum class WireFormat : std::uint16_t {
  mls_public_message = 0x0001,
  mls_private_message = 0x0002,
  mls_welcome = 0x0003,
  mls_group_info = 0x0004,
  mls_key_package = 0x0005,
};

// Section 6.
enum class ContentType : std::uint8_t { application = 1, proposal = 2, commit = 3 };
enum class SenderType : std::uint8_t {
  member = 1,
  external = 2,
  new_member_proposal = 3,
  new_member_commit = 4,
};

// Section 7.2.
enum class LeafNodeSource : std::uint8_t { key_package = 1, update = 2, commit = 3 };

// Section 7.8.
enum class NodeType : std::uint8_t { leaf = 1, parent = 2 };

// Section 8.4.
enum class PSKType : std::uint8_t { external = 1, resumption = 2 };
enum class ResumptionPSKUsage : std::uint8_t { application = 1, reinit = 2, branch = 3 };

// Section 12.4.
enum class ProposalOrRefType : std::uint8_t { proposal = 1, reference = 2 };

// Section 13.5: the values reserved for GREASE are 0x0A0A, 0x1A1A, ..., 0xEAEA.
constexpr bool IsGrease(std::uint16_t value) {
  return (value & 0x0f0f) == 0x0a0a && (value >> 8) == (value & 0xff) && value != 0xfafa;
}

// Section 7.2: the types that every client supports and that no capabilities list names.
constexpr bool IsDefault(ExtensionType type) {
  const auto value = static_cast<std::uint16_t>(type);
  return value >= 0x0001 && value <= 0x0005;
}
constexpr bool IsDefault(ProposalType type) {
  const auto value = static_cast<std::uint16_t>(type);
  return value >= 0x0001 && value <= 0x0007;
}

}  // namespace conclave::rfc9420
