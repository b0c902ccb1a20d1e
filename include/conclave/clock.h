// Clock: what time it is, as the application says. The library never asks the system.
#pragma once

#include <cstdint>

#include "conclave/export.h"

namespace conclave {

class CONCLAVE_EXPORT Clock {
 public:
  virtual ~Clock() = default;
  // Seconds since the Unix epoch. Called on the thread that called the library.
  virtual std::uint64_t Now() const = 0;
};

// The system's clock, for an application that trusts it.
class CONCLAVE_EXPORT SystemClock final : public Clock {
 public:
  std::uint64_t Now() const override;
};

}  // namespace conclave
