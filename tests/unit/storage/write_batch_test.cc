// WriteBatch: what was added, in order.
#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "conclave/storage.h"

namespace conclave {
namespace {

TEST_CASE("A batch keeps its operations while it grows") {
  WriteBatch batch;
  for (std::uint8_t i = 0; i < 100; ++i) batch.Put(Bytes(i, i), Bytes(3, i));
  REQUIRE(batch.size() == 100);
  for (std::uint8_t i = 0; i < 100; ++i) {
    const auto operation = batch[i];
    CHECK(operation.kind == WriteBatch::Kind::put);
    CHECK(ToBytes(operation.key) == Bytes(i, i));
    CHECK(ToBytes(operation.value) == Bytes(3, i));
  }
}

TEST_CASE("A batch takes rows of any size, and is whole after it was moved") {
  const std::vector<std::size_t> sizes = {0, 1, 511, 512, 513, 65'535, 65'536, 65'537, 1'000'000};
  WriteBatch filling;
  for (int round = 0; round < 3; ++round) {
    for (const std::size_t size : sizes) filling.Put(Bytes(7, 1), Bytes(size, 2));
  }
  const WriteBatch batch = std::move(filling);
  REQUIRE(batch.size() == 3 * sizes.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    CHECK(ToBytes(batch[i].key) == Bytes(7, 1));
    CHECK(ToBytes(batch[i].value) == Bytes(sizes[i % sizes.size()], 2));
  }
}

TEST_CASE("A batch that was moved from can be filled again") {
  WriteBatch batch;
  batch.Put(AsBytes("key"), AsBytes("value"));
  const WriteBatch taken = std::move(batch);
  batch = WriteBatch();
  REQUIRE(batch.empty());
  batch.Erase(AsBytes("another"));
  REQUIRE(batch.size() == 1);
  REQUIRE(ToBytes(batch[0].key) == ToBytes(AsBytes("another")));
  REQUIRE(ToBytes(taken[0].value) == ToBytes(AsBytes("value")));
}

}  // namespace
}  // namespace conclave
