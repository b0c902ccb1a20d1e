// Decoding a ratchet_tree (RFC 9420, section 12.4.3.3) and what a joiner demands of the tree
// (sections 7.9.2 and 12.4.3.1).
#include "tree/tree_rules.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "unit/tree/tree_fixture.h"

namespace conclave::test {

namespace {

using Nodes = std::vector<ReferenceTree::OptionalNode>;

std::string RuleOf(const Result<RatchetTree>& parsed) {
  return parsed.ok() ? "" : parsed.error().detail;
}

Result<RatchetTree> ParseNodes(const Nodes& nodes, std::uint32_t max_width = 64) {
  return ParseRatchetTree(TestSuite(), wire::Serialize(nodes), max_width);
}

rfc9420::Node LeafNode() { return rfc9420::Node::Of(NewLeaf()); }
rfc9420::Node ParentNode() {
  return rfc9420::Node::Of(rfc9420::ParentNode{UniqueBytes(32), UniqueBytes(32), {}});
}

}  // namespace

TEST_CASE("a decoded tree is filled up with blank nodes to a power of two", "[tree-rules]") {
  for (std::uint32_t leaves = 1; leaves <= 33; ++leaves) {
    Nodes nodes(2 * leaves - 1);
    nodes.front() = LeafNode();
    nodes.back() = LeafNode();
    const RatchetTree tree = Must(ParseNodes(nodes));
    CHECK(tree.width() == WidthFor(leaves));
    CHECK(tree.member_count() == (leaves == 1 ? 1 : 2));
    CHECK(tree.SerializeRatchetTree() == wire::Serialize(nodes));
  }
}

TEST_CASE("a tree that ends with a parent decodes, as the RFC allows it to", "[tree-rules]") {
  const Nodes nodes = {LeafNode(), std::nullopt, LeafNode(), ParentNode()};
  const RatchetTree tree = Must(ParseNodes(nodes));
  CHECK(tree.width() == 4);
  CHECK(tree.parent({3}) != nullptr);
  CHECK(tree.SerializeRatchetTree() == wire::Serialize(nodes));
}

TEST_CASE("a tree without a last node is refused", "[tree-rules]") {
  CHECK(RuleOf(ParseNodes({})) == "12.4.3.3:last-node-not-blank");
  CHECK(RuleOf(ParseNodes({std::nullopt})) == "12.4.3.3:last-node-not-blank");
  CHECK(RuleOf(ParseNodes({LeafNode(), std::nullopt})) == "12.4.3.3:last-node-not-blank");
  CHECK(RuleOf(ParseNodes({LeafNode(), std::nullopt, std::nullopt})) ==
        "12.4.3.3:last-node-not-blank");
}

TEST_CASE("a node of the wrong kind for its place is refused", "[tree-rules]") {
  CHECK(RuleOf(ParseNodes({ParentNode()})) == "12.4.3.3:node-type-fits-place");
  CHECK(RuleOf(ParseNodes({LeafNode(), LeafNode(), LeafNode()})) ==
        "12.4.3.3:node-type-fits-place");
  Bytes unknown = wire::Serialize(Nodes{LeafNode()});
  unknown[3] = 3;  // behind the header of two bytes and the presence octet
  CHECK(RuleOf(ParseRatchetTree(TestSuite(), unknown, 64)) == "12.4.3.3:node-type-fits-place");
}

TEST_CASE("an encryption key of another size than the suite's is refused", "[tree-rules]") {
  rfc9420::LeafNode leaf = NewLeaf();
  leaf.encryption_key.push_back(0);
  CHECK(RuleOf(ParseNodes({rfc9420::Node::Of(leaf)})) == "12.4.3.3:encryption-key-size");
  const rfc9420::ParentNode parent{Bytes(31), {}, {}};
  CHECK(RuleOf(ParseNodes({LeafNode(), rfc9420::Node::Of(parent), LeafNode()})) ==
        "12.4.3.3:encryption-key-size");
}

TEST_CASE("a tree wider than allowed is refused before it is made", "[tree-rules]") {
  Nodes nodes(2 * 5 - 1);
  nodes.back() = LeafNode();
  CHECK(ParseNodes(nodes, 8).ok());
  CHECK(RuleOf(ParseNodes(nodes, 4)) == "12.4.3.3:tree-not-too-wide");
  // A megabyte of blank nodes is looked at no further than to the limit.
  Bytes blanks(1'000'004, 0);
  blanks[0] = 0x80;
  blanks[1] = 0x0f;
  blanks[2] = 0x42;
  blanks[3] = 0x40;
  CHECK(RuleOf(ParseRatchetTree(TestSuite(), blanks, 64)) == "12.4.3.3:tree-not-too-wide");
}

TEST_CASE("no prefix of a tree decodes, nor does a tree with a byte too many", "[tree-rules]") {
  const Suite suite = TestSuite();
  std::mt19937 random(11);
  const TreePair pair = RandomPair(suite, random, 6, 9);
  const Bytes wire = pair.tree.SerializeRatchetTree();
  REQUIRE(ParseRatchetTree(suite, wire, 64).ok());
  for (std::size_t size = 0; size < wire.size(); ++size) {
    CHECK(!ParseRatchetTree(suite, BytesView(wire).first(size), 64).ok());
  }
  Bytes longer = wire;
  longer.push_back(0);
  CHECK(RuleOf(ParseRatchetTree(suite, longer, 64)) == "12.4.3.3:decodes");
}

TEST_CASE("a tree with a byte changed decodes to what its bytes say, or not at all",
          "[tree-rules]") {
  const Suite suite = TestSuite();
  std::mt19937 random(12);
  const Bytes wire = RandomPair(suite, random, 6, 6).tree.SerializeRatchetTree();
  for (std::size_t i = 0; i < wire.size(); ++i) {
    for (const int change : {0x01, 0x80, 0xff}) {
      Bytes changed = wire;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ change);
      const auto parsed = ParseRatchetTree(suite, changed, 64);
      if (!parsed.ok()) continue;
      CHECK(parsed->SerializeRatchetTree() == changed);
      (void)CheckTreeStructure(suite, *parsed);
    }
  }
}

TEST_CASE("a presence octet that is neither 0 nor 1 is refused", "[tree-rules]") {
  Bytes wire = wire::Serialize(Nodes{LeafNode()});
  wire[2] = 2;
  CHECK(RuleOf(ParseRatchetTree(TestSuite(), wire, 64)) == "12.4.3.3:decodes");
}

TEST_CASE("all nodes of a hostile tree may be there; it is checked without trusting any",
          "[tree-rules]") {
  // Parents over blank leaves, unmerged leaves out of the tree, everywhere.
  Nodes nodes(31);
  for (std::size_t i = 1; i < nodes.size(); i += 2) {
    nodes[i] = rfc9420::Node::Of(
        rfc9420::ParentNode{UniqueBytes(32), {}, {{0}, {0xffffffff}, {7}, {0x80000000}}});
  }
  nodes.back() = LeafNode();
  const RatchetTree tree = Must(ParseNodes(nodes));
  const auto checked = CheckTreeStructure(TestSuite(), tree);
  REQUIRE(!checked.ok());
  CHECK(checked.error().kind == ErrorKind::kInvalidCommit);
  CHECK(tree.SerializeRatchetTree() == wire::Serialize(nodes));
}

}  // namespace conclave::test
