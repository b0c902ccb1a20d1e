#include "tree/tree_records.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "tree/tree_delta.h"
#include "tree/tree_node.h"
#include "wire/parse.h"

namespace conclave {

namespace {

using Changes = std::span<NodeChange>;

// `node`, which stands at `at`, with the changes that are at and under it.
TreeNodeSlot Patched(const TreeNodeSlot& node, NodeIndex at, Changes changes) {
  if (changes.empty()) return node;
  if (IsLeaf(at)) {
    std::optional<LeafRecord>& leaf = changes.front().leaf;
    return leaf.has_value() ? MakeLeaf(std::move(*leaf)) : MakeBlank();
  }
  const auto here = std::ranges::lower_bound(changes, at, {}, &NodeChange::index);
  const bool changes_here = here != changes.end() && here->index == at;
  const ParentTreeNode* parent = AsParent(*node);
  const TreeNodeSlot blank = parent == nullptr ? MakeBlank() : TreeNodeSlot();
  TreeNodeSlot left =
      Patched(parent != nullptr ? parent->left : blank, Left(at), {changes.begin(), here});
  TreeNodeSlot right = Patched(parent != nullptr ? parent->right : blank, Right(at),
                               {changes_here ? std::next(here) : here, changes.end()});
  ParentRecord record;
  if (changes_here) {
    record = std::move(here->parent);
  } else if (parent != nullptr) {
    record = parent->record;
  }
  return MakeParent(std::move(record), std::move(left), std::move(right));
}

// The hash of a blank subtree is of its height, so a blank one that gets another is made anew.
TreeNodeSlot WithWidth(const RatchetTree& tree, std::uint32_t width) {
  // Nodes that have their hashes are not edited below.
  TreeNodeSlot root(const_cast<TreeNode*>(TreeNodePointer(tree.root()).Detach()));
  for (std::uint32_t at = tree.width(); at < width; at *= 2) {
    root = MakeParent({}, root->is_empty ? MakeBlank() : root, MakeBlank());
  }
  for (std::uint32_t at = tree.width(); at > width; at /= 2) {
    const ParentTreeNode* parent = AsParent(*root);
    root = parent != nullptr ? TreeNodeSlot(parent->left) : MakeBlank();
  }
  return root;
}

Result<RatchetTree> Finish(const Suite& suite, const TreeNodeSlot& root, std::uint32_t width) {
  CONCLAVE_RETURN_IF_ERROR(HashNodes(suite, *root, Root(width)));
  return RatchetTree(root, width);
}

}  // namespace

std::vector<NodeIndex> ChangedNodes(const RatchetTree& before, const RatchetTree& after) {
  return NodesOf(ContentDifferenceOf(before, after));
}

BytesView NodeContent(const RatchetTree& tree, NodeIndex index, Bytes& buffer) {
  if (IsLeaf(index)) {
    const LeafRecord* leaf = tree.leaf(ToLeaf(index));
    return leaf != nullptr ? leaf->wire() : BytesView();
  }
  const ParentRecord* parent = tree.parent(index);
  if (parent == nullptr) return {};
  wire::Writer writer(std::move(buffer));
  parent->EncodeTo(writer);
  buffer = writer.Take();
  return buffer;
}

Result<NodeChange> ChangeTo(NodeIndex index, BytesView content) {
  NodeChange change{index};
  if (content.empty()) return change;
  if (IsLeaf(index)) {
    change.leaf = LeafRecord::FromStorage(content);
    return change;
  }
  const auto parent = wire::Parse<rfc9420::ParentNode>(content);
  CONCLAVE_RETURN_IF_ERROR(Rule("storage:parent-node-decodes", ErrorKind::kStorage,
                                parent.ok() && !parent->encryption_key.empty()));
  change.parent = ParentRecord(*parent);
  return change;
}

Result<RatchetTree> PatchTree(const Suite& suite, const RatchetTree& before, std::uint32_t width,
                              std::vector<NodeChange> changes) {
  // What lies outside a narrower tree is gone with it.
  std::erase_if(changes, [width](const NodeChange& change) {
    return change.index.value >= NodeCount(width);
  });
  return Finish(suite, Patched(WithWidth(before, width), Root(width), changes), width);
}

Result<RatchetTree> MakeTree(const Suite& suite, std::uint32_t width,
                             std::vector<NodeChange> nodes) {
  return Finish(suite, Patched(MakeBlank(), Root(width), nodes), width);
}

}  // namespace conclave
