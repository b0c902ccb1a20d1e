#include "group/create_group.h"

#include <utility>

#include "base/result_macros.h"
#include "crypto/kdf.h"
#include "group/group_extensions.h"
#include "schedule/key_schedule.h"

namespace conclave {

//= rfc9420#11
//# To initialize a group, the creator of the group MUST take the following steps:
Result<NewGroupState> CreateGroupState(const Suite& suite, const Environment& environment,
                                       GroupId group_id, std::vector<Extension> extensions,
                                       const LeafProfile& profile, const Signer& signer,
                                       Lifetime lifetime) {
  CONCLAVE_RETURN_IF_ERROR(CheckExtensionsSize(environment.policy, extensions));
  // Ratchet tree: a tree with a single node, a leaf node for the creator.
  CONCLAVE_ASSIGN_OR_RETURN(SignedLeaf leaf, MakeKeyPackageLeaf(suite, profile, signer, lifetime));
  CONCLAVE_ASSIGN_OR_RETURN(RatchetTree tree, RatchetTree::WithOneLeaf(suite, leaf.leaf));

  // Epoch: 0. Confirmed transcript hash: the zero-length octet string.
  rfc9420::GroupContext context;
  context.cipher_suite = suite.id();
  context.group_id = std::move(group_id);
  context.tree_hash = ToBytes(tree.TreeHash());
  context.extensions = std::move(extensions);

  // Epoch secret: a fresh random value of size KDF.Nh.
  CONCLAVE_ASSIGN_OR_RETURN(const Secret epoch_secret,
                            RandomSecret(suite.provider(), suite.hash_size()));
  CONCLAVE_ASSIGN_OR_RETURN(EpochSecrets secrets, DeriveEpochSecrets(suite, epoch_secret));
  // Compute a confirmation_tag over the empty confirmed_transcript_hash.
  CONCLAVE_ASSIGN_OR_RETURN(Bytes tag, MakeConfirmationTag(suite, secrets.confirmation_key,
                                                           context.confirmed_transcript_hash));

  CONCLAVE_ASSIGN_OR_RETURN(GroupIndex index, GroupIndex::Of(suite, tree, environment.verifier));
  CONCLAVE_ASSIGN_OR_RETURN(PublicGroup group,
                            PublicGroup::Create(suite, std::move(context), tree, std::move(tag)));
  AppliedProposals unchanged{.tree = tree, .extensions = group.context().extensions};
  CONCLAVE_RETURN_IF_ERROR(
      CheckResultingTree(group, index, environment, unchanged, tree, TreeDelta{}));
  return NewGroupState{
      MakeEpochState(std::move(group), PrivatePath({0}, std::move(leaf.private_key)),
                     std::move(secrets), signer),
      std::move(index)};
}

}  // namespace conclave
