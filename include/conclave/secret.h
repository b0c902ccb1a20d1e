// Secret: a fixed-size, move-only buffer that is wiped when it dies.
//
// A Secret has its size at birth and never grows, so no unwiped copy of it is left behind on the
// heap; a move swaps pointers, so none is left on the stack. It cannot be copied, printed, compared
// with `==` or written by the ordinary codec. The three dangerous acts have names that can be
// searched for: Clone(), ExposeForProvider() and MutableForProvider().
//
// Thread rule: like a std::vector. Distinct Secrets are independent.
#pragma once

#include <cstddef>
#include <cstdint>

#include "conclave/bytes.h"
#include "conclave/export.h"

namespace conclave {

class CONCLAVE_EXPORT Secret {
 public:
  // An empty secret of zero bytes.
  Secret() = default;

  // `size` zero bytes, to be filled through MutableForProvider().
  explicit Secret(std::size_t size);

  // A secret with the bytes of `bytes`. The caller still owns, and should wipe, the original.
  static Secret CopyOf(BytesView bytes);

  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // A second secret with the same bytes. Rare: each copy has to be erased on its own.
  Secret Clone() const;

  // The bytes, for handing to a cryptographic provider or a storage engine. Borrowed from this
  // object; they must not be logged, compared with memcmp, or kept.
  BytesView ExposeForProvider() const { return {data_, size_}; }

  // The bytes, for a provider to write into.
  MutableBytesView MutableForProvider() { return {data_, size_}; }

  // Erases the bytes now; the secret is empty afterwards.
  void Wipe();

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// Whether the two are equal, in time that depends on their sizes only. Unequal sizes are unequal.
[[nodiscard]] CONCLAVE_EXPORT bool ConstantTimeEquals(BytesView a, BytesView b);
[[nodiscard]] CONCLAVE_EXPORT bool ConstantTimeEquals(const Secret& a, const Secret& b);

}  // namespace conclave
