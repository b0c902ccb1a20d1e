// What the application gets to see of proposals and commits: values that outlive the epoch.
#pragma once

#include "conclave/commit_summary.h"
#include "group/apply_proposals.h"
#include "group/proposal_list.h"
#include "group/public_group.h"

namespace conclave {

PskId DescribePsk(const rfc9420::PreSharedKeyID& id);

// The proposal exists in `group`: its sender, and whom it concerns, are members.
ReceivedProposal DescribeProposal(const PublicGroup& group, const ListedProposal& proposal);

// The summary of a commit of `list` in `before`. `after` is the tree of the new epoch.
CommitSummary DescribeCommit(const PublicGroup& before, const RatchetTree& after,
                             const ProposalList& list, const AppliedProposals& applied,
                             const rfc9420::FramedContent& content, LeafIndex committer);

}  // namespace conclave
