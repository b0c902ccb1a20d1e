// tree/tree_math.h against the definitions of RFC 9420, section 4.1 and appendix C.
#include "tree/tree_math.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace conclave::test {

namespace {

// Section 4.1.1, by following children: the nodes at and under `top`.
void Collect(NodeIndex top, std::set<NodeIndex>& nodes) {
  nodes.insert(top);
  if (IsLeaf(top)) return;
  Collect(Left(top), nodes);
  Collect(Right(top), nodes);
}

}  // namespace

TEST_CASE("the tree of each width holds each of its nodes once", "[tree-math]") {
  for (std::uint32_t width = 1; width <= 256; width *= 2) {
    std::set<NodeIndex> nodes;
    Collect(Root(width), nodes);
    CHECK(nodes.size() == NodeCount(width));
    CHECK(nodes.begin()->value == 0);
    CHECK(nodes.rbegin()->value == NodeCount(width) - 1);
  }
}

TEST_CASE("parents and siblings undo children", "[tree-math]") {
  for (NodeIndex node; node.value < NodeCount(512); ++node.value) {
    if (IsLeaf(node)) continue;
    CHECK(Parent(Left(node)) == node);
    CHECK(Parent(Right(node)) == node);
    CHECK(Sibling(Left(node)) == Right(node));
    CHECK(Sibling(Right(node)) == Left(node));
    CHECK(Level(Left(node)) == Level(node) - 1);
    CHECK(Level(Right(node)) == Level(node) - 1);
  }
}

TEST_CASE("a subtree spans the leaves that are under its top", "[tree-math]") {
  for (NodeIndex top; top.value < NodeCount(64); ++top.value) {
    std::set<NodeIndex> nodes;
    Collect(top, nodes);
    std::uint32_t leaves = 0;
    for (LeafIndex leaf; leaf.value < 64; ++leaf.value) {
      const bool is_under = nodes.contains(ToNode(leaf));
      CHECK(IsInSubtree(leaf, top) == is_under);
      if (is_under) ++leaves;
    }
    CHECK(LeafSpan(top) == leaves);
    CHECK(nodes.begin()->value == ToNode(FirstLeaf(top)).value);
  }
}

TEST_CASE("a direct path goes up to the root, and its copath is what it leaves aside",
          "[tree-math]") {
  for (LeafIndex leaf; leaf.value < 64; ++leaf.value) {
    const auto path = DirectPath(leaf, 64);
    const auto copath = Copath(leaf, 64);
    REQUIRE(path.size() == 6);
    REQUIRE(copath.size() == 6);
    CHECK(path.back() == Root(64));
    NodeIndex below = ToNode(leaf);
    for (std::size_t i = 0; i < path.size(); ++i) {
      CHECK(Parent(below) == path[i]);
      CHECK(Sibling(below) == copath[i]);
      below = path[i];
    }
  }
  CHECK(DirectPath({0}, 1).empty());
  CHECK(Copath({0}, 1).empty());
}

TEST_CASE("the common ancestor is the lowest node that has both leaves under it", "[tree-math]") {
  for (LeafIndex a; a.value < 32; ++a.value) {
    CHECK(CommonAncestor(a, a) == ToNode(a));
    for (LeafIndex b; b.value < 32; ++b.value) {
      if (a == b) continue;
      const NodeIndex found = CommonAncestor(a, b);
      CHECK(IsInSubtree(a, found));
      CHECK(IsInSubtree(b, found));
      CHECK(IsInSubtree(a, Left(found)) != IsInSubtree(b, Left(found)));
    }
  }
}

TEST_CASE("widths are powers of two, up to the widest tree whose indices fit", "[tree-math]") {
  CHECK(WidthFor(1) == 1);
  CHECK(WidthFor(2) == 2);
  CHECK(WidthFor(3) == 4);
  CHECK(WidthFor(5) == 8);
  CHECK(WidthFor(kMaxTreeWidth) == kMaxTreeWidth);
  CHECK(NodeCount(kMaxTreeWidth) == 0x7fffffff);
  const LeafIndex last{kMaxTreeWidth - 1};
  CHECK(DirectPath(last, kMaxTreeWidth).size() == 30);
  CHECK(DirectPath(last, kMaxTreeWidth).back() == Root(kMaxTreeWidth));
  CHECK(CommonAncestor({0}, last) == Root(kMaxTreeWidth));
}

}  // namespace conclave::test
