// For tests: looking into a Result. (value() and error() would end the run.)
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <utility>

#include "conclave/result.h"

namespace conclave::test {

// The value of a Result, or the end of this test or case.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) FAIL(ErrorKindName(result.error().kind) << ": " << result.error().detail);
  return std::move(result).value();
}

// The kind of a Result's error, if it has one.
template <class T>
std::optional<ErrorKind> KindOf(const Result<T>& result) {
  return result.ok() ? std::nullopt : std::optional(result.error().kind);
}

}  // namespace conclave::test
