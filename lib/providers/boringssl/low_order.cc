#include "providers/boringssl/low_order.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace conclave::boringssl {

namespace {

constexpr std::size_t kX25519Size = 32;
constexpr std::size_t kX448Size = 56;

// The two u-coordinates of the points of order 8 of curve25519.
constexpr std::array<std::uint8_t, kX25519Size> kOrder8[] = {
    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
     0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
     0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
     0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
     0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
};

// Whether it is 0, 1, p - 1, or, as the first two can be written too, p or p + 1: all that there is
// of order 1, 2 and 4.
template <std::size_t kSize>
bool IsNearZero(const std::array<std::uint8_t, kSize>& u,
                const std::array<std::uint8_t, kSize>& minus_one) {
  for (std::array<std::uint8_t, kSize> low : {std::array<std::uint8_t, kSize>{}, minus_one}) {
    const int count = low == minus_one ? 3 : 2;
    for (int i = 0; i < count; ++i) {
      if (u == low) return true;
      for (std::uint8_t& byte : low) {  // one more
        if (++byte != 0) break;
      }
    }
  }
  return false;
}

}  // namespace

bool IsOfLowOrderX25519(BytesView public_key) {
  std::array<std::uint8_t, kX25519Size> u;
  std::ranges::copy(public_key, u.begin());
  u.back() &= 0x7f;
  std::array<std::uint8_t, kX25519Size> minus_one;  // 2^255 - 20
  minus_one.fill(0xff);
  minus_one.front() = 0xec;
  minus_one.back() = 0x7f;
  return IsNearZero(u, minus_one) || std::ranges::find(kOrder8, u) != std::end(kOrder8);
}

bool IsOfLowOrderX448(BytesView public_key) {
  std::array<std::uint8_t, kX448Size> u;
  std::ranges::copy(public_key, u.begin());
  std::array<std::uint8_t, kX448Size> minus_one;  // 2^448 - 2^224 - 2
  minus_one.fill(0xff);
  minus_one.front() = 0xfe;
  minus_one[kX448Size / 2] = 0xfe;
  return IsNearZero(u, minus_one);
}

}  // namespace conclave::boringssl
