// What operator new was asked for. The program that links counting_allocator.cc has its operators
// new and delete replaced; what the cryptographic libraries take from malloc is not seen.
#pragma once

#include <cstddef>
#include <cstdint>

namespace conclave::bench {

struct HeapCounts {
  std::uint64_t allocations = 0;
  std::uint64_t allocated_bytes = 0;  // as asked for
  std::size_t live_bytes = 0;         // as malloc rounds them up
  std::size_t peak_bytes = 0;         // the most that lived since StartPeak()
};

// Of the calling thread, which frees what it takes while it counts.
HeapCounts Heap();
void StartPeak();

}  // namespace conclave::bench
