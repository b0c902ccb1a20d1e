#include "tree/key_table.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <set>

namespace conclave::test {

namespace {

std::set<std::uint32_t> NodesOf(const KeyTable& table, KeyTable::Hash hash) {
  std::set<std::uint32_t> nodes;
  table.AnyOf(hash, [&nodes](NodeIndex node) {
    CHECK(nodes.insert(node.value).second);
    return false;
  });
  return nodes;
}

}  // namespace

TEST_CASE("An empty table has nothing", "[key-table]") {
  const KeyTable table;
  CHECK(table.size() == 0);
  CHECK(!table.AnyOf(0, [](NodeIndex) { return true; }));
}

TEST_CASE("A search ends at the first node that is accepted", "[key-table]") {
  KeyTable table;
  for (std::uint32_t node = 0; node < 5; ++node) table.Insert(9, {node});
  int asked = 0;
  CHECK(table.AnyOf(9, [&asked](NodeIndex) { return ++asked == 2; }));
  CHECK(asked == 2);
  CHECK(!table.AnyOf(8, [](NodeIndex) { return true; }));
}

TEST_CASE("A table is the multimap that it stands for", "[key-table]") {
  // Few distinct hashes, many of them neighbours, so that searches run into each other.
  for (const std::uint32_t hashes : {1u, 3u, 40u, 1000u}) {
    std::mt19937 random(hashes);
    KeyTable table;
    std::map<KeyTable::Hash, std::set<std::uint32_t>> expected;
    std::size_t size = 0;
    for (std::uint32_t step = 0; step < 3000; ++step) {
      // Those that differ only where a small table does not look share a home.
      const auto hash = static_cast<KeyTable::Hash>(random() % hashes + (random() % 2 << 20));
      auto& nodes = expected[hash];
      if (nodes.empty() || random() % 5 < 3) {
        table.Insert(hash, {step});
        nodes.insert(step);
        ++size;
      } else {
        const std::uint32_t node = *nodes.begin();
        table.Erase(hash, {node});
        nodes.erase(node);
        --size;
      }
      if (step % 50 != 0) continue;
      REQUIRE(table.size() == size);
      for (const auto& [each, its_nodes] : expected) REQUIRE(NodesOf(table, each) == its_nodes);
    }
    for (const auto& [each, its_nodes] : expected) {
      for (const std::uint32_t node : its_nodes) table.Erase(each, {node});
    }
    REQUIRE(table.size() == 0);
  }
}

}  // namespace conclave::test
