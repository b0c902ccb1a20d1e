// MemoryStorage and WriteBatch: all of a batch or nothing, in order.
#include "conclave/memory_storage.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>

namespace conclave {
namespace {

std::optional<Bytes> ValueOf(const Storage& storage, std::string_view key) {
  auto read = storage.Read(AsBytes(key)).value();
  if (!read.has_value()) return std::nullopt;
  return ToBytes(read->ExposeForProvider());
}

void Put(WriteBatch& batch, std::string_view key, std::string_view value) {
  batch.Put(AsBytes(key), AsBytes(value));
}

TEST_CASE("A record that is not there is not an error") {
  MemoryStorage storage;
  CHECK(ValueOf(storage, "a") == std::nullopt);
}

TEST_CASE("A batch applies its operations in order") {
  MemoryStorage storage;
  WriteBatch batch;
  Put(batch, "a", "1");
  Put(batch, "a", "2");
  Put(batch, "b", "3");
  batch.Erase(AsBytes("b"));
  REQUIRE(storage.Write(batch).ok());
  CHECK(ValueOf(storage, "a") == ToBytes("2"));
  CHECK(ValueOf(storage, "b") == std::nullopt);
}

TEST_CASE("An expectation that fails leaves everything as it was") {
  MemoryStorage storage;
  WriteBatch first;
  Put(first, "version", "1");
  REQUIRE(storage.Write(first).ok());

  WriteBatch second;
  Put(second, "other", "x");
  second.Expect(AsBytes("version"), AsBytes("2"));
  Put(second, "version", "3");
  const auto written = storage.Write(second);
  REQUIRE(!written.ok());
  CHECK(written.error().kind == ErrorKind::kStorage);
  CHECK(written.error().detail == kStorageConflict);
  CHECK(ValueOf(storage, "version") == ToBytes("1"));
  CHECK(ValueOf(storage, "other") == std::nullopt);
}

TEST_CASE("Expectations are judged before anything changes, wherever they stand") {
  MemoryStorage storage;
  WriteBatch batch;
  Put(batch, "a", "1");
  batch.ExpectAbsent(AsBytes("a"));
  REQUIRE(storage.Write(batch).ok());
  REQUIRE(!storage.Write(batch).ok());
  CHECK(ValueOf(storage, "a") == ToBytes("1"));
}

TEST_CASE("Expecting a value of a record that is absent fails") {
  MemoryStorage storage;
  WriteBatch batch;
  batch.Expect(AsBytes("a"), {});
  CHECK(!storage.Write(batch).ok());
}

TEST_CASE("Erasing a prefix erases what begins with it and nothing else") {
  MemoryStorage storage;
  WriteBatch batch;
  for (const char* key : {"a", "ab", "abc", "b", "B"}) Put(batch, key, key);
  batch.ErasePrefix(AsBytes("ab"));
  REQUIRE(storage.Write(batch).ok());
  const auto keys = storage.Keys({}).value();
  CHECK(keys == std::vector<Bytes>{ToBytes("B"), ToBytes("a"), ToBytes("b")});
}

TEST_CASE("Keys come in bytewise order") {
  MemoryStorage storage;
  WriteBatch batch;
  const Bytes high = {0x02, 0xff};
  const Bytes low = {0x02, 0x00};
  batch.Put(high, {});
  batch.Put(low, {});
  batch.Put(Bytes{0x03}, {});
  REQUIRE(storage.Write(batch).ok());
  CHECK(storage.Keys(Bytes{0x02}).value() == std::vector<Bytes>{low, high});
}

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

TEST_CASE("An empty value is a value") {
  MemoryStorage storage;
  WriteBatch batch;
  batch.Put(AsBytes("a"), {});
  REQUIRE(storage.Write(batch).ok());
  CHECK(ValueOf(storage, "a") == Bytes{});
}

}  // namespace
}  // namespace conclave
