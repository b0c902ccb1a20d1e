#include "tree_model/trial.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "support/cases.h"
#include "tree/tree_node.h"

namespace conclave::test {

namespace {

std::string AtNode(const char* what, std::uint32_t x) {
  return std::string(what) + " " + std::to_string(x);
}

std::string NodeDifference(const TreePair& pair) {
  const RatchetTree& tree = pair.tree;
  const std::vector<Bytes> hashes = pair.reference.TreeHashes();
  for (std::uint32_t x = 0; x < pair.reference.size(); ++x) {
    if (tree.IsBlank({x}) != pair.reference.IsBlank(x)) return AtNode("blankness of", x);
    const TreeNode* node = FindNode(*tree.root(), Root(tree.width()), {x});
    // Inside a blank subtree the library keeps no hashes; the one above covers them.
    if (node != nullptr && !std::ranges::equal(node->hash.view(), hashes[x])) {
      return AtNode("tree hash of", x);
    }
    if (!std::ranges::equal(tree.Resolution({x}), pair.reference.Resolution(x), {},
                            &NodeIndex::value)) {
      return AtNode("resolution of", x);
    }
  }
  return std::ranges::equal(tree.TreeHash(), hashes[pair.reference.Root()]) ? "" : "tree hash";
}

std::string PathDifference(const TreePair& pair) {
  const auto same = [](const PathStep& step, const auto& node) {
    return step.node.value == node.first && step.copath_child.value == node.second;
  };
  for (std::uint32_t i = 0; i < pair.reference.width(); ++i) {
    if (!std::ranges::equal(pair.tree.FilteredDirectPath({i}), pair.reference.FilteredDirectPath(i),
                            same)) {
      return AtNode("filtered direct path of leaf", i);
    }
  }
  return "";
}

}  // namespace

std::optional<Error> Judge(const Suite& suite, BytesView ratchet_tree) {
  const Result<RatchetTree> tree = ParseRatchetTree(suite, ratchet_tree, 1024);
  if (!tree.ok()) return tree.error();
  const Result<void> checked = CheckTreeStructure(suite, *tree);
  return checked.ok() ? std::nullopt : std::optional(checked.error());
}

std::string Difference(const Suite& suite, const TreePair& pair) {
  if (pair.tree.width() != pair.reference.width()) return "width";
  const Bytes nodes = pair.reference.Serialize();
  if (pair.tree.SerializeRatchetTree() != nodes) return "nodes";
  std::string difference = NodeDifference(pair);
  if (difference.empty()) difference = PathDifference(pair);
  if (!difference.empty()) return difference;
  const bool is_valid = pair.reference.IsValid();
  if (CheckTreeStructure(suite, pair.tree).ok() != is_valid) return "what a member finds valid";
  return Judge(suite, nodes).has_value() == is_valid ? "what a joiner finds valid" : "";
}

Trial Trial::New(const Suite& suite, Mistake mistake) {
  Trial trial{.pair = TreePair::New(suite, mistake), .knowledge = {}};
  trial.knowledge.Join(trial.pair.reference, {0});
  return trial;
}

std::string Trial::Apply(const Suite& suite, const TreeChange& change) {
  std::string difference = pair.Apply(suite, change);
  if (difference.empty()) difference = Difference(suite, pair);
  if (!difference.empty()) return difference;
  is_complete = change.committer.has_value() ||
                (is_complete && change.updates.empty() && change.removes.empty());
  if (is_complete && !pair.reference.IsValid()) return "the tree is not valid";
  for (const std::uint32_t leaf : change.updates) knowledge.Renew(pair.reference, {leaf});
  for (const std::uint32_t leaf : change.removes) knowledge.Leave({leaf});
  for (const LeafIndex leaf : pair.added) knowledge.Join(pair.reference, leaf);
  if (change.committer.has_value()) {
    knowledge.Renew(pair.reference, {*change.committer});
    knowledge.SendPath(pair.reference, {*change.committer}, pair.added);
  }
  return knowledge.Violation(pair.reference);
}

std::string Describe(const TreeChange& change) {
  std::string text;
  if (change.adds > 0) text += " +" + std::to_string(change.adds);
  for (const std::uint32_t leaf : change.removes) text += " -" + std::to_string(leaf);
  for (const std::uint32_t leaf : change.updates) text += " ~" + std::to_string(leaf);
  if (change.committer.has_value()) text += " @" + std::to_string(*change.committer);
  return text.empty() ? text : text.substr(1);
}

bool CountedStep(const Suite& suite, Trial& trial, const TreeChange& change,
                 const std::string& context) {
  std::string difference = "it cannot be made";
  RunCase(kTreeModel, [&] {
    difference = trial.Apply(suite, change);
    if (!difference.empty()) UNSCOPED_INFO(context << ", then " << Describe(change));
    CHECK(difference == "");
  });
  return difference.empty();
}

std::uint64_t RunSeed() {
  static const std::uint64_t seed = [] {
    const char* given = std::getenv("CONCLAVE_SEED");
    const std::uint64_t chosen =
        given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device{}();
    std::printf("CONCLAVE_SEED=%llu\n", static_cast<unsigned long long>(chosen));
    return chosen;
  }();
  return seed;
}

bool IsLongRun() {
  const char* asked = std::getenv("CONCLAVE_TREE_MODEL");
  return asked != nullptr && std::string_view(asked) == "long";
}

}  // namespace conclave::test
