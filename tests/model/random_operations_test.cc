// Random operations on groups of 2 to 30 members: whatever happens, and in whatever order messages
// arrive, all members agree, everyone reads everyone, and nobody else does.
//
// CONCLAVE_SEED=<number> repeats a run. CONCLAVE_STEPS=<number> sets the epochs of each group.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

#include "model/model_group.h"

namespace conclave::testing {

std::uint64_t RunSeed() {
  static const std::uint64_t seed = [] {
    const char* given = std::getenv("CONCLAVE_SEED");
    const std::uint64_t chosen =
        given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device{}();
    std::cout << "CONCLAVE_SEED=" << chosen << std::endl;
    return chosen;
  }();
  return seed;
}

namespace {

std::size_t Steps(std::size_t usual) {
  const char* given = std::getenv("CONCLAVE_STEPS");
  return given != nullptr ? std::strtoull(given, nullptr, 0) : usual;
}

// One group, from its founder on: so many steps, and as many more as it takes until it has had
// `least` members.
Tally RunGroup(CipherSuite suite, std::size_t max_members, std::size_t steps, std::size_t least) {
  const std::uint64_t seed =
      RunSeed() * 1000 + max_members * 10 + static_cast<std::uint16_t>(suite);
  ModelGroup group(suite, seed, max_members);
  for (std::size_t i = 0; i < steps || group.tally().largest < least; ++i) {
    REQUIRE(i < 20 * steps);
    INFO("CONCLAVE_SEED=" << RunSeed() << ", suite " << static_cast<int>(suite) << ", at most "
                          << max_members << " members, step " << i);
    group.Step();
  }
  return group.tally();
}

void Print(const char* name, const Tally& tally) {
  std::cout << name << ": " << tally.epochs << " epochs, " << tally.joined << " joins ("
            << tally.external_joins << " external), " << tally.resyncs << " resyncs, "
            << tally.removed << " removals, " << tally.updated << " new identities, "
            << tally.proposals << " proposals, " << tally.psks << " PSKs, "
            << tally.extension_changes << " extension changes, " << tally.lost_races
            << " lost races, " << tally.messages_read << " messages read ("
            << tally.late_messages_read << " late, " << tally.too_late << " too late), "
            << tally.refusals << " refusals, largest group " << tally.largest << std::endl;
}

}  // namespace

TEST_CASE("Small groups agree after any sequence of operations, suite 1") {
  for (const std::size_t members : std::vector<std::size_t>{2, 3, 5, 9}) {
    const Tally tally = RunGroup(CipherSuite{1}, members, Steps(100), members);
    Print("small groups", tally);
    CHECK(tally.messages_read > 100);
  }
}

TEST_CASE("A group of up to 30 members agrees after any sequence of operations, suite 1") {
  const Tally tally = RunGroup(CipherSuite{1}, 30, Steps(200), 16);
  Print("30 members", tally);
  CHECK(tally.removed > 5);
  CHECK(tally.late_messages_read > 20);
}

TEST_CASE("Groups agree after any sequence of operations, suites 2 and 3") {
  for (const std::uint16_t suite : std::vector<std::uint16_t>{2, 3}) {
    const Tally tally = RunGroup(CipherSuite{suite}, 12, Steps(80), 5);
    Print(suite == 2 ? "suite 2" : "suite 3", tally);
    CHECK(tally.messages_read > 100);
  }
}

TEST_CASE("Groups agree after any sequence of operations, suites 4 to 7") {
  for (const std::uint16_t suite : std::vector<std::uint16_t>{4, 5, 6, 7}) {
    const Tally tally = RunGroup(CipherSuite{suite}, 6, Steps(30), 2);
    Print("suites 4 to 7", tally);
    CHECK(tally.messages_read > 10);
  }
}

}  // namespace conclave::testing
