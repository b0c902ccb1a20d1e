// tree-math, tree-operations, tree-validation and treekem: RFC 9420, sections 4, 7 and 12.1, and
// appendix C.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "generators.h"
#include "rfc9420/group_context.h"
#include "simulated_tree.h"
#include "vectors/node_tree_hash.h"

namespace conclave::vectors {

namespace {

using nlohmann::json;

unsigned Number(const Suite& suite) { return static_cast<unsigned>(suite.id()); }

// The tree of a group whose members were added one by one, each by the one before.
void Grow(SimulatedTree& tree, std::uint32_t members) {
  for (std::uint32_t i = 0; i + 1 < members; ++i) {
    tree.Add();
    tree.Commit({i});
  }
}

// Four members: the parent of two is blank, and one of them is an unmerged leaf of the root.
void GrowUneven(SimulatedTree& tree) {
  Grow(tree, 4);
  tree.Remove({2});
  tree.Commit({0});
  tree.Add();
}

template <class Propose>
json Operation(const Source& source, SimulatedTree& tree, LeafIndex sender, Propose propose) {
  const RatchetTree before = tree.tree();
  const rfc9420::Proposal proposal = propose();
  return {{"cipher_suite", Number(source.suite())},
          {"tree_before", ToHex(before.SerializeRatchetTree())},
          {"proposal", WireHex(proposal)},
          {"proposal_sender", sender.value},
          {"tree_hash_before", ToHex(before.TreeHash())},
          {"tree_after", ToHex(tree.tree().SerializeRatchetTree())},
          {"tree_hash_after", ToHex(tree.tree().TreeHash())}};
}

json Validation(const Source& source, const SimulatedTree& simulated) {
  const RatchetTree& tree = simulated.tree();
  json resolutions = json::array();
  json tree_hashes = json::array();
  for (NodeIndex node; node.value < NodeCount(tree.width()); ++node.value) {
    json resolution = json::array();
    for (const NodeIndex index : tree.Resolution(node)) resolution.push_back(index.value);
    resolutions.push_back(std::move(resolution));
    tree_hashes.push_back(ToHex(test::NodeTreeHash(source.suite(), tree, node)));
  }
  return {{"cipher_suite", Number(source.suite())},
          {"tree", ToHex(tree.SerializeRatchetTree())},
          {"group_id", ToHex(simulated.group_id())},
          {"resolutions", std::move(resolutions)},
          {"tree_hashes", std::move(tree_hashes)}};
}

bool IsUnmerged(const ParentRecord& parent, LeafIndex leaf) {
  return std::ranges::binary_search(parent.unmerged_leaves(), leaf);
}

// What the member at `leaf` knows.
json PrivateState(const SimulatedTree& simulated, LeafIndex leaf) {
  const SimulatedLeaf& keys = simulated.leaves().at(leaf);
  json path_secrets = json::array();
  for (const NodeIndex node : DirectPath(leaf, simulated.tree().width())) {
    const ParentRecord* parent = simulated.tree().parent(node);
    if (parent == nullptr || IsUnmerged(*parent, leaf)) continue;
    path_secrets.push_back(
        {{"node", node.value}, {"path_secret", ToHex(simulated.path_secret(node))}});
  }
  return {{"index", leaf.value},
          {"encryption_priv", ToHex(keys.encryption_key)},
          {"signature_priv", ToHex(keys.signer.private_key())},
          {"path_secrets", std::move(path_secrets)}};
}

// The path secret that a member decrypts: of the lowest node of the path above its leaf.
json PathSecretFor(const SimulatedTree& simulated, const PreparedPath& path, LeafIndex sender,
                   LeafIndex leaf) {
  if (leaf == sender || simulated.tree().leaf(leaf) == nullptr) return nullptr;
  const auto node = std::ranges::find_if(path.nodes, [leaf](const PreparedPath::Node& candidate) {
    return IsInSubtree(leaf, candidate.index);
  });
  return ToHex(node->path_secret.value);
}

json UpdatePathOf(const Source& source, const SimulatedTree& simulated,
                  rfc9420::GroupContext context, LeafIndex sender) {
  const PreparedPath path = simulated.Prepare(sender);
  context.tree_hash = ToBytes(path.tree.TreeHash());
  const rfc9420::UpdatePath sealed =
      SealPath(source.suite(), path, wire::Serialize(context), {}).value();
  json path_secrets = json::array();
  for (LeafIndex leaf; leaf.value < simulated.tree().width(); ++leaf.value) {
    path_secrets.push_back(PathSecretFor(simulated, path, sender, leaf));
  }
  return {{"sender", sender.value},
          {"update_path", WireHex(sealed)},
          {"path_secrets", std::move(path_secrets)},
          {"commit_secret", ToHex(path.commit_secret.value)},
          {"tree_hash_after", ToHex(path.tree.TreeHash())}};
}

}  // namespace

void GenerateTreeMath(const Source&, json& cases) {
  for (std::uint32_t width = 1; width <= 32; width *= 2) {
    json made = {{"n_leaves", width}, {"n_nodes", NodeCount(width)}, {"root", Root(width).value}};
    for (NodeIndex node; node.value < NodeCount(width); ++node.value) {
      const bool is_root = node == Root(width);
      made["left"].push_back(IsLeaf(node) ? json() : json(Left(node).value));
      made["right"].push_back(IsLeaf(node) ? json() : json(Right(node).value));
      made["parent"].push_back(is_root ? json() : json(Parent(node).value));
      made["sibling"].push_back(is_root ? json() : json(Sibling(node).value));
    }
    cases.push_back(std::move(made));
  }
}

void GenerateTreeOperations(const Source& source, json& cases) {
  SimulatedTree tree(source);
  Grow(tree, 2);
  // Extends the tree, and truncates it again.
  cases.push_back(Operation(source, tree, {0}, [&] { return tree.Add(); }));
  cases.push_back(Operation(source, tree, {1}, [&] { return tree.Update({1}); }));
  cases.push_back(Operation(source, tree, {0}, [&] { return tree.Remove({2}); }));
}

void GenerateTreeValidation(const Source& source, json& cases) {
  SimulatedTree uneven(source);
  GrowUneven(uneven);
  cases.push_back(Validation(source, uneven));
  // Most of its right half is blank.
  SimulatedTree wide(source);
  Grow(wide, 5);
  cases.push_back(Validation(source, wide));
}

void GenerateTreeKem(const Source& source, json& cases) {
  SimulatedTree tree(source);
  GrowUneven(tree);
  rfc9420::GroupContext context;
  context.cipher_suite = source.suite().id();
  context.group_id = tree.group_id();
  context.epoch = source.Below(1 << 20);
  context.confirmed_transcript_hash = source.RandomHash();

  json leaves_private = json::array();
  json update_paths = json::array();
  for (const auto& [leaf, keys] : tree.leaves()) {
    leaves_private.push_back(PrivateState(tree, leaf));
    update_paths.push_back(UpdatePathOf(source, tree, context, leaf));
  }
  cases.push_back({{"cipher_suite", Number(source.suite())},
                   {"group_id", ToHex(context.group_id)},
                   {"epoch", context.epoch},
                   {"confirmed_transcript_hash", ToHex(context.confirmed_transcript_hash)},
                   {"ratchet_tree", ToHex(tree.tree().SerializeRatchetTree())},
                   {"leaves_private", std::move(leaves_private)},
                   {"update_paths", std::move(update_paths)}});
}

}  // namespace conclave::vectors
