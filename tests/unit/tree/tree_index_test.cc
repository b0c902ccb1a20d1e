// What a whole tree must keep to, told from the changes of one commit (RFC 9420,
// sections 7.3, 11.1, 12.1.7, 12.2 and 13.4).
#include "tree/tree_index.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/heap.h"
#include "support/watched_provider.h"
#include "unit/tree/tree_fixture.h"

namespace conclave::test {

namespace {

using rfc9420::LeafNode;

constexpr auto kExtension = ExtensionType{0xf001};
constexpr auto kProposal = ProposalType{0xf002};
constexpr auto kCredential = CredentialType{0xf003};

RatchetTree TreeOf(const Suite& suite, const std::vector<LeafNode>& leaves) {
  TreeBuilder builder(Must(RatchetTree::WithOneLeaf(suite, leaves.front())));
  for (std::size_t i = 1; i < leaves.size(); ++i) builder.AddLeaf(LeafRecord(leaves[i]));
  return Must(std::move(builder).Finish(suite));
}

// A leaf of the kind that a change of the leaf in its old place has.
LeafNode Updated(LeafNode leaf) {
  leaf.encryption_key = UniqueBytes(32);
  leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(rfc9420::NoLeafContext{});
  return leaf;
}

// Four members and the index of their tree.
struct Group {
  Suite suite = TestSuite();
  std::vector<LeafNode> leaves = {NewLeaf(), NewLeaf(), NewLeaf(), NewLeaf()};
  RatchetTree tree = TreeOf(suite, leaves);
  TreeIndex index = Must(TreeIndex::Of(suite, tree));

  Group() = default;
  explicit Group(const std::function<void(LeafNode&)>& change) {
    for (LeafNode& leaf : leaves) change(leaf);
    tree = TreeOf(suite, leaves);
    index = Must(TreeIndex::Of(suite, tree));
  }

  RatchetTree After(const std::function<void(TreeBuilder&)>& change) const {
    TreeBuilder builder(tree);
    change(builder);
    return Must(std::move(builder).Finish(suite));
  }

  // The rule that the tree breaks after the change; "" if none.
  std::string Rule(const std::function<void(TreeBuilder&)>& change,
                   const TreeDemands& demands = {}) const {
    const RatchetTree after = After(change);
    const auto checked = index.Check(tree, after, DifferenceOf(tree, after), demands);
    if (checked.ok()) return "";
    CHECK(checked.error().kind == ErrorKind::kInvalidCommit);
    return checked.error().detail;
  }
  std::string Rule(const TreeDemands& demands) const {
    const auto checked = index.Check(tree, tree, {}, demands);
    return checked.ok() ? "" : checked.error().detail;
  }

  void Enter(const std::function<void(TreeBuilder&)>& change) {
    const RatchetTree after = After(change);
    index.Apply(Must(index.Check(tree, after, DifferenceOf(tree, after), {})));
    tree = after;
  }
};

LeafNode With(const std::function<void(LeafNode&)>& change) {
  LeafNode leaf = NewLeaf();
  change(leaf);
  return leaf;
}

}  // namespace

TEST_CASE("the difference of two trees is the nodes that were taken out and put in",
          "[tree-index]") {
  const Suite suite = TestSuite();
  std::mt19937 random(GENERATE(1u, 2u, 3u, 4u));
  TreePair pair = TreePair::New(suite);
  for (int i = 0; i < 60; ++i) {
    const TreePair next = pair.After(suite, RandomChange(pair.reference, random, 20));
    std::vector<NodeIndex> removed;
    std::vector<NodeIndex> inserted;
    for (std::uint32_t x = 0; x < std::max(pair.reference.size(), next.reference.size()); ++x) {
      const auto old_node = x < pair.reference.size() ? pair.reference.at(x) : std::nullopt;
      const auto new_node = x < next.reference.size() ? next.reference.at(x) : std::nullopt;
      const auto key = [](const auto& node) -> Bytes {
        if (!node.has_value()) return {};
        const auto* parent = node->template GetIf<rfc9420::ParentNode>();
        return parent != nullptr ? parent->encryption_key : wire::Serialize(*node);
      };
      if (key(old_node) == key(new_node)) continue;
      if (old_node.has_value()) removed.push_back({x});
      if (new_node.has_value()) inserted.push_back({x});
    }
    const TreeDelta delta = DifferenceOf(pair.tree, next.tree);
    REQUIRE(delta.removed == removed);
    REQUIRE(delta.inserted == inserted);
    const TreeDelta back = DifferenceOf(next.tree, pair.tree);
    REQUIRE(back.removed == inserted);
    REQUIRE(back.inserted == removed);
    pair = next;
  }
  CHECK(DifferenceOf(pair.tree, pair.tree).removed.empty());
}

TEST_CASE("an index that follows a group knows what one of the whole tree knows", "[tree-index]") {
  const Suite suite = TestSuite();
  std::mt19937 random(GENERATE(5u, 6u, 7u));
  TreePair pair = TreePair::New(suite);
  TreeIndex index = Must(TreeIndex::Of(suite, pair.tree));
  for (int i = 0; i < 60; ++i) {
    const TreePair next = pair.After(suite, RandomChange(pair.reference, random, 20));
    index.Apply(Must(index.Check(pair.tree, next.tree, DifferenceOf(pair.tree, next.tree), {})));
    // The keys that are gone can be used again, those that are there cannot.
    for (const NodeIndex node : NodesOf(next.tree)) {
      REQUIRE(index.HasEncryptionKey(next.tree, next.tree.EncryptionKey(node)));
    }
    for (const NodeIndex node : DifferenceOf(pair.tree, next.tree).removed) {
      REQUIRE(!index.HasEncryptionKey(next.tree, pair.tree.EncryptionKey(node)));
    }
    pair = next;
  }
}

TEST_CASE("a tree in which a key stands twice has no index", "[tree-index]") {
  const Suite suite = TestSuite();
  const auto rule = [&](const RatchetTree& tree) {
    const auto index = TreeIndex::Of(suite, tree);
    return index.ok() ? std::string() : std::string(index.error().detail);
  };
  std::vector<LeafNode> leaves = {NewLeaf(), NewLeaf(), NewLeaf()};
  CHECK(rule(TreeOf(suite, leaves)).empty());
  leaves[2].encryption_key = leaves[0].encryption_key;
  CHECK(rule(TreeOf(suite, leaves)) == "7.3:encryption-key-unique");
  leaves[2] = NewLeaf();
  leaves[2].signature_key = leaves[1].signature_key;
  CHECK(rule(TreeOf(suite, leaves)) == "7.3:signature-key-unique");
  // One client may use one value for both kinds of key as far as the tree is concerned.
  leaves[2] = NewLeaf();
  leaves[2].signature_key = leaves[1].encryption_key;
  CHECK(rule(TreeOf(suite, leaves)).empty());

  TreeBuilder builder(TreeOf(suite, {NewLeaf(), NewLeaf(), leaves[0], NewLeaf()}));
  builder.SetPath({0}, LeafRecord(NewLeaf()), {{{3}, leaves[0].encryption_key, {}}});
  CHECK(rule(Must(std::move(builder).Finish(suite))) == "7.3:encryption-key-unique");
}

TEST_CASE("a key that another node has cannot be brought in", "[tree-index]") {
  const Group group;
  const auto taken = group.leaves[1];
  CHECK(group.Rule([](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(NewLeaf())); }).empty());
  CHECK(group.Rule([&](TreeBuilder& builder) {
    builder.AddLeaf(
        LeafRecord(With([&](LeafNode& leaf) { leaf.encryption_key = taken.encryption_key; })));
  }) == "7.3:encryption-key-unique");
  CHECK(group.Rule([&](TreeBuilder& builder) {
    builder.AddLeaf(
        LeafRecord(With([&](LeafNode& leaf) { leaf.signature_key = taken.signature_key; })));
  }) == "7.3:signature-key-unique");
  CHECK(group.Rule([&](TreeBuilder& builder) {
    builder.UpdateLeaf(
        {2}, LeafRecord(With([&](LeafNode& leaf) { leaf.signature_key = taken.signature_key; })));
  }) == "7.3:signature-key-unique");
  CHECK(group.Rule([&](TreeBuilder& builder) {
    builder.SetPath({0}, LeafRecord(NewLeaf()), {{{3}, taken.encryption_key, {}}});
  }) == "7.3:encryption-key-unique");
  CHECK(group.Rule([&](TreeBuilder& builder) {
    const Bytes key = UniqueBytes(32);
    builder.SetPath({0}, LeafRecord(NewLeaf()), {{{1}, key, {}}, {{3}, key, {}}});
  }) == "7.3:encryption-key-unique");
  CHECK(group.Rule([&](TreeBuilder& builder) {
    const LeafNode twice = NewLeaf();
    builder.AddLeaf(LeafRecord(twice));
    builder.AddLeaf(
        LeafRecord(With([&](LeafNode& leaf) { leaf.signature_key = twice.signature_key; })));
  }) == "7.3:signature-key-unique");
}

TEST_CASE("a member may be removed and added again with its keys, and keys may change places",
          "[tree-index]") {
  const Group group;
  CHECK(group
            .Rule([&](TreeBuilder& builder) {
              builder.RemoveLeaf({1});
              builder.AddLeaf(LeafRecord(group.leaves[1]));
            })
            .empty());
  CHECK(group
            .Rule([&](TreeBuilder& builder) {
              builder.RemoveLeaf({1});
              builder.RemoveLeaf({2});
              builder.AddLeaf(LeafRecord(group.leaves[2]));
              builder.AddLeaf(LeafRecord(group.leaves[1]));
            })
            .empty());
  CHECK(group
            .Rule([&](TreeBuilder& builder) {
              builder.UpdateLeaf({1}, LeafRecord(Updated(group.leaves[1])));
            })
            .empty());
  // Whoever is removed leaves its keys to others, once.
  CHECK(group.Rule([&](TreeBuilder& builder) {
    builder.RemoveLeaf({1});
    builder.AddLeaf(LeafRecord(group.leaves[1]));
    builder.AddLeaf(LeafRecord(group.leaves[1]));
  }) == "7.3:encryption-key-unique");
}

TEST_CASE("a change that is not applied changes nothing; one that is counts from then on",
          "[tree-index]") {
  Group group;
  const LeafNode joiner = NewLeaf();
  const auto add = [&](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(joiner)); };
  CHECK(group.Rule(add).empty());
  CHECK(group.Rule(add).empty());
  group.Enter(add);
  CHECK(group.Rule(add) == "7.3:encryption-key-unique");
  group.Enter([](TreeBuilder& builder) { builder.RemoveLeaf({4}); });
  CHECK(group.Rule(add).empty());
}

TEST_CASE("which keys the old tree still has is asked of what is left of it", "[tree-index]") {
  Group group;
  group.Enter([](TreeBuilder& builder) {
    builder.SetPath({0}, LeafRecord(NewLeaf()),
                    {{{1}, UniqueBytes(32), {}}, {{3}, UniqueBytes(32), {}}});
  });
  const Bytes parent_key = ToBytes(group.tree.parent({1})->encryption_key());
  const auto has = [&](const RatchetTree& current, const Bytes& key) {
    return group.index.HasEncryptionKey(current, key);
  };
  CHECK(has(group.tree, parent_key));
  CHECK(has(group.tree, group.leaves[1].encryption_key));
  CHECK(!has(group.tree, group.leaves[0].encryption_key));
  CHECK(!has(group.tree, group.leaves[1].signature_key));

  const RatchetTree without = group.After([](TreeBuilder& builder) { builder.RemoveLeaf({1}); });
  CHECK(!has(without, parent_key));
  CHECK(!has(without, group.leaves[1].encryption_key));
  CHECK(has(without, group.leaves[2].encryption_key));
  const RatchetTree narrow = group.After([](TreeBuilder& builder) {
    builder.RemoveLeaf({2});
    builder.RemoveLeaf({3});
    builder.Truncate();
  });
  CHECK(!has(narrow, group.leaves[2].encryption_key));
}

TEST_CASE("everybody supports the credential types in use", "[tree-index]") {
  const auto lists_both = [](LeafNode& leaf) {
    leaf.capabilities.credentials = {CredentialType::basic, kCredential};
  };
  const auto uses_custom = [&](LeafNode& leaf) {
    lists_both(leaf);
    leaf.credential.value = CustomCredential{kCredential, UniqueBytes(8)};
  };
  const auto adds = [](const LeafNode& leaf) {
    return [leaf](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(leaf)); };
  };
  const Group plain;
  CHECK(plain.Rule(adds(With(lists_both))).empty());
  CHECK(plain.Rule(adds(With(uses_custom))) == "7.3:credential-type-supported-by-all");

  Group able(lists_both);
  CHECK(able.Rule(adds(With(uses_custom))).empty());
  CHECK(able.Rule(adds(NewLeaf())).empty());
  able.Enter(adds(With(uses_custom)));
  CHECK(able.Rule(adds(NewLeaf())) == "7.3:supports-credential-types-in-use");
  CHECK(able.Rule([](TreeBuilder& builder) {
    builder.UpdateLeaf({1}, LeafRecord(Updated(NewLeaf())));
  }) == "7.3:supports-credential-types-in-use");
  // Whoever cannot read it may come when nobody uses it any more.
  CHECK(able.Rule([](TreeBuilder& builder) {
              builder.RemoveLeaf({4});
              builder.AddLeaf(LeafRecord(NewLeaf()));
            })
            .empty());
  CHECK(able.Rule([&](TreeBuilder& builder) {
    builder.RemoveLeaf({4});
    builder.AddLeaf(LeafRecord(NewLeaf()));
    builder.AddLeaf(LeafRecord(With(uses_custom)));
  }) == "7.3:credential-type-supported-by-all");
}

TEST_CASE("every member of the final tree meets the required capabilities", "[tree-index]") {
  const auto lists_all = [](LeafNode& leaf) {
    leaf.capabilities.extensions = {kExtension, kExtension};
    leaf.capabilities.proposals = {kProposal};
    leaf.capabilities.credentials = {CredentialType::basic, kCredential};
  };
  const Group able(lists_all);
  const Group plain;
  const std::string rule = "11.1:required-capabilities-met";
  for (const RequiredCapabilities& required :
       {RequiredCapabilities{{kExtension}, {}, {}}, RequiredCapabilities{{}, {kProposal}, {}},
        RequiredCapabilities{{}, {}, {kCredential}}}) {
    const TreeDemands demands{
        .required = required, .context_extensions = {}, .custom_proposals = {}};
    CHECK(able.Rule(demands).empty());
    CHECK(plain.Rule(demands) == rule);
    CHECK(able.Rule([&](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(NewLeaf())); },
                    demands) == rule);
    CHECK(able.Rule([&](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(With(lists_all))); },
                    demands)
              .empty());
    CHECK(
        able.Rule(
            [&](TreeBuilder& builder) { builder.UpdateLeaf({2}, LeafRecord(Updated(NewLeaf()))); },
            demands) == rule);
    // Who is removed need not meet them.
    Group mixed(lists_all);
    mixed.Enter([](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(NewLeaf())); });
    CHECK(mixed.Rule(demands) == rule);
    CHECK(mixed.Rule([](TreeBuilder& builder) { builder.RemoveLeaf({4}); }, demands).empty());
    CHECK(mixed
              .Rule(
                  [&](TreeBuilder& builder) {
                    builder.UpdateLeaf({4}, LeafRecord(Updated(With(lists_all))));
                  },
                  demands)
              .empty());
  }
  const TreeDemands defaults{
      .required = {{ExtensionType::external_senders}, {ProposalType::reinit}, {}},
      .context_extensions = {ExtensionType::required_capabilities, ExtensionType::external_pub},
      .custom_proposals = {ProposalType::add}};
  CHECK(plain.Rule(defaults).empty());
}

TEST_CASE("every member of the final tree supports the extensions of the group", "[tree-index]") {
  const auto lists = [](LeafNode& leaf) { leaf.capabilities.extensions = {kExtension}; };
  const Group able(lists);
  const TreeDemands demands{
      .required = {}, .context_extensions = {kExtension}, .custom_proposals = {}};
  const std::string rule = "13.4:context-extensions-supported";
  CHECK(able.Rule(demands).empty());
  CHECK(Group().Rule(demands) == rule);
  CHECK(able.Rule([](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(NewLeaf())); }, demands) ==
        rule);
  // Also those who change their leaf (EID 8745).
  CHECK(able.Rule(
            [](TreeBuilder& builder) { builder.UpdateLeaf({2}, LeafRecord(Updated(NewLeaf()))); },
            demands) == rule);
  CHECK(
      able.Rule(
          [](TreeBuilder& builder) { builder.SetPath({2}, LeafRecord(NewLeafFromCommit({})), {}); },
          demands) == rule);
}

TEST_CASE("who processes a custom proposal supports it; who comes or goes need not",
          "[tree-index]") {
  const auto lists = [](LeafNode& leaf) { leaf.capabilities.proposals = {kProposal}; };
  const TreeDemands demands{
      .required = {}, .context_extensions = {}, .custom_proposals = {kProposal}};
  const std::string rule = "12.2:custom-proposal-supported";
  Group group(lists);
  CHECK(group.Rule(demands).empty());
  CHECK(group.Rule([](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(NewLeaf())); }, demands)
            .empty());
  group.Enter([](TreeBuilder& builder) { builder.AddLeaf(LeafRecord(NewLeaf())); });
  CHECK(group.Rule(demands) == rule);
  CHECK(group.Rule([](TreeBuilder& builder) { builder.RemoveLeaf({4}); }, demands).empty());
  CHECK(group.Rule([](TreeBuilder& builder) { builder.RemoveLeaf({3}); }, demands) == rule);
  // Somebody else in the place of one who goes.
  CHECK(group
            .Rule(
                [](TreeBuilder& builder) {
                  builder.RemoveLeaf({4});
                  builder.AddLeaf(LeafRecord(NewLeaf()));
                },
                demands)
            .empty());
  // A member who changes its leaf processes the commit as what it was.
  CHECK(
      group.Rule(
          [&](TreeBuilder& builder) { builder.UpdateLeaf({4}, LeafRecord(Updated(With(lists)))); },
          demands) == rule);
  CHECK(group
            .Rule(
                [&](TreeBuilder& builder) {
                  builder.RemoveLeaf({4});
                  builder.UpdateLeaf({3}, LeafRecord(Updated(NewLeaf())));
                },
                demands)
            .empty());
}

TEST_CASE("a check costs what has changed, not what is there", "[tree-index]") {
  const auto heap_used = [](std::uint32_t size) {
    const Suite suite = TestSuite();
    TreeBuilder builder(Must(RatchetTree::WithOneLeaf(suite, NewLeaf())));
    for (std::uint32_t i = 1; i < size; ++i) builder.AddLeaf(LeafRecord(NewLeaf()));
    const RatchetTree before = Must(std::move(builder).Finish(suite));
    const TreeIndex index = Must(TreeIndex::Of(suite, before));
    TreeBuilder update(before);
    update.UpdateLeaf({size / 2}, LeafRecord(Updated(NewLeaf())));
    const RatchetTree after = Must(std::move(update).Finish(suite));
    const TreeDelta delta = DifferenceOf(before, after);
    CHECK(delta.removed.size() == 1);
    CHECK(delta.inserted.size() == 1);
    g_heap.StartPeak();
    const std::size_t live = g_heap.live;
    Must(index.Check(before, after, delta, {}));
    return g_heap.peak - live;
  };
  CHECK(heap_used(1000) == heap_used(4));
}

TEST_CASE("a failing provider gives no index", "[tree-index]") {
  WatchedProvider provider(Provider());
  const Suite suite = SuiteOver(provider);
  const TreePair pair = TreePair::New(suite).After(suite, {.adds = 2, .committer = 0});
  provider.FailAfter(0);
  CHECK(TreeIndex::Of(suite, pair.tree).error().kind == ErrorKind::kCrypto);
  provider.FailAfter(std::nullopt);
  CHECK(TreeIndex::Of(suite, pair.tree).ok());
}

}  // namespace conclave::test
