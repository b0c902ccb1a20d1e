// tree-math.json: the arithmetic of RFC 9420, appendix C.
#include "tree/tree_math.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>

#include "vectors/vectors.h"

namespace conclave::test {

namespace {

nlohmann::json Or(bool exists, NodeIndex node) {
  return exists ? nlohmann::json(node.value) : nlohmann::json(nullptr);
}

void Check(const nlohmann::json& vector) {
  const std::uint32_t width = vector.at("n_leaves");
  REQUIRE(NodeCount(width) == vector.at("n_nodes"));
  CHECK(Root(width).value == vector.at("root"));
  for (NodeIndex node; node.value < NodeCount(width); ++node.value) {
    const bool has_children = !IsLeaf(node);
    const bool has_parent = node != Root(width);
    INFO("node " << node.value);
    CHECK(Or(has_children, has_children ? Left(node) : node) == vector.at("left")[node.value]);
    CHECK(Or(has_children, has_children ? Right(node) : node) == vector.at("right")[node.value]);
    CHECK(Or(has_parent, Parent(node)) == vector.at("parent")[node.value]);
    CHECK(Or(has_parent, has_parent ? Sibling(node) : node) == vector.at("sibling")[node.value]);
  }
}

}  // namespace

TEST_CASE("tree-math.json", "[tree-math]") { ForEachVector("tree-math.json", "/2/root", Check); }

}  // namespace conclave::test
