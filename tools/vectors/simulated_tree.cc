#include "simulated_tree.h"

#include <utility>

namespace conclave::vectors {

namespace {

SimulatedLeaf LeafOf(SimulatedClient client) {
  return {std::move(client.signer), std::move(client.profile),
          std::move(client.package.leaf_private_key)};
}

}  // namespace

SimulatedTree::SimulatedTree(const Source& source) : SimulatedTree(source, NewClient(source)) {}

SimulatedTree::SimulatedTree(const Source& source, SimulatedClient first)
    : source_(source),
      group_id_(source.Random(16)),
      tree_(RatchetTree::WithOneLeaf(source.suite(), first.package.key_package.leaf_node).value()) {
  leaves_.emplace(LeafIndex{0}, LeafOf(std::move(first)));
}

rfc9420::Proposal SimulatedTree::Add() {
  SimulatedClient client = NewClient(source_);
  rfc9420::Add add{client.package.key_package};
  TreeBuilder builder(tree_);
  const LeafIndex leaf = builder.AddLeaf(LeafRecord(add.key_package.leaf_node));
  Finish(std::move(builder));
  leaves_.insert_or_assign(leaf, LeafOf(std::move(client)));
  return rfc9420::Proposal::Of(std::move(add));
}

rfc9420::Proposal SimulatedTree::Update(LeafIndex leaf) {
  SimulatedLeaf& updated = leaves_.at(leaf);
  SignedLeaf made = MakeUpdateLeaf(source_.suite(), UnplacedLeaf(updated.profile, updated.signer),
                                   updated.signer, group_id_, leaf)
                        .value();
  TreeBuilder builder(tree_);
  builder.UpdateLeaf(leaf, LeafRecord(made.leaf));
  Finish(std::move(builder));
  updated.encryption_key = std::move(made.private_key);
  return rfc9420::Proposal::Of(rfc9420::Update{std::move(made.leaf)});
}

rfc9420::Proposal SimulatedTree::Remove(LeafIndex leaf) {
  TreeBuilder builder(tree_);
  builder.RemoveLeaf(leaf);
  builder.Truncate();
  Finish(std::move(builder));
  leaves_.erase(leaf);
  return rfc9420::Proposal::Of(rfc9420::Remove{leaf});
}

PreparedPath SimulatedTree::Prepare(LeafIndex committer) const {
  const SimulatedLeaf& leaf = leaves_.at(committer);
  return PreparePath(source_.suite(), tree_, committer, UnplacedLeaf(leaf.profile, leaf.signer),
                     group_id_, leaf.signer)
      .value();
}

void SimulatedTree::Commit(LeafIndex committer) {
  PreparedPath path = Prepare(committer);
  tree_ = path.tree;
  leaves_.at(committer).encryption_key = path.private_path.Find(ToNode(committer))->Clone();
  for (PreparedPath::Node& node : path.nodes) {
    path_secrets_.insert_or_assign(node.index, std::move(node.path_secret.value));
  }
}

}  // namespace conclave::vectors
