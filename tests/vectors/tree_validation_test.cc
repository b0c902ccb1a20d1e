// tree-validation.json: resolutions, tree hashes, parent hashes and leaf signatures of whole trees
// (RFC 9420, sections 4.1.1, 7.3, 7.8 and 7.9).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <vector>

#include "support/must.h"
#include "support/test_suite.h"
#include "tree/leaf_node_rules.h"
#include "tree/tree_index.h"
#include "tree/tree_rules.h"
#include "vectors/node_tree_hash.h"
#include "vectors/vectors.h"

namespace conclave::test {

namespace {

void Check(const nlohmann::json& vector) {
  const Suite suite = TestSuite(CipherSuite{vector.at("cipher_suite")});
  const Bytes group_id = Hex(vector.at("group_id"));
  const Bytes wire = Hex(vector.at("tree"));
  const RatchetTree tree = Must(ParseRatchetTree(suite, wire, 1024));
  CHECK(tree.SerializeRatchetTree() == wire);

  REQUIRE(vector.at("resolutions").size() == NodeCount(tree.width()));
  REQUIRE(vector.at("tree_hashes").size() == NodeCount(tree.width()));
  for (NodeIndex node; node.value < NodeCount(tree.width()); ++node.value) {
    std::vector<std::uint32_t> resolution;
    for (const NodeIndex index : tree.Resolution(node)) resolution.push_back(index.value);
    CHECK(resolution == vector.at("resolutions")[node.value].get<std::vector<std::uint32_t>>());
    CHECK(NodeTreeHash(suite, tree, node) == Hex(vector.at("tree_hashes")[node.value]));
  }

  Must(CheckTreeStructure(suite, tree));
  Must(TreeIndex::Of(suite, tree));
  for (LeafIndex leaf; leaf.value < tree.width(); ++leaf.value) {
    if (tree.leaf(leaf) == nullptr) continue;
    const LeafInTree placed{leaf, tree.leaf(leaf)->Parse()};
    Must(CheckLeafNodesInTree(suite, {&placed, 1}, group_id));
  }
}

}  // namespace

TEST_CASE("tree-validation.json", "[tree-validation]") {
  ForEachVector("tree-validation.json", "/0/tree_hashes/0", Check);
}

}  // namespace conclave::test
