// For tests: a file system for SQLite that ends the process, loses its power, or fails, at a chosen
// operation.
//
//   CrashVfs vfs("crash");                       // in the child, before it opens anything
//   vfs.plan = {.die_at = 17, .end = CrashVfs::End::power_loss, .seed = 3};
//   SqliteStorage::Open({.path = path, .vfs = "crash"})
//
// It stands over the default file system. It counts what changes files: writes, syncs, truncations
// and deletions. Reading, locking and the shared memory of the log go straight through. One object
// at a time, and one thread.
//
// Power loss: what was written to a file since it was last synced may be lost, in part, out of
// order. The object remembers the durable content of each file and what was done to it since. When
// the power fails it does that again with chance: each sector of 512 bytes of each write survives
// or not, and a few only in their first bytes; each growth and each truncation survives or not; and
// so does, until the directory is synced, a deletion, with what took the place of the deleted file.
// Bytes of a sector that the write did not touch stay (which SQLite calls powersafe overwrite, and
// takes for granted on this platform).
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace conclave::testing {

class CrashVfs {
 public:
  // The status with which the process exits.
  static constexpr int kDied = 137;

  enum class End : std::uint8_t {
    killed_before,  // the operation has not happened
    killed_after,   // it has
    power_loss,     // it is the last one that may be lost
  };
  enum class Failure : std::uint8_t {
    io_error,   // half of a write may have happened
    disk_full,  // the same, and writes say that the disk is full
  };
  struct Plan {
    std::uint64_t die_at = 0;  // the number of the operation, from 1; 0: never
    End end = End::killed_before;
    std::uint64_t seed = 0;

    std::uint64_t fail_at = 0;
    Failure failure = Failure::io_error;
    bool for_good = false;  // all operations from then on
  };

  explicit CrashVfs(std::string name);
  ~CrashVfs();
  CrashVfs(const CrashVfs&) = delete;
  CrashVfs& operator=(const CrashVfs&) = delete;

  // May be changed at any time; numbers count from the beginning, or from ResetCount().
  Plan plan;

  std::uint64_t operations() const { return operations_; }
  void ResetCount() { operations_ = 0; }

 private:
  friend struct CrashVfsCalls;

  // What was done to a file since it was synced.
  struct Change {
    std::optional<std::int64_t> truncated_to;
    std::int64_t offset = 0;
    std::string bytes;
  };
  struct FileState {
    std::string durable;
    std::vector<Change> unsynced;
    bool is_deleted = false;
    std::shared_ptr<const FileState> deleted_before = nullptr;  // had this path, and may come back
  };

  // What is known of a file; its content is durable when it is first heard of.
  FileState& Known(const std::string& path);
  void Opened(const std::string& path);
  void Synced(const std::string& path);
  void DirectorySynced();
  void Deleted(const std::string& path, bool is_durable);

  template <class Act>
  int Operate(int failure, Act act);
  bool Fails() const;
  [[noreturn]] void Die();
  void LosePower();
  std::string ContentAfterLoss(const FileState& state);
  static void Apply(const Change& change, std::string& content);
  void ApplyByChance(const Change& change, std::string& content);
  bool Chance(unsigned percent) { return dice_() % 100 < percent; }

  const std::string name_;
  sqlite3_vfs* const base_;
  sqlite3_vfs vfs_;
  std::uint64_t operations_ = 0;
  std::map<std::string, FileState> files_;
  std::mt19937_64 dice_;
};

}  // namespace conclave::testing
