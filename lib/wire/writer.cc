#include "wire/writer.h"

#include <algorithm>

#include "base/check.h"

namespace conclave::wire {

namespace {

// The header of a vector of `size` bytes, as a number and its width (section 2.1.2).
struct Header {
  std::uint64_t value;
  std::size_t width;
};

//= rfc9420#2.1.2
//# The encoded value MUST use the smallest number of bits required to represent the value.
Header HeaderFor(std::size_t size) {
  CONCLAVE_CHECK(size <= kMaxVectorSize);
  if (size < 0x40) return {size, 1};
  if (size < 0x4000) return {size | 0x4000, 2};
  return {size | 0x80000000, 4};
}

void PutUint(std::uint8_t* at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    at[i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
  }
}

}  // namespace

std::size_t VarIntSize(std::size_t size) { return HeaderFor(size).width; }

void Writer::Uint(std::uint64_t value, std::size_t size) {
  const std::size_t start = out_.size();
  out_.resize(start + size);
  PutUint(out_.data() + start, value, size);
}

void Writer::VarInt(std::size_t value) {
  const Header header = HeaderFor(value);
  Uint(header.value, header.width);
}

void Writer::InsertHeader(std::size_t start) {
  const Header header = HeaderFor(out_.size() - start);
  std::uint8_t bytes[4];
  PutUint(bytes, header.value, header.width);
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), bytes, bytes + header.width);
}

void SecretWriter::Raw(BytesView bytes) {
  const MutableBytesView free = out_.MutableForProvider().subspan(used_);
  CONCLAVE_CHECK(bytes.size() <= free.size());
  std::ranges::copy(bytes, free.begin());
  used_ += bytes.size();
}

void SecretWriter::Uint(std::uint64_t value, std::size_t size) {
  std::uint8_t bytes[8];
  PutUint(bytes, value, size);
  Raw({bytes, size});
}

void SecretWriter::VarInt(std::size_t value) {
  const Header header = HeaderFor(value);
  Uint(header.value, header.width);
}

void SecretWriter::InsertHeader(std::size_t start) {
  const Header header = HeaderFor(used_ - start);
  const MutableBytesView buffer = out_.MutableForProvider();
  CONCLAVE_CHECK(used_ + header.width <= buffer.size());
  const auto body = buffer.subspan(start, used_ - start);
  std::ranges::copy_backward(body,
                             buffer.begin() + static_cast<std::ptrdiff_t>(used_ + header.width));
  PutUint(buffer.data() + start, header.value, header.width);
  used_ += header.width;
}

Secret SecretWriter::Take() {
  CONCLAVE_CHECK(used_ == out_.size());
  return std::move(out_);
}

}  // namespace conclave::wire
