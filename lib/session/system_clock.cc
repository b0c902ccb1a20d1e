#include <ctime>

#include "conclave/clock.h"

namespace conclave {

std::uint64_t SystemClock::Now() const {
  const std::time_t now = std::time(nullptr);
  return now < 0 ? 0 : static_cast<std::uint64_t>(now);
}

}  // namespace conclave
