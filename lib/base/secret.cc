#include "conclave/secret.h"

#include <algorithm>
#include <utility>

#include "base/wipe.h"

namespace conclave {

Secret::Secret(std::size_t size)
    : data_(size == 0 ? nullptr : new std::uint8_t[size]()), size_(size) {}

Secret Secret::CopyOf(BytesView bytes) {
  Secret copy(bytes.size());
  std::ranges::copy(bytes, copy.data_);
  return copy;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  Wipe();
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Secret::~Secret() { Wipe(); }

Secret Secret::Clone() const { return CopyOf(ExposeForProvider()); }

void Secret::Wipe() {
  conclave::Wipe({data_, size_});
  delete[] std::exchange(data_, nullptr);
  size_ = 0;
}

bool ConstantTimeEquals(BytesView a, BytesView b) {
  if (a.size() != b.size()) return false;
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
#if defined(__GNUC__)
  // Hides the value from the optimizer, which could otherwise leave the loop early.
  __asm__("" : "+r"(difference));
#endif
  return difference == 0;
}

bool ConstantTimeEquals(const Secret& a, const Secret& b) {
  return ConstantTimeEquals(a.ExposeForProvider(), b.ExposeForProvider());
}

}  // namespace conclave
