#include <algorithm>

#include "base/check.h"
#include "conclave/storage.h"

namespace conclave {

namespace {

constexpr std::size_t kFirstBlock = 512;
constexpr std::size_t kLargestBlock = 65536;  // unless one row is larger

}  // namespace

void WriteBatch::Add(Kind kind, BytesView key, BytesView value) {
  const std::size_t size = key.size() + value.size();
  if (blocks_.empty() || blocks_.back().size() - used_ < size) {
    const std::size_t last = blocks_.empty() ? 0 : blocks_.back().size();
    blocks_.emplace_back(std::max(size, std::clamp(2 * last, kFirstBlock, kLargestBlock)));
    used_ = 0;
  }
  entries_.push_back(
      {kind, static_cast<std::uint32_t>(blocks_.size() - 1), used_, key.size(), value.size()});
  const MutableBytesView free = blocks_.back().MutableForProvider().subspan(used_);
  std::ranges::copy(key, free.begin());
  std::ranges::copy(value, free.subspan(key.size()).begin());
  used_ += size;
}

void WriteBatch::Put(BytesView key, BytesView value) { Add(Kind::put, key, value); }
void WriteBatch::Erase(BytesView key) { Add(Kind::erase, key, {}); }
void WriteBatch::ErasePrefix(BytesView prefix) { Add(Kind::erase_prefix, prefix, {}); }
void WriteBatch::Expect(BytesView key, BytesView value) { Add(Kind::expect, key, value); }
void WriteBatch::ExpectAbsent(BytesView key) { Add(Kind::expect_absent, key, {}); }

WriteBatch::Operation WriteBatch::operator[](std::size_t index) const {
  CONCLAVE_CHECK(index < entries_.size());
  const Entry& entry = entries_[index];
  const BytesView bytes = blocks_[entry.block].ExposeForProvider().subspan(entry.offset);
  return {entry.kind, bytes.first(entry.key_size), bytes.subspan(entry.key_size, entry.value_size)};
}

}  // namespace conclave
