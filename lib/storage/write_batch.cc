#include <algorithm>

#include "base/check.h"
#include "conclave/storage.h"

namespace conclave {

void WriteBatch::Add(Kind kind, BytesView key, BytesView value) {
  const std::size_t needed = used_ + key.size() + value.size();
  if (needed > arena_.size()) {
    // The old arena is wiped when it is replaced.
    Secret larger(std::max(needed, 2 * arena_.size()));
    std::ranges::copy(arena_.ExposeForProvider().first(used_), larger.MutableForProvider().begin());
    arena_ = std::move(larger);
  }
  entries_.push_back({kind, used_, key.size(), value.size()});
  const MutableBytesView free = arena_.MutableForProvider().subspan(used_);
  std::ranges::copy(key, free.begin());
  std::ranges::copy(value, free.subspan(key.size()).begin());
  used_ = needed;
}

void WriteBatch::Put(BytesView key, BytesView value) { Add(Kind::put, key, value); }
void WriteBatch::Erase(BytesView key) { Add(Kind::erase, key, {}); }
void WriteBatch::ErasePrefix(BytesView prefix) { Add(Kind::erase_prefix, prefix, {}); }
void WriteBatch::Expect(BytesView key, BytesView value) { Add(Kind::expect, key, value); }
void WriteBatch::ExpectAbsent(BytesView key) { Add(Kind::expect_absent, key, {}); }

WriteBatch::Operation WriteBatch::operator[](std::size_t index) const {
  CONCLAVE_CHECK(index < entries_.size());
  const Entry& entry = entries_[index];
  const BytesView bytes = arena_.ExposeForProvider().subspan(entry.key_offset);
  return {entry.kind, bytes.first(entry.key_size), bytes.subspan(entry.key_size, entry.value_size)};
}

}  // namespace conclave
