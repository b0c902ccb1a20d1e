// What docs/embedding.md promises of a program that runs out of memory: it ends there and then.
// Wherever that is, the store is as after any other crash: the program is started again, with the
// old rows or the new ones, and goes on.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>

#include "durability/crash.h"

namespace conclave::testing {
namespace {

// Of each scenario.
constexpr std::uint64_t kPoints = 12;

TEST_CASE("A program that finds no memory ends, and goes on where it stopped",
          "[.][allocation-faults]") {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  for (const Scenario& scenario : AllScenarios()) {
    Crash crash(scenario);
    REQUIRE(crash.allocations() > 0);
    for (std::uint64_t point = 0; point < kPoints; ++point) {
      const std::uint64_t at = 1 + point * crash.allocations() / kPoints;
      const bool survives = crash.Survives({.storage = {}, .files = {}, .allocation = at});
      ++(survives ? passed : failed);
      if (survives) continue;
      std::printf("allocation-faults: FAILED: %s: allocation %llu of %llu\n", scenario.name,
                  static_cast<unsigned long long>(at),
                  static_cast<unsigned long long>(crash.allocations()));
    }
  }
  std::printf("allocation-faults: %llu passed, %llu failed\n",
              static_cast<unsigned long long>(passed), static_cast<unsigned long long>(failed));
  CHECK(passed > 0);
  CHECK(failed == 0);
}

}  // namespace
}  // namespace conclave::testing
