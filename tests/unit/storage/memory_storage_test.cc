// MemoryStorage keeps the contract of a storage.
#include "conclave/memory_storage.h"

#include <catch2/catch_test_macros.hpp>

#include "support/storage_contract.h"

namespace conclave {
namespace {

TEST_CASE("MemoryStorage keeps the contract") {
  MemoryStorage storage;
  test::RequireStorageContract(storage);
}

}  // namespace
}  // namespace conclave
