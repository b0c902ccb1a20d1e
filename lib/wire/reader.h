// A sticky cursor over bytes (RFC 9420, section 2.1). After the first failure it yields zeros and
// empty views, so a decoder is written straight through and the reader is asked once, at the end.
//
// Memory follows input: a reader has a budget of bytes of heap, a small multiple of its input, and
// every element of a list is charged to it before it is made. What a part of an input may take is
// paid for by all of it, so a part that is kept and decoded again has no budget of its own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "conclave/bytes.h"

namespace conclave::wire {

class Reader {
 public:
  enum class Budget { of_input, paid };  // paid: the bytes are ours, and have been decoded before
  explicit Reader(BytesView input, Budget budget = Budget::of_input);

  // A reader's sub-readers share its budget, so it stays where it is.
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  std::size_t remaining() const { return rest_.size(); }
  BytesView rest() const { return rest_; }
  void Fail();

  // The next `size` bytes.
  BytesView Raw(std::size_t size);
  // A big-endian number of `size` bytes, at most eight.
  std::uint64_t Uint(std::size_t size);
  // A variable-size vector: its header, which must be minimal, and the bytes it announces
  // (section 2.1.2).
  BytesView Vector();
  // Whether `size` more bytes of heap are within the budget; fails the reader if not.
  bool Charge(std::size_t size);

  // A reader over the content of the next vector. Calls `read(reader)`; a failure inside, or bytes
  // left over unless `read` loops until empty, is a failure here.
  template <class Read>
  void Nested(Read read) {
    Reader inner(Vector(), budget_);
    if (ok_) read(inner);
    if (!inner.ok() || !inner.empty()) Fail();
  }

 private:
  Reader(BytesView input, std::size_t* budget) : rest_(input), budget_(budget) {}

  BytesView rest_;
  std::size_t own_budget_ = 0;
  std::size_t* budget_;
  bool ok_ = true;
};

}  // namespace conclave::wire
