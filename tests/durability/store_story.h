// For tests: a few writes to a store, and which states it may be in after a crash among them.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conclave/storage.h"

namespace conclave::testing {

using Rows = std::map<std::string, std::string>;

// All rows of a storage; nothing if that could not be found out.
std::optional<Rows> RowsOf(const Storage& storage);

// Writes that put, replace and erase, small values and some of several pages. Every value occurs
// once.
class StoreStory {
 public:
  StoreStory();

  std::size_t size() const { return batches_.size(); }
  const WriteBatch& batch(std::size_t index) const { return batches_[index]; }

  // The rows after so many of the batches.
  const Rows& state(std::size_t batches) const { return states_[batches]; }

  // Those that states before it have and it has not: their values must not be on the disk.
  std::vector<std::string> GoneIn(std::size_t batches) const;

 private:
  std::vector<WriteBatch> batches_;
  std::vector<Rows> states_;
};

// A number that a child tells its parent, whatever becomes of it.
class SharedCounter {
 public:
  SharedCounter() {
    void* const shared = mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) std::abort();
    value_ = static_cast<volatile std::uint64_t*>(shared);
  }
  ~SharedCounter() { munmap(const_cast<std::uint64_t*>(value_), sizeof(std::uint64_t)); }
  SharedCounter(const SharedCounter&) = delete;
  SharedCounter& operator=(const SharedCounter&) = delete;

  std::uint64_t value() const { return *value_; }
  void Set(std::uint64_t value) { *value_ = value; }

 private:
  volatile std::uint64_t* value_;
};

}  // namespace conclave::testing
