// Processing a commit (RFC 9420, section 12.4.2): from a commit whose signature has been verified
// to the epoch that it begins, staged.
#pragma once

#include "conclave/result.h"
#include "group/apply_proposals.h"
#include "group/environment.h"
#include "group/epoch_state.h"
#include "group/group_index.h"
#include "group/proposal_list.h"
#include "group/staged_epoch.h"
#include "rfc9420/framing.h"
#include "tree/tree_index.h"

namespace conclave {

// The proposals of a commit, in order, each with its sender. kMissing if one is named that is not
// in the store. The list points into `commit` and `store`.
Result<ProposalList> ResolveProposals(const rfc9420::Commit& commit, const rfc9420::Sender& sender,
                                      const ProposalStore& store);

// Sections 7.3, 12.1.7 and 12.2: whether the tree that a commit leads to is valid: nothing in it
// twice, and every member able to do what the group demands.
Result<TreeIndex::Change> CheckResultingTree(const PublicGroup& before, const GroupIndex& index,
                                             const Environment& environment,
                                             const AppliedProposals& applied,
                                             const RatchetTree& after, const TreeDelta& delta);

// `commit` is authentic: its MAC or encryption and its signature have been checked. kMissing if it
// names a proposal or a PSK that we do not have: the same bytes work once it is there.
Result<StagedEpoch> ProcessCommit(const EpochState& epoch, const GroupIndex& index,
                                  const ProposalStore& store, const Environment& environment,
                                  const rfc9420::AuthenticatedContent& commit);

}  // namespace conclave
