// CommitSummary: everything that a commit does, to be looked at before it is applied
// (RFC 9420, section 12.4).
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "conclave/member.h"
#include "conclave/types.h"

namespace conclave {

struct CommitSummary {
  Epoch epoch = 0;   // that the commit leads to
  Sender committer;  // a Member of the epoch that it ends, or a Newcomer who joins with it
  LeafIndex committer_leaf;
  bool is_ours = false;
  bool removes_us = false;
  bool has_path = false;              // whether the committer's keys are new
  std::vector<Member> added;          // as of the new epoch; a Newcomer who joins is among them
  std::vector<Member> removed;        // as of the old one
  std::vector<MemberChange> updated;  // old and new, the committer's own among them
  std::optional<std::vector<Extension>> extensions;  // the group's new ones, if they were replaced
  std::vector<PskId> psks;
  std::optional<ProposedReInit> reinit;     // the group closes
  std::vector<ReceivedProposal> proposals;  // all of them, in order, each with its sender
  Bytes authenticated_data;
};

}  // namespace conclave
