// That trees share what they have in common: a change costs nodes, hashes and time by the height of
// the tree, not by its width (docs/architecture.md).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <set>
#include <vector>

#include "support/watched_provider.h"
#include "tree/tree_node.h"
#include "unit/tree/tree_fixture.h"

namespace conclave::test {

namespace {

constexpr std::uint32_t kWidth = 1024;
constexpr std::uint32_t kHeight = 10;

void Collect(const TreeNode* node, std::set<const TreeNode*>& nodes) {
  nodes.insert(node);
  if (const ParentTreeNode* parent = AsParent(*node)) {
    Collect(parent->left.get(), nodes);
    Collect(parent->right.get(), nodes);
  }
}

std::set<const TreeNode*> NodesIn(const RatchetTree& tree) {
  std::set<const TreeNode*> nodes;
  Collect(tree.root().get(), nodes);
  return nodes;
}

// How many nodes of `after` are not nodes of `before`.
std::size_t NewNodes(const RatchetTree& before, const RatchetTree& after) {
  const auto old_nodes = NodesIn(before);
  std::size_t count = 0;
  for (const TreeNode* node : NodesIn(after)) count += old_nodes.contains(node) ? 0 : 1;
  return count;
}

// All leaves taken, all parents set.
RatchetTree FullTree(const Suite& suite) {
  TreeBuilder builder(Must(RatchetTree::WithOneLeaf(suite, NewLeaf())));
  for (std::uint32_t i = 1; i < kWidth; ++i) builder.AddLeaf(LeafRecord(NewLeaf()));
  for (std::uint32_t i = 0; i < kWidth; i += 2) {
    std::vector<TreeBuilder::NewParent> parents;
    for (const NodeIndex node : DirectPath({i}, kWidth)) {
      parents.push_back({node, UniqueBytes(32), UniqueBytes(32)});
    }
    builder.SetPath({i}, LeafRecord(NewLeaf()), parents);
  }
  return Must(std::move(builder).Finish(suite));
}

}  // namespace

TEST_CASE("a changed tree shares all but its changed path with the one it was made from",
          "[tree][sharing]") {
  const Suite suite = TestSuite();
  const RatchetTree tree = FullTree(suite);
  REQUIRE(NodesIn(tree).size() == NodeCount(kWidth));

  TreeBuilder update(tree);
  update.UpdateLeaf({700}, LeafRecord(NewLeaf()));
  CHECK(NewNodes(tree, Must(std::move(update).Finish(suite))) == kHeight + 1);

  TreeBuilder remove(tree);
  remove.RemoveLeaf({700});
  remove.Truncate();
  const RatchetTree smaller = Must(std::move(remove).Finish(suite));
  CHECK(NewNodes(tree, smaller) == kHeight + 1);

  TreeBuilder add(smaller);
  REQUIRE(add.AddLeaf(LeafRecord(NewLeaf())) == LeafIndex{700});
  CHECK(NewNodes(smaller, Must(std::move(add).Finish(suite))) == kHeight + 1);

  TreeBuilder path(tree);
  path.SetPath({700}, LeafRecord(NewLeaf()), {{Root(kWidth), UniqueBytes(32), {}}});
  CHECK(NewNodes(tree, Must(std::move(path).Finish(suite))) == kHeight + 1);
}

TEST_CASE("a changed tree hashes its changed path and nothing else", "[tree][sharing]") {
  WatchedProvider provider(Provider());
  const Suite suite = SuiteOver(provider);
  const RatchetTree tree = FullTree(suite);

  std::uint64_t before = provider.calls();
  TreeBuilder update(tree);
  update.UpdateLeaf({3}, LeafRecord(NewLeaf()));
  Must(std::move(update).Finish(suite));
  CHECK(provider.calls() - before == kHeight + 1);

  // Many changes hash each node once: here all of them.
  before = provider.calls();
  TreeBuilder all(tree);
  for (std::uint32_t i = 0; i < kWidth; ++i) all.UpdateLeaf({i}, LeafRecord(NewLeaf()));
  Must(std::move(all).Finish(suite));
  CHECK(provider.calls() - before == NodeCount(kWidth));
}

TEST_CASE("extending a tree costs its blank half once", "[tree][sharing]") {
  WatchedProvider provider(Provider());
  const Suite suite = SuiteOver(provider);
  const RatchetTree tree = FullTree(suite);

  std::uint64_t before = provider.calls();
  TreeBuilder extend(tree);
  REQUIRE(extend.AddLeaf(LeafRecord(NewLeaf())) == LeafIndex{kWidth});
  const RatchetTree wider = Must(std::move(extend).Finish(suite));
  CHECK(provider.calls() - before == NodeCount(kWidth) + 1);
  // The blank subtrees are one node each.
  CHECK(NewNodes(tree, wider) == 1 + kHeight + 1 + kHeight);

  before = provider.calls();
  TreeBuilder again(wider);
  again.AddLeaf(LeafRecord(NewLeaf()));
  Must(std::move(again).Finish(suite));
  CHECK(provider.calls() - before == kHeight + 2);

  // The old tree comes back as it was, without a hash.
  before = provider.calls();
  TreeBuilder truncate(wider);
  truncate.RemoveLeaf({kWidth});
  truncate.Truncate();
  const RatchetTree narrow = Must(std::move(truncate).Finish(suite));
  CHECK(provider.calls() == before);
  CHECK(narrow.root() == tree.root());
}

TEST_CASE("a failing provider leaves the old tree as it was", "[tree][sharing]") {
  WatchedProvider provider(Provider());
  const Suite suite = SuiteOver(provider);
  const TreePair pair = TreePair::New(suite).After(suite, {.adds = 7, .committer = 0});
  const Bytes wire = pair.tree.SerializeRatchetTree();
  for (std::uint64_t calls = 0; calls < 4; ++calls) {
    TreeBuilder builder(pair.tree);
    builder.UpdateLeaf({2}, LeafRecord(NewLeaf()));
    provider.FailAfter(calls);
    const auto result = std::move(builder).Finish(suite);
    REQUIRE(!result.ok());
    CHECK(result.error().kind == ErrorKind::kCrypto);
    provider.FailAfter(std::nullopt);
    CHECK(pair.tree.SerializeRatchetTree() == wire);
    CHECK(ToBytes(pair.tree.TreeHash()) == pair.reference.TreeHash());
  }
}

}  // namespace conclave::test
