// Each scenario, ended at every call of the storage and at every operation on its files: before it,
// after it, and with what was not synced lost at random. After each end alice's program is started
// again, with the old rows or the new ones, and the conversation goes on.
#include "durability/crash.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <string>

namespace conclave::testing {
namespace {

constexpr std::uint64_t kOutcomes = 20;  // of losses of power

struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
};

class Run {
 public:
  Run(const Scenario& scenario, Tally& tally)
      : name_(scenario.name), crash_(scenario), total_(tally) {}

  void AtEveryCall() {
    for (const auto at : {WatchedStorage::At::die_before, WatchedStorage::At::die_after}) {
      for (std::uint64_t call = 1; call <= crash_.calls(); ++call) {
        Try("storage call", call, {.storage = {call, at}, .files = {}});
      }
    }
  }
  void AtEveryOperation() {
    for (const auto end : {CrashVfs::End::killed_before, CrashVfs::End::killed_after}) {
      for (std::uint64_t at = 1; at <= crash_.operations(); ++at) {
        Try("operation", at, {.storage = {}, .files = {.die_at = at, .end = end}});
      }
    }
  }
  // Losses of power: so many, spread over all operations; or so many at each of them.
  void PowerLosses(bool at_each) {
    const std::uint64_t all = crash_.operations();
    if (all == 0) return;
    for (std::uint64_t seed = 1; seed <= kOutcomes; ++seed) {
      for (std::uint64_t at = 1; at <= all; ++at) {
        if (!at_each && at != 1 + (seed - 1) * all / kOutcomes) continue;
        Try("loss of power at operation", at,
            {.storage = {},
             .files = {.die_at = at, .end = CrashVfs::End::power_loss, .seed = seed}});
      }
    }
  }
  void Print() const {
    std::printf("crash: %-46s %4llu passed, %llu failed (%llu storage calls, %llu operations)\n",
                name_, static_cast<unsigned long long>(own_.passed),
                static_cast<unsigned long long>(own_.failed),
                static_cast<unsigned long long>(crash_.calls()),
                static_cast<unsigned long long>(crash_.operations()));
    std::fflush(stdout);
  }

 private:
  void Try(const char* what, std::uint64_t number, const Point& point) {
    if (crash_.Survives(point)) {
      ++own_.passed, ++total_.passed;
      return;
    }
    ++own_.failed, ++total_.failed;
    std::printf("crash: FAILED: %s: %s %llu, end %d/%d, seed %llu\n", name_, what,
                static_cast<unsigned long long>(number), static_cast<int>(point.storage.at),
                static_cast<int>(point.files.end),
                static_cast<unsigned long long>(point.files.seed));
  }

  const char* name_;
  Crash crash_;
  Tally own_;
  Tally& total_;
};

void CrashEverywhere(bool is_long) {
  Tally tally;
  for (const Scenario& scenario : AllScenarios()) {
    Run run(scenario, tally);
    run.AtEveryCall();
    run.AtEveryOperation();
    run.PowerLosses(is_long);
    run.Print();
  }
  std::printf("crash: %llu passed, %llu failed\n", static_cast<unsigned long long>(tally.passed),
              static_cast<unsigned long long>(tally.failed));
  CHECK(tally.passed > 0);
  CHECK(tally.failed == 0);
}

// The points at which a scenario does not survive a flaw of its storage.
std::uint64_t FindsIn(const std::string& name, Flaw flaw, bool looks_at_rows) {
  std::uint64_t found = 0;
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.name != name) continue;
    Crash crash(scenario, flaw, looks_at_rows);
    for (std::uint64_t at = 1; at <= crash.operations(); ++at) {
      const Point point = {.storage = {},
                           .files = {.die_at = at, .end = CrashVfs::End::killed_after}};
      if (!crash.Survives(point)) ++found;
    }
    std::printf("durability: a storage with a flaw, at %llu operations of \"%s\": found at %llu\n",
                static_cast<unsigned long long>(crash.operations()), scenario.name,
                static_cast<unsigned long long>(found));
  }
  return found;
}

TEST_CASE("A program whose storage writes in two steps, or too late, is found out") {
  const char* const commit = "a commit that adds, and its Welcome";
  CHECK(FindsIn(commit, Flaw::two_steps, true) > 0);
  CHECK(FindsIn(commit, Flaw::two_steps, false) > 0);
  const char* const messages = "messages with an outbox";
  CHECK(FindsIn(messages, Flaw::too_late, true) > 0);
  CHECK(FindsIn(messages, Flaw::too_late, false) > 0);
}

TEST_CASE("A program that ends anywhere goes on where it stopped", "[.][crash]") {
  CrashEverywhere(false);
}

TEST_CASE("The same, with the power lost often at every operation", "[.][crash-long]") {
  CrashEverywhere(true);
}

}  // namespace
}  // namespace conclave::testing
