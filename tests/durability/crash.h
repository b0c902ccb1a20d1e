// For tests: one scenario in an SQLite file, ended at a chosen point, again and again.
#pragma once

#include <cstdint>
#include <string>

#include "durability/crash_vfs.h"
#include "durability/flawed_storage.h"
#include "durability/stage.h"
#include "durability/store_story.h"
#include "durability/watched_storage.h"
#include "support/temporary_directory.h"

namespace conclave::testing {

// An end of alice's program.
struct Point {
  WatchedStorage::Plan storage;
  CrashVfs::Plan files;
  std::uint64_t allocation = 0;  // from 1: there is no memory left
};

class Crash {
 public:
  explicit Crash(const Scenario& scenario) : Crash(scenario, Flaw::none, true) {}
  // With a storage that has a flaw; and without looking at the rows, but only at what they are good
  // for. Says nothing of what goes wrong.
  Crash(const Scenario& scenario, Flaw flaw, bool looks_at_rows);

  // How many points there are: calls of the storage, operations on the files, allocations.
  std::uint64_t calls() const { return watch_.calls; }
  std::uint64_t operations() const { return watch_.operations; }
  std::uint64_t allocations() const { return allocations_.value(); }

  // Whether all is well after an end at `point`.
  bool Survives(const Point& point) {
    Begin();
    return Interrupt(point) && Recover();
  }

 private:
  void Begin();
  // Runs the program to the point: whether it got that far, or to its end.
  bool Interrupt(const Point& point);
  // Starts the program again, checks what it finds, and lets it come to its end.
  bool Recover();
  void Play(const Point& point);
  void PlayOn();

  Stage stage_;
  const Flaw flaw_;
  const bool looks_at_rows_;
  test::TemporaryDirectory directory_;
  const std::string path_ = directory_.File("db");
  std::string file_;  // its content in the beginning
  StoreWatch watch_;
  SharedCounter allocations_;
};

}  // namespace conclave::testing
