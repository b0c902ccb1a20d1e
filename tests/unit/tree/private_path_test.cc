// What a member knows and when it forgets it (RFC 9420, sections 7.4 and 7.5).
#include "tree/private_path.h"

#include <catch2/catch_test_macros.hpp>
#include <concepts>
#include <cstdint>
#include <vector>

#include "unit/tree/tree_fixture.h"

namespace conclave::test {

static_assert(!std::copy_constructible<PrivatePath>);
static_assert(std::movable<PrivatePath>);

namespace {

// Leaf 5 of a tree of eight, with a key for each node above it.
PrivatePath FullPath() {
  PrivatePath path({5}, FilledSecret(32, 1));
  path.SetKey({7}, FilledSecret(32, 4));
  path.SetKey({9}, FilledSecret(32, 2));
  path.SetKey({11}, FilledSecret(32, 3));
  return path;
}

std::vector<std::uint32_t> Known(const PrivatePath& path) {
  std::vector<std::uint32_t> known;
  for (std::uint32_t node = 0; node < 31; ++node) {
    if (path.Find({node}) != nullptr) known.push_back(node);
  }
  return known;
}

using Nodes = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("a member finds its own keys and no others", "[private-path]") {
  const PrivatePath path = FullPath();
  CHECK(path.leaf() == LeafIndex{5});
  CHECK(Known(path) == Nodes{7, 9, 10, 11});
  CHECK(BytesOf(*path.Find({10})) == Bytes(32, 1));
  CHECK(BytesOf(*path.Find({9})) == Bytes(32, 2));
  CHECK(BytesOf(*path.Find({11})) == Bytes(32, 3));
  CHECK(BytesOf(*path.Find({7})) == Bytes(32, 4));
}

TEST_CASE("a key that is set again takes the old one's place", "[private-path]") {
  PrivatePath path = FullPath();
  path.SetKey({11}, FilledSecret(32, 9));
  path.SetLeafKey(FilledSecret(32, 8));
  CHECK(Known(path) == Nodes{7, 9, 10, 11});
  CHECK(BytesOf(*path.Find({11})) == Bytes(32, 9));
  CHECK(BytesOf(*path.Find({10})) == Bytes(32, 8));
}

TEST_CASE("a clone is independent", "[private-path]") {
  PrivatePath path = FullPath();
  const PrivatePath copy = path.Clone();
  path.SetKey({7}, FilledSecret(32, 9));
  path.ForgetFrom({9});
  CHECK(Known(path) == Nodes{10});
  CHECK(Known(copy) == Nodes{7, 9, 10, 11});
  CHECK(BytesOf(*copy.Find({7})) == Bytes(32, 4));
}

TEST_CASE("a path that was replaced is forgotten from its lowest node up", "[private-path]") {
  PrivatePath path = FullPath();
  path.ForgetFrom({11});
  CHECK(Known(path) == Nodes{9, 10});
}

TEST_CASE("keys of nodes that are blank, or gone, are forgotten", "[private-path]") {
  const Suite suite = TestSuite();
  TreePair pair = TreePair::New(suite).After(suite, {.adds = 7, .committer = 5});
  PrivatePath path = FullPath();
  path.ForgetBlank(pair.tree);
  CHECK(Known(path) == Nodes{7, 9, 10, 11});
  // Leaf 7 goes, and with it nodes 13, 11 and 7; the path of leaf 0 sets the root again.
  pair = pair.After(suite, {.removes = {7}, .committer = 0});
  path.ForgetBlank(pair.tree);
  CHECK(Known(path) == Nodes{7, 9, 10});
  // The tree is cut in half under a member who is to the left of it.
  PrivatePath left({0}, FilledSecret(32, 1));
  left.SetKey({3}, FilledSecret(32, 2));
  left.SetKey({7}, FilledSecret(32, 3));
  pair = pair.After(suite, {.removes = {4, 5, 6}, .committer = 0});
  REQUIRE(pair.tree.width() == 4);
  left.ForgetBlank(pair.tree);
  CHECK(Known(left) == Nodes{0, 3});
}

}  // namespace conclave::test
