// Which proposals, and which lists of them, are valid (RFC 9420, sections 12.1 and 12.2).
#pragma once

#include <optional>

#include "conclave/result.h"
#include "group/environment.h"
#include "group/proposal_list.h"
#include "group/public_group.h"

namespace conclave {

// What a commit is for, which decides what its list may hold.
enum class CommitPurpose : std::uint8_t {
  regular,
  external,   // a newcomer's (section 12.4.3.2)
  successor,  // the first of a group that follows a re-initialised one (section 11.2)
  branch,     // the first of a subgroup (section 11.3)
};

// Section 12.1: whether one proposal is valid on its own in this epoch, and what the verifier says
// of the credentials in it. `moment` is the one for an Add: ours, or somebody else's.
Result<void> CheckProposal(const PublicGroup& group, const Environment& environment,
                           CommitPurpose purpose, CredentialMoment moment,
                           const ListedProposal& proposal);

// Section 12.2: whether proposals that are valid on their own are valid together. `committer` is
// the member who commits them, or nothing for an external commit. What concerns the tree that
// results is checked on that tree.
Result<void> CheckProposalList(const Environment& environment, CommitPurpose purpose,
                               std::optional<LeafIndex> committer, const ProposalList& list);

// Section 12.4: whether a commit of this list must carry a path.
bool PathRequired(const Policy& policy, const ProposalList& list);

}  // namespace conclave
