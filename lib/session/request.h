// From what an application asks for to proposals (RFC 9420, section 12.1).
#pragma once

#include <deque>

#include "conclave/external_sender.h"
#include "conclave/result.h"
#include "conclave/session.h"
#include "group/group.h"

namespace conclave {

// Proposals of our own, by value, each found valid on its own. The list points into `proposals`.
struct RequestedProposals {
  std::deque<rfc9420::Proposal> proposals;
  ProposalList list;
};
Result<RequestedProposals> ProposalsOf(const CommitRequest& request, const Group& group,
                                       const Environment& environment);

// Section 8.4: the PSK with a fresh nonce.
Result<rfc9420::PreSharedKeyID> NewPskId(const Suite& suite, const PskId& psk);
rfc9420::ReInit ToWire(const ProposedReInit& reinit);

// Our leaf's profile with another identity. kMisuse without a signer.
Result<LeafProfile> ProfileOf(const Identity& identity, const Group& group);

}  // namespace conclave
