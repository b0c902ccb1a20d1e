#include "tree/ratchet_tree.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "tree/tree_node.h"
#include "wire/codec.h"

namespace conclave {

namespace {

// The first member under `node` at or right of `from`.
std::optional<LeafIndex> FirstMemberFrom(const TreeNode& node, NodeIndex at, LeafIndex from) {
  if (node.member_count == 0) return std::nullopt;
  const ParentTreeNode* parent = AsParent(node);
  if (parent == nullptr) {
    return ToLeaf(at) >= from ? std::optional(ToLeaf(at)) : std::nullopt;
  }
  if (from < FirstLeaf(Right(at))) {
    const auto found = FirstMemberFrom(*parent->left, Left(at), from);
    if (found.has_value()) return found;
  }
  return FirstMemberFrom(*parent->right, Right(at), from);
}

// Of a subtree that is not empty: its last node that is not blank.
NodeIndex LastNode(const TreeNode& node, NodeIndex at) {
  const ParentTreeNode* parent = AsParent(node);
  if (parent == nullptr) return at;
  if (!parent->right->is_empty) return LastNode(*parent->right, Right(at));
  return !parent->record.is_blank() ? at : LastNode(*parent->left, Left(at));
}

// Writes the nodes under `node`, from left to right, as far as `last`.
template <class W>
void EncodeNodes(W& w, const TreeNode& node, NodeIndex at, NodeIndex last) {
  const std::uint32_t first = 2 * FirstLeaf(at).value;
  if (first > last.value) return;
  if (node.kind == TreeNode::Kind::blank) {
    const std::uint32_t count = std::min(NodeCount(LeafSpan(at)), last.value - first + 1);
    for (std::uint32_t i = 0; i < count; ++i) w.Uint(0, 1);
    return;
  }
  if (const LeafTreeNode* leaf = AsLeaf(node)) {
    w.Uint(1, 1);
    wire::Encode(w, rfc9420::NodeType::leaf);
    w.Raw(leaf->record.wire());
    return;
  }
  const ParentTreeNode* parent = AsParent(node);
  EncodeNodes(w, *parent->left, Left(at), last);
  if (at > last) return;
  const ParentRecord& record = parent->record;
  w.Uint(record.is_blank() ? 0 : 1, 1);
  if (!record.is_blank()) {
    wire::Encode(w, rfc9420::NodeType::parent);
    record.EncodeTo(w);
  }
  EncodeNodes(w, *parent->right, Right(at), last);
}

}  // namespace

Result<RatchetTree> RatchetTree::WithOneLeaf(const Suite& suite, const rfc9420::LeafNode& leaf) {
  const TreeNodeSlot root = MakeLeaf(LeafRecord(leaf));
  CONCLAVE_RETURN_IF_ERROR(HashNodes(suite, *root, {0}));
  return RatchetTree(root, 1);
}

RatchetTree::RatchetTree(TreeNodePointer root, std::uint32_t width)
    : root_(std::move(root)), width_(width) {
  CONCLAVE_CHECK(root_->is_hashed());
}

std::uint32_t RatchetTree::member_count() const { return root_->member_count; }

const LeafRecord* RatchetTree::leaf(LeafIndex index) const {
  if (index.value >= width_) return nullptr;
  const TreeNode* node = FindNode(*root_, Root(width_), ToNode(index));
  const LeafTreeNode* leaf = node != nullptr ? AsLeaf(*node) : nullptr;
  return leaf != nullptr ? &leaf->record : nullptr;
}

const ParentRecord* RatchetTree::parent(NodeIndex index) const {
  if (index.value >= NodeCount(width_)) return nullptr;
  const TreeNode* node = FindNode(*root_, Root(width_), index);
  const ParentTreeNode* parent = node != nullptr ? AsParent(*node) : nullptr;
  return parent != nullptr && !parent->record.is_blank() ? &parent->record : nullptr;
}

bool RatchetTree::IsBlank(NodeIndex index) const {
  return IsLeaf(index) ? leaf(ToLeaf(index)) == nullptr : parent(index) == nullptr;
}

BytesView RatchetTree::EncryptionKey(NodeIndex index) const {
  if (IsLeaf(index)) {
    const LeafRecord* record = leaf(ToLeaf(index));
    CONCLAVE_CHECK(record != nullptr);
    return record->encryption_key();
  }
  const ParentRecord* record = parent(index);
  CONCLAVE_CHECK(record != nullptr);
  return record->encryption_key();
}

BytesView RatchetTree::TreeHash(NodeIndex index) const {
  CONCLAVE_CHECK(index.value < NodeCount(width_));
  const TreeNode* node = FindNode(*root_, Root(width_), index);
  CONCLAVE_CHECK(node != nullptr);
  return node->hash.view();
}

std::vector<NodeIndex> RatchetTree::Resolution(NodeIndex index) const {
  std::vector<NodeIndex> resolution;
  if (index.value >= NodeCount(width_)) return resolution;
  const TreeNode* node = FindNode(*root_, Root(width_), index);
  if (node == nullptr) return resolution;
  VisitResolution(*node, index, [&resolution](NodeIndex at, const TreeNode*) {
    resolution.push_back(at);
    return true;
  });
  return resolution;
}

std::size_t RatchetTree::ResolutionSize(NodeIndex index, std::span<const LeafIndex> without) const {
  if (index.value >= NodeCount(width_)) return 0;
  const TreeNode* node = FindNode(*root_, Root(width_), index);
  if (node == nullptr) return 0;
  std::size_t size = 0;
  VisitResolution(*node, index, [&](NodeIndex at, const TreeNode*) {
    const bool counts = !IsLeaf(at) || !std::ranges::binary_search(without, ToLeaf(at));
    size += counts ? 1 : 0;
    return true;
  });
  return size;
}

std::vector<PathStep> RatchetTree::FilteredDirectPath(LeafIndex leaf) const {
  std::vector<PathStep> path;
  if (leaf.value >= width_) return path;
  const TreeNode* node = root_.get();
  NodeIndex at = Root(width_);
  // Down from the root. Under a blank subtree every copath child is blank.
  while (const ParentTreeNode* parent = AsParent(*node)) {
    const bool goes_left = IsInSubtree(leaf, Left(at));
    const TreeNode& copath_child = goes_left ? *parent->right : *parent->left;
    // A subtree has an empty resolution if and only if all of it is blank.
    if (!copath_child.is_empty) path.push_back({at, goes_left ? Right(at) : Left(at)});
    node = goes_left ? parent->left.get() : parent->right.get();
    at = goes_left ? Left(at) : Right(at);
  }
  std::ranges::reverse(path);
  return path;
}

std::optional<LeafIndex> RatchetTree::LeftmostBlankLeaf() const {
  if (member_count() == width_) return std::nullopt;
  return LeftmostBlankUnder(*root_, Root(width_));
}

std::optional<LeafIndex> RatchetTree::NextMember(LeafIndex from) const {
  return FirstMemberFrom(*root_, Root(width_), from);
}

std::vector<PlacedLeaf> RatchetTree::Leaves() const {
  std::vector<PlacedLeaf> leaves;
  leaves.reserve(member_count());
  VisitNodes(*root_, Root(width_), [&leaves](NodeIndex at, const TreeNode& node) {
    if (const LeafTreeNode* leaf = AsLeaf(node)) leaves.push_back({ToLeaf(at), &leaf->record});
  });
  return leaves;
}

//= rfc9420#12.4.3.3
//# The `ratchet_tree` vector logically has this number of entries, but the sender MUST NOT include
//# blank nodes after the last non-blank node.
Bytes RatchetTree::SerializeRatchetTree() const {
  wire::Writer writer;
  if (root_->is_empty) {
    writer.VarInt(0);
    return writer.Take();
  }
  const NodeIndex last = LastNode(*root_, Root(width_));
  wire::SizeCounter counter;
  EncodeNodes(counter, *root_, Root(width_), last);
  writer.Reserve(wire::VarIntSize(counter.size()) + counter.size());
  writer.VarInt(counter.size());
  EncodeNodes(writer, *root_, Root(width_), last);
  return writer.Take();
}

}  // namespace conclave
