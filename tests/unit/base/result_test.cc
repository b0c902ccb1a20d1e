// Result and Rule: errors are values that name the rule that was broken.
#include "conclave/result.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string_view>
#include <type_traits>

#include "base/result_macros.h"
#include "base/rule.h"

namespace conclave {
namespace {

static_assert(sizeof(Error) <= 16);
static_assert(std::is_trivially_copyable_v<Error>);

Result<int> Half(int n) {
  CONCLAVE_RETURN_IF_ERROR(Rule("test:is-even", ErrorKind::kMalformed, n % 2 == 0));
  return n / 2;
}

Result<int> Quarter(int n) {
  CONCLAVE_ASSIGN_OR_RETURN(const int half, Half(n));
  return Half(half);
}

TEST_CASE("A value travels up, and so does an error") {
  CHECK(Quarter(12).value() == 3);
  const auto failed = Quarter(6);
  REQUIRE(!failed.ok());
  CHECK(failed.error().kind == ErrorKind::kMalformed);
  CHECK(failed.error().detail == std::string_view("test:is-even"));
}

TEST_CASE("A result of nothing is made and kept, or is an error") {
  const Result<void> done;
  CHECK(done.ok());
  CHECK(static_cast<bool>(done));
  const Result<void> failed(ErrorKind::kStorage, "test:failed");
  CHECK_FALSE(failed.ok());
  CHECK(failed.error().kind == ErrorKind::kStorage);
}

TEST_CASE("A value can be changed where it is") {
  Result<int> result = 3;
  *result += 1;
  CHECK(result.value() == 4);
  CHECK(static_cast<bool>(result));
}

TEST_CASE("A result holds what can only be moved") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(4);
  const std::unique_ptr<int> value = std::move(result).value();
  CHECK(*value == 4);
}

TEST_CASE("A judged rule keeps the kind of what the embedder's components report") {
  const auto judge = [](ErrorKind kind) {
    return RuleFrom("test:judged", ErrorKind::kNotAuthentic, Result<int>(kind, "below"))
        .error()
        .kind;
  };
  CHECK(judge(ErrorKind::kMalformed) == ErrorKind::kNotAuthentic);
  CHECK(judge(ErrorKind::kCrypto) == ErrorKind::kCrypto);
  CHECK(judge(ErrorKind::kStorage) == ErrorKind::kStorage);
  CHECK(judge(ErrorKind::kUnavailable) == ErrorKind::kUnavailable);
  CHECK(RuleFrom("test:judged", ErrorKind::kNotAuthentic, Result<int>(1)).ok());
}

TEST_CASE("Every kind of error has a name and its number") {
  CHECK(static_cast<int>(ErrorKind::kMalformed) == 1);
  CHECK(static_cast<int>(ErrorKind::kMisuse) == 18);
  for (int kind = 1; kind <= 18; ++kind) {
    CHECK(ErrorKindName(static_cast<ErrorKind>(kind)) != std::string_view("Unknown"));
  }
  CHECK(ErrorKindName(ErrorKind::kCommitFirst) == std::string_view("CommitFirst"));
}

}  // namespace
}  // namespace conclave
