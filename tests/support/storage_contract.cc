#include "support/storage_contract.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "storage/scan.h"
#include "support/must.h"

namespace conclave::test {

namespace {

using Record = std::pair<Bytes, Bytes>;

std::vector<Record> Scanned(const Storage& storage, BytesView prefix) {
  std::vector<Record> records;
  const auto scanned = ScanRecords(storage, prefix, [&records](BytesView key, BytesView value) {
    records.emplace_back(ToBytes(key), ToBytes(value));
  });
  REQUIRE(scanned.ok());
  return records;
}

void RequireConflict(const Result<void>& written) {
  REQUIRE(KindOf(written) == ErrorKind::kStorage);
  REQUIRE(std::string(written.error().detail) == kStorageConflict);
}

void RequireWrites(Storage& storage) {
  SECTION("A record that is not there is not an error") {
    CHECK(ValueOf(storage, "a") == std::nullopt);
  }
  SECTION("An empty batch changes nothing") {
    REQUIRE(storage.Write(WriteBatch()).ok());
    CHECK(Scanned(storage, {}).empty());
  }
  SECTION("A batch applies its operations in order") {
    WriteBatch batch;
    Put(batch, "a", "1");
    Put(batch, "a", "2");
    Put(batch, "b", "3");
    batch.Erase(AsBytes("b"));
    batch.Erase(AsBytes("never there"));
    REQUIRE(storage.Write(batch).ok());
    CHECK(ValueOf(storage, "a") == ToBytes("2"));
    CHECK(ValueOf(storage, "b") == std::nullopt);
  }
  SECTION("An empty value is a value, and an empty key a key") {
    PutNow(storage, "a", "");
    PutNow(storage, "", "b");
    CHECK(ValueOf(storage, "a") == Bytes{});
    CHECK(ValueOf(storage, "") == ToBytes("b"));
  }
  SECTION("Values of any size and with any bytes come back") {
    Bytes value(100'000);
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<std::uint8_t>(i * i);
    const Bytes key = {0x00, 0xff, 0x00, '\'', ';'};
    WriteBatch batch;
    batch.Put(key, value);
    REQUIRE(storage.Write(batch).ok());
    CHECK(Scanned(storage, {}) == std::vector<Record>{{key, value}});
  }
}

void RequireExpectations(Storage& storage) {
  SECTION("An expectation that fails leaves everything as it was") {
    PutNow(storage, "version", "1");
    WriteBatch batch;
    Put(batch, "other", "x");
    batch.Expect(AsBytes("version"), AsBytes("2"));
    Put(batch, "version", "3");
    RequireConflict(storage.Write(batch));
    CHECK(ValueOf(storage, "version") == ToBytes("1"));
    CHECK(ValueOf(storage, "other") == std::nullopt);
  }
  SECTION("An expectation that holds lets the batch pass") {
    PutNow(storage, "version", "1");
    WriteBatch batch;
    batch.Expect(AsBytes("version"), AsBytes("1"));
    Put(batch, "version", "2");
    REQUIRE(storage.Write(batch).ok());
    CHECK(ValueOf(storage, "version") == ToBytes("2"));
    RequireConflict(storage.Write(batch));
  }
  SECTION("Expectations are judged before anything changes, wherever they stand") {
    WriteBatch batch;
    Put(batch, "a", "1");
    batch.ExpectAbsent(AsBytes("a"));
    REQUIRE(storage.Write(batch).ok());
    RequireConflict(storage.Write(batch));
    CHECK(ValueOf(storage, "a") == ToBytes("1"));
  }
  SECTION("Expecting a value of a record that is absent fails, even an empty one") {
    WriteBatch batch;
    batch.Expect(AsBytes("a"), {});
    RequireConflict(storage.Write(batch));
  }
}

void RequireKeys(Storage& storage) {
  SECTION("Erasing a prefix erases what begins with it and nothing else") {
    WriteBatch batch;
    for (const char* key : {"a", "ab", "abc", "b", "B"}) Put(batch, key, key);
    batch.ErasePrefix(AsBytes("ab"));
    REQUIRE(storage.Write(batch).ok());
    const auto keys = Must(storage.Keys({}));
    CHECK(keys == std::vector<Bytes>{ToBytes("B"), ToBytes("a"), ToBytes("b")});
  }
  SECTION("A prefix may end with the greatest byte") {
    WriteBatch batch;
    const Bytes inside = {0x01, 0xff, 0xff, 0x00};
    const Bytes outside = {0x02};
    const Bytes before = {0x01, 0xfe};
    for (const Bytes& key : {inside, outside, before}) batch.Put(key, {});
    batch.ErasePrefix(Bytes{0x01, 0xff, 0xff});
    REQUIRE(storage.Write(batch).ok());
    CHECK(Must(storage.Keys({})) == std::vector<Bytes>{before, outside});
  }
  SECTION("A prefix may have no other byte, or none at all") {
    WriteBatch batch;
    const Bytes kept = {0xff};
    for (const Bytes& key : {kept, Bytes{0xff, 0xff}, Bytes{0xff, 0xff, 0x01}}) batch.Put(key, {});
    batch.ErasePrefix(Bytes{0xff, 0xff});
    REQUIRE(storage.Write(batch).ok());
    CHECK(Must(storage.Keys({})) == std::vector<Bytes>{kept});
    WriteBatch all;
    all.ErasePrefix({});
    REQUIRE(storage.Write(all).ok());
    CHECK(Must(storage.Keys({})).empty());
  }
  SECTION("Keys come in bytewise order, and are those that begin with the prefix") {
    WriteBatch batch;
    const Bytes high = {0x02, 0xff};
    const Bytes low = {0x02, 0x00};
    const Bytes shortest = {0x02};
    for (const Bytes& key : {high, low, Bytes{0x03}, shortest, Bytes{0x01, 0x02}}) {
      batch.Put(key, {});
    }
    REQUIRE(storage.Write(batch).ok());
    CHECK(Must(storage.Keys(Bytes{0x02})) == std::vector<Bytes>{shortest, low, high});
  }
  SECTION("A scan shows each value beside its key") {
    for (const char* key : {"x2", "x1", "y"}) PutNow(storage, key, std::string("of ") + key);
    CHECK(Scanned(storage, AsBytes("x")) == std::vector<Record>{{ToBytes("x1"), ToBytes("of x1")},
                                                                {ToBytes("x2"), ToBytes("of x2")}});
    CHECK(Scanned(storage, AsBytes("z")).empty());
  }
  SECTION("While it scans, a visitor may read and scan") {
    for (const char* key : {"a", "b"}) PutNow(storage, key, key);
    std::size_t seen = 0;
    const auto scanned = ScanRecords(storage, {}, [&](BytesView key, BytesView value) {
      CHECK(ToBytes(Must(storage.Read(key))->ExposeForProvider()) == ToBytes(value));
      seen += Scanned(storage, {}).size();
    });
    REQUIRE(scanned.ok());
    CHECK(seen == 4);
  }
}

}  // namespace

std::optional<Bytes> ValueOf(const Storage& storage, std::string_view key) {
  const auto read = Must(storage.Read(AsBytes(key)));
  if (!read.has_value()) return std::nullopt;
  return ToBytes(read->ExposeForProvider());
}

void Put(WriteBatch& batch, std::string_view key, std::string_view value) {
  batch.Put(AsBytes(key), AsBytes(value));
}

void PutNow(Storage& storage, std::string_view key, std::string_view value) {
  WriteBatch batch;
  Put(batch, key, value);
  REQUIRE(storage.Write(batch).ok());
}

void RequireStorageContract(Storage& storage) {
  RequireWrites(storage);
  RequireExpectations(storage);
  RequireKeys(storage);
}

}  // namespace conclave::test
