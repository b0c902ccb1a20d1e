// What ends the program: looking into a Result without asking, and a violated invariant. Nothing
// that was received does.
#include <catch2/catch_test_macros.hpp>

#include "base/check.h"
#include "conclave/result.h"
#include "support/ends_program.h"

namespace conclave {
namespace {

using test::EndsProgram;

const Error kError{ErrorKind::kMissing, "test:error"};

TEST_CASE("The value of an error ends the program") {
  CHECK(EndsProgram([] { static_cast<void>(Result<int>(kError).value()); }));
  CHECK(EndsProgram([] { static_cast<void>(*Result<int>(kError)); }));
  CHECK(EndsProgram([] { Result<void>(kError).value(); }));
  CHECK_FALSE(EndsProgram([] { static_cast<void>(Result<int>(4).value()); }));
  CHECK_FALSE(EndsProgram([] { Result<void>().value(); }));
}

TEST_CASE("The error of a value ends the program") {
  CHECK(EndsProgram([] { static_cast<void>(Result<int>(4).error()); }));
  CHECK(EndsProgram([] { static_cast<void>(Result<void>().error()); }));
  CHECK_FALSE(EndsProgram([] { static_cast<void>(Result<int>(kError).error()); }));
}

TEST_CASE("An invariant is checked in every build") {
  CHECK(EndsProgram([] { CONCLAVE_CHECK(1 + 1 == 3); }));
  CHECK_FALSE(EndsProgram([] { CONCLAVE_CHECK(1 + 1 == 2); }));
}

}  // namespace
}  // namespace conclave
