#include "hostile/rejections.h"

#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <utility>
#include <vector>

namespace conclave::testing {

namespace {

// A rule and a mutation.
using Rejection = std::pair<std::string, std::string>;

struct Tally {
  std::vector<std::string> sections;   // the test case first
  std::vector<std::string> mutations;  // that live
  std::set<Rejection> noted;           // since the conversation last went on
  std::set<Rejection> of_case;         // and it did go on
  std::set<Rejection> passed;
  std::set<Rejection> failed;

  std::string Mutated() const {
    std::string said;
    for (const auto* names : {&sections, &mutations}) {
      for (const std::string& name : *names) said += (said.empty() ? "" : ": ") + name;
    }
    return said;
  }
};

Tally& TheTally() {
  static auto* const tally = new Tally;
  return *tally;
}

void List(const Tally& tally, const char* path) {
  std::ofstream file(path);
  for (const auto& [rule, mutation] : tally.passed) file << rule << "  " << mutation << '\n';
  for (const auto& [rule, mutation] : tally.failed) {
    file << "FAILED  " << rule << "  " << mutation << '\n';
  }
}

// After everything that Catch2 has to say.
void PrintTally() {
  const Tally& tally = TheTally();
  if (const char* path = std::getenv("CONCLAVE_REJECTIONS")) List(tally, path);
  for (const auto& [rule, mutation] : tally.failed) {
    std::printf("failed: %s  %s\n", rule.c_str(), mutation.c_str());
  }
  std::printf("rejections: %zu passed, %zu failed\n", tally.passed.size(), tally.failed.size());
  std::fflush(stdout);
  // A conversation that has stopped is no assertion that Catch2 has seen fail.
  if (!tally.failed.empty()) std::_Exit(1);
}

class RejectionListener : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;

  void testRunStarting(const Catch::TestRunInfo&) override { std::atexit(PrintTally); }
  void sectionStarting(const Catch::SectionInfo& info) override {
    TheTally().sections.push_back(info.name);
  }
  void sectionEnded(const Catch::SectionStats&) override { TheTally().sections.pop_back(); }
  void assertionEnded(const Catch::AssertionStats& stats) override {
    const Tally& tally = TheTally();
    if (stats.assertionResult.isOk() || tally.mutations.empty()) return;
    std::printf("In the mutation: %s\n", tally.Mutated().c_str());
  }
  void testCasePartialEnded(const Catch::TestCaseStats&, std::uint64_t) override {
    Tally& tally = TheTally();
    tally.failed.merge(std::exchange(tally.noted, {}));
    tally.sections.clear();
  }
  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    Tally& tally = TheTally();
    auto& outcome = stats.totals.assertions.allPassed() ? tally.passed : tally.failed;
    outcome.merge(std::exchange(tally.of_case, {}));
  }
};

CATCH_REGISTER_LISTENER(RejectionListener)

}  // namespace

Mutation::Mutation(std::string how) { TheTally().mutations.push_back(std::move(how)); }

Mutation::~Mutation() { TheTally().mutations.pop_back(); }

void NoteRejection(std::string_view rule) {
  Tally& tally = TheTally();
  tally.noted.emplace(rule, tally.Mutated());
}

void NoteGoingOn() {
  Tally& tally = TheTally();
  tally.of_case.merge(std::exchange(tally.noted, {}));
}

}  // namespace conclave::testing
