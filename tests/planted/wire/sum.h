// A fault that counts as one only where unsigned numbers may not wrap around: in a directory of
// this name (cmake/unsigned_overflow.txt).
#pragma once

#include <cstdint>

namespace conclave::planted {

inline std::uint32_t Sum(std::uint32_t a, std::uint32_t b) { return a + b; }

}  // namespace conclave::planted
