#include "tree/tree_node.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/result_macros.h"
#include "crypto/in_chunks.h"

namespace conclave {

void Retain(const TreeNode& node) { node.references.fetch_add(1, std::memory_order_relaxed); }

void Release(const TreeNode& node) {
  if (node.references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  switch (node.kind) {
    case TreeNode::Kind::blank:
      delete &node;
      return;
    case TreeNode::Kind::leaf:
      delete static_cast<const LeafTreeNode*>(&node);
      return;
    case TreeNode::Kind::parent:
      delete static_cast<const ParentTreeNode*>(&node);
      return;
  }
}

void NodeHash::Set(const TreeHashValue& hash) {
  if (hash.size <= short_.size()) {
    std::ranges::copy(hash.view(), short_.begin());
    short_size_ = hash.size;
  } else {
    long_ = CompactBytes(hash.view());
  }
}

TreeNodeSlot MakeParent(ParentRecord record, TreeNodeSlot left, TreeNodeSlot right) {
  const bool all_blank = record.is_blank() && left->kind == TreeNode::Kind::blank &&
                         right->kind == TreeNode::Kind::blank;
  if (all_blank) return MakeBlank();
  return TreeNodeSlot(new ParentTreeNode(std::move(record), std::move(left), std::move(right)));
}

const TreeNode* FindNode(const TreeNode& top, NodeIndex at, NodeIndex index) {
  const TreeNode* node = &top;
  while (at != index) {
    const ParentTreeNode* parent = AsParent(*node);
    if (parent == nullptr) return nullptr;
    node = index < at ? parent->left.get() : parent->right.get();
    at = index < at ? Left(at) : Right(at);
  }
  return node;
}

LeafIndex LeftmostBlankUnder(const TreeNode& top, NodeIndex at) {
  const TreeNode* node = &top;
  while (const ParentTreeNode* parent = AsParent(*node)) {
    const bool left_is_full = parent->left->member_count == LeafSpan(Left(at));
    node = left_is_full ? parent->right.get() : parent->left.get();
    at = left_is_full ? Right(at) : Left(at);
  }
  return FirstLeaf(at);
}

namespace {

// A job is four subtrees of at most so many leaves: a commit, which changes a path or two, is not
// worth one.
constexpr std::uint32_t kJobSpan = 128;
constexpr std::size_t kJobsAtOnce = 4;

struct Subtree {
  TreeNode* top;
  NodeIndex at;
};

// The largest subtrees under `node` of at most kJobSpan leaves that are not hashed.
void CollectJobs(TreeNode& node, NodeIndex at, std::vector<Subtree>& jobs) {
  if (node.is_hashed()) return;
  ParentTreeNode* parent = AsParent(node);
  if (parent == nullptr || LeafSpan(at) <= kJobSpan) return jobs.push_back({&node, at});
  CollectJobs(*parent->left, Left(at), jobs);
  CollectJobs(*parent->right, Right(at), jobs);
}

Result<void> HashHere(const Suite& suite, TreeNode& node, NodeIndex at) {
  if (node.is_hashed()) return {};
  TreeHashValue hash;
  if (const LeafTreeNode* leaf = AsLeaf(node)) {
    CONCLAVE_RETURN_IF_ERROR(HashLeaf(suite, ToLeaf(at), leaf->record.wire(), hash));
  } else if (ParentTreeNode* parent = AsParent(node)) {
    CONCLAVE_RETURN_IF_ERROR(HashHere(suite, *parent->left, Left(at)));
    CONCLAVE_RETURN_IF_ERROR(HashHere(suite, *parent->right, Right(at)));
    CONCLAVE_RETURN_IF_ERROR(HashParent(suite, parent->record, parent->record.unmerged_leaves(),
                                        parent->left->hash.view(), parent->right->hash.view(),
                                        hash));
  } else {
    CONCLAVE_RETURN_IF_ERROR(HashBlankSubtree(suite, at, hash));
  }
  node.hash.Set(hash);
  return {};
}

}  // namespace

Result<void> HashNodes(const Suite& suite, TreeNode& node, NodeIndex at) {
  if (suite.executor() == nullptr || LeafSpan(at) <= kJobSpan) return HashHere(suite, node, at);
  std::vector<Subtree> jobs;
  CollectJobs(node, at, jobs);
  const auto hash_some = [&](std::size_t begin, std::size_t end) -> Result<void> {
    for (const Subtree& job : std::span(jobs).subspan(begin, end - begin)) {
      CONCLAVE_RETURN_IF_ERROR(HashHere(suite, *job.top, job.at));
    }
    return {};
  };
  CONCLAVE_RETURN_IF_ERROR(InChunks(suite.executor(), jobs.size(), kJobsAtOnce, hash_some));
  return HashHere(suite, node, at);
}

}  // namespace conclave
