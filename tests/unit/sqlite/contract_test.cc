// SqliteStorage keeps the contract of a storage, and what it has outlives it.
#include <catch2/catch_test_macros.hpp>

#include "support/sqlite_file.h"
#include "support/storage_contract.h"
#include "support/temporary_directory.h"

namespace conclave {
namespace {

using test::OpenStorage;
using test::PutNow;
using test::TemporaryDirectory;
using test::ValueOf;

TEST_CASE("SqliteStorage keeps the contract") {
  const TemporaryDirectory directory;
  const auto storage = OpenStorage({.path = directory.File("db")});
  test::RequireStorageContract(*storage);
}

TEST_CASE("SqliteStorage keeps the contract when it is sealed") {
  const TemporaryDirectory directory;
  const Secret key = Secret::CopyOf(Bytes(kSealingKeySize, 7));
  const auto storage = OpenStorage({.path = directory.File("db"), .sealing_key = &key});
  test::RequireStorageContract(*storage);
}

TEST_CASE("What was written is there when the file is opened again") {
  const TemporaryDirectory directory;
  const SqliteStorageOptions options = {.path = directory.File("db")};
  PutNow(*OpenStorage(options), "a", "1");
  PutNow(*OpenStorage(options), "b", "2");
  const auto storage = OpenStorage(options);
  CHECK(ValueOf(*storage, "a") == ToBytes("1"));
  CHECK(ValueOf(*storage, "b") == ToBytes("2"));
}

TEST_CASE("A closed storage is one file") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  PutNow(*OpenStorage({.path = path}), "a", "1");
  CHECK(std::filesystem::exists(path));
  CHECK(!std::filesystem::exists(path + "-wal"));
  CHECK(!std::filesystem::exists(path + "-shm"));
}

TEST_CASE("Two connections see each other's rows") {
  const TemporaryDirectory directory;
  const SqliteStorageOptions options = {.path = directory.File("db")};
  const auto one = OpenStorage(options);
  const auto other = OpenStorage(options);
  PutNow(*one, "a", "1");
  CHECK(ValueOf(*other, "a") == ToBytes("1"));
  PutNow(*other, "a", "2");
  CHECK(ValueOf(*one, "a") == ToBytes("2"));
}

}  // namespace
}  // namespace conclave
