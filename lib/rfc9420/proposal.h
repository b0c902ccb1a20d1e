// RFC 9420, section 12.1: proposals.
#pragma once

#include <vector>

#include "conclave/member.h"
#include "rfc9420/key_package.h"
#include "rfc9420/pre_shared_key.h"

namespace conclave::rfc9420 {

// Section 12.1.1.
struct Add {
  KeyPackage key_package;
  bool operator==(const Add&) const = default;
};

// Section 12.1.2.
struct Update {
  LeafNode leaf_node;
  bool operator==(const Update&) const = default;
};

// Section 12.1.3.
struct Remove {
  LeafIndex removed;
  bool operator==(const Remove&) const = default;
};

// Section 12.1.4.
struct PreSharedKey {
  PreSharedKeyID psk;
  bool operator==(const PreSharedKey&) const = default;
};

// Section 12.1.5.
struct ReInit {
  GroupId group_id;
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite{};
  std::vector<Extension> extensions;
  bool operator==(const ReInit&) const = default;
};

// Section 12.1.6.
struct ExternalInit {
  Bytes kem_output;
  bool operator==(const ExternalInit&) const = default;
};

// Section 12.1.7.
struct GroupContextExtensions {
  std::vector<Extension> extensions;
  bool operator==(const GroupContextExtensions&) const = default;
};

// A proposal of a type that RFC 9420 does not define is the public CustomProposal. Its content
// travels as one variable-size vector, so that clients that do not know the type can read on.
using conclave::CustomProposal;

// Section 12.1.
using Proposal = wire::Select<
    ProposalType, wire::Case<ProposalType::add, Add>, wire::Case<ProposalType::update, Update>,
    wire::Case<ProposalType::remove, Remove>, wire::Case<ProposalType::psk, PreSharedKey>,
    wire::Case<ProposalType::reinit, ReInit>, wire::Case<ProposalType::external_init, ExternalInit>,
    wire::Case<ProposalType::group_context_extensions, GroupContextExtensions>,
    wire::Otherwise<CustomProposal>>;

}  // namespace conclave::rfc9420
