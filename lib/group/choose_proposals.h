// Choosing among the proposals received in an epoch which to commit (RFC 9420, section 12.2's
// SHOULDs), so that the list is valid; and saying why the others were skipped.
#pragma once

#include <vector>

#include "conclave/member.h"
#include "group/environment.h"
#include "group/process_commit.h"
#include "group/proposal_list.h"
#include "group/public_group.h"

namespace conclave {

struct Skipped {
  ProposalRef ref;
  const char* why;  // the rule that it would break; static
};

struct ChosenProposals {
  ProposalList list;  // those of the store that are kept, in order, then `requested`
  std::vector<Skipped> skipped;
};

// `requested` are the committer's own, by value: they win over what was received. `excluded` are
// references the application wants left out.
Result<ChosenProposals> ChooseProposals(const PublicGroup& group, const GroupIndex& index,
                                        const Environment& environment, LeafIndex committer,
                                        const ProposalStore& store, const ProposalList& requested,
                                        const std::vector<ProposalRef>& excluded);

}  // namespace conclave
