#include "counting_allocator.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace conclave::bench {

namespace {

thread_local HeapCounts g_heap;

void* Allocate(std::size_t size) {
  void* const block = std::malloc(size);
  if (block == nullptr) std::abort();
  ++g_heap.allocations;
  g_heap.allocated_bytes += size;
  g_heap.live_bytes += malloc_usable_size(block);
  g_heap.peak_bytes = std::max(g_heap.peak_bytes, g_heap.live_bytes);
  return block;
}

void Free(void* block) {
  if (block == nullptr) return;
  g_heap.live_bytes -= malloc_usable_size(block);
  std::free(block);
}

}  // namespace

HeapCounts Heap() { return g_heap; }
void StartPeak() { g_heap.peak_bytes = g_heap.live_bytes; }

}  // namespace conclave::bench

void* operator new(std::size_t size) { return conclave::bench::Allocate(size); }
void* operator new[](std::size_t size) { return conclave::bench::Allocate(size); }
void operator delete(void* block) noexcept { conclave::bench::Free(block); }
void operator delete[](void* block) noexcept { conclave::bench::Free(block); }
void operator delete(void* block, std::size_t) noexcept { conclave::bench::Free(block); }
void operator delete[](void* block, std::size_t) noexcept { conclave::bench::Free(block); }
