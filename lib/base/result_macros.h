// The two propagation macros. Private to the library; never in a public header.
#pragma once

#include <utility>

#include "conclave/result.h"

// Returns the error of `expression` (a Result) from this function, if it has one.
#define CONCLAVE_RETURN_IF_ERROR(expression)                          \
  do {                                                                \
    if (auto conclave_result = (expression); !conclave_result.ok()) { \
      return conclave_result.error();                                 \
    }                                                                 \
  } while (false)

#define CONCLAVE_INTERNAL_JOIN2(a, b) a##b
#define CONCLAVE_INTERNAL_JOIN(a, b) CONCLAVE_INTERNAL_JOIN2(a, b)

// Declares or assigns `target` from the value of `expression`, or returns its error.
#define CONCLAVE_ASSIGN_OR_RETURN(target, ...)                                                   \
  CONCLAVE_INTERNAL_ASSIGN_OR_RETURN(CONCLAVE_INTERNAL_JOIN(conclave_result_, __LINE__), target, \
                                     __VA_ARGS__)
#define CONCLAVE_INTERNAL_ASSIGN_OR_RETURN(result, target, ...) \
  auto result = (__VA_ARGS__);                                  \
  if (!result.ok()) return result.error();                      \
  target = std::move(result).value()
