#include "durability/crash.h"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <vector>

#include "durability/failing_heap.h"
#include "durability/reopened.h"
#include "durability/store_story.h"
#include "support/forked.h"
#include "support/must.h"
#include "support/sqlite_file.h"

namespace conclave::testing {

using test::Asserting;
using test::Forked;
using test::Must;

namespace {

constexpr char kVfs[] = "crash";

}  // namespace

Crash::Crash(const Scenario& scenario, Flaw flaw, bool looks_at_rows)
    : stage_(scenario), flaw_(flaw), looks_at_rows_(looks_at_rows) {
  {
    const auto storage = test::OpenStorage({.path = path_});
    const Rows rows = RowsOf(stage_.cast().alice.storage).value();
    WriteBatch batch;
    for (const auto& [key, value] : rows) batch.Put(AsBytes(key), AsBytes(value));
    if (!batch.empty()) Must(storage->Write(batch));
  }
  file_ = test::FileContent(path_);
  // A run that nothing interrupts: what it comes to, and how many points there are.
  Begin();
  REQUIRE(Recover());
  Begin();
  REQUIRE(Interrupt({}));
  watch_ = stage_.outside().store();
}

void Crash::Begin() {
  for (const char* companion : {"-wal", "-shm", "-journal"}) {
    std::filesystem::remove(path_ + companion);
  }
  std::ofstream(path_, std::ios::binary | std::ios::trunc) << file_;
  stage_.outside().Reset(stage_.initial_digest());
}

void Crash::Play(const Point& point) {
  CrashVfs vfs(kVfs);
  vfs.plan = point.files;
  std::set_new_handler(std::abort);
  if (point.allocation != 0) std::signal(SIGABRT, SIG_DFL);  // which Catch2 would report
  const std::uint64_t allocations = Allocations();
  FailAllocation(point.allocation);
  auto file = test::OpenStorage({.path = path_, .vfs = kVfs});
  {
    FlawedStorage flawed(*file, flaw_);
    WatchedStorage storage(flawed, stage_.outside());
    storage.plan = point.storage;
    const auto program = Must(Program::Start(stage_.cast(), storage, stage_.outside()));
    Must(stage_.scenario().act(stage_.cast(), *program));
  }
  file.reset();
  stage_.outside().store().operations = vfs.operations();
  allocations_.Set(Allocations() - allocations);
}

bool Crash::Interrupt(const Point& point) {
  const int status = Forked([&] { return Asserting([&] { Play(point); }); }).Wait();
  if (point.allocation != 0) return status == Forked::kSignalled;
  const bool should_die = point.storage.call != 0 || point.files.die_at != 0;
  return status == (should_die ? CrashVfs::kDied : 0);
}

void Crash::PlayOn() {
  const std::vector<SentItem> sent = stage_.outside().items();
  const auto storage = test::OpenStorage({.path = path_});
  if (looks_at_rows_) RequireRowsAreWhole(*storage, stage_.outside().store());
  const auto program = Must(Program::Start(stage_.cast(), *storage, stage_.outside()));
  RequireNothingForgotten(*program, sent);
  if (stage_.scenario().reopened != nullptr) stage_.scenario().reopened(stage_.cast(), *program);
  Must(stage_.scenario().act(stage_.cast(), *program));
  stage_.Finish(*program);
}

bool Crash::Recover() {
  const auto run = [&] {
    if (flaw_ != Flaw::none && std::freopen("/dev/null", "w", stdout) == nullptr) return 1;
    return Asserting([&] { PlayOn(); });
  };
  return Forked(run).Wait() == 0;
}

}  // namespace conclave::testing
