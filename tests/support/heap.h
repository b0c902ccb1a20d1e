// For tests: what the heap is asked for. Include it in exactly one file of a test program, whose
// operators new and delete it replaces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace conclave::test {

struct HeapWatch {
  std::size_t live = 0;  // bytes
  std::size_t peak = 0;
  // A block to look at when it is freed, and whether it held only zeros then.
  const void* watched = nullptr;
  bool was_freed = false;
  bool was_zero = false;

  void StartPeak() { peak = live; }
};
inline HeapWatch g_heap;

namespace internal {

// The size of a block stands in front of it.
inline constexpr std::size_t kHeader = alignof(std::max_align_t);

inline void* Allocate(std::size_t size) {
  auto* const block = static_cast<std::uint8_t*>(std::malloc(size + kHeader));
  if (block == nullptr) std::abort();
  *reinterpret_cast<std::size_t*>(block) = size;
  g_heap.live += size;
  g_heap.peak = std::max(g_heap.peak, g_heap.live);
  return block + kHeader;
}

inline void Free(void* pointer) {
  if (pointer == nullptr) return;
  auto* const bytes = static_cast<std::uint8_t*>(pointer);
  const std::size_t size = *reinterpret_cast<std::size_t*>(bytes - kHeader);
  if (pointer == g_heap.watched) {
    g_heap.was_freed = true;
    g_heap.was_zero = std::all_of(bytes, bytes + size, [](std::uint8_t b) { return b == 0; });
    g_heap.watched = nullptr;
  }
  g_heap.live -= size;
  std::free(bytes - kHeader);
}

}  // namespace internal
}  // namespace conclave::test

void* operator new(std::size_t size) { return conclave::test::internal::Allocate(size); }
void* operator new[](std::size_t size) { return conclave::test::internal::Allocate(size); }
void operator delete(void* pointer) noexcept { conclave::test::internal::Free(pointer); }
void operator delete[](void* pointer) noexcept { conclave::test::internal::Free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept {
  conclave::test::internal::Free(pointer);
}
void operator delete[](void* pointer, std::size_t) noexcept {
  conclave::test::internal::Free(pointer);
}
