#include "group/group_index.h"

#include <utility>

#include "base/result_macros.h"

namespace conclave {

Result<GroupIndex> GroupIndex::Of(const Suite& suite, const RatchetTree& tree,
                                  CredentialVerifier& verifier) {
  CONCLAVE_ASSIGN_OR_RETURN(TreeIndex keys, TreeIndex::Of(suite, tree));
  CONCLAVE_ASSIGN_OR_RETURN(ClientIndex clients, ClientIndex::Of(tree, verifier));
  return GroupIndex{std::move(keys), std::move(clients)};
}

void GroupIndex::Follow(const RatchetTree& before, StagedEpoch& staged,
                        CredentialVerifier& verifier) {
  tree.Apply(std::move(*staged.index_change));
  clients.Apply(before, staged.next->group.tree(), staged.delta, verifier);
}

}  // namespace conclave
