#include "tree/private_path.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace conclave {

PrivatePath::PrivatePath(LeafIndex leaf, Secret leaf_key)
    : leaf_(leaf), leaf_key_(std::move(leaf_key)) {}

PrivatePath PrivatePath::Clone() const {
  PrivatePath copy(leaf_, leaf_key_.Clone());
  copy.keys_.reserve(keys_.size());
  for (const NodeKey& known : keys_) copy.keys_.push_back({known.node, known.key.Clone()});
  return copy;
}

const Secret* PrivatePath::Find(NodeIndex node) const {
  if (node == ToNode(leaf_)) return &leaf_key_;
  const auto found = std::ranges::find(keys_, node, &NodeKey::node);
  return found != keys_.end() ? &found->key : nullptr;
}

void PrivatePath::SetLeafKey(Secret key) { leaf_key_ = std::move(key); }

void PrivatePath::SetKey(NodeIndex node, Secret key) {
  CONCLAVE_CHECK(!IsLeaf(node) && IsInSubtree(leaf_, node));
  const auto place = std::ranges::lower_bound(
      keys_, Level(node), {}, [](const NodeKey& known) { return Level(known.node); });
  if (place != keys_.end() && place->node == node) {
    place->key = std::move(key);
  } else {
    keys_.insert(place, {node, std::move(key)});
  }
}

void PrivatePath::ForgetBlank(const RatchetTree& tree) {
  std::erase_if(keys_, [&tree](const NodeKey& known) { return tree.IsBlank(known.node); });
}

void PrivatePath::ForgetFrom(NodeIndex node) {
  std::erase_if(keys_, [node](const NodeKey& known) { return Level(known.node) >= Level(node); });
}

}  // namespace conclave
