// How many zero bytes a private message gets (RFC 9420, section 15.1).
#pragma once

#include <bit>
#include <cstddef>

#include "conclave/policy.h"

namespace conclave {

inline std::size_t PaddingFor(const Policy& policy, std::size_t size) {
  switch (policy.padding) {
    case Padding::none:
      return 0;
    case Padding::block: {
      const std::size_t block = policy.padding_block == 0 ? 1 : policy.padding_block;
      return (block - size % block) % block;
    }
    case Padding::padme: {
      // Keeps as many leading bits of the length as the length of its exponent: all others are
      // rounded up, so the length tells O(log log size) bits.
      if (size < 2) return 0;
      const auto exponent = static_cast<std::size_t>(std::bit_width(size) - 1);
      const auto kept = static_cast<std::size_t>(std::bit_width(exponent));
      if (exponent < kept) return 0;
      const std::size_t block = std::size_t{1} << (exponent - kept);
      return (block - size % block) % block;
    }
  }
  return 0;
}

}  // namespace conclave
