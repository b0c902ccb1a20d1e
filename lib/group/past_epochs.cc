#include "group/past_epochs.h"

#include <algorithm>

namespace conclave {

namespace {

// The leaves in which a tree differs from its successor, as they were.
std::map<LeafIndex, std::optional<LeafRecord>> ReplacedLeaves(const RatchetTree& before,
                                                              const TreeDelta& delta) {
  std::map<LeafIndex, std::optional<LeafRecord>> replaced;
  for (const NodeIndex node : NodesOf(delta)) {
    if (!IsLeaf(node)) continue;
    const LeafRecord* leaf = before.leaf(ToLeaf(node));
    replaced[ToLeaf(node)] = leaf != nullptr ? std::optional(*leaf) : std::nullopt;
  }
  return replaced;
}

}  // namespace

void PastEpochs::Push(EpochState left, const TreeDelta& delta, std::size_t limit) {
  left.secret_tree.ForgetHandshake();
  epochs_.push_back({left.group.epoch(), ToBytes(left.group.serialized_context()), left.path.leaf(),
                     std::move(left.secrets.sender_data_secret), std::move(left.secret_tree),
                     ReplacedLeaves(left.group.tree(), delta)});
  while (epochs_.size() > limit) epochs_.pop_front();
}

std::vector<Epoch> PastEpochs::DroppedByPush(std::size_t limit) const {
  std::vector<Epoch> dropped;
  for (std::size_t i = 0; i < epochs_.size() && epochs_.size() - i + 1 > limit; ++i) {
    dropped.push_back(epochs_[i].epoch);
  }
  return dropped;
}

PastEpoch* PastEpochs::Find(Epoch epoch) {
  const auto found = std::ranges::find(epochs_, epoch, &PastEpoch::epoch);
  return found == epochs_.end() ? nullptr : &*found;
}

const LeafRecord* PastEpochs::FindLeaf(const PastEpoch& past, LeafIndex leaf,
                                       const RatchetTree& now) const {
  for (const PastEpoch& later : epochs_) {
    if (later.epoch < past.epoch) continue;
    const auto found = later.replaced.find(leaf);
    if (found == later.replaced.end()) continue;
    return found->second.has_value() ? &*found->second : nullptr;
  }
  return now.leaf(leaf);
}

}  // namespace conclave
