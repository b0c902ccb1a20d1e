// The file of SqliteStorage: its settings and its mode, and which files are refused.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "sqlite/format.h"
#include "support/forked.h"
#include "support/sqlite_file.h"
#include "support/storage_contract.h"
#include "support/temporary_directory.h"

namespace conclave {
namespace {

using test::ContentOnDisk;
using test::FileContent;
using test::Forked;
using test::KindOf;
using test::Must;
using test::OpenStorage;
using test::PutNow;
using test::RawConnection;
using test::TemporaryDirectory;
using test::ValueOf;

namespace fs = std::filesystem;

std::string DetailOfOpening(const SqliteStorageOptions& options) {
  const auto opened = SqliteStorage::Open(options);
  return opened.ok() ? "" : opened.error().detail;
}

unsigned ModeOf(const std::string& path) {
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

TEST_CASE("The settings are in force") {
  const TemporaryDirectory directory;
  const sqlite::Database database =
      Must(sqlite::OpenFile({.path = directory.File("db"), .vfs = {}, .busy_timeout_ms = 1234}));
  const std::pair<std::string, std::string> settings[] = {
      {"journal_mode", "wal"},       {"synchronous", "2"},    {"secure_delete", "1"},
      {"temp_store", "2"},           {"foreign_keys", "1"},   {"busy_timeout", "1234"},
      {"cell_size_check", "1"},      {"trusted_schema", "0"}, {"fullfsync", "1"},
      {"checkpoint_fullfsync", "1"}, {"auto_vacuum", "0"},    {"max_page_count", "33554431"},
      {"locking_mode", "normal"}};
  for (const auto& [name, value] : settings) {
    INFO(name);
    const auto query = Must(database.Prepare(("PRAGMA " + name).c_str()));
    sqlite::Run run(query);
    REQUIRE(Must(run.Next()));
    CHECK(std::string(run.Text(0)) == value);
  }
}

TEST_CASE("The file says what it is, and its tables are strict") {
  const TemporaryDirectory directory;
  const auto storage = OpenStorage({.path = directory.File("db")});
  RawConnection raw(directory.File("db"));
  CHECK(raw.Query("PRAGMA application_id") == std::vector<std::string>{"1131376227"});
  CHECK(raw.Query("PRAGMA user_version") == std::vector<std::string>{"1"});
  CHECK(raw.Query("PRAGMA journal_mode") == std::vector<std::string>{"wal"});
  CHECK(raw.Query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict AND wr "
                  "ORDER BY name") == std::vector<std::string>{"meta", "record"});
  CHECK(raw.Try("INSERT INTO record VALUES('text', x'00')") == SQLITE_CONSTRAINT);
}

TEST_CASE("The files are their owner's alone, whatever the umask") {
  for (const mode_t mask : {0U, 0077U, 0777U}) {
    const TemporaryDirectory directory;
    const std::string path = directory.File("db");
    const mode_t before = umask(mask);
    {
      const auto storage = OpenStorage({.path = path});
      PutNow(*storage, "a", "1");
      CHECK(ModeOf(path) == 0600);
      CHECK(ModeOf(path + "-wal") == 0600);
      CHECK(ModeOf(path + "-shm") == 0600);
    }
    umask(before);
  }
}

TEST_CASE("A path is a path, whatever it looks like") {
  const TemporaryDirectory directory;
  const fs::path before = fs::current_path();
  fs::current_path(directory.path());
  for (const char* path : {":memory:", "file:db?mode=memory", "plain"}) {
    PutNow(*OpenStorage({.path = path}), "a", "1");
    CHECK(fs::exists(directory.path() / path));
    CHECK(ValueOf(*OpenStorage({.path = path}), "a") == ToBytes("1"));
  }
  fs::current_path(before);
  CHECK(KindOf(SqliteStorage::Open({.path = ""})) == ErrorKind::kMisuse);
  CHECK(KindOf(SqliteStorage::Open({.path = std::string("a\0b", 3)})) == ErrorKind::kMisuse);
}

TEST_CASE("A file of a later version is refused and left alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  PutNow(*OpenStorage({.path = path}), "a", "1");
  RawConnection(path).Execute("PRAGMA user_version=2");
  const std::string before = FileContent(path);
  CHECK(KindOf(SqliteStorage::Open({.path = path})) == ErrorKind::kUnsupported);
  CHECK(DetailOfOpening({.path = path}) == "sqlite: the file has a format of another version");
  CHECK(FileContent(path) == before);
}

TEST_CASE("A file of another application is refused and left alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  SECTION("one that has said whose it is") {
    RawConnection(path).Execute("PRAGMA application_id=77; CREATE TABLE t(x)");
  }
  SECTION("one that has only its tables") { RawConnection(path).Execute("CREATE TABLE t(x)"); }
  SECTION("one that counts its versions") { RawConnection(path).Execute("PRAGMA user_version=1"); }
  SECTION("one that is no database") { std::ofstream(path) << std::string(5000, 'x'); }
  const std::string before = FileContent(path);
  REQUIRE(!before.empty());
  CHECK(KindOf(SqliteStorage::Open({.path = path})) == ErrorKind::kStorage);
  CHECK(FileContent(path) == before);
  CHECK(!fs::exists(path + "-wal"));
}

TEST_CASE("A file to which somebody has added a trigger is refused") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  PutNow(*OpenStorage({.path = path}), "a", "1");
  RawConnection(path).Execute(
      "CREATE TRIGGER keep AFTER DELETE ON record BEGIN "
      "INSERT INTO meta VALUES(hex(old.key), old.value); END");
  CHECK(DetailOfOpening({.path = path}) == "sqlite: the tables are not of this format");
}

TEST_CASE("A file that may be vacuumed page by page is refused") {
  // Its pages of pointers look like pages of tables to GapOf().
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  PutNow(*OpenStorage({.path = path}), "a", "1");
  RawConnection(path).Execute("PRAGMA journal_mode=DELETE; PRAGMA auto_vacuum=FULL; VACUUM");
  CHECK(DetailOfOpening({.path = path}) == "sqlite: SQLite, or the file, does not take a setting");
}

TEST_CASE("A damaged file is an error, or a record that is as it was") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  const Secret key = Secret::CopyOf(Bytes(kSealingKeySize, 7));
  const SqliteStorageOptions options = {.path = path, .sealing_key = &key};
  {
    const auto storage = OpenStorage(options);
    for (int i = 0; i < 100; ++i) {
      PutNow(*storage, std::to_string(i), "value " + std::to_string(i) + std::string(80, '.'));
    }
  }
  const std::string whole = FileContent(path);
  REQUIRE(whole.size() > 3 * 4096);
  int refused = 0;
  for (std::size_t at = 101; at < whole.size(); at += 61) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x5a);
    std::ofstream(path, std::ios::binary) << damaged;
    const auto storage = SqliteStorage::Open(options);
    if (!storage.ok()) {
      ++refused;
      continue;
    }
    for (int i = 0; i < 100; i += 9) {
      const auto read = (*storage)->Read(AsBytes(std::to_string(i)));
      if (!read.ok()) {
        REQUIRE(read.error().kind == ErrorKind::kStorage);
        ++refused;
      } else if (read->has_value()) {
        const auto value = "value " + std::to_string(i) + std::string(80, '.');
        REQUIRE(ToBytes((*read)->ExposeForProvider()) == ToBytes(value));
      }
    }
  }
  CHECK(refused > 20);
}

TEST_CASE("A truncated file is an error") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  {
    const auto storage = OpenStorage({.path = path});
    for (int i = 0; i < 100; ++i) PutNow(*storage, std::to_string(i), std::string(200, 'v'));
  }
  fs::resize_file(path, fs::file_size(path) / 2);
  const auto storage = SqliteStorage::Open({.path = path});
  const bool refused = !storage.ok() || !(*storage)->Keys({}).ok();
  CHECK(refused);
}

// Runs `act` without the rights of the administrator, whom modes do not bind.
template <class Act>
int AsAnybody(Act act) {
  return Forked([&act] {
           constexpr unsigned kNobody = 65534;
           if (geteuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) return 99;
           return act();
         })
      .Wait();
}

TEST_CASE("A file or a directory that may not be written to is an error") {
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  PutNow(*OpenStorage({.path = path}), "a", "1");
  REQUIRE(chmod(directory.path().c_str(), 0755) == 0);
  const auto refuses = [](const std::string& file, std::string_view detail) {
    return AsAnybody([&] { return DetailOfOpening({.path = file}) == detail ? 0 : 1; });
  };
  SECTION("a file that may only be read") {
    REQUIRE(chmod(path.c_str(), 0444) == 0);
    CHECK(refuses(path, "sqlite: the file, or its directory, may not be written") == 0);
  }
  SECTION("a file that may not be read") {
    if (geteuid() != 0) REQUIRE(chmod(path.c_str(), 0) == 0);
    CHECK(refuses(path, "sqlite: the file, or one beside it, cannot be opened") == 0);
  }
  SECTION("a directory that may only be read, with the file") {
    REQUIRE(chmod(path.c_str(), 0666) == 0);
    REQUIRE(chmod(directory.path().c_str(), 0555) == 0);
    CHECK(refuses(path, "sqlite: the file, or its directory, may not be written") == 0);
  }
  SECTION("a directory that may only be read, without it") {
    REQUIRE(chmod(directory.path().c_str(), 0555) == 0);
    CHECK(refuses(directory.File("new"), "sqlite: the file, or one beside it, cannot be opened") ==
          0);
  }
  SECTION("a directory that is not there") {
    CHECK(refuses(directory.File("no/db"),
                  "sqlite: the file, or one beside it, cannot be opened") == 0);
  }
  REQUIRE(chmod(directory.path().c_str(), 0755) == 0);
}

TEST_CASE("An unknown file system is an error") {
  const TemporaryDirectory directory;
  CHECK(KindOf(SqliteStorage::Open({.path = directory.File("db"), .vfs = "no such"})) ==
        ErrorKind::kStorage);
}

}  // namespace
}  // namespace conclave
