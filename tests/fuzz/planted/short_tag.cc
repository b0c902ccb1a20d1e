// A planted bug: of two tags, only as many bytes are compared as the shorter one has.
#include <algorithm>

#include "conclave/bytes.h"

namespace conclave::fuzz {

bool RealEquals(BytesView a, BytesView b) asm(
    "__real__ZN8conclave18ConstantTimeEqualsESt4spanIKhLm18446744073709551615EES2_");
bool WrapEquals(BytesView a, BytesView b) asm(
    "__wrap__ZN8conclave18ConstantTimeEqualsESt4spanIKhLm18446744073709551615EES2_");

bool WrapEquals(BytesView a, BytesView b) {
  const std::size_t size = std::min(a.size(), b.size());
  return size > 0 && RealEquals(a.first(size), b.first(size));
}

}  // namespace conclave::fuzz
