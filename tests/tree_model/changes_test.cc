// Sequences of changes, after each of which the library's tree is the one that RFC 9420 describes,
// and every key is known to those alone for whom it is (sections 4.2, 7.5, 7.7 to 7.9 and 12.1).
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "tree_model/trial.h"

namespace conclave::test {

namespace {

constexpr std::size_t kMostMembers = 6;

// An add, and the removal of each member and a path from each.
std::vector<TreeChange> EveryStep(const ReferenceTree& tree) {
  const std::vector<std::uint32_t> members = tree.Members();
  std::vector<TreeChange> steps;
  if (members.size() < kMostMembers) steps.push_back({.adds = 1});
  for (const std::uint32_t member : members) {
    if (members.size() > 1) steps.push_back({.removes = {member}});
    steps.push_back({.committer = member});
  }
  return steps;
}

// Tries all sequences of at most so many steps, each from a copy of what precedes it. How many.
std::uint64_t TryAll(const Suite& suite, const Trial& start, std::uint32_t depth,
                     const std::string& script) {
  if (depth == 0) return 1;
  std::uint64_t count = 1;
  for (const TreeChange& step : EveryStep(start.pair.reference)) {
    Trial trial = start;
    if (!CountedStep(suite, trial, step, script)) continue;
    count += TryAll(suite, trial, depth - 1, script + " " + Describe(step));
  }
  return count;
}

void TryAllFrom(const Suite& suite, const Trial& start, std::uint32_t depth) {
  const std::size_t members = start.pair.reference.Members().size();
  const std::uint64_t count = TryAll(suite, start, depth, std::to_string(members) + " members");
  std::printf("%llu sequences of at most %u steps, from a group of %zu\n",
              static_cast<unsigned long long>(count), depth, members);
}

std::uint64_t RandomSteps() {
  const char* given = std::getenv("CONCLAVE_STEPS");
  if (given != nullptr) return std::strtoull(given, nullptr, 0);
  return IsLongRun() ? 1'000'000 : 100'000;
}

}  // namespace

TEST_CASE("Whatever six steps a group of one takes, its tree is the RFC's") {
  const Suite suite = TestSuite();
  TryAllFrom(suite, Trial::New(suite), 6);
}

TEST_CASE("Whatever steps a group takes that was made by one commit, its tree is the RFC's") {
  const Suite suite = TestSuite();
  for (std::uint32_t members = 2; members <= kMostMembers; ++members) {
    Trial start = Trial::New(suite);
    if (!CountedStep(suite, start, {.adds = members - 1, .committer = 0}, "one member")) continue;
    TryAllFrom(suite, start, IsLongRun() || members <= 3 ? 6 : 5);
  }
}

TEST_CASE("Whatever a group of up to 64 is put through at random, its tree is the RFC's") {
  constexpr std::uint32_t kLimits[] = {2, 3, 4, 6, 8, 9, 12, 16, 17, 24, 33, 64};
  constexpr std::uint32_t kStepsEach = 50;
  const Suite suite = TestSuite();
  const std::uint64_t sequences = (RandomSteps() + kStepsEach - 1) / kStepsEach;
  for (std::uint64_t i = 0; i < sequences; ++i) {
    std::mt19937 random(static_cast<std::uint32_t>(RunSeed() + i));
    const std::uint32_t limit = kLimits[i % std::size(kLimits)];
    const std::string context = "CONCLAVE_SEED=" + std::to_string(RunSeed()) + ", sequence " +
                                std::to_string(i) + " of at most " + std::to_string(limit);
    Trial trial = Trial::New(suite);
    bool goes_on = CountedStep(suite, trial, {.adds = limit / 2, .committer = 0}, context);
    for (std::uint32_t step = 1; step < kStepsEach && goes_on; ++step) {
      const TreeChange change = RandomChange(trial.pair.reference, random, limit);
      goes_on = CountedStep(suite, trial, change, context);
    }
  }
}

// G7: what is truncated, and when.
TEST_CASE("Any number of removals and adds in one commit makes the tree that the RFC describes") {
  const Suite suite = TestSuite();
  std::mt19937 random(static_cast<std::uint32_t>(RunSeed()));
  enum class Victims { rightmost, leftmost, anybody };
  for (const std::uint32_t members : {3u, 4u, 5u, 7u, 8u, 9u, 15u, 16u, 17u}) {
    Trial start = Trial::New(suite);
    REQUIRE(start.Apply(suite, {.adds = members - 1, .committer = 0}) == "");
    for (const Victims victims : {Victims::rightmost, Victims::leftmost, Victims::anybody}) {
      for (std::uint32_t removes = 0; removes < members && removes <= 8; ++removes) {
        std::vector<std::uint32_t> leaves = start.pair.reference.Members();
        if (victims == Victims::rightmost) std::ranges::reverse(leaves);
        if (victims == Victims::anybody) std::ranges::shuffle(leaves, random);
        for (std::uint32_t adds = 0; adds <= 8; ++adds) {
          TreeChange change{.adds = adds, .committer = leaves.back()};
          change.removes.assign(leaves.begin(), leaves.begin() + removes);
          Trial trial = start;
          CountedStep(suite, trial, change, std::to_string(members) + " members");
          // Without a path, and then somebody's commit.
          trial = start;
          change.committer.reset();
          if (!CountedStep(suite, trial, change, std::to_string(members) + " members")) continue;
          CountedStep(suite, trial, {.committer = leaves.back()}, Describe(change));
        }
      }
    }
  }
}

}  // namespace conclave::test
