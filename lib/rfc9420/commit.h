// RFC 9420, section 12.4: Commit.
#pragma once

#include <optional>
#include <vector>

#include "rfc9420/proposal.h"
#include "rfc9420/update_path.h"

namespace conclave::rfc9420 {

using ProposalOrRef =
    wire::Select<ProposalOrRefType, wire::Case<ProposalOrRefType::proposal, Proposal>,
                 wire::Case<ProposalOrRefType::reference, ProposalRef>>;

struct Commit {
  std::vector<ProposalOrRef> proposals;
  std::optional<UpdatePath> path;
  bool operator==(const Commit&) const = default;
};

}  // namespace conclave::rfc9420
