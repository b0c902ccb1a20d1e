#include "tree/parent_record.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

namespace conclave::test {

TEST_CASE("A parent is kept as it was given, copied and moved", "[parent-record]") {
  for (const std::size_t hash_size : {0u, 32u, 64u}) {
    for (const std::vector<LeafIndex>& unmerged :
         {std::vector<LeafIndex>{}, std::vector<LeafIndex>{{1}, {7}, {1u << 31}}}) {
      const rfc9420::ParentNode node{Bytes(32, 1), Bytes(hash_size, 2), unmerged};
      ParentRecord record(node);
      CHECK(!record.is_blank());
      CHECK(record.ToParentNode() == node);
      const ParentRecord copy = record;
      const ParentRecord moved = std::move(record);
      CHECK(copy.ToParentNode() == node);
      CHECK(moved.ToParentNode() == node);
      ParentRecord assigned;
      assigned = copy;
      CHECK(assigned.ToParentNode() == node);
    }
  }
}

TEST_CASE("A blank parent has nothing, and can be left behind", "[parent-record]") {
  CHECK(ParentRecord().is_blank());
  CHECK(ParentRecord().unmerged_leaves().empty());
  ParentRecord record(Bytes(32, 1), {}, {{3}});
  record = {};
  CHECK(record.is_blank());
  CHECK(record.unmerged_leaves().empty());
}

TEST_CASE("Unmerged leaves are kept in order", "[parent-record]") {
  ParentRecord record(Bytes(32, 1), Bytes(32, 2));
  const ParentRecord before = record;
  for (const std::uint32_t leaf : {5u, 9u, 0u, 7u, 100u}) record.AddUnmerged({leaf});
  CHECK(record.ToParentNode().unmerged_leaves == std::vector<LeafIndex>{{0}, {5}, {7}, {9}, {100}});
  CHECK(before.unmerged_leaves().empty());
}

}  // namespace conclave::test
