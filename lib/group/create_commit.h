// Creating a commit (RFC 9420, section 12.4.1): from a list of proposals to the message, the epoch
// that it begins, staged, and the Welcomes for those it adds.
#pragma once

#include <optional>
#include <vector>

#include "conclave/policy.h"
#include "conclave/result.h"
#include "group/environment.h"
#include "group/group_info.h"
#include "group/own_leaf.h"
#include "group/process_commit.h"
#include "group/proposal_rules.h"
#include "group/staged_epoch.h"
#include "rfc9420/framing.h"

namespace conclave {

struct CommitPlan {
  CommitPurpose purpose = CommitPurpose::regular;
  // Checked one by one already (CheckProposal).
  ProposalList list = {};
  PathPolicy path = PathPolicy::when_required;
  // The committer's new leaf: without a value, as it was.
  std::optional<LeafProfile> profile = {};
  const Signer* signer = nullptr;  // of the new leaf; null for the epoch's
  Bytes authenticated_data = {};
  HandshakeFraming framing = HandshakeFraming::private_message;
  GroupInfoContents welcome_contents = {};
  std::size_t joiners_per_welcome = 0;
};

struct CreatedCommit {
  rfc9420::MLSMessage message;
  StagedEpoch staged;
  std::vector<rfc9420::Welcome> welcomes;
};

// Nothing in `epoch` changes but, for a private message, the handshake ratchet it takes a key from.
Result<CreatedCommit> CreateCommit(EpochState& epoch, const GroupIndex& index,
                                   const Environment& environment, const CommitPlan& plan);

// An external commit (section 12.4.3.2) into `group`, made known by a GroupInfo.
struct ExternalCommitPlan {
  ProposalList list = {};  // Remove and PreSharedKey; the ExternalInit is made here
  LeafProfile profile = {};
  const Signer* signer = nullptr;
  Bytes external_pub = {};
  Bytes authenticated_data = {};
};
struct CreatedExternalCommit {
  rfc9420::MLSMessage message;
  StagedEpoch staged;
};
Result<CreatedExternalCommit> CreateExternalCommit(const PublicGroup& group,
                                                   const GroupIndex& index,
                                                   const Environment& environment,
                                                   const ExternalCommitPlan& plan);

}  // namespace conclave
