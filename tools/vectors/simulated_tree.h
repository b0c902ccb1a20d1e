// A ratchet tree and the keys of everybody in it (RFC 9420, section 7).
#pragma once

#include <map>

#include "client.h"
#include "rfc9420/proposal.h"
#include "tree/ratchet_tree.h"
#include "tree/tree_builder.h"
#include "tree/update_path.h"

namespace conclave::vectors {

struct SimulatedLeaf {
  SoftwareSigner signer;
  LeafProfile profile;
  Secret encryption_key;
};

class SimulatedTree {
 public:
  // Of one leaf.
  explicit SimulatedTree(const Source& source);

  const Bytes& group_id() const { return group_id_; }
  const RatchetTree& tree() const { return tree_; }
  const std::map<LeafIndex, SimulatedLeaf>& leaves() const { return leaves_; }
  // The path secret that the node's key was made of.
  const Secret& path_secret(NodeIndex node) const { return path_secrets_.at(node); }

  // Each makes a proposal and applies it.
  rfc9420::Proposal Add();
  rfc9420::Proposal Update(LeafIndex leaf);
  rfc9420::Proposal Remove(LeafIndex leaf);

  // A path that `committer` could send next.
  PreparedPath Prepare(LeafIndex committer) const;
  // A path of `committer`, merged in.
  void Commit(LeafIndex committer);

 private:
  void Finish(TreeBuilder builder) { tree_ = std::move(builder).Finish(source_.suite()).value(); }
  SimulatedTree(const Source& source, SimulatedClient first);

  const Source& source_;
  Bytes group_id_;
  RatchetTree tree_;
  std::map<LeafIndex, SimulatedLeaf> leaves_;
  std::map<NodeIndex, Secret> path_secrets_;
};

}  // namespace conclave::vectors
