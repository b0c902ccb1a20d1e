// Making, sealing, checking, opening and merging an UpdatePath (RFC 9420, sections 7.4 to 7.6).
//
// A committer calls PreparePath, computes the provisional GroupContext from the tree it got, and
// calls SealPath. A receiver calls MergePath, computes the same context, and calls OpenPath.
//
// `added` always names the leaves that the commit adds by Add proposals: they learn the path from
// their Welcome, so nothing is encrypted to them. Whoever joins by an external commit has been
// given a leaf (TreeBuilder::AddLeaf) before any of these functions is called, and is not among
// `added`.
#pragma once

#include <vector>

#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "labeled/secrets.h"
#include "rfc9420/update_path.h"
#include "tree/private_path.h"
#include "tree/ratchet_tree.h"

namespace conclave {

// A path that is made but not sealed: the tree with it, and the secrets.
struct PreparedPath {
  RatchetTree tree;
  rfc9420::LeafNode leaf_node;  // signed
  struct Node {
    NodeIndex index;
    NodeIndex copath_child;
    Bytes encryption_key;
    PathSecretValue path_secret;
  };
  std::vector<Node> nodes;  // the filtered direct path, from the leaf up
  CommitSecret commit_secret;
  PrivatePath private_path;  // all that the committer knows afterwards
};

// Section 7.5: fresh path secrets for `committer` in `tree`, which has all proposals applied.
// `leaf` is the new leaf without its encryption key, source and signature, which are made here.
Result<PreparedPath> PreparePath(const Suite& suite, const RatchetTree& tree, LeafIndex committer,
                                 rfc9420::LeafNode leaf, BytesView group_id, const Signer& signer);

// Section 7.6: encrypts each path secret to the resolution of its copath child, leaving out the
// leaves that this commit adds. kInvalidCommit if a key in the tree cannot be encrypted to: members
// check the keys of leaves, and those of the parents above their own.
Result<rfc9420::UpdatePath> SealPath(const Suite& suite, const PreparedPath& path,
                                     BytesView serialized_context,
                                     const std::vector<LeafIndex>& added);

// Section 7.5: `tree`, which has all proposals applied, with `path` of `committer` merged in.
// Checks the number of nodes, the sizes of their keys, that each ciphertext list has one entry for
// each node of the resolution it is for, and that the leaf's parent hash is the one computed.
// Whether the keys are new is for TreeIndex to say, and CheckLeafNode is not called.
Result<RatchetTree> MergePath(const Suite& suite, const RatchetTree& tree, LeafIndex committer,
                              const rfc9420::UpdatePath& path, const std::vector<LeafIndex>& added);

// What a receiver gets out of a path.
struct OpenedPath {
  CommitSecret commit_secret;
  PrivatePath private_path;  // what was known and is not replaced, and the new keys
};

// Section 7.5: decrypts the path secret meant for us and derives the rest of the path, checking
// each public key. `tree` is the merged one; `known` are our keys after the proposals were applied.
Result<OpenedPath> OpenPath(const Suite& suite, const RatchetTree& tree, LeafIndex committer,
                            const rfc9420::UpdatePath& path, BytesView serialized_context,
                            const std::vector<LeafIndex>& added, const PrivatePath& known);

// Section 12.4.3.1: gives `path` the keys that a joiner derives from the path secret of its
// Welcome, which is that of the lowest common ancestor of its leaf and the committer's. On failure,
// `path` is as it was.
Result<void> ImplantPathSecret(const Suite& suite, const RatchetTree& tree, LeafIndex committer,
                               PathSecretValue path_secret, PrivatePath& path);

}  // namespace conclave
