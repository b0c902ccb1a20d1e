#include "zeroisation/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace conclave::testing {

namespace {

constexpr std::size_t kArenaSize = std::size_t{2} << 30;  // reserved, and touched as it is used
constexpr std::size_t kAlignment = 16;

// Stands in front of what malloc() gives out.
struct Header {
  std::uint64_t size = 0;   // of the whole block
  std::uint32_t live = 0;   // of the block's own header only
  std::uint32_t inset = 0;  // how far behind the block's beginning an aligned pointer is
};
static_assert(sizeof(Header) == kAlignment);

std::atomic<std::uint8_t*> g_arena = nullptr;
std::atomic<std::size_t> g_used = 0;

std::uint8_t* Arena() {
  std::uint8_t* arena = g_arena.load();
  if (arena != nullptr) return arena;
  void* const mapped = mmap(nullptr, kArenaSize, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) std::abort();
  if (!g_arena.compare_exchange_strong(arena, static_cast<std::uint8_t*>(mapped))) {
    munmap(mapped, kArenaSize);
    return arena;
  }
  return static_cast<std::uint8_t*>(mapped);
}

constexpr std::size_t RoundedUp(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

Header* HeaderOf(void* pointer) { return static_cast<Header*>(pointer) - 1; }

// The header of the block that a pointer was given out of.
Header* BlockOf(void* pointer) {
  return HeaderOf(static_cast<std::uint8_t*>(pointer) - HeaderOf(pointer)->inset);
}

std::size_t UsableSize(void* pointer) { return BlockOf(pointer)->size - HeaderOf(pointer)->inset; }

void* Allocate(std::size_t size) {
  if (size > kArenaSize) return nullptr;
  const std::size_t whole = sizeof(Header) + RoundedUp(std::max(size, std::size_t{1}));
  const std::size_t at = g_used.fetch_add(whole);
  if (at + whole > kArenaSize) std::abort();
  auto* const header = reinterpret_cast<Header*>(Arena() + at);
  header->size = whole - sizeof(Header);
  header->live = 1;
  return header + 1;
}

void* AllocateAligned(std::size_t alignment, std::size_t size) {
  if (alignment <= kAlignment) return Allocate(size);
  auto* const begin = static_cast<std::uint8_t*>(Allocate(size + alignment + sizeof(Header)));
  if (begin == nullptr) return nullptr;
  // Room for a second header lies between the beginning and what is given out.
  const auto first = reinterpret_cast<std::uintptr_t>(begin) + sizeof(Header);
  const std::uintptr_t aligned = (first + alignment - 1) / alignment * alignment;
  auto* const pointer = begin + (aligned - reinterpret_cast<std::uintptr_t>(begin));
  HeaderOf(pointer)->inset = static_cast<std::uint32_t>(pointer - begin);
  return pointer;
}

}  // namespace

bool NextHeapBlock(std::size_t* position, HeapBlock* block) {
  if (*position >= g_used.load()) return false;
  const auto* const header = reinterpret_cast<const Header*>(Arena() + *position);
  block->bytes = {reinterpret_cast<const std::uint8_t*>(header + 1),
                  static_cast<std::size_t>(header->size)};
  block->is_live = header->live != 0;
  *position += sizeof(Header) + static_cast<std::size_t>(header->size);
  return true;
}

std::size_t UsedHeap() { return g_used.load(); }

}  // namespace conclave::testing

// What replaces the C library's. The memory is zero when it is first given out, which is the only
// time.
#pragma GCC visibility push(default)
extern "C" {

void* malloc(std::size_t size) { return conclave::testing::Allocate(size); }

void free(void* pointer) {
  if (pointer != nullptr) conclave::testing::BlockOf(pointer)->live = 0;
}

void* calloc(std::size_t count, std::size_t size) {
  std::size_t whole = 0;
  if (__builtin_mul_overflow(count, size, &whole)) return nullptr;
  return conclave::testing::Allocate(whole);
}

void* realloc(void* pointer, std::size_t size) {
  void* const grown = conclave::testing::Allocate(size);
  if (pointer == nullptr || grown == nullptr) return grown;
  std::memcpy(grown, pointer, std::min(size, conclave::testing::UsableSize(pointer)));
  conclave::testing::BlockOf(pointer)->live = 0;
  return grown;
}

void* reallocarray(void* pointer, std::size_t count, std::size_t size) {
  std::size_t whole = 0;
  if (__builtin_mul_overflow(count, size, &whole)) return nullptr;
  return realloc(pointer, whole);
}

void* memalign(std::size_t alignment, std::size_t size) {
  return conclave::testing::AllocateAligned(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return conclave::testing::AllocateAligned(alignment, size);
}

int posix_memalign(void** pointer, std::size_t alignment, std::size_t size) {
  *pointer = conclave::testing::AllocateAligned(alignment, size);
  return *pointer != nullptr ? 0 : ENOMEM;
}

std::size_t malloc_usable_size(void* pointer) {
  return pointer != nullptr ? conclave::testing::UsableSize(pointer) : 0;
}

}  // extern "C"
#pragma GCC visibility pop
