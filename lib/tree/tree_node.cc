#include "tree/tree_node.h"

#include <span>
#include <vector>

#include "base/result_macros.h"
#include "crypto/in_chunks.h"

namespace conclave {

TreeNodeSlot MakeParent(std::unique_ptr<rfc9420::ParentNode> content, TreeNodeSlot left,
                        TreeNodeSlot right) {
  const bool all_blank = content == nullptr && left->kind == TreeNode::Kind::blank &&
                         right->kind == TreeNode::Kind::blank;
  if (all_blank) return MakeBlank();
  return std::make_shared<ParentTreeNode>(std::move(content), std::move(left), std::move(right));
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
  if (const LeafTreeNode* leaf = AsLeaf(node)) {
    return HashLeaf(suite, ToLeaf(at), leaf->record.wire(), node.hash);
  }
  ParentTreeNode* parent = AsParent(node);
  if (parent == nullptr) return HashBlankSubtree(suite, at, node.hash);
  CONCLAVE_RETURN_IF_ERROR(HashHere(suite, *parent->left, Left(at)));
  CONCLAVE_RETURN_IF_ERROR(HashHere(suite, *parent->right, Right(at)));
  const rfc9420::ParentNode* content = parent->content.get();
  std::span<const LeafIndex> unmerged;
  if (content != nullptr) unmerged = content->unmerged_leaves;
  return HashParent(suite, content, unmerged, parent->left->hash.view(), parent->right->hash.view(),
                    node.hash);
}

}  // namespace

Result<void> HashNodes(const Suite& suite, TreeNode& node, NodeIndex at) {
  if (suite.executor() != nullptr && LeafSpan(at) > kJobSpan) {
    std::vector<Subtree> jobs;
    CollectJobs(node, at, jobs);
    CONCLAVE_RETURN_IF_ERROR(
        InChunks(suite.executor(), jobs.size(), kJobsAtOnce,
                 [&](std::size_t begin, std::size_t end) -> Result<void> {
                   for (const Subtree& job : std::span(jobs).subspan(begin, end - begin)) {
                     CONCLAVE_RETURN_IF_ERROR(HashHere(suite, *job.top, job.at));
                   }
                   return {};
                 }));
  }
  return HashHere(suite, node, at);
}

}  // namespace conclave
