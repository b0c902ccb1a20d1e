// SqliteStorage and a process that is killed, or loses its power, at every operation on its files.
// And that the loss of power is one: without syncs, the same tool finds losses.
#include "durability/crash_vfs.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "durability/store_story.h"
#include "support/forked.h"
#include "support/sqlite_file.h"
#include "support/temporary_directory.h"

namespace conclave::testing {
namespace {

using test::Contains;
using test::ContentOnDisk;
using test::Forked;
using test::OpenStorage;
using test::RawConnection;
using test::TemporaryDirectory;
using End = CrashVfs::End;

constexpr char kVfs[] = "crash";
constexpr std::uint64_t kSeeds = 20;
constexpr std::uint64_t kSeedsOfOthers = 6;  // of stores with other settings

// What a story went through, in one child after the other.
struct Tally {
  std::uint64_t operations = 0;
  std::uint64_t deaths = 0;
  std::uint64_t old_states = 0;  // the write that was on its way has not happened
  std::uint64_t new_states = 0;  // it has
};

// Runs the whole story in a child with a plan: whether the child lived to its end. `written` is the
// number of writes that returned.
bool Live(const StoreStory& story, const std::string& path, const Secret* key,
          const CrashVfs::Plan& plan, SharedCounter& written) {
  written.Set(0);
  const int status = Forked([&] {
                       CrashVfs vfs(kVfs);
                       vfs.plan = plan;
                       auto storage =
                           SqliteStorage::Open({.path = path, .sealing_key = key, .vfs = kVfs});
                       if (!storage.ok()) return 1;
                       for (std::size_t i = 0; i < story.size(); ++i) {
                         if (!(*storage)->Write(story.batch(i)).ok()) return 1;
                         written.Set(i + 1);
                       }
                       storage->reset();
                       return 0;
                     }).Wait();
  REQUIRE((status == 0 || status == CrashVfs::kDied));
  return status == 0;
}

// The store has all writes that returned, and the one on its way or not; and no old value.
void RequireWhole(const StoreStory& story, const std::string& path, const Secret* key,
                  std::size_t written, Tally& tally) {
  const auto storage = OpenStorage({.path = path, .sealing_key = key});
  const auto rows = RowsOf(*storage);
  REQUIRE(rows.has_value());
  const bool is_old = *rows == story.state(written);
  const bool is_new = written < story.size() && *rows == story.state(written + 1);
  REQUIRE((is_old || is_new));
  const std::string disk = ContentOnDisk(path);
  for (const std::string& gone : story.GoneIn(is_old ? written : written + 1)) {
    REQUIRE(!Contains(disk, gone));
  }
  ++(is_old ? tally.old_states : tally.new_states);
}

// Ends the story at every operation in one way.
void EndEverywhere(End end, std::uint64_t seeds, const Secret* key, Tally& tally) {
  const StoreStory story;
  SharedCounter written;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    for (std::uint64_t at = 1;; ++at) {
      const TemporaryDirectory directory;
      const std::string path = directory.File("db");
      INFO("operation " << at << ", seed " << seed);
      const CrashVfs::Plan plan = {.die_at = at, .end = end, .seed = seed};
      if (Live(story, path, key, plan, written)) {
        tally.operations = at - 1;
        break;
      }
      ++tally.deaths;
      RequireWhole(story, path, key, static_cast<std::size_t>(written.value()), tally);
    }
  }
  // It died before the first write and after the last, and both states were met.
  CHECK(tally.operations > 50);
  CHECK(tally.old_states > 0);
  CHECK(tally.new_states > 0);
}

void Print(const char* what, const Tally& tally) {
  std::printf("durability: %s: %llu operations, %llu deaths: %llu old states, %llu new ones\n",
              what, static_cast<unsigned long long>(tally.operations),
              static_cast<unsigned long long>(tally.deaths),
              static_cast<unsigned long long>(tally.old_states),
              static_cast<unsigned long long>(tally.new_states));
}

TEST_CASE("A process that is killed leaves the old rows or the new ones") {
  Tally before, after;
  EndEverywhere(End::killed_before, 1, nullptr, before);
  EndEverywhere(End::killed_after, 1, nullptr, after);
  Print("killed before an operation", before);
  Print("killed after an operation", after);
}

TEST_CASE("A loss of power leaves the old rows or the new ones, and all writes that returned") {
  Tally tally;
  EndEverywhere(End::power_loss, kSeeds, nullptr, tally);
  Print("power lost", tally);
}

TEST_CASE("A sealed store stands the same") {
  const Secret key = Secret::CopyOf(Bytes(kSealingKeySize, 7));
  Tally killed, lost;
  EndEverywhere(End::killed_after, 1, &key, killed);
  EndEverywhere(End::power_loss, 3, &key, lost);
  Print("sealed, killed after an operation", killed);
  Print("sealed, power lost", lost);
}

TEST_CASE("A change of the sealing key that is cut short has happened or not") {
  const StoreStory story;
  const Secret one = Secret::CopyOf(Bytes(kSealingKeySize, 1));
  const Secret two = Secret::CopyOf(Bytes(kSealingKeySize, 2));
  std::size_t old_keys = 0, new_keys = 0;
  for (const End end : {End::killed_before, End::power_loss}) {
    for (std::uint64_t at = 1;; ++at) {
      const TemporaryDirectory directory;
      const std::string path = directory.File("db");
      {
        const auto storage = OpenStorage({.path = path, .sealing_key = &one});
        for (std::size_t i = 0; i < story.size(); ++i) REQUIRE(storage->Write(story.batch(i)).ok());
      }
      SharedCounter returned;
      const int status =
          Forked([&] {
            CrashVfs vfs(kVfs);
            vfs.plan = {.die_at = at, .end = end, .seed = at};
            auto storage = SqliteStorage::Open({.path = path, .sealing_key = &one, .vfs = kVfs});
            if (!storage.ok() || !(*storage)->Rekey(&two).ok()) return 1;
            returned.Set(1);
            storage->reset();
            return 0;
          }).Wait();
      REQUIRE((status == 0 || status == CrashVfs::kDied));
      const auto with_two = SqliteStorage::Open({.path = path, .sealing_key = &two});
      if (returned.value() == 1) REQUIRE(with_two.ok());
      const auto storage =
          with_two.ok() ? nullptr : OpenStorage({.path = path, .sealing_key = &one});
      REQUIRE(RowsOf(with_two.ok() ? **with_two : *storage) == story.state(story.size()));
      ++(with_two.ok() ? new_keys : old_keys);
      if (status == 0) break;
    }
  }
  CHECK(old_keys > 0);
  CHECK(new_keys > 2);
}

// How a store fares that SQLite keeps with other settings: two rows, counted up together.
struct Losses {
  std::uint64_t deaths = 0;
  std::uint64_t lost = 0;  // a commit that had returned is not there
  std::uint64_t torn = 0;  // the file is damaged, or the rows differ
};

int CountUp(const std::string& path, const std::string& synchronous, SharedCounter& committed) {
  sqlite3* connection = nullptr;
  const auto run = [&connection](const std::string& sql) {
    return sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  };
  if (sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READWRITE, kVfs) != SQLITE_OK) {
    return 1;
  }
  if (!run("PRAGMA synchronous=" + synchronous)) return 1;
  for (std::uint64_t i = 1; i <= 6; ++i) {
    if (!run("UPDATE counter SET value = value + 1")) return 1;
    committed.Set(i);
    // In the middle, what is in the log moves to the file.
    if (i == 3 && !run("PRAGMA wal_checkpoint(TRUNCATE)")) return 1;
  }
  // As at a loss of power, nobody closes the connection.
  _exit(0);
}

void Judge(const std::string& path, std::uint64_t committed, Losses& losses) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  std::vector<std::string> answers;
  const auto add = [](void* to, int, char** columns, char**) {
    static_cast<std::vector<std::string>*>(to)->emplace_back(columns[0] ? columns[0] : "");
    return 0;
  };
  const int code = sqlite3_exec(connection,
                                "PRAGMA integrity_check; SELECT min(value) FROM counter; "
                                "SELECT max(value) FROM counter",
                                add, &answers, nullptr);
  sqlite3_close(connection);
  const bool is_whole = code == SQLITE_OK && answers.size() == 3 && answers[0] == "ok" &&
                        !answers[1].empty() && answers[1] == answers[2];
  if (!is_whole) {
    ++losses.torn;
  } else if (std::stoull(answers[1]) < committed) {
    ++losses.lost;
  }
}

Losses LossesWith(const std::string& synchronous) {
  Losses losses;
  SharedCounter committed;
  for (std::uint64_t seed = 1; seed <= kSeedsOfOthers; ++seed) {
    for (std::uint64_t at = 1;; ++at) {
      const TemporaryDirectory directory;
      const std::string path = directory.File("db");
      RawConnection(path).Execute(
          "PRAGMA journal_mode=WAL; CREATE TABLE counter(value, filling); "
          "INSERT INTO counter VALUES(0, zeroblob(5000)), (0, zeroblob(5000))");
      committed.Set(0);
      const int status = Forked([&] {
                           CrashVfs vfs(kVfs);
                           vfs.plan = {.die_at = at, .end = End::power_loss, .seed = seed};
                           return CountUp(path, synchronous, committed);
                         }).Wait();
      REQUIRE((status == 0 || status == CrashVfs::kDied));
      if (status == 0) break;
      ++losses.deaths;
      Judge(path, committed.value(), losses);
    }
  }
  std::printf(
      "durability: synchronous=%s: %llu losses of power: %llu lost commits, %llu torn "
      "files\n",
      synchronous.c_str(), static_cast<unsigned long long>(losses.deaths),
      static_cast<unsigned long long>(losses.lost), static_cast<unsigned long long>(losses.torn));
  return losses;
}

TEST_CASE("The loss of power is felt by a store that does not sync") {
  const Losses off = LossesWith("OFF");
  CHECK(off.lost > 0);
  CHECK(off.torn > 0);
  const Losses normal = LossesWith("NORMAL");
  CHECK(normal.lost > 0);
  CHECK(normal.torn == 0);
  const Losses full = LossesWith("FULL");
  CHECK(full.lost == 0);
  CHECK(full.torn == 0);
}

}  // namespace
}  // namespace conclave::testing
