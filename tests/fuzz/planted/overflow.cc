// A planted bug: reading a vector of odd length, longer than 100 bytes, looks at the byte behind
// it.
#include "conclave/bytes.h"
#include "wire/reader.h"

namespace conclave::fuzz {

BytesView RealVector(wire::Reader* reader) asm("__real__ZN8conclave4wire6Reader6VectorEv");
BytesView WrapVector(wire::Reader* reader) asm("__wrap__ZN8conclave4wire6Reader6VectorEv");

BytesView WrapVector(wire::Reader* reader) {
  const BytesView content = RealVector(reader);
  if (content.size() > 100 && content.size() % 2 == 1) {
    [[maybe_unused]] const volatile std::uint8_t behind = content.data()[content.size()];
  }
  return content;
}

}  // namespace conclave::fuzz
