// RatchetTree and TreeBuilder against the reference tree, which does what RFC 9420 says on a plain
// array (sections 4.1, 7.5, 7.7 to 7.9, 12.1 and 12.4.3.3).
#include "tree/tree_builder.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdint>
#include <random>
#include <vector>

#include "tree/tree_node.h"
#include "unit/tree/tree_fixture.h"

namespace conclave::test {

namespace {

std::vector<std::uint32_t> Values(const std::vector<NodeIndex>& nodes) {
  std::vector<std::uint32_t> values;
  for (const NodeIndex node : nodes) values.push_back(node.value);
  return values;
}

void CheckNodes(const RatchetTree& tree, const ReferenceTree& reference) {
  REQUIRE(NodeCount(tree.width()) == reference.size());
  for (std::uint32_t x = 0; x < reference.size(); ++x) {
    REQUIRE(tree.IsBlank({x}) == reference.IsBlank(x));
    REQUIRE(Values(tree.Resolution({x})) == reference.Resolution(x));
    if (FindNode(*tree.root(), Root(tree.width()), {x}) != nullptr) {
      REQUIRE(ToBytes(tree.TreeHash({x})) == reference.TreeHash(x));
    }
    if (reference.parent(x) != nullptr)
      REQUIRE(tree.parent({x})->ToParentNode() == *reference.parent(x));
  }
}

void CheckLeaves(const RatchetTree& tree, const ReferenceTree& reference) {
  const std::vector<std::uint32_t> members = reference.Members();
  REQUIRE(tree.member_count() == members.size());
  std::vector<std::uint32_t> found;
  for (auto leaf = tree.NextMember({0}); leaf.has_value();
       leaf = tree.NextMember({leaf->value + 1})) {
    found.push_back(leaf->value);
  }
  REQUIRE(found == members);

  std::optional<LeafIndex> blank;
  for (std::uint32_t i = reference.width(); i-- > 0;) {
    const rfc9420::LeafNode* leaf = reference.leaf(i);
    if (leaf == nullptr) {
      blank = LeafIndex{i};
      REQUIRE(tree.leaf({i}) == nullptr);
    } else {
      REQUIRE(tree.leaf({i})->Parse() == *leaf);
      REQUIRE(ToBytes(tree.leaf({i})->encryption_key()) == leaf->encryption_key);
      REQUIRE(ToBytes(tree.leaf({i})->signature_key()) == leaf->signature_key);
      REQUIRE(tree.leaf({i})->credential() == leaf->credential.value);
    }
    std::vector<std::uint32_t> path;
    for (const PathStep& step : tree.FilteredDirectPath({i})) {
      path.push_back(step.node.value);
      path.push_back(step.copath_child.value);
    }
    std::vector<std::uint32_t> expected;
    for (const auto& [node, copath_child] : reference.FilteredDirectPath(i)) {
      expected.push_back(node);
      expected.push_back(copath_child);
    }
    REQUIRE(path == expected);
  }
  REQUIRE(tree.LeftmostBlankLeaf() == blank);
  REQUIRE(tree.leaf({reference.width()}) == nullptr);
}

// Everything one can ask of the tree.
//= rfc9420#7.8
//# For both parent and leaf nodes, the optional node value MUST be absent if the node is blank and
//# present if the node contains a value.
//= rfc9420#12.4.3.3
//# The `ratchet_tree` vector logically has this number of entries, but the sender MUST NOT include
//# blank nodes after the last non-blank node.
void CheckSame(const Suite& suite, const TreePair& pair) {
  CheckNodes(pair.tree, pair.reference);
  CheckLeaves(pair.tree, pair.reference);
  const Bytes wire = pair.tree.SerializeRatchetTree();
  REQUIRE(wire == pair.reference.Serialize());
  const RatchetTree decoded = Must(ParseRatchetTree(suite, wire, pair.tree.width()));
  REQUIRE(decoded.width() == pair.tree.width());
  REQUIRE(ToBytes(decoded.TreeHash()) == ToBytes(pair.tree.TreeHash()));
  REQUIRE(decoded.member_count() == pair.tree.member_count());
  // What members make of a tree, a joiner accepts.
  REQUIRE(pair.reference.IsValid());
  Must(CheckTreeStructure(suite, pair.tree));
  Must(CheckTreeStructure(suite, decoded));
}

// The commits that are tried from each tree of a few members.
std::vector<TreeChange> SmallChanges(const ReferenceTree& reference, std::uint32_t max_members) {
  const std::vector<std::uint32_t> members = reference.Members();
  std::vector<TreeChange> changes;
  if (members.size() < max_members) changes.push_back({.adds = 1});
  for (const std::uint32_t committer : members) {
    changes.push_back({.committer = committer});
    // Somebody else is removed; who commits it matters less than whom it removes.
    const std::uint32_t other = members[committer == members.front() ? members.size() - 1 : 0];
    if (other != committer) changes.push_back({.removes = {committer}, .committer = other});
  }
  if (members.size() > 1) {
    changes.push_back({.updates = {members.back()}, .committer = members.front()});
    if (members.size() < max_members) {
      changes.push_back({.removes = {members.front()}, .adds = 1, .committer = members.back()});
    }
  }
  return changes;
}

std::uint64_t CheckAllSequences(const Suite& suite, const TreePair& pair, std::uint32_t depth) {
  CheckSame(suite, pair);
  if (depth == 0) return 1;
  std::uint64_t count = 1;
  for (const TreeChange& change : SmallChanges(pair.reference, 6)) {
    count += CheckAllSequences(suite, pair.After(suite, change), depth - 1);
  }
  return count;
}

}  // namespace

TEST_CASE("every short sequence of commits gives the tree that the RFC describes", "[tree]") {
  const Suite suite = TestSuite();
  const std::uint32_t members = GENERATE(1u, 2u, 3u, 4u, 5u, 6u);
  TreePair pair = TreePair::New(suite);
  if (members > 1) pair = pair.After(suite, {.adds = members - 1, .committer = 0});
  CHECK(CheckAllSequences(suite, pair, 3) > 10);
}

TEST_CASE("long random sequences of commits give the tree that the RFC describes", "[tree]") {
  const Suite suite = TestSuite();
  const std::uint32_t seed = GENERATE(1u, 2u, 3u, 4u, 5u, 6u);
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::uint32_t max_members = seed % 2 == 0 ? 64 : 12;
  TreePair pair = TreePair::New(suite);
  for (int i = 0; i < 150; ++i) {
    pair = pair.After(suite, RandomChange(pair.reference, random, max_members));
    CheckSame(suite, pair);
  }
}

TEST_CASE("trees of every suite's hash are as the RFC describes", "[tree]") {
  for (const CipherSuite id : {CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                               CipherSuite::MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448,
                               CipherSuite::MLS_256_DHKEMP384_AES256GCM_SHA384_P384}) {
    const Suite suite = TestSuite(id);
    TreePair pair = TreePair::New(suite);
    TreeBuilder builder(pair.tree);
    for (int i = 0; i < 4; ++i) {
      const rfc9420::LeafNode leaf = NewLeaf();
      builder.AddLeaf(LeafRecord(leaf));
      pair.reference.Add(leaf);
    }
    Bytes leaf_hash =
        pair.reference.SetPath(0, {UniqueBytes(32), UniqueBytes(32), UniqueBytes(32)});
    const rfc9420::LeafNode leaf = NewLeafFromCommit(leaf_hash);
    pair.reference.SetLeaf(0, leaf);
    std::vector<TreeBuilder::NewParent> parents;
    for (const std::uint32_t x : {1u, 3u, 7u}) {
      const rfc9420::ParentNode& node = *pair.reference.parent(x);
      parents.push_back({{x}, node.encryption_key, node.parent_hash});
    }
    builder.SetPath({0}, LeafRecord(leaf), parents);
    const RatchetTree tree = Must(std::move(builder).Finish(suite));
    CHECK(ToBytes(tree.TreeHash()) == pair.reference.TreeHash());
    CHECK(tree.TreeHash().size() == suite.hash_size());
  }
}

TEST_CASE("a list of removes and adds is truncated once, whatever their numbers", "[tree]") {
  const Suite suite = TestSuite();
  for (const std::uint32_t members : {3u, 4u, 5u, 8u, 9u, 16u, 17u}) {
    const TreePair start = TreePair::New(suite).After(suite, {.adds = members - 1, .committer = 0});
    for (std::uint32_t removes = 0; removes < members && removes <= 8; ++removes) {
      for (std::uint32_t adds = 0; adds <= 8; ++adds) {
        TreeChange change{.adds = adds, .committer = 0};
        for (std::uint32_t i = 0; i < removes; ++i) change.removes.push_back(members - 1 - i);
        CheckSame(suite, start.After(suite, change));
      }
    }
  }
}

TEST_CASE("a builder leaves the tree that it started from alone", "[tree]") {
  const Suite suite = TestSuite();
  const TreePair pair = TreePair::New(suite).After(suite, {.adds = 6, .committer = 0});
  TreeBuilder builder(pair.tree);
  builder.AddLeaf(LeafRecord(NewLeaf()));
  builder.AddLeaf(LeafRecord(NewLeaf()));
  builder.RemoveLeaf({3});
  builder.UpdateLeaf({0}, LeafRecord(NewLeaf()));
  CheckSame(suite, pair);
  Must(std::move(builder).Finish(suite));
  CheckSame(suite, pair);
}

TEST_CASE("a builder that is given nothing to do gives the same nodes", "[tree]") {
  const Suite suite = TestSuite();
  const TreePair pair = TreePair::New(suite).After(suite, {.adds = 6, .committer = 0});
  const RatchetTree same = Must(TreeBuilder(pair.tree).Finish(suite));
  CHECK(same.root() == pair.tree.root());
}

}  // namespace conclave::test
