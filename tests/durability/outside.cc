#include "durability/outside.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace conclave::testing {

namespace {

constexpr std::size_t kCapacity = std::size_t{1} << 20;

}  // namespace

struct Outside::Shared {
  StoreWatch store;
  std::size_t used = 0;
  std::uint8_t log[kCapacity];  // kind, size and bytes, again and again
};

Outside::Outside() {
  void* const memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  shared_ = static_cast<Shared*>(memory);
}

Outside::~Outside() { munmap(shared_, sizeof(Shared)); }

void Outside::Reset(std::uint64_t digest) {
  shared_->store = {};
  shared_->store.before = digest;
  shared_->used = 0;
}

StoreWatch& Outside::store() { return shared_->store; }

void Outside::Add(Sent kind, BytesView bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  if (shared_->used + 1 + sizeof(size) + size > kCapacity) std::abort();
  std::uint8_t* end = shared_->log + shared_->used;
  *end++ = static_cast<std::uint8_t>(kind);
  std::memcpy(end, &size, sizeof(size));
  std::ranges::copy(bytes, end + sizeof(size));
  // Last, so that an item is there or not.
  shared_->used += 1 + sizeof(size) + size;
}

std::vector<SentItem> Outside::items() const {
  std::vector<SentItem> items;
  const BytesView log(shared_->log, shared_->used);
  for (std::size_t at = 0; at < log.size();) {
    std::uint32_t size = 0;
    std::memcpy(&size, log.data() + at + 1, sizeof(size));
    const std::size_t start = at + 1 + sizeof(size);
    items.push_back({static_cast<Sent>(log[at]), ToBytes(log.subspan(start, size))});
    at = start + size;
  }
  return items;
}

std::vector<Bytes> Outside::Distinct(Sent kind) const {
  std::vector<Bytes> distinct;
  for (SentItem& item : items()) {
    if (item.kind != kind || std::ranges::find(distinct, item.bytes) != distinct.end()) continue;
    distinct.push_back(std::move(item.bytes));
  }
  return distinct;
}

bool Outside::Has(Sent kind, BytesView bytes) const {
  return std::ranges::any_of(items(), [&](const SentItem& item) {
    return item.kind == kind && std::ranges::equal(item.bytes, bytes);
  });
}

}  // namespace conclave::testing
