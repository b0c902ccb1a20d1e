#include "support/cases.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/interfaces/catch_interfaces_reporter.hpp>
#include <catch2/internal/catch_test_failure_exception.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>

namespace conclave::test {

namespace {

struct Count {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
};

std::map<std::string, Count>& Counts() {
  static auto* const counts = new std::map<std::string, Count>;
  return *counts;
}

std::uint64_t g_failed_assertions = 0;

void PrintCounts() {
  for (const auto& [kind, count] : Counts()) {
    std::printf("%s: %llu passed, %llu failed\n", kind.c_str(),
                static_cast<unsigned long long>(count.passed),
                static_cast<unsigned long long>(count.failed));
  }
  std::fflush(stdout);
}

// Counts failed assertions, and prints once Catch2 has said everything it has to say.
class FailureListener : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;

  void testRunStarting(const Catch::TestRunInfo&) override { std::atexit(PrintCounts); }
  void assertionEnded(const Catch::AssertionStats& stats) override {
    if (!stats.assertionResult.isOk()) ++g_failed_assertions;
  }
};

CATCH_REGISTER_LISTENER(FailureListener)

}  // namespace

void RunCase(const std::string& kind, const std::function<void()>& body) {
  const std::uint64_t before = g_failed_assertions;
  try {
    body();
  } catch (const Catch::TestFailureException&) {
    // A REQUIRE that failed; it has been reported and counted.
  } catch (const std::exception& error) {
    FAIL_CHECK(error.what());
  }
  Count& count = Counts()[kind];
  ++(g_failed_assertions == before ? count.passed : count.failed);
}

}  // namespace conclave::test
