// Sealing: what is on the disk, who opens it, and changing the key.
#include "sqlite/sealing.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/forked.h"
#include "support/sqlite_file.h"
#include "support/storage_contract.h"
#include "support/temporary_directory.h"

namespace conclave {
namespace {

using test::Contains;
using test::ContentOnDisk;
using test::KindOf;
using test::Must;
using test::OpenStorage;
using test::PutNow;
using test::RawConnection;
using test::TemporaryDirectory;
using test::ValueOf;

Secret KeyOf(std::uint8_t byte) { return Secret::CopyOf(Bytes(kSealingKeySize, byte)); }

std::string DetailOf(const Result<std::unique_ptr<SqliteStorage>>& opened) {
  REQUIRE(KindOf(opened) == ErrorKind::kStorage);
  return opened.error().detail;
}

struct SealedFile {
  TemporaryDirectory directory;
  std::string path = directory.File("db");
  Secret key = KeyOf(1);

  std::unique_ptr<SqliteStorage> Open() const {
    return OpenStorage({.path = path, .sealing_key = &key});
  }
};

TEST_CASE("A sealed value is not on the disk; its key is") {
  const SealedFile file;
  const auto storage = file.Open();
  PutNow(*storage, "the name", "the value");
  CHECK(!Contains(ContentOnDisk(file.path), "the value"));
  CHECK(Contains(ContentOnDisk(file.path), "the name"));
  CHECK(ValueOf(*storage, "the name") == ToBytes("the value"));
}

TEST_CASE("A value sealed twice is two values") {
  const Secret key = KeyOf(1);
  const auto sealing = Must(sqlite::Sealing::Create(&key));
  constexpr auto kRecord = sqlite::Sealing::Purpose::record;
  const Secret one = sealing.Seal(kRecord, AsBytes("a"), AsBytes("value"));
  const Secret other = sealing.Seal(kRecord, AsBytes("a"), AsBytes("value"));
  CHECK(one.size() == 24 + 5 + 16);
  CHECK(!ConstantTimeEquals(one, other));
}

TEST_CASE("A sealed value opens for its purpose and its name alone, and unchanged") {
  const Secret key = KeyOf(1);
  const auto sealing = Must(sqlite::Sealing::Create(&key));
  using Purpose = sqlite::Sealing::Purpose;
  const Bytes sealed =
      ToBytes(sealing.Seal(Purpose::record, AsBytes("a"), AsBytes("value")).ExposeForProvider());
  CHECK(sealing.Open(Purpose::record, AsBytes("a"), sealed).ok());
  CHECK(KindOf(sealing.Open(Purpose::record, AsBytes("b"), sealed)) == ErrorKind::kStorage);
  CHECK(KindOf(sealing.Open(Purpose::key_check, AsBytes("a"), sealed)) == ErrorKind::kStorage);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1;
    CHECK(!sealing.Open(Purpose::record, AsBytes("a"), changed).ok());
    CHECK(!sealing.Open(Purpose::record, AsBytes("a"), BytesView(sealed).first(i)).ok());
  }
}

TEST_CASE("A file opens with its own sealing key only") {
  const TemporaryDirectory directory;
  const std::string sealed = directory.File("sealed");
  const std::string open = directory.File("open");
  const Secret right = KeyOf(1);
  const Secret wrong = KeyOf(2);
  const Secret short_key = Secret::CopyOf(Bytes(31, 1));
  PutNow(*OpenStorage({.path = sealed, .sealing_key = &right}), "a", "1");
  PutNow(*OpenStorage({.path = open}), "a", "1");

  CHECK(DetailOf(SqliteStorage::Open({.path = sealed, .sealing_key = &wrong})) ==
        "sqlite: the file is sealed under another key");
  CHECK(DetailOf(SqliteStorage::Open({.path = sealed})) ==
        "sqlite: the file is sealed, but no sealing key was given");
  CHECK(DetailOf(SqliteStorage::Open({.path = open, .sealing_key = &right})) ==
        "sqlite: a sealing key was given, but the file is not sealed");
  CHECK(KindOf(SqliteStorage::Open({.path = sealed, .sealing_key = &short_key})) ==
        ErrorKind::kMisuse);
  CHECK(ValueOf(*OpenStorage({.path = sealed, .sealing_key = &right}), "a") == ToBytes("1"));
}

TEST_CASE("A value that was moved to another row, or changed, does not open") {
  const SealedFile file;
  {
    const auto storage = file.Open();
    PutNow(*storage, "a", "1");
    PutNow(*storage, "b", "2");
  }
  SECTION("moved") {
    RawConnection(file.path).Execute(
        "UPDATE record SET value = (SELECT value FROM record WHERE key = CAST('b' AS BLOB)) "
        "WHERE key = CAST('a' AS BLOB)");
  }
  SECTION("renamed") {
    RawConnection(file.path).Execute("DELETE FROM record WHERE key = CAST('a' AS BLOB)");
    RawConnection(file.path).Execute(
        "INSERT INTO record SELECT CAST('a' AS BLOB), value "
        "FROM record");
  }
  SECTION("changed") {
    RawConnection(file.path).Execute(
        "UPDATE record SET value = zeroblob(60) "
        "WHERE key = CAST('a' AS BLOB)");
  }
  const auto storage = file.Open();
  CHECK(KindOf(storage->Read(AsBytes("a"))) == ErrorKind::kStorage);
  CHECK(KindOf(storage->Keys({})) == ErrorKind::kStorage);
  WriteBatch batch;
  batch.Expect(AsBytes("a"), AsBytes("1"));
  test::Put(batch, "b", "3");
  CHECK(KindOf(storage->Write(batch)) == ErrorKind::kStorage);
  CHECK(ValueOf(*storage, "b") == ToBytes("2"));
}

TEST_CASE("A file is sealed, sealed anew and unsealed") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  const Secret one = KeyOf(1);
  const Secret two = KeyOf(2);
  const Secret short_key = Secret::CopyOf(Bytes(31, 1));
  const auto storage = OpenStorage({.path = path});
  for (int i = 0; i < 300; ++i) {
    PutNow(*storage, std::to_string(i), "value of " + std::to_string(i));
  }
  PutNow(*storage, "", "value of nobody");
  const auto require_all = [&](const Storage& from) {
    for (int i = 0; i < 300; ++i) {
      REQUIRE(ValueOf(from, std::to_string(i)) == ToBytes("value of " + std::to_string(i)));
    }
    REQUIRE(ValueOf(from, "") == ToBytes("value of nobody"));
  };
  CHECK(KindOf(storage->Rekey(&short_key)) == ErrorKind::kMisuse);
  require_all(*storage);
  REQUIRE(storage->Rekey(&one).ok());
  CHECK(!Contains(ContentOnDisk(path), "value of"));
  require_all(*storage);
  require_all(*OpenStorage({.path = path, .sealing_key = &one}));

  REQUIRE(storage->Rekey(&two).ok());
  require_all(*storage);
  CHECK(KindOf(SqliteStorage::Open({.path = path, .sealing_key = &one})) == ErrorKind::kStorage);
  require_all(*OpenStorage({.path = path, .sealing_key = &two}));

  REQUIRE(storage->Rekey(nullptr).ok());
  CHECK(Contains(ContentOnDisk(path), "value of 7"));
  require_all(*OpenStorage({.path = path}));
}

TEST_CASE("A key is changed for all rows or for none") {
  const SealedFile file;
  {
    const auto storage = file.Open();
    for (const char* key : {"a", "b", "c"}) PutNow(*storage, key, key);
  }
  RawConnection(file.path).Execute(
      "UPDATE record SET value = zeroblob(60) "
      "WHERE key = CAST('c' AS BLOB)");
  const Secret other = KeyOf(2);
  const auto storage = file.Open();
  CHECK(KindOf(storage->Rekey(&other)) == ErrorKind::kStorage);
  CHECK(ValueOf(*storage, "a") == ToBytes("a"));
  CHECK(ValueOf(*file.Open(), "b") == ToBytes("b"));
}

TEST_CASE("A connection that does not know of a new key neither reads nor writes") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  const Secret one = KeyOf(1);
  const auto storage = OpenStorage({.path = path});
  const auto other = OpenStorage({.path = path});
  PutNow(*storage, "a", "1");
  REQUIRE(storage->Rekey(&one).ok());
  CHECK(KindOf(other->Read(AsBytes("a"))) == ErrorKind::kStorage);
  CHECK(KindOf(other->Keys({})) == ErrorKind::kStorage);
  CHECK(KindOf(other->Rekey(nullptr)) == ErrorKind::kStorage);
  WriteBatch batch;
  test::Put(batch, "b", "in the clear");
  CHECK(KindOf(other->Write(batch)) == ErrorKind::kStorage);
  CHECK(!Contains(ContentOnDisk(path), "in the clear"));
  CHECK(ValueOf(*storage, "b") == std::nullopt);
}

}  // namespace
}  // namespace conclave
