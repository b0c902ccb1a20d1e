// Forged trees (RFC 9420, sections 7.9.2 and 12.4.3.1): from valid ones, every parent is altered in
// every way that a joiner must notice, and what is noticed is what the text of the RFC says.
#include "tree/parent_hash.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "unit/tree/tree_fixture.h"

namespace conclave::test {

namespace {

// The rule that a joiner finds broken; "" if none.
std::string Judge(const Suite& suite, const ReferenceTree& reference) {
  const auto tree = ParseRatchetTree(suite, reference.Serialize(), 1024);
  const auto checked = tree.ok() ? CheckTreeStructure(suite, *tree) : Result<void>(tree.error());
  // The code and the text of the RFC agree.
  CHECK(checked.ok() == reference.IsValid());
  return checked.ok() ? "" : checked.error().detail;
}

// A tree with blank parents, blank leaves and unmerged leaves:
//
//                   7 [3, 5]
//          3 [3]                11 [5]
//       1         _           _         _
//     0   1     2   3       4   5     6   _
TreePair UnmergedTree(const Suite& suite) {
  TreePair pair = TreePair::New(suite).After(suite, {.adds = 6, .committer = 0});
  pair = pair.After(suite, {.removes = {3, 5}, .committer = 0});
  pair = pair.After(suite, {.committer = 4});
  pair = pair.After(suite, {.adds = 1});
  return pair.After(suite, {.adds = 1});
}

}  // namespace

TEST_CASE("altering a parent in any way but blanking it is noticed", "[parent-hash]") {
  const Suite suite = TestSuite();
  const std::uint32_t seed = GENERATE(1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u);
  CAPTURE(seed);
  std::mt19937 random(seed);
  const TreePair pair = RandomPair(suite, random, 4 * seed, seed % 2 == 0 ? 24 : 9);
  REQUIRE(Judge(suite, pair.reference).empty());

  std::uint32_t parents = 0;
  for (std::uint32_t x = 1; x < pair.reference.size(); x += 2) {
    INFO("node " << x);
    const auto altered = [&](const auto& alter) {
      ReferenceTree reference = pair.reference;
      alter(*reference.parent(x));
      return Judge(suite, reference);
    };
    if (pair.reference.parent(x) == nullptr) {
      // A key that the forger has, in a place where members have none.
      ReferenceTree reference = pair.reference;
      reference.SetParent(x, {UniqueBytes(32), {}, {}});
      CHECK(!Judge(suite, reference).empty());
      reference.parent(x)->unmerged_leaves.clear();
      for (const std::uint32_t node : reference.Resolution(x)) {
        if (node % 2 == 0 && node != x) reference.parent(x)->unmerged_leaves.push_back({node / 2});
      }
      CHECK(!Judge(suite, reference).empty());
      continue;
    }
    ++parents;
    const rfc9420::ParentNode& original = *pair.reference.parent(x);
    if (!original.parent_hash.empty()) {
      CHECK(!altered([](auto& node) { node.parent_hash.clear(); }).empty());
    }
    CHECK(!altered([](auto& node) { node.parent_hash = Bytes(32, 0); }).empty());
    for (std::uint32_t y = 1; y < pair.reference.size(); y += 2) {
      const rfc9420::ParentNode* other = pair.reference.parent(y);
      if (other == nullptr || y == x) continue;
      if (other->parent_hash != original.parent_hash) {
        CHECK(!altered([&](auto& node) { node.parent_hash = other->parent_hash; }).empty());
      }
      CHECK(!altered([&](auto& node) { node.encryption_key = other->encryption_key; }).empty());
    }
    CHECK(!altered([](auto& node) { node.encryption_key = UniqueBytes(32); }).empty());
    CHECK(!altered([&](auto& node) {
             node.encryption_key = pair.reference.leaf(pair.reference.Members()[0])->encryption_key;
           }).empty());

    for (std::uint32_t leaf = 0; leaf <= pair.reference.width(); ++leaf) {
      const auto& unmerged = original.unmerged_leaves;
      const bool listed = std::ranges::find(unmerged, LeafIndex{leaf}) != unmerged.end();
      CHECK(!altered([&](auto& node) {
               if (listed) {
                 std::erase(node.unmerged_leaves, LeafIndex{leaf});
               } else {
                 node.unmerged_leaves.push_back({leaf});
                 std::ranges::sort(node.unmerged_leaves);
               }
             }).empty());
      if (!listed) continue;
      CHECK(!altered([&](auto& node) {
               node.unmerged_leaves.push_back({leaf});
               std::ranges::sort(node.unmerged_leaves);
             }).empty());
    }
    if (original.unmerged_leaves.size() > 1) {
      CHECK(!altered([](auto& node) { std::ranges::reverse(node.unmerged_leaves); }).empty());
    }
  }
  CHECK(parents > 0);
}

TEST_CASE("blanking a node, or changing a leaf, is judged as the RFC says", "[parent-hash]") {
  const Suite suite = TestSuite();
  const std::uint32_t seed = GENERATE(21u, 22u, 23u, 24u);
  std::mt19937 random(seed);
  const TreePair pair = RandomPair(suite, random, 12, 16);
  std::uint32_t noticed = 0;
  for (std::uint32_t x = 0; x < pair.reference.size(); ++x) {
    if (pair.reference.IsBlank(x)) continue;
    ReferenceTree reference = pair.reference;
    reference.Blank(x);
    noticed += Judge(suite, reference).empty() ? 0 : 1;
    if (x % 2 != 0) continue;
    reference.SetLeaf(x / 2, NewLeaf());
    noticed += Judge(suite, reference).empty() ? 0 : 1;
    reference.SetLeaf(x / 2, NewLeafFromCommit({}));
    noticed += Judge(suite, reference).empty() ? 0 : 1;
  }
  CHECK(noticed > 0);
}

TEST_CASE("each way in which unmerged leaves can be wrong has a rule of its own", "[parent-hash]") {
  const Suite suite = TestSuite();
  const TreePair pair = UnmergedTree(suite);
  REQUIRE(Judge(suite, pair.reference).empty());
  const auto with = [&](std::uint32_t x, std::vector<LeafIndex> unmerged) {
    ReferenceTree reference = pair.reference;
    REQUIRE(reference.parent(x) != nullptr);
    reference.parent(x)->unmerged_leaves = std::move(unmerged);
    return Judge(suite, reference);
  };
  REQUIRE(with(3, {{3}}).empty());
  REQUIRE(with(11, {{5}}).empty());
  REQUIRE(with(7, {{3}, {5}}).empty());

  CHECK(with(7, {{5}, {3}}) == "7.1:unmerged-leaves-sorted");
  CHECK(with(11, {{5}, {5}}) == "7.1:unmerged-leaves-sorted");
  CHECK(with(11, {{3}, {5}}) == "12.4.3.1:unmerged-leaf-is-descendant");
  CHECK(with(11, {{5}, {8}}) == "12.4.3.1:unmerged-leaf-is-descendant");
  CHECK(with(11, {{5}, {0xffffffff}}) == "12.4.3.1:unmerged-leaf-is-descendant");
  CHECK(with(11, {{5}, {7}}) == "12.4.3.1:unmerged-leaf-not-blank");
  CHECK(with(3, {}) == "12.4.3.1:unmerged-leaf-listed-between");
  CHECK(with(11, {}) == "12.4.3.1:unmerged-leaf-listed-between");
  CHECK(with(7, {}) == "7.9.2:parent-hash-valid");
  CHECK(with(7, {{3}}) == "7.9.2:parent-hash-valid");
  CHECK(with(7, {{5}}) == "7.9.2:parent-hash-valid");
}

TEST_CASE("a parent's key in any other node is refused", "[parent-hash]") {
  const Suite suite = TestSuite();
  const TreePair pair = UnmergedTree(suite);
  ReferenceTree reference = pair.reference;
  reference.parent(11)->encryption_key = reference.parent(1)->encryption_key;
  CHECK(Judge(suite, reference) == "12.4.3.1:parent-key-unique");
  reference = pair.reference;
  rfc9420::LeafNode leaf = *reference.leaf(6);
  leaf.encryption_key = reference.parent(3)->encryption_key;
  reference.SetLeaf(6, leaf);
  CHECK(Judge(suite, reference) == "12.4.3.1:parent-key-unique");
}

TEST_CASE("a root that claims a parent is refused", "[parent-hash]") {
  // Built consistently from the root down, but for the root's own parent_hash.
  const Suite suite = TestSuite();
  TreePair pair = TreePair::New(suite).After(suite, {.adds = 1, .committer = 0});
  const rfc9420::ParentNode root{UniqueBytes(32), Bytes(32, 9), {}};
  pair.reference.SetParent(1, root);
  pair.reference.SetLeaf(
      0, NewLeafFromCommit(pair.reference.ParentHash(root, pair.reference.TreeHash(2))));
  CHECK(Judge(suite, pair.reference) == "7.9:root-parent-hash-empty");
}

TEST_CASE("a path that skips blank subtrees starts at the last node that is not skipped",
          "[parent-hash]") {
  // The left half is emptied, so the root is not on the filtered path of those who are left.
  const Suite suite = TestSuite();
  TreePair pair = TreePair::New(suite).After(suite, {.adds = 7, .committer = 0});
  pair = pair.After(suite, {.removes = {0, 1, 2, 3}, .committer = 5});
  CHECK(pair.tree.parent({7}) == nullptr);
  REQUIRE(pair.tree.parent({11}) != nullptr);
  CHECK(pair.tree.parent({11})->parent_hash().empty());
  CHECK(Judge(suite, pair.reference).empty());
  // And those who come into the empty half are unmerged nowhere until somebody commits.
  pair = pair.After(suite, {.adds = 2});
  CHECK(Judge(suite, pair.reference).empty());
  pair = pair.After(suite, {.committer = 1});
  CHECK(Judge(suite, pair.reference).empty());
}

TEST_CASE("the tree of a group that grew by partial commits is accepted", "[parent-hash]") {
  // Long-lived parents with many unmerged leaves on both sides, below blank nodes too.
  const Suite suite = TestSuite();
  std::mt19937 random(5);
  TreePair pair = TreePair::New(suite).After(suite, {.adds = 31, .committer = 0});
  for (const std::uint32_t i : {8u, 16u, 24u, 4u, 12u, 20u, 28u}) {
    pair = pair.After(suite, {.committer = i});
  }
  pair = pair.After(suite, {.removes = {1, 5, 9, 13, 17, 21, 25, 29, 30}, .committer = 0});
  for (const std::uint32_t i : {31u, 22u, 14u, 6u, 2u, 26u, 18u, 10u}) {
    pair = pair.After(suite, {.committer = i});
  }
  for (int i = 0; i < 9; ++i) {
    pair = pair.After(suite, {.adds = 1});
    CHECK(Judge(suite, pair.reference).empty());
  }
  pair = pair.After(suite, {.committer = 30});
  CHECK(Judge(suite, pair.reference).empty());
}

}  // namespace conclave::test
