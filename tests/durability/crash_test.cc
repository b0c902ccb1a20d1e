// Each scenario, ended at every call of the storage and at every operation on its files: before it,
// after it, and with what was not synced lost at random. After each end alice's program is started
// again, with the old rows or the new ones, and the conversation goes on.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "conclave/sqlite_storage.h"
#include "durability/crash_vfs.h"
#include "durability/reopened.h"
#include "durability/stage.h"
#include "durability/watched_storage.h"
#include "support/forked.h"
#include "support/sqlite_file.h"
#include "support/temporary_directory.h"

namespace conclave::testing {
namespace {

using test::Forked;
using test::TemporaryDirectory;

constexpr char kVfs[] = "crash";
constexpr std::uint64_t kOutcomes = 20;  // of losses of power

// An end of alice's program.
struct Point {
  WatchedStorage::Plan storage;
  CrashVfs::Plan files;
};

class Crash {
 public:
  explicit Crash(const Scenario& scenario) : stage_(scenario) {
    {
      const auto storage = test::OpenStorage({.path = path_});
      WriteBatch batch;
      const Rows rows = RowsOf(stage_.cast().alice.storage).value();
      for (const auto& [key, value] : rows) {
        batch.Put(AsBytes(key), AsBytes(value));
      }
      if (!batch.empty()) test::Must(storage->Write(batch));
    }
    file_ = test::FileContent(path_);
    // A run that nothing interrupts: what it comes to, and how many points there are.
    Begin();
    REQUIRE(Recover());
    Begin();
    REQUIRE(Interrupt({}));
    watch_ = stage_.outside().store();
  }

  std::uint64_t calls() const { return watch_.calls; }
  std::uint64_t operations() const { return watch_.operations; }

  // Whether all is well after an end at `point`.
  bool Survives(const Point& point) {
    Begin();
    return Interrupt(point) && Recover();
  }

 private:
  void Begin() {
    for (const char* companion : {"-wal", "-shm", "-journal"}) {
      std::filesystem::remove(path_ + companion);
    }
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << file_;
    stage_.outside().Reset(stage_.initial_digest());
  }

  // Runs the program to the point: whether it got that far, or to its end.
  bool Interrupt(const Point& point) {
    const auto run = [&] {
      CrashVfs vfs(kVfs);
      vfs.plan = point.files;
      auto file = test::OpenStorage({.path = path_, .vfs = kVfs});
      {
        WatchedStorage storage(*file, stage_.outside());
        storage.plan = point.storage;
        const auto program = test::Must(Program::Start(stage_.cast(), storage, stage_.outside()));
        test::Must(stage_.scenario().act(stage_.cast(), *program));
      }
      file.reset();
      stage_.outside().store().operations = vfs.operations();
    };
    const int status = Forked([&] { return Asserting(run); }).Wait();
    const bool should_die = point.storage.call != 0 || point.files.die_at != 0;
    return status == (should_die ? CrashVfs::kDied : 0);
  }

  // Starts the program again, checks what it finds, and lets it come to its end.
  bool Recover() {
    const auto run = [&] {
      const std::vector<SentItem> sent = stage_.outside().items();
      const auto storage = test::OpenStorage({.path = path_});
      RequireRowsAreWhole(*storage, stage_.outside().store());
      const auto program = test::Must(Program::Start(stage_.cast(), *storage, stage_.outside()));
      RequireNothingForgotten(*program, sent);
      if (stage_.scenario().reopened != nullptr) {
        stage_.scenario().reopened(stage_.cast(), *program);
      }
      test::Must(stage_.scenario().act(stage_.cast(), *program));
      stage_.Finish(*program);
    };
    return Forked([&] { return Asserting(run); }).Wait() == 0;
  }

  Stage stage_;
  TemporaryDirectory directory_;
  const std::string path_ = directory_.File("db");
  std::string file_;  // its content in the beginning
  StoreWatch watch_;
};

struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
};

class Run {
 public:
  Run(const Scenario& scenario, Tally& tally)
      : name_(scenario.name), crash_(scenario), total_(tally) {}

  void AtEveryCall() {
    for (const auto at : {WatchedStorage::At::die_before, WatchedStorage::At::die_after}) {
      for (std::uint64_t call = 1; call <= crash_.calls(); ++call) {
        Try("storage call", call, {.storage = {call, at}, .files = {}});
      }
    }
  }
  void AtEveryOperation() {
    for (const auto end : {CrashVfs::End::killed_before, CrashVfs::End::killed_after}) {
      for (std::uint64_t at = 1; at <= crash_.operations(); ++at) {
        Try("operation", at, {.storage = {}, .files = {.die_at = at, .end = end}});
      }
    }
  }
  // Losses of power: so many, spread over all operations; or so many at each of them.
  void PowerLosses(bool at_each) {
    const std::uint64_t all = crash_.operations();
    if (all == 0) return;
    for (std::uint64_t seed = 1; seed <= kOutcomes; ++seed) {
      for (std::uint64_t at = 1; at <= all; ++at) {
        if (!at_each && at != 1 + (seed - 1) * all / kOutcomes) continue;
        Try("loss of power at operation", at,
            {.storage = {},
             .files = {.die_at = at, .end = CrashVfs::End::power_loss, .seed = seed}});
      }
    }
  }
  void Print() const {
    std::printf("crash: %-46s %4llu passed, %llu failed (%llu storage calls, %llu operations)\n",
                name_, static_cast<unsigned long long>(own_.passed),
                static_cast<unsigned long long>(own_.failed),
                static_cast<unsigned long long>(crash_.calls()),
                static_cast<unsigned long long>(crash_.operations()));
    std::fflush(stdout);
  }

 private:
  void Try(const char* what, std::uint64_t number, const Point& point) {
    if (crash_.Survives(point)) {
      ++own_.passed, ++total_.passed;
      return;
    }
    ++own_.failed, ++total_.failed;
    std::printf("crash: FAILED: %s: %s %llu, end %d/%d, seed %llu\n", name_, what,
                static_cast<unsigned long long>(number), static_cast<int>(point.storage.at),
                static_cast<int>(point.files.end),
                static_cast<unsigned long long>(point.files.seed));
  }

  const char* name_;
  Crash crash_;
  Tally own_;
  Tally& total_;
};

void CrashEverywhere(bool is_long) {
  Tally tally;
  for (const Scenario& scenario : AllScenarios()) {
    Run run(scenario, tally);
    run.AtEveryCall();
    run.AtEveryOperation();
    run.PowerLosses(is_long);
    run.Print();
  }
  std::printf("crash: %llu passed, %llu failed\n", static_cast<unsigned long long>(tally.passed),
              static_cast<unsigned long long>(tally.failed));
  CHECK(tally.passed > 0);
  CHECK(tally.failed == 0);
}

TEST_CASE("A program that ends anywhere goes on where it stopped", "[.][crash]") {
  CrashEverywhere(false);
}

TEST_CASE("The same, with the power lost often at every operation", "[.][crash-long]") {
  CrashEverywhere(true);
}

}  // namespace
}  // namespace conclave::testing
