// For tests: a storage over another that says what it is doing (StoreWatch), and ends the process
// or fails at a chosen call. Write, Read and Scan are counted.
#pragma once

#include <cstdint>

#include "conclave/memory_storage.h"
#include "conclave/storage.h"
#include "durability/outside.h"
#include "durability/store_story.h"

namespace conclave::testing {

// A number that tells sets of rows apart.
std::uint64_t DigestOf(const Rows& rows);
std::uint64_t DigestOf(const Storage& storage);

class WatchedStorage final : public Storage {
 public:
  // The status with which the process exits.
  static constexpr int kDied = 137;

  enum class At : std::uint8_t {
    die_before,  // the call has not happened
    die_after,   // it has
    fail_once,
    fail_from,  // this call and all later ones
  };
  struct Plan {
    std::uint64_t call = 0;  // from 1; 0: never
    At at = At::die_before;
  };

  WatchedStorage(Storage& below, Outside& outside);

  Plan plan;
  bool has_failed() const { return failed_; }
  // No more failures.
  void Repair() { plan = {}; }

  Result<void> Write(const WriteBatch& batch) override;
  Result<std::optional<Secret>> Read(BytesView key) const override;
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override;

 private:
  // Runs `call` as the plan says.
  template <class Call>
  auto Run(const Call& call) const -> decltype(call());

  Storage& below_;
  StoreWatch& watch_;
  MemoryStorage model_;  // has the same rows
  mutable bool failed_ = false;
};

}  // namespace conclave::testing
