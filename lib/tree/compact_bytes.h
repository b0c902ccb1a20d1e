// Bytes that are written once and kept by the hundred thousand: half as large as a vector, with no
// room to grow.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/check.h"
#include "conclave/bytes.h"

namespace conclave {

class CompactBytes {
 public:
  CompactBytes() = default;
  explicit CompactBytes(BytesView bytes) : CompactBytes(bytes.size()) {
    std::ranges::copy(bytes, bytes_.get());
  }
  CompactBytes(const CompactBytes& other) : CompactBytes(other.view()) {}
  CompactBytes(CompactBytes&& other) noexcept
      : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
  CompactBytes& operator=(CompactBytes other) noexcept {
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~CompactBytes() = default;

  // Of this size, to be filled.
  explicit CompactBytes(std::size_t size)
      : bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(size)),
        size_(static_cast<std::uint32_t>(size)) {
    CONCLAVE_CHECK(size <= UINT32_MAX);
  }
  MutableBytesView mutable_view() { return {bytes_.get(), size_}; }

  BytesView view() const { return {bytes_.get(), size_}; }
  bool empty() const { return size_ == 0; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::uint32_t size_ = 0;
};

}  // namespace conclave
