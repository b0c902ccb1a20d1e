// The small types that the rest of the public headers share: code points, indices and identifiers
// (RFC 9420, sections 2, 5, 6, 8, 12 and 17).
//
// Every enumeration is open, as on the wire: a value that has no name here is legal, is kept and is
// passed on. Names are the RFC's.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "conclave/bytes.h"

namespace conclave {

enum class ProtocolVersion : std::uint16_t { mls10 = 1 };

// RFC 9420, section 17.1. Suites of drafts are registered by the application under code points of
// its choice.
enum class CipherSuite : std::uint16_t {
  MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 = 0x0001,
  MLS_128_DHKEMP256_AES128GCM_SHA256_P256 = 0x0002,
  MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519 = 0x0003,
  MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448 = 0x0004,
  MLS_256_DHKEMP521_AES256GCM_SHA512_P521 = 0x0005,
  MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448 = 0x0006,
  MLS_256_DHKEMP384_AES256GCM_SHA384_P384 = 0x0007,
};

// RFC 9420, section 17.3.
enum class ExtensionType : std::uint16_t {
  application_id = 0x0001,
  ratchet_tree = 0x0002,
  required_capabilities = 0x0003,
  external_pub = 0x0004,
  external_senders = 0x0005,
};

// RFC 9420, section 17.4.
enum class ProposalType : std::uint16_t {
  add = 0x0001,
  update = 0x0002,
  remove = 0x0003,
  psk = 0x0004,
  reinit = 0x0005,
  external_init = 0x0006,
  group_context_extensions = 0x0007,
};

// RFC 9420, section 17.5.
enum class CredentialType : std::uint16_t { basic = 0x0001, x509 = 0x0002 };

// RFC 9420, section 2: the position of a member's leaf, counted from the left.
struct LeafIndex {
  std::uint32_t value = 0;
  auto operator<=>(const LeafIndex&) const = default;
};

// The number of commits since the group was created.
using Epoch = std::uint64_t;

using GroupId = Bytes;

// RFC 9420, section 5.2: the hash by which a proposal or a key package is referred to.
struct ProposalRef {
  Bytes value;
  auto operator<=>(const ProposalRef&) const = default;
};
struct KeyPackageRef {
  Bytes value;
  auto operator<=>(const KeyPackageRef&) const = default;
};

// RFC 9420, section 7.2. `extension_data` is opaque unless the library knows the type.
struct Extension {
  ExtensionType extension_type{};
  Bytes extension_data;
  bool operator==(const Extension&) const = default;
};

// RFC 9420, section 7.2: what a client can do. Lists name only what is not a default of the RFC;
// values nobody knows (GREASE, section 13.5) are legal.
struct Capabilities {
  std::vector<ProtocolVersion> versions;
  std::vector<CipherSuite> cipher_suites;
  std::vector<ExtensionType> extensions;
  std::vector<ProposalType> proposals;
  std::vector<CredentialType> credentials;
  bool operator==(const Capabilities&) const = default;
};

// RFC 9420, section 7.2. Seconds since the Unix epoch.
struct Lifetime {
  std::uint64_t not_before = 0;
  std::uint64_t not_after = 0;
  bool operator==(const Lifetime&) const = default;
};

// RFC 9420, section 11.1: what every member must be able to do.
struct RequiredCapabilities {
  std::vector<ExtensionType> extension_types;
  std::vector<ProposalType> proposal_types;
  std::vector<CredentialType> credential_types;
  bool operator==(const RequiredCapabilities&) const = default;
};

}  // namespace conclave
