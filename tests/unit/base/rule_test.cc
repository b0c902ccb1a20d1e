// What becomes of a rule that holds, that does not, and that another component has judged; and that
// nothing but a build for tests can leave a rule unchecked.
#include "base/rule.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <string>

namespace conclave {
namespace {

TEST_CASE("A rule that does not hold is an error with its kind and its name") {
  CHECK(Rule("1:name", ErrorKind::kInvalidCommit, true).ok());
  const Result<void> broken = Rule("1:name", ErrorKind::kInvalidCommit, false);
  REQUIRE(!broken.ok());
  CHECK(broken.error().kind == ErrorKind::kInvalidCommit);
  CHECK(broken.error().detail == std::string("1:name"));
}

TEST_CASE("A judge's verdict becomes the rule's, and a judge's failure stays its own") {
  CHECK(RuleFrom("1:name", ErrorKind::kInvalidCommit, Result<int>(7)).ok());
  for (const ErrorKind verdict :
       {ErrorKind::kMalformed, ErrorKind::kNotAuthentic, ErrorKind::kMissing, ErrorKind::kMisuse}) {
    const auto judged =
        RuleFrom("1:name", ErrorKind::kInvalidCommit, Result<int>(verdict, "the judge's"));
    REQUIRE(!judged.ok());
    CHECK(judged.error().kind == ErrorKind::kInvalidCommit);
    CHECK(judged.error().detail == std::string("1:name"));
  }
  for (const ErrorKind failure : {ErrorKind::kCrypto, ErrorKind::kStorage, ErrorKind::kUnavailable,
                                  ErrorKind::kUnsupported}) {
    const auto judged =
        RuleFrom("1:name", ErrorKind::kInvalidCommit, Result<int>(failure, "the judge's"));
    REQUIRE(!judged.ok());
    CHECK(judged.error().kind == failure);
    CHECK(judged.error().detail == std::string("the judge's"));
  }
}

#if defined(CONCLAVE_RULE_SWITCH)

TEST_CASE("A build for tests leaves one rule unchecked, and no other") {
  const char* const before = g_rule_switched_off;
  g_rule_switched_off = "1:name";
  CHECK(Rule("1:name", ErrorKind::kInvalidCommit, false).ok());
  CHECK(RuleFrom("1:name", ErrorKind::kInvalidCommit, Result<int>(ErrorKind::kMissing, "")).ok());
  CHECK(!Rule("1:nam", ErrorKind::kInvalidCommit, false).ok());
  CHECK(!Rule("1:names", ErrorKind::kInvalidCommit, false).ok());
  g_rule_switched_off = before;
}

#else

TEST_CASE("Nothing switches off a rule of a library that is shipped") {
  REQUIRE(setenv("CONCLAVE_RULE_OFF", "1:name", 1) == 0);
  CHECK(!Rule("1:name", ErrorKind::kInvalidCommit, false).ok());
  REQUIRE(unsetenv("CONCLAVE_RULE_OFF") == 0);
}

#endif

}  // namespace
}  // namespace conclave
