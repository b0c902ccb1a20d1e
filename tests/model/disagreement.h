// For the model: how it says that the library and it do not agree. Thrown, so that a run can be
// repeated with fewer operations and say the same again.
#pragma once

#include <string>
#include <utility>

#include "conclave/result.h"

namespace conclave::testing::model {

struct Disagreement {
  std::string what;
};

inline void Require(bool holds, const char* what) {
  if (!holds) throw Disagreement{what};
}

// The value of a call that has to succeed.
template <class T>
T Need(Result<T> result, const char* what) {
  if (!result.ok()) {
    throw Disagreement{std::string(what) + ": " + ErrorKindName(result.error().kind) + ", " +
                       result.error().detail};
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

}  // namespace conclave::testing::model
