// That a tree which somebody sends costs memory like its bytes (P2): a tree of a million leaves, of
// which all but two are blank, is two megabytes of input, and not a million nodes.
#include <catch2/catch_test_macros.hpp>

#include "counting_allocator.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "tree/tree_rules.h"
#include "wire/parse.h"

namespace conclave::bench {
namespace {

using test::Must;

// The first and the last leaf of a tree of `width`, and nothing between.
Bytes BlankTree(std::uint32_t width) {
  rfc9420::LeafNode leaf;
  leaf.encryption_key = Bytes(32, 1);
  leaf.signature_key = Bytes(32, 2);
  leaf.credential.value = BasicCredential{{'x'}};
  leaf.signature = Bytes(64, 3);
  std::vector<std::optional<rfc9420::Node>> nodes(NodeCount(width));
  nodes.front() = rfc9420::Node::Of(leaf);
  nodes.back() = rfc9420::Node::Of(leaf);
  return wire::Serialize(nodes);
}

std::size_t PeakOf(BytesView tree, std::uint32_t max_width) {
  const std::size_t before = Heap().live_bytes;
  StartPeak();
  const auto parsed = ParseRatchetTree(test::TestSuite(), tree, max_width);
  static_cast<void>(parsed.ok());
  return Heap().peak_bytes - before;
}

TEST_CASE("a tree of blank leaves takes no more memory than a few times its bytes", "[scale]") {
  for (const std::uint32_t width : {1u << 10, 1u << 15, 1u << 20}) {
    const Bytes tree = BlankTree(width);
    REQUIRE(Must(ParseRatchetTree(test::TestSuite(), tree, width)).member_count() == 2);
    CHECK(PeakOf(tree, width) <= 8 * tree.size() + (std::size_t{1} << 20));
  }
}

TEST_CASE("a tree that is too wide, or claims to be, takes next to none", "[scale]") {
  CHECK(PeakOf(BlankTree(1u << 20), 1u << 10) < std::size_t{1} << 20);
  // A vector that says that it has 2^30 - 1 bytes, and has ten.
  Bytes claim = {0xbf, 0xff, 0xff, 0xff};
  claim.resize(14);
  CHECK(PeakOf(claim, 1u << 20) < 4096);
}

}  // namespace
}  // namespace conclave::bench
