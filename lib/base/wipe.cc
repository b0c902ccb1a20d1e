#include "base/wipe.h"

#include <cstring>

namespace conclave {

void Wipe(MutableBytesView bytes) {
  if (bytes.empty()) return;
#if defined(__GNUC__)
  std::memset(bytes.data(), 0, bytes.size());
  // The memory is said to be read here, so the stores above cannot be dropped.
  __asm__ __volatile__("" : : "r"(bytes.data()) : "memory");
#else
  volatile std::uint8_t* at = bytes.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) at[i] = 0;
#endif
}

}  // namespace conclave
