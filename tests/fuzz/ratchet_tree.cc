// A ratchet_tree extension (RFC 9420, section 12.4.3.3): decoding it as a stream, and what must
// hold of the tree (sections 7.9.2 and 12.4.3.1).
#include <algorithm>
#include <iterator>
#include <optional>

#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"
#include "fuzz/harness/vector_seeds.h"
#include "group/group_index.h"
#include "tree/leaf_node_rules.h"
#include "tree/tree_records.h"
#include "tree/tree_rules.h"

namespace conclave::fuzz {

namespace {

using Nodes = std::vector<std::optional<rfc9420::Node>>;

constexpr std::uint32_t kMaxWidth = 1 << 14;

const Suite& SuiteUnchecked() {
  static const UncheckedProvider crypto;
  static const Suite suite =
      Must(FindSuite(CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, crypto));
  return suite;
}

// Every way of looking at a tree agrees with every other.
void LookAround(const RatchetTree& tree) {
  const std::vector<PlacedLeaf> leaves = tree.Leaves();
  Require(leaves.size() == tree.member_count(), "members are counted");
  Require(tree.LeftmostBlankLeaf().has_value() == (leaves.size() < tree.width()),
          "a tree has a blank leaf or is full");
  std::size_t seen = 0;
  for (const PlacedLeaf& leaf : leaves) {
    Require(tree.leaf(leaf.index) == leaf.record, "a leaf is found where it is");
    Require(LeafRecord(leaf.record->Parse()).wire().size() == leaf.record->wire().size(),
            "a leaf decodes as often as it is asked to");
    if (++seen > 64) continue;
    for (const PathStep& step : tree.FilteredDirectPath(leaf.index)) {
      Require(
          tree.ResolutionSize(step.copath_child, {}) == tree.Resolution(step.copath_child).size(),
          "a resolution is as long as it is said to be");
    }
  }
}

// A tree whose structure is valid is put together again from its nodes.
void RequireStored(const Suite& suite, const RatchetTree& tree) {
  std::vector<NodeChange> nodes;
  for (std::uint32_t i = 0; i < NodeCount(tree.width()); ++i) {
    Bytes buffer;
    const BytesView content = NodeContent(tree, {i}, buffer);
    if (!content.empty()) nodes.push_back(Must(ChangeTo({i}, content)));
  }
  const RatchetTree stored = Must(MakeTree(suite, tree.width(), std::move(nodes)));
  Require(std::ranges::equal(stored.TreeHash(), tree.TreeHash()), "a tree is stored as it is");
}

bool Run(BytesView input) {
  const Suite& suite = SuiteUnchecked();
  const auto tree = ParseRatchetTree(suite, input, kMaxWidth);
  if (!tree.ok()) return false;
  Require(std::ranges::equal(tree->SerializeRatchetTree(), input), "a tree is encoded as it was");
  const auto nodes = wire::Parse<Nodes>(input);
  Require(!nodes.ok() || std::ranges::equal(wire::Serialize(*nodes), input),
          "as a list of nodes it is the same");
  LookAround(*tree);
  if (!CheckTreeStructure(suite, *tree).ok()) return false;
  RequireStored(suite, *tree);

  std::vector<LeafInTree> leaves;
  for (const auto& [index, record] : tree->Leaves()) leaves.push_back({index, record->Parse()});
  (void)CheckLeafNodesInTree(suite, leaves, AsBytes("the group"));
  Judge judge;
  (void)GroupIndex::Of(suite, *tree, judge);
  return true;
}

rfc9420::LeafNode ALeaf(std::size_t key_size) {
  rfc9420::LeafNode leaf;
  leaf.encryption_key = Bytes(key_size, 1);
  leaf.signature_key = Bytes(key_size, 2);
  leaf.credential.value = BasicCredential{ToBytes("nested")};
  leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(Lifetime{0, 2 * kNow});
  leaf.signature = Bytes(2 * key_size, 3);
  return leaf;
}

Bytes TreeOf(rfc9420::LeafNode leaf) {
  return wire::Serialize(Nodes{rfc9420::Node::Of(std::move(leaf))});
}

// A tree in an extension of a leaf of a tree in an extension, and so on.
Bytes NestedTrees(std::size_t depth) {
  Bytes tree = TreeOf(ALeaf(0));
  for (std::size_t i = 0; i < depth; ++i) {
    rfc9420::LeafNode leaf = ALeaf(i + 1 == depth ? 32 : 0);
    leaf.extensions.push_back({ExtensionType::ratchet_tree, std::move(tree)});
    tree = TreeOf(std::move(leaf));
  }
  return tree;
}

// A leaf whose extensions take more memory than its own bytes would be allowed, beside one that
// pays for them.
Bytes TreeWithALargeLeaf() {
  rfc9420::LeafNode large = ALeaf(32);
  for (std::uint16_t type = 0; type < 5000; ++type) {
    large.extensions.push_back({ExtensionType{type}, {}});
  }
  rfc9420::LeafNode other = ALeaf(32);
  other.encryption_key = Bytes(32, 4);
  other.signature = Bytes(4000, 5);
  return wire::Serialize(Nodes{rfc9420::Node::Of(std::move(large)), std::nullopt,
                               rfc9420::Node::Of(std::move(other))});
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds = VectorSeeds("tree-validation", "tree", {1});
  std::ranges::move(VectorSeeds("treekem", "ratchet_tree", {1}), std::back_inserter(seeds));
  std::ranges::move(VectorSeeds("tree-operations", "tree_after", {1}), std::back_inserter(seeds));
  for (const Scene::Invitation& invitation : Scene::Unchecked().invitations()) {
    seeds.push_back({"tree_of_" + invitation.welcome.name, invitation.tree});
  }
  seeds.push_back({"leaf_of_many_extensions", TreeWithALargeLeaf()});
  seeds.push_back({"nested_once", NestedTrees(1)});
  seeds.push_back({"nested_200_times", NestedTrees(200)});
  return seeds;
}

const Registration kTarget({"ratchet_tree", Run, Seeds, MutateInput<Nodes>});

}  // namespace

}  // namespace conclave::fuzz
