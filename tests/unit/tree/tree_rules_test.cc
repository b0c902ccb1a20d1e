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

#include "tree/leaf_node_rules.h"
#include "unit/tree/member_simulation.h"

namespace conclave::test {

namespace {

using Nodes = ReferenceTree::Nodes;

template <class T>
std::string RuleOf(const Result<T>& result) {
  return result.ok() ? "" : result.error().detail;
}

std::size_t OwnedLeafSize(const Suite& suite) {
  return LeafRecord(OwnedLeaf::New(suite).leaf).wire().size();
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

TEST_CASE("a leaf with no room for its keys and its signature is refused", "[tree-rules]") {
  for (const Suite& suite : AllSuites()) {
    CAPTURE(suite.name());
    const auto rule = [&](std::size_t signature_key, std::size_t signature) {
      rfc9420::LeafNode leaf;
      leaf.encryption_key = UniqueBytes(suite.kem_sizes().public_key);
      leaf.signature_key = Bytes(signature_key);
      leaf.signature = Bytes(signature);
      const Nodes nodes = {rfc9420::Node::Of(leaf)};
      return RuleOf(ParseRatchetTree(suite, wire::Serialize(nodes), 64));
    };
    CHECK(rule(0, 0) == "12.4.3.3:leaf-has-keys-and-signature");
    CHECK(rule(8, 8) == "12.4.3.3:leaf-has-keys-and-signature");
    CHECK(rule(133, 114).empty());
    CHECK(OwnedLeafSize(suite) >= MinLeafSize(suite));
  }
}

TEST_CASE("a parent that has nobody under it is refused", "[tree-rules]") {
  CHECK(RuleOf(ParseNodes({std::nullopt, ParentNode(), std::nullopt, std::nullopt, LeafNode()})) ==
        "7.9.2:parent-has-members");
  CHECK(ParseNodes({std::nullopt, ParentNode(), LeafNode()}).ok());
  CHECK(ParseNodes({LeafNode(), ParentNode(), std::nullopt, std::nullopt, LeafNode()}).ok());
  // Cut short, such a tree is no better: its last parent has no leaf to be chained back to.
  const rfc9420::ParentNode last{UniqueBytes(32), {}, {}};
  const RatchetTree tree = Must(ParseNodes({std::nullopt, rfc9420::Node::Of(last)}));
  CHECK(RuleOf(CheckTreeStructure(TestSuite(), tree)) == "7.9.2:parent-hash-valid");
}

TEST_CASE("every node of a hostile tree may be there; it is checked without trusting any",
          "[tree-rules]") {
  // Unmerged leaves out of the tree, everywhere.
  Nodes nodes(31);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i] = i % 2 == 0 ? LeafNode()
                          : rfc9420::Node::Of(rfc9420::ParentNode{
                                UniqueBytes(32), {}, {{0}, {0xffffffff}, {7}, {0x80000000}}});
  }
  const RatchetTree tree = Must(ParseNodes(nodes));
  CHECK(RuleOf(CheckTreeStructure(TestSuite(), tree)) == "7.1:unmerged-leaves-sorted");
  CHECK(tree.SerializeRatchetTree() == wire::Serialize(nodes));
}

}  // namespace conclave::test
