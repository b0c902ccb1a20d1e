#include "durability/failing_heap.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace conclave::testing {

namespace {

std::atomic<std::uint64_t> g_allocations = 0;
std::atomic<std::uint64_t> g_fail_at = 0;

void* Allocate(std::size_t size) {
  const std::uint64_t number = ++g_allocations;
  void* const block = number == g_fail_at ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (block != nullptr) return block;
  if (const std::new_handler handler = std::get_new_handler()) handler();
  throw std::bad_alloc();
}

}  // namespace

std::uint64_t Allocations() { return g_allocations; }

void FailAllocation(std::uint64_t after) {
  g_fail_at = after == 0 ? 0 : g_allocations.load() + after;
}

}  // namespace conclave::testing

void* operator new(std::size_t size) { return conclave::testing::Allocate(size); }
void* operator new[](std::size_t size) { return conclave::testing::Allocate(size); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
