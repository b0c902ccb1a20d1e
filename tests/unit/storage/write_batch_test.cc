// WriteBatch: what was added, in order.
#include <catch2/catch_test_macros.hpp>

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

}  // namespace
}  // namespace conclave
