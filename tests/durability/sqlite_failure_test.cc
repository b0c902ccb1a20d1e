// SqliteStorage when an operation on its files fails: nothing of the write has happened, the next
// one goes well, and the error says what it was.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <string>

#include "durability/crash_vfs.h"
#include "durability/store_story.h"
#include "support/sqlite_file.h"
#include "support/temporary_directory.h"

namespace conclave::testing {
namespace {

using test::OpenStorage;
using test::TemporaryDirectory;
using Failure = CrashVfs::Failure;

constexpr char kVfs[] = "failing";

// Writes the story with a failure: how many writes were refused. After each, the rows are as they
// were, for this connection and for another one.
std::size_t LiveWithFailure(const CrashVfs::Plan& plan, bool& was_reached, std::string& detail) {
  const StoreStory story;
  const TemporaryDirectory directory;
  const std::string path = directory.File("db");
  CrashVfs vfs(kVfs);
  const auto storage = OpenStorage({.path = path, .vfs = kVfs});
  vfs.ResetCount();
  vfs.plan = plan;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < story.size(); ++i) {
    const auto written = storage->Write(story.batch(i));
    if (!written.ok()) {
      ++refused;
      REQUIRE(written.error().kind == ErrorKind::kStorage);
      detail = written.error().detail;
      REQUIRE(RowsOf(*storage) == story.state(i));
      if (plan.for_good) vfs.plan.fail_at = 0;  // mended
      // Another connection recovers from the log what it finds there.
      if (!plan.for_good) REQUIRE(RowsOf(*OpenStorage({.path = path})) == story.state(i));
      REQUIRE(storage->Write(story.batch(i)).ok());
    }
    REQUIRE(RowsOf(*storage) == story.state(i + 1));
  }
  was_reached = vfs.operations() >= plan.fail_at;
  vfs.plan = {};
  REQUIRE(RowsOf(*OpenStorage({.path = path})) == story.state(story.size()));
  const std::string disk = test::ContentOnDisk(path);
  for (const std::string& gone : story.GoneIn(story.size())) REQUIRE(!test::Contains(disk, gone));
  return refused;
}

TEST_CASE("A write that fails, once or for a while, has not happened and can be repeated") {
  std::size_t refused = 0, failures = 0, full = 0;
  for (const Failure failure : {Failure::io_error, Failure::disk_full}) {
    for (const bool for_good : {false, true}) {
      bool was_reached = true;
      for (std::uint64_t at = 1; was_reached; ++at) {
        INFO("operation " << at << (for_good ? ", for good" : ", once"));
        std::string detail;
        refused += LiveWithFailure({.fail_at = at, .failure = failure, .for_good = for_good},
                                   was_reached, detail);
        ++failures;
        if (detail == "sqlite: the disk or the file is full") ++full;
      }
    }
  }
  CHECK(refused > 50);
  CHECK(full > 20);
  std::printf("durability: %zu failures, %zu of them refused a write\n", failures, refused);
}

TEST_CASE("A file that cannot be written when it is opened is an error") {
  for (std::uint64_t at = 1;; ++at) {
    const TemporaryDirectory directory;
    const std::string path = directory.File("db");
    CrashVfs vfs(kVfs);
    vfs.plan = {.fail_at = at, .for_good = true};
    const auto storage = SqliteStorage::Open({.path = path, .vfs = kVfs});
    if (storage.ok() && vfs.operations() < at) break;
    if (!storage.ok()) REQUIRE(storage.error().kind == ErrorKind::kStorage);
    vfs.plan = {};
    REQUIRE(RowsOf(*OpenStorage({.path = path})) == Rows());
    REQUIRE(at < 1000);
  }
}

}  // namespace
}  // namespace conclave::testing
