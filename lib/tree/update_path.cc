#include "tree/update_path.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "tree/parent_hash.h"
#include "tree/tree_builder.h"

namespace conclave {

namespace {

namespace labels = rfc9420::labels;

// Section 7.4: node_priv[n], node_pub[n].
Result<KeyPair> DeriveNodeKeyPair(const Suite& suite, const PathSecretValue& path_secret) {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret node_secret,
                            DeriveSecret(suite, path_secret.value, labels::kNode));
  return KemDeriveKeyPair(suite.provider(), suite.kem(), node_secret);
}

// Section 7.4: path_secret[n + 1].
Result<PathSecretValue> NextPathSecret(const Suite& suite, const PathSecretValue& path_secret) {
  CONCLAVE_ASSIGN_OR_RETURN(Secret next, DeriveSecret(suite, path_secret.value, labels::kPath));
  return PathSecretValue{std::move(next)};
}

// Sections 7.4 and 7.6: the resolution of a node without the leaves that this commit adds.
class OldResolution {
 public:
  explicit OldResolution(const std::vector<LeafIndex>& added) : added_(added) {
    std::ranges::sort(added_);
  }

  //= rfc9420#7.6
  //# For each UpdatePathNode, the resolution of the corresponding copath node MUST exclude all new
  //# leaf nodes added as part of the current Commit.
  std::vector<NodeIndex> Of(const RatchetTree& tree, NodeIndex node) const {
    std::vector<NodeIndex> resolution = tree.Resolution(node);
    if (added_.empty()) return resolution;
    std::erase_if(resolution, [this](NodeIndex index) {
      return IsLeaf(index) && std::ranges::binary_search(added_, ToLeaf(index));
    });
    return resolution;
  }
  std::size_t SizeOf(const RatchetTree& tree, NodeIndex node) const {
    return tree.ResolutionSize(node, added_);
  }

 private:
  std::vector<LeafIndex> added_;
};

// The parents of a path with their parent hashes, and the leaf's. `keys` are those of `steps`,
// whose copath is in `tree`.
struct HashedPath {
  std::vector<TreeBuilder::NewParent> parents;
  Bytes leaf_parent_hash;
};
Result<HashedPath> ComputeParentHashes(const Suite& suite, const RatchetTree& tree,
                                       const std::vector<PathStep>& steps,
                                       std::span<const BytesView> keys) {
  HashedPath path;
  path.parents.resize(steps.size());
  // From the root-most node down: "each hash incorporates all the non-blank nodes above it".
  for (std::size_t i = steps.size(); i-- > 0;) {
    Bytes above = std::move(path.leaf_parent_hash);
    CONCLAVE_ASSIGN_OR_RETURN(path.leaf_parent_hash,
                              ParentHashOf(suite, keys[i], above, tree, steps[i].copath_child));
    path.parents[i] = {steps[i].node, ToBytes(keys[i]), std::move(above)};
  }
  return path;
}

// The filtered direct path of the committer, once it is known that `path` fits it.
Result<std::vector<PathStep>> CheckShape(const Suite& suite, const RatchetTree& tree,
                                         LeafIndex committer, const rfc9420::UpdatePath& path,
                                         const std::vector<LeafIndex>& added) {
  std::vector<PathStep> steps = tree.FilteredDirectPath(committer);
  CONCLAVE_RETURN_IF_ERROR(Rule("7.5:path-covers-filtered-direct-path", ErrorKind::kInvalidCommit,
                                path.nodes.size() == steps.size()));
  const OldResolution resolution(added);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const rfc9420::UpdatePathNode& node = path.nodes[i];
    CONCLAVE_RETURN_IF_ERROR(Rule("7.6:path-key-size", ErrorKind::kInvalidCommit,
                                  node.encryption_key.size() == suite.kem_sizes().public_key));
    //= rfc9420#7.6
    //# The length of the `encrypted_path_secret` vector MUST be equal to the length of the
    //# resolution of the copath node (excluding new leaf nodes), with each ciphertext being the
    //# encryption to the respective resolution node.
    CONCLAVE_RETURN_IF_ERROR(
        Rule("7.6:one-ciphertext-per-recipient", ErrorKind::kInvalidCommit,
             node.encrypted_path_secret.size() == resolution.SizeOf(tree, steps[i].copath_child)));
  }
  return steps;
}

// The keys of nodes that lie one above the other, the lowest first, and what follows the last.
struct DerivedKeys {
  std::vector<std::pair<NodeIndex, Secret>> private_keys;
  CommitSecret commit_secret;
};

// Derives the keys of `steps` from the path secret of the first. Each must belong to the public key
// that the node has in `tree`.
Result<DerivedKeys> DeriveKeys(const Suite& suite, const RatchetTree& tree,
                               std::span<const PathStep> steps, PathSecretValue path_secret) {
  CONCLAVE_RETURN_IF_ERROR(Rule("7.4:path-secret-size", ErrorKind::kInvalidCommit,
                                path_secret.value.size() == suite.hash_size()));
  DerivedKeys keys;
  for (const PathStep& step : steps) {
    CONCLAVE_ASSIGN_OR_RETURN(KeyPair pair, DeriveNodeKeyPair(suite, path_secret));
    // "Verify that the derived public keys are the same as the corresponding public keys sent in
    // the UpdatePath." On joining: "The private key MUST be the private key that corresponds to the
    // public key in the node."
    CONCLAVE_RETURN_IF_ERROR(
        Rule("7.5:derived-public-key-is-the-nodes", ErrorKind::kInvalidCommit,
             !tree.IsBlank(step.node) &&
                 std::ranges::equal(pair.public_key, tree.EncryptionKey(step.node))));
    keys.private_keys.emplace_back(step.node, std::move(pair.private_key));
    CONCLAVE_ASSIGN_OR_RETURN(path_secret, NextPathSecret(suite, path_secret));
  }
  keys.commit_secret = {std::move(path_secret.value)};
  return keys;
}

// The steps from the lowest node that has both leaves under it. None if the committer is `own`.
std::span<const PathStep> StepsAbove(const std::vector<PathStep>& steps, LeafIndex own) {
  const auto first = std::ranges::find_if(
      steps, [own](const PathStep& step) { return IsInSubtree(own, step.copath_child); });
  return {first, steps.end()};
}

// Section 7.5: the node of the resolution whose private key we know, and which one it is.
struct Recipient {
  std::size_t position;
  NodeIndex node;
};
std::optional<Recipient> FindRecipient(const std::vector<NodeIndex>& resolution,
                                       const PrivatePath& known) {
  for (std::size_t i = 0; i < resolution.size(); ++i) {
    if (known.Find(resolution[i]) != nullptr) return Recipient{i, resolution[i]};
  }
  return std::nullopt;
}

}  // namespace

Result<PreparedPath> PreparePath(const Suite& suite, const RatchetTree& tree, LeafIndex committer,
                                 rfc9420::LeafNode leaf, BytesView group_id, const Signer& signer) {
  CONCLAVE_ASSIGN_OR_RETURN(KeyPair leaf_key, KemGenerateKeyPair(suite.provider(), suite.kem()));
  CONCLAVE_ASSIGN_OR_RETURN(Secret first, RandomSecret(suite.provider(), suite.hash_size()));
  PathSecretValue path_secret{std::move(first)};

  PreparedPath path{.tree = tree,
                    .leaf_node = std::move(leaf),
                    .nodes = {},
                    .commit_secret = {},
                    .private_path = PrivatePath(committer, std::move(leaf_key.private_key))};
  const std::vector<PathStep> steps = tree.FilteredDirectPath(committer);
  path.nodes.reserve(steps.size());
  for (const PathStep& step : steps) {
    CONCLAVE_ASSIGN_OR_RETURN(KeyPair pair, DeriveNodeKeyPair(suite, path_secret));
    CONCLAVE_ASSIGN_OR_RETURN(PathSecretValue next, NextPathSecret(suite, path_secret));
    path.private_path.SetKey(step.node, std::move(pair.private_key));
    path.nodes.push_back({step.node, step.copath_child, std::move(pair.public_key),
                          std::exchange(path_secret, std::move(next))});
  }
  path.commit_secret = {std::move(path_secret.value)};

  std::vector<BytesView> keys;
  keys.reserve(steps.size());
  for (const PreparedPath::Node& node : path.nodes) keys.emplace_back(node.encryption_key);
  CONCLAVE_ASSIGN_OR_RETURN(HashedPath hashed, ComputeParentHashes(suite, tree, steps, keys));

  rfc9420::LeafNode& leaf_node = path.leaf_node;
  leaf_node.encryption_key = std::move(leaf_key.public_key);
  leaf_node.leaf_node_source = decltype(leaf_node.leaf_node_source)::Of(
      rfc9420::ParentHash{std::move(hashed.leaf_parent_hash)});
  CONCLAVE_ASSIGN_OR_RETURN(
      leaf_node.signature,
      SignWithLabel(signer, labels::kLeafNodeTBS,
                    rfc9420::SerializeLeafNodeTBS(leaf_node, group_id, committer)));

  TreeBuilder builder(tree);
  builder.SetPath(committer, LeafRecord(leaf_node), std::move(hashed.parents));
  CONCLAVE_ASSIGN_OR_RETURN(path.tree, std::move(builder).Finish(suite));
  return path;
}

Result<rfc9420::UpdatePath> SealPath(const Suite& suite, const PreparedPath& path,
                                     BytesView serialized_context,
                                     const std::vector<LeafIndex>& added) {
  CONCLAVE_ASSIGN_OR_RETURN(
      const LabeledEncryption encryption,
      LabeledEncryption::Create(suite, labels::kUpdatePathNode, serialized_context));
  const OldResolution resolution(added);
  std::vector<HpkeRecipient> recipients;
  std::vector<std::size_t> ends;  // of each node's recipients
  for (const PreparedPath::Node& node : path.nodes) {
    const BytesView path_secret = node.path_secret.value.ExposeForProvider();
    for (const NodeIndex recipient : resolution.Of(path.tree, node.copath_child)) {
      recipients.push_back({path.tree.EncryptionKey(recipient), path_secret});
    }
    ends.push_back(recipients.size());
  }
  Result<std::vector<rfc9420::HPKECiphertext>> ciphertexts = encryption.EncryptBatch(recipients);
  CONCLAVE_RETURN_IF_ERROR(
      RuleFrom("7.5:recipients-keys-are-keys", ErrorKind::kInvalidCommit, ciphertexts));

  rfc9420::UpdatePath sealed;
  sealed.leaf_node = path.leaf_node;
  sealed.nodes.reserve(path.nodes.size());
  auto next = std::make_move_iterator(ciphertexts->begin());
  for (std::size_t i = 0; i < path.nodes.size(); ++i) {
    const auto end =
        std::make_move_iterator(ciphertexts->begin()) + static_cast<std::ptrdiff_t>(ends[i]);
    sealed.nodes.push_back({path.nodes[i].encryption_key, {next, end}});
    next = end;
  }
  return sealed;
}

Result<RatchetTree> MergePath(const Suite& suite, const RatchetTree& tree, LeafIndex committer,
                              const rfc9420::UpdatePath& path,
                              const std::vector<LeafIndex>& added) {
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.5:committer-has-a-leaf", ErrorKind::kInvalidCommit, tree.leaf(committer) != nullptr));
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<PathStep> steps,
                            CheckShape(suite, tree, committer, path, added));
  std::vector<BytesView> keys;
  keys.reserve(steps.size());
  for (const rfc9420::UpdatePathNode& node : path.nodes) keys.emplace_back(node.encryption_key);
  CONCLAVE_ASSIGN_OR_RETURN(HashedPath hashed, ComputeParentHashes(suite, tree, steps, keys));

  //= rfc9420#7.9.2
  //# When processing a Commit message that includes an UpdatePath, clients MUST recompute the
  //# expected value of `parent_hash` for the committer's new leaf and verify that it matches the
  //# `parent_hash` value in the supplied `leaf_node`.
  const auto* source = path.leaf_node.leaf_node_source.GetIf<rfc9420::ParentHash>();
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.9.2:leaf-parent-hash", ErrorKind::kInvalidCommit,
           source != nullptr && source->parent_hash == hashed.leaf_parent_hash));

  TreeBuilder builder(tree);
  builder.SetPath(committer, LeafRecord(path.leaf_node), std::move(hashed.parents));
  return std::move(builder).Finish(suite);
}

Result<OpenedPath> OpenPath(const Suite& suite, const RatchetTree& tree, LeafIndex committer,
                            const rfc9420::UpdatePath& path, BytesView serialized_context,
                            const std::vector<LeafIndex>& added, const PrivatePath& known) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<PathStep> steps,
                            CheckShape(suite, tree, committer, path, added));
  // Identify a node in the filtered direct path for which the recipient is in the subtree of the
  // non-updated child.
  const std::span<const PathStep> ours = StepsAbove(steps, known.leaf());
  CONCLAVE_RETURN_IF_ERROR(Rule("7.5:path-is-for-us", ErrorKind::kInvalidCommit, !ours.empty()));

  // Identify a node in the resolution of the copath node for which the recipient has a private key.
  const std::vector<NodeIndex> resolution =
      OldResolution(added).Of(tree, ours.front().copath_child);
  const std::optional<Recipient> recipient = FindRecipient(resolution, known);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.5:recipient-key-known", ErrorKind::kInvalidCommit, recipient.has_value()));

  // Decrypt the path secret for the parent of the copath node using the private key from the
  // resolution node.
  const std::size_t first = steps.size() - ours.size();
  Result<Secret> secret =
      DecryptWithLabel(suite, *known.Find(recipient->node), tree.EncryptionKey(recipient->node),
                       labels::kUpdatePathNode, serialized_context,
                       path.nodes[first].encrypted_path_secret[recipient->position]);
  CONCLAVE_RETURN_IF_ERROR(RuleFrom("7.6:path-secret-opens", ErrorKind::kInvalidCommit, secret));
  CONCLAVE_ASSIGN_OR_RETURN(DerivedKeys keys,
                            DeriveKeys(suite, tree, ours, {std::move(secret).value()}));

  //= rfc9420#7.5
  //# After processing the update, each recipient MUST delete outdated key material, specifically:
  // the keys of every node from there up, whether the path set or blanked it.
  PrivatePath updated = known.Clone();
  updated.ForgetFrom(ours.front().node);
  for (auto& [node, key] : keys.private_keys) updated.SetKey(node, std::move(key));
  return OpenedPath{std::move(keys.commit_secret), std::move(updated)};
}

Result<void> ImplantPathSecret(const Suite& suite, const RatchetTree& tree, LeafIndex committer,
                               PathSecretValue path_secret, PrivatePath& path) {
  const std::vector<PathStep> steps = tree.FilteredDirectPath(committer);
  const std::span<const PathStep> ours = StepsAbove(steps, path.leaf());
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:path-secret-is-of-common-ancestor", ErrorKind::kInvalidCommit, !ours.empty()));
  CONCLAVE_ASSIGN_OR_RETURN(DerivedKeys keys,
                            DeriveKeys(suite, tree, ours, std::move(path_secret)));
  for (auto& [node, key] : keys.private_keys) path.SetKey(node, std::move(key));
  return {};
}

}  // namespace conclave
