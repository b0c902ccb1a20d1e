// CONCLAVE_CHECK: an invariant of our own, tested in release builds too. Bad input never reaches
// one; a violated one is a bug in the library, and going on would be worse than stopping.
#pragma once

#include <cstdlib>

#define CONCLAVE_CHECK(condition)     \
  do {                                \
    if (!(condition)) ::std::abort(); \
  } while (false)
