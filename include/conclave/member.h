// Who is in a group, who sent a message, and what a proposal asks for, as values that outlive the
// epoch they come from.
//
// A Member is somebody as of one epoch: never look an index of a past epoch up in today's roster.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/credential.h"
#include "conclave/types.h"

namespace conclave {

struct Member {
  LeafIndex leaf;
  Credential credential;
  Bytes signature_key;
  bool operator==(const Member&) const = default;
};

// One leaf before and after: its keys, and perhaps its credential, are new.
struct MemberChange {
  Member before;
  Member after;
};

// Somebody outside the group whom its external_senders extension names (RFC 9420,
// section 12.1.8.1).
struct ExternalParty {
  std::uint32_t sender_index = 0;
  Credential credential;
  Bytes signature_key;
  bool operator==(const ExternalParty&) const = default;
};

// Somebody who asks to be added, or who joins by an external commit (sections 12.1.8 and 12.4.3.2).
struct Newcomer {
  Credential credential;
  Bytes signature_key;
  bool operator==(const Newcomer&) const = default;
};

using Sender = std::variant<Member, ExternalParty, Newcomer>;

// The name of a pre-shared key (RFC 9420, section 8.4): one that the application distributed, or
// one that the members of an epoch hold because they were there.
struct ExternalPskId {
  Bytes id;
  bool operator==(const ExternalPskId&) const = default;
};
struct ResumptionPskId {
  GroupId group_id;
  Epoch epoch = 0;
  bool operator==(const ResumptionPskId&) const = default;
};
using PskId = std::variant<ExternalPskId, ResumptionPskId>;

// What a proposal asks for (RFC 9420, section 12.1).
struct ProposedAdd {
  Credential credential;
  Bytes signature_key;
};
struct ProposedUpdate {
  MemberChange change;
};
struct ProposedRemove {
  Member member;
};
struct ProposedPsk {
  PskId psk;
};
struct ProposedReInit {
  GroupId group_id;
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite{};
  std::vector<Extension> extensions;
};
struct ProposedExternalInit {};
struct ProposedExtensions {
  std::vector<Extension> extensions;  // would replace the group's
};
// A proposal of a type that RFC 9420 does not define. `data` travels as one variable-size vector.
struct CustomProposal {
  ProposalType proposal_type{};
  Bytes data;
  bool operator==(const CustomProposal&) const = default;
};
using ProposalDetails =
    std::variant<ProposedAdd, ProposedUpdate, ProposedRemove, ProposedPsk, ProposedReInit,
                 ProposedExternalInit, ProposedExtensions, CustomProposal>;

// A proposal, and who made it. `ref` is empty for one that only a commit carries.
struct ReceivedProposal {
  ProposalRef ref;
  Sender sender;
  ProposalDetails proposal;
};

}  // namespace conclave
