// What a group knows across its tree, kept up to date epoch by epoch.
#pragma once

#include "conclave/credential.h"
#include "conclave/result.h"
#include "group/client_index.h"
#include "group/staged_epoch.h"
#include "tree/tree_index.h"

namespace conclave {

struct GroupIndex {
  TreeIndex tree;
  ClientIndex clients;

  // The index of a whole tree: O(N). kInvalidCommit if a key or a client is in it twice.
  static Result<GroupIndex> Of(const Suite& suite, const RatchetTree& tree,
                               CredentialVerifier& verifier);

  // Follows the indexed tree `before` into the staged epoch, whose index change is used up.
  void Follow(const RatchetTree& before, StagedEpoch& staged, CredentialVerifier& verifier);
};

}  // namespace conclave
