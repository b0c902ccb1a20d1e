#include "tree/tree_builder.h"

#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "tree/tree_node.h"

namespace conclave {

namespace {

enum class Content { keep, drop };

// Makes the node in `slot` one that may be edited: not hashed, so not shared. A blank subtree is
// split.
ParentTreeNode& OwnParent(TreeNodeSlot& slot, Content content) {
  ParentTreeNode* parent = AsParent(*slot);
  if (parent == nullptr) {
    slot = TreeNodeSlot(new ParentTreeNode({}, MakeBlank(), MakeBlank()));
  } else if (parent->is_hashed()) {
    slot = TreeNodeSlot(new ParentTreeNode(
        content == Content::keep ? parent->record : ParentRecord(), parent->left, parent->right));
  } else if (content == Content::drop) {
    parent->record = {};
  }
  return *AsParent(*slot);
}

// Puts `leaf` into its place under `slot` and calls `visit(parent, index)` for each node above it,
// from the leaf up.
template <class Visit>
void ReplaceLeaf(TreeNodeSlot& slot, NodeIndex at, LeafIndex index, TreeNodeSlot leaf,
                 Content content, const Visit& visit) {
  if (IsLeaf(at)) {
    slot = std::move(leaf);
    return;
  }
  ParentTreeNode& parent = OwnParent(slot, content);
  if (IsInSubtree(index, Left(at))) {
    ReplaceLeaf(parent.left, Left(at), index, std::move(leaf), content, visit);
  } else {
    ReplaceLeaf(parent.right, Right(at), index, std::move(leaf), content, visit);
  }
  visit(parent, at);
  parent.CountAgain();
}

void ReplaceLeafAndBlankPath(TreeNodeSlot& root, std::uint32_t width, LeafIndex index,
                             TreeNodeSlot leaf) {
  CONCLAVE_CHECK(index.value < width);
  ReplaceLeaf(root, Root(width), index, std::move(leaf), Content::drop,
              [](ParentTreeNode&, NodeIndex) {});
}

}  // namespace

// The nodes of `tree` have their hashes, so nothing below edits them.
TreeBuilder::TreeBuilder(const RatchetTree& tree)
    : root_(const_cast<TreeNode*>(TreeNodePointer(tree.root()).Detach())), width_(tree.width()) {}
TreeBuilder::TreeBuilder(TreeBuilder&&) noexcept = default;
TreeBuilder& TreeBuilder::operator=(TreeBuilder&&) noexcept = default;
TreeBuilder::~TreeBuilder() = default;

const LeafRecord* TreeBuilder::leaf(LeafIndex index) const {
  if (index.value >= width_) return nullptr;
  const TreeNode* node = FindNode(*root_, Root(width_), ToNode(index));
  const LeafTreeNode* leaf = node != nullptr ? AsLeaf(*node) : nullptr;
  return leaf != nullptr ? &leaf->record : nullptr;
}

LeafIndex TreeBuilder::AddLeaf(LeafRecord leaf) {
  if (root_->member_count == width_) {
    CONCLAVE_CHECK(width_ < kMaxTreeWidth);
    root_ = TreeNodeSlot(new ParentTreeNode({}, std::move(root_), MakeBlank()));
    width_ *= 2;
  }
  const LeafIndex index = LeftmostBlankUnder(*root_, Root(width_));
  ReplaceLeaf(root_, Root(width_), index, MakeLeaf(std::move(leaf)), Content::keep,
              [index](ParentTreeNode& parent, NodeIndex) {
                if (!parent.record.is_blank()) parent.record.AddUnmerged(index);
              });
  return index;
}

void TreeBuilder::UpdateLeaf(LeafIndex index, LeafRecord leaf) {
  ReplaceLeafAndBlankPath(root_, width_, index, MakeLeaf(std::move(leaf)));
}

void TreeBuilder::RemoveLeaf(LeafIndex index) {
  ReplaceLeafAndBlankPath(root_, width_, index, MakeBlank());
}

void TreeBuilder::Truncate() {
  while (width_ > 1) {
    const ParentTreeNode* parent = AsParent(*root_);
    if (parent != nullptr && parent->right->member_count > 0) return;
    // The hash of a blank subtree is of its height, so one that loses half is made anew.
    root_ = parent != nullptr ? TreeNodeSlot(parent->left) : MakeBlank();
    width_ /= 2;
  }
}

void TreeBuilder::SetPath(LeafIndex index, LeafRecord leaf, std::vector<NewParent> parents) {
  CONCLAVE_CHECK(index.value < width_);
  auto next = parents.begin();
  ReplaceLeaf(root_, Root(width_), index, MakeLeaf(std::move(leaf)), Content::drop,
              [&](ParentTreeNode& parent, NodeIndex at) {
                if (next == parents.end() || next->index != at) return;
                parent.record = ParentRecord(next->encryption_key, next->parent_hash);
                ++next;
              });
  CONCLAVE_CHECK(next == parents.end());
}

Result<RatchetTree> TreeBuilder::Finish(const Suite& suite) && {
  const TreeNodeSlot root = std::move(root_);
  CONCLAVE_RETURN_IF_ERROR(HashNodes(suite, *root, Root(width_)));
  return RatchetTree(root, width_);
}

}  // namespace conclave
