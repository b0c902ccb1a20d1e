// From a commit to the secrets of the epoch it begins: the part of RFC 9420, sections 12.4.1 and
// 12.4.2, that committer and receivers compute alike.
#pragma once

#include <vector>

#include "group/apply_proposals.h"
#include "group/environment.h"
#include "group/public_group.h"
#include "rfc9420/framing.h"
#include "schedule/key_schedule.h"

namespace conclave {

// Section 12.4.1: the GroupContext of the new epoch with the old confirmed transcript hash, under
// which path secrets are sealed.
rfc9420::GroupContext ProvisionalContext(const PublicGroup& before, const RatchetTree& tree,
                                         const std::vector<Extension>& extensions);

// Section 8.4: the psk_secret of these PSKs, looked up in their order. kMissing if one is not
// there.
Result<PskSecret> LookUpPsks(const Suite& suite, const Environment& environment,
                             const std::vector<rfc9420::PreSharedKeyID>& psks);

struct NextEpoch {
  PublicGroup group;
  EpochSecrets secrets;
  JoinerSecret joiner_secret;
};

// Advances transcript hash and key schedule. `commit` is signed, and may lack its confirmation tag,
// which is then that of the group which is returned. `context` is the provisional one.
struct ScheduleInputs {
  const InitSecret& init_secret;
  const CommitSecret& commit_secret;
  const PskSecret& psk_secret;
};
Result<NextEpoch> AdvanceEpoch(const PublicGroup& before, rfc9420::GroupContext context,
                               RatchetTree tree, const rfc9420::AuthenticatedContent& commit,
                               const ScheduleInputs& inputs);

}  // namespace conclave
