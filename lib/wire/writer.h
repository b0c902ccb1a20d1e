// Where encoded bytes go (RFC 9420, section 2.1): a growing buffer, its wiping twin, and a counter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "conclave/bytes.h"
#include "conclave/secret.h"

namespace conclave::wire {

// The largest vector the encoding can express (section 2.1.2).
inline constexpr std::size_t kMaxVectorSize = (std::size_t{1} << 30) - 1;

// The bytes that a variable-size vector header for `size` takes: 1, 2 or 4.
std::size_t VarIntSize(std::size_t size);

// Counts what a writer would write.
class SizeCounter {
 public:
  void Uint(std::uint64_t, std::size_t size) { size_ += size; }
  void Raw(BytesView bytes) { size_ += bytes.size(); }
  void RawSecret(const Secret& secret) { size_ += secret.size(); }
  void VectorOf(BytesView bytes) { size_ += VarIntSize(bytes.size()) + bytes.size(); }
  template <class Body>
  void Vector(Body body) {
    const std::size_t before = size_;
    body();
    size_ += VarIntSize(size_ - before);
  }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

// A growing buffer of bytes that are not secret. A vector over kMaxVectorSize is a violated
// invariant: every size is bounded by Policy before it is encoded.
class Writer {
 public:
  Writer() = default;
  // Writes over `buffer`, whose room is used again.
  explicit Writer(Bytes buffer) : out_(std::move(buffer)) { out_.clear(); }

  void Reserve(std::size_t size) { out_.reserve(size); }
  void Uint(std::uint64_t value, std::size_t size);
  void VarInt(std::size_t value);
  void Raw(BytesView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  // A vector whose content is `bytes`.
  void VectorOf(BytesView bytes) {
    VarInt(bytes.size());
    Raw(bytes);
  }
  // `body` writes the content; its header goes in front of it.
  template <class Body>
  void Vector(Body body) {
    const std::size_t start = out_.size();
    body();
    InsertHeader(start);
  }
  std::size_t size() const { return out_.size(); }
  const Bytes& bytes() const { return out_; }
  Bytes Take() { return std::move(out_); }

 private:
  void InsertHeader(std::size_t start);

  Bytes out_;
};

// A buffer for secrets: its size is fixed at birth, so nothing is left behind by growth, and it is
// wiped. The writer that Secret fields can be encoded into.
class SecretWriter {
 public:
  explicit SecretWriter(std::size_t size) : out_(size) {}
  void Uint(std::uint64_t value, std::size_t size);
  void VarInt(std::size_t value);
  void Raw(BytesView bytes);
  void RawSecret(const Secret& secret) { Raw(secret.ExposeForProvider()); }
  void VectorOf(BytesView bytes) {
    VarInt(bytes.size());
    Raw(bytes);
  }
  template <class Body>
  void Vector(Body body) {
    const std::size_t start = used_;
    body();
    InsertHeader(start);
  }
  // The buffer, which must have been filled exactly.
  Secret Take();

 private:
  void InsertHeader(std::size_t start);

  Secret out_;
  std::size_t used_ = 0;
};

}  // namespace conclave::wire
