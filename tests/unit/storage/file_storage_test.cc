// The storage of examples/own_storage.cc keeps the contract, and finds its records again.
#include "../../../examples/file_storage.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "support/must.h"
#include "support/storage_contract.h"
#include "support/temporary_directory.h"

namespace conclave {
namespace {

using test::Must;

TEST_CASE("FileStorage keeps the contract") {
  const test::TemporaryDirectory directory;
  const auto storage = Must(FileStorage::Open(directory.File("records")));
  test::RequireStorageContract(*storage);
}

TEST_CASE(
    "FileStorage has what was written when it is opened again, and nothing of a broken file") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.File("records");
  test::PutNow(*Must(FileStorage::Open(path)), "key", "value");
  test::PutNow(*Must(FileStorage::Open(path)), "empty", "");
  const auto again = Must(FileStorage::Open(path));
  CHECK(test::ValueOf(*again, "key") == ToBytes("value"));
  CHECK(test::ValueOf(*again, "empty") == Bytes());
  std::ofstream(path, std::ios::app | std::ios::binary) << "half";
  const auto broken = FileStorage::Open(path);
  REQUIRE(!broken.ok());
  CHECK(broken.error().kind == ErrorKind::kStorage);
}

}  // namespace
}  // namespace conclave
