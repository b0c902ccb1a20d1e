// Whatever clients do, and whatever the delivery service does to them, they end up as a simple
// model of RFC 9420 says.
//
//   CONCLAVE_MODEL_SCRIPT=<file>     repeats a script, as a failure prints it
//   CONCLAVE_MODEL_SEED=<number>     sets the first seed; printed, so that a run can be repeated
//   CONCLAVE_MODEL_TABLE=1           prints what came of the operations
//   CONCLAVE_MODEL_SHARE=<i>/<n>     of a long run, does one part of n
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "model/run.h"

namespace conclave::testing::model {
namespace {

std::uint64_t FirstSeed() {
  const char* given = std::getenv("CONCLAVE_MODEL_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 0) : 1;
}

void Add(const Table& from, Table& to) {
  for (const auto& [what, count] : from) to[what] += count;
}

void RequireAgreement(const Report& report) {
  if (!report.disagreement.has_value()) return;
  std::cout << "disagreement: " << *report.disagreement << "\nafter "
            << report.script.operations.size() << " operations of\n"
            << Print(report.script.setting) << "\nshrinking" << std::endl;
  const Script script = Shrink(report.script);
  FAIL(*report.disagreement << "\n# as CONCLAVE_MODEL_SCRIPT:\n" << Print(script));
}

}  // namespace

TEST_CASE("A script is repeated", "[.model-script]") {
  const char* path = std::getenv("CONCLAVE_MODEL_SCRIPT");
  REQUIRE(path != nullptr);
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const auto script = ParseScript(text.str());
  REQUIRE(script.has_value());
  const Report report = Replay(*script);
  std::cout << report.done << " operations, " << report.disagreement.value_or("no disagreement")
            << "\n";
  RequireAgreement(report);
}

TEST_CASE("Clients and a model agree whatever the delivery service does", "[model]") {
  const std::vector<std::pair<Setting, std::size_t>> runs = {
      {{.suite = 1, .clients = 3, .groups = 2}, 2500},
      {{.suite = 1, .clients = 5, .groups = 2}, 3000},
      {{.suite = 1, .clients = 8, .groups = 2}, 3000},
      {{.suite = 1, .clients = 14, .groups = 2}, 3000},
      {{.suite = 1, .clients = 25, .groups = 1}, 3000},
      {{.suite = 1, .clients = 50, .groups = 1}, 3000},
      {{.suite = 2, .clients = 6, .groups = 1}, 1300},
      {{.suite = 3, .clients = 6, .groups = 1}, 1200}};
  Table table;
  std::size_t passed = 0;
  std::string seeds;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Setting setting = runs[i].first;
    setting.seed = FirstSeed() + i;
    const Report report = Drive(setting, runs[i].second);
    Add(report.table, table);
    RequireAgreement(report);
    passed += report.done;
    seeds += " " + std::to_string(setting.seed);
  }
  if (std::getenv("CONCLAVE_MODEL_TABLE") != nullptr) std::cout << Print(table);
  std::cout << "seeds" << seeds << "\nmodel: " << passed << " passed, 0 failed" << std::endl;
  CHECK(passed >= 20000);
}

}  // namespace conclave::testing::model
