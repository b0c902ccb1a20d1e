#include "tree_history.h"

#include <algorithm>

namespace conclave::bench {

namespace {

using rfc9420::LeafNodeSource;

constexpr std::uint32_t kChangesPerMember = 10;
constexpr std::uint64_t kSeed = 20230713;

}  // namespace

TreeHistory TreeHistory::Of(TreeState state, std::uint32_t members) {
  TreeHistory history;
  for (std::uint32_t i = 0; i < members; ++i) history.Add();
  if (state != TreeState::blank) history.CommitAll();
  if (state == TreeState::churned) history.Churn(kChangesPerMember * members);
  return history;
}

// From right to left, so that in the end the leftmost member under each parent has made it.
void TreeHistory::CommitAll() {
  for (std::uint32_t leaf = members(); leaf-- > 0;) Commit({leaf});
}

// Adds only fill gaps and all gaps are filled at the end: the members sit where they sat.
void TreeHistory::Churn(std::uint32_t changes) {
  const std::uint32_t most = members();
  const std::uint32_t least = most - most / 10;
  std::mt19937_64 random(kSeed);
  for (std::uint32_t i = 0; i < changes; ++i) {
    const LeafIndex committer = RandomMember(random);
    const LeafIndex other = RandomMember(random);
    switch (random() % 3) {
      case 0:
        if (other != committer) Update(other);
        Commit(committer);
        break;
      case 1:
        if (other == committer || members() <= least) break;
        Remove(other);
        Commit(committer);
        break;
      default:
        if (members() < most) Add();
    }
  }
  while (members() < most) Add();
}

LeafIndex TreeHistory::RandomMember(std::mt19937_64& random) const {
  while (true) {
    const LeafIndex leaf{static_cast<std::uint32_t>(random() % width_)};
    if (CountUnder(ToNode(leaf)) != 0) return leaf;
  }
}

LeafIndex TreeHistory::LeftmostBlank() const {
  NodeIndex node = Root(width_);
  while (!IsLeaf(node)) {
    node = CountUnder(Left(node)) < LeafSpan(Left(node)) ? Left(node) : Right(node);
  }
  return ToLeaf(node);
}

void TreeHistory::Add() {
  if (members() == width_) {
    const std::uint32_t before = members();
    width_ *= 2;
    nodes_.resize(NodeCount(width_));
    nodes_[Root(width_).value].members = before;
  }
  const LeafIndex leaf = LeftmostBlank();
  nodes_[ToNode(leaf).value] = {.members = 1};
  for (const NodeIndex above : DirectPath(leaf, width_)) {
    Node& node = nodes_[above.value];
    ++node.members;
    if (!node.is_populated) continue;
    node.unmerged.insert(std::ranges::upper_bound(node.unmerged, leaf), leaf);
  }
}

void TreeHistory::BlankPath(LeafIndex leaf) {
  for (const NodeIndex above : DirectPath(leaf, width_)) {
    nodes_[above.value] = {.members = CountUnder(above)};
  }
}

void TreeHistory::Remove(LeafIndex leaf) {
  BlankPath(leaf);
  nodes_[ToNode(leaf).value] = {};
  for (const NodeIndex above : DirectPath(leaf, width_)) --nodes_[above.value].members;
  while (width_ > 1 && CountUnder(Right(Root(width_))) == 0) {
    width_ /= 2;
    nodes_.resize(NodeCount(width_));
  }
}

void TreeHistory::Update(LeafIndex leaf) {
  BlankPath(leaf);
  nodes_[ToNode(leaf).value].source = LeafNodeSource::update;
}

void TreeHistory::Commit(LeafIndex committer) {
  BlankPath(committer);
  nodes_[ToNode(committer).value].source = LeafNodeSource::commit;
  for (NodeIndex child = ToNode(committer); child != Root(width_); child = Parent(child)) {
    Node& parent = nodes_[Parent(child).value];
    parent.is_populated = CountUnder(Sibling(child)) != 0;
    parent.committer = committer;
  }
}

}  // namespace conclave::bench
