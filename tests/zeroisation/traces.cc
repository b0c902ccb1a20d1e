#include "zeroisation/traces.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace conclave::testing {

namespace {

constexpr std::uint8_t kMask = 0x5a;
constexpr std::size_t kWord = 8;
constexpr std::size_t kMaxSecretSize = 128;
constexpr std::size_t kMaxSecrets = std::size_t{1} << 18;
constexpr unsigned kSlotBits = 21;

std::uint8_t Masked(std::uint8_t byte) { return byte ^ kMask; }

// A number that stands for eight bytes.
std::uint32_t SlotOf(const std::uint8_t* masked) {
  std::uint64_t word = 0;
  std::memcpy(&word, masked, kWord);
  return static_cast<std::uint32_t>((word * 0x9e3779b97f4a7c15) >> (64 - kSlotBits));
}

std::uint32_t SlotOfMemory(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, kWord);
  word ^= 0x0101010101010101 * std::uint64_t{kMask};
  return static_cast<std::uint32_t>((word * 0x9e3779b97f4a7c15) >> (64 - kSlotBits));
}

}  // namespace

struct Traces::Entry {
  const char* what;
  std::uint32_t number;
  std::uint8_t size;
  std::uint8_t held;  // so many of its first bytes
  std::uint8_t masked[kMaxSecretSize];
};

// Outside the heap, which is what is searched. Whatever has sixteen bytes of a secret has eight
// that begin at a multiple of eight in it: the slots name the secrets by such words.
struct Traces::Store {
  struct Slot {
    std::uint32_t entry_and_one;
    std::uint32_t offset;
  };
  std::uint32_t count;
  std::uint64_t filter[(std::size_t{1} << kSlotBits) / 64];  // small, and asked first
  Entry entries[kMaxSecrets];
  Slot slots[std::size_t{1} << kSlotBits];

  bool MayHave(std::uint32_t slot) const { return (filter[slot / 64] >> (slot % 64) & 1) != 0; }
};

Traces::Traces()
    : store_([] {
        void* const mapped = mmap(nullptr, sizeof(Store), PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (mapped == MAP_FAILED) std::abort();
        return static_cast<Store*>(mapped);
      }()) {}

Traces::~Traces() { munmap(store_, sizeof(Store)); }

std::size_t Traces::size() const { return store_->count; }

bool Traces::BeginsWith(const Entry& entry, BytesView secret) {
  return std::equal(secret.begin(), secret.end(), entry.masked,
                    [](std::uint8_t byte, std::uint8_t masked) { return Masked(byte) == masked; });
}

Traces::Entry* Traces::Find(BytesView secret) const {
  constexpr std::uint32_t kSlots = std::uint32_t{1} << kSlotBits;
  for (std::uint32_t slot = SlotOfMemory(secret.data());; slot = (slot + 1) % kSlots) {
    const Store::Slot& taken = store_->slots[slot];
    if (taken.entry_and_one == 0) return nullptr;
    Entry& entry = store_->entries[taken.entry_and_one - 1];
    if (taken.offset == 0 && entry.size == secret.size() && BeginsWith(entry, secret)) {
      return &entry;
    }
  }
}

void Traces::Add(const char* what, BytesView secret) {
  constexpr std::uint32_t kSlots = std::uint32_t{1} << kSlotBits;
  if (secret.size() < kTraceSize) return;
  if (std::ranges::all_of(secret, [](std::uint8_t byte) { return byte == 0; })) return;
  if (Find(secret) != nullptr) return;
  if (secret.size() > kMaxSecretSize || store_->count == kMaxSecrets) std::abort();
  Entry& entry = store_->entries[store_->count++];
  entry.what = what;
  entry.number = store_->count;
  entry.size = static_cast<std::uint8_t>(secret.size());
  for (std::size_t i = 0; i < secret.size(); ++i) entry.masked[i] = Masked(secret[i]);
  for (std::uint32_t offset = 0; offset + kWord <= secret.size(); offset += kWord) {
    std::uint32_t slot = SlotOf(entry.masked + offset);
    store_->filter[slot / 64] |= std::uint64_t{1} << (slot % 64);
    while (store_->slots[slot].entry_and_one != 0) slot = (slot + 1) % kSlots;
    store_->slots[slot] = {store_->count, offset};
  }
}

void Traces::Hold(BytesView secret) {
  if (secret.size() < kTraceSize) return;
  constexpr std::uint32_t kSlots = std::uint32_t{1} << kSlotBits;
  for (std::uint32_t slot = SlotOfMemory(secret.data());; slot = (slot + 1) % kSlots) {
    const Store::Slot& taken = store_->slots[slot];
    if (taken.entry_and_one == 0) return;
    Entry& entry = store_->entries[taken.entry_and_one - 1];
    if (taken.offset == 0 && entry.size >= secret.size() && BeginsWith(entry, secret)) {
      entry.held = std::max(entry.held, static_cast<std::uint8_t>(secret.size()));
    }
  }
}

void Traces::HoldNone() {
  for (std::uint32_t i = 0; i < store_->count; ++i) store_->entries[i].held = 0;
}

Trace Traces::LongestAt(const std::uint8_t* at, BytesView memory) const {
  constexpr std::uint32_t kSlots = std::uint32_t{1} << kSlotBits;
  const std::uint8_t* const memory_end = memory.data() + memory.size();
  Trace longest;
  for (std::uint32_t slot = SlotOfMemory(at);; slot = (slot + 1) % kSlots) {
    const Store::Slot& taken = store_->slots[slot];
    if (taken.entry_and_one == 0) return longest;
    const Entry& entry = store_->entries[taken.entry_and_one - 1];
    // How far memory and secret agree, to both sides.
    std::size_t before = 0;
    while (before < taken.offset && at - before > memory.data() &&
           Masked(*(at - before - 1)) == entry.masked[taken.offset - before - 1]) {
      ++before;
    }
    std::size_t after = 0;
    while (taken.offset + after < entry.size && at + after < memory_end &&
           Masked(at[after]) == entry.masked[taken.offset + after]) {
      ++after;
    }
    const std::size_t size = before + after;
    if (after < kWord || size < kTraceSize || size < longest.size) continue;
    longest = {entry.what, entry.number, at - before, size, size <= entry.held};
  }
}

void Traces::Search(BytesView memory, const std::function<void(const Trace&)>& found) const {
  if (memory.size() < kTraceSize) return;
  const std::uint8_t* const last = memory.data() + memory.size() - kWord;
  for (const std::uint8_t* at = memory.data(); at <= last; ++at) {
    if (!store_->MayHave(SlotOfMemory(at))) continue;
    const Trace trace = LongestAt(at, memory);
    if (trace.size == 0) continue;
    found(trace);
    at = trace.at + trace.size - 1;
  }
}

}  // namespace conclave::testing
