#include "wire/reader.h"

#include <limits>

#include "base/check.h"

namespace conclave::wire {

namespace {
constexpr std::size_t kHeapPerInputByte = 6;
constexpr std::size_t kHeapAtLeast = 64 * 1024;
}  // namespace

Reader::Reader(BytesView input, Budget budget)
    : rest_(input),
      own_budget_(budget == Budget::paid ? std::numeric_limits<std::size_t>::max()
                                         : kHeapAtLeast + kHeapPerInputByte * input.size()),
      budget_(&own_budget_) {}

void Reader::Fail() {
  ok_ = false;
  rest_ = {};
}

BytesView Reader::Raw(std::size_t size) {
  if (size > rest_.size()) {
    Fail();
    return {};
  }
  const BytesView bytes = rest_.first(size);
  rest_ = rest_.subspan(size);
  return bytes;
}

std::uint64_t Reader::Uint(std::size_t size) {
  CONCLAVE_CHECK(size <= 8);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : Raw(size)) value = value << 8 | byte;
  return value;
}

BytesView Reader::Vector() {
  const std::uint64_t first = Uint(1);
  const std::uint64_t prefix = first >> 6;
  //= rfc9420#2.1.2
  //# Vectors that start with the prefix "11" are invalid and MUST be rejected.
  if (prefix == 3) {
    Fail();
    return {};
  }
  const std::size_t extra = (std::size_t{1} << prefix) - 1;
  const std::uint64_t size = (first & 0x3f) << (8 * extra) | Uint(extra);
  //= rfc9420#2.1.2
  //# When decoding, values using more bits than necessary MUST be treated as malformed.
  if ((prefix == 1 && size < 0x40) || (prefix == 2 && size < 0x4000)) {
    Fail();
    return {};
  }
  return Raw(static_cast<std::size_t>(size));
}

bool Reader::Charge(std::size_t size) {
  if (size > *budget_) {
    Fail();
    return false;
  }
  *budget_ -= size;
  return ok_;
}

}  // namespace conclave::wire
