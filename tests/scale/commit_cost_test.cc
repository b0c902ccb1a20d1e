// That a commit costs what it changes and not what the group has (docs/architecture.md): what is
// counted for one in a group of a hundred thousand is what is counted in a group of a thousand,
// times the growth of the path. Counts, not seconds: they are the same on every machine.
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>

#include "conclave/offers.h"
#include "counting_allocator.h"
#include "counting_provider.h"
#include "large_group.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::bench {
namespace {

using test::Must;

constexpr std::uint32_t kSmall = 1000;
constexpr std::uint32_t kLarge = 100'000;
// The next member of either group takes the first leaf of a blank subtree of 32 leaves, and what is
// left of it is hashed: the same place in the tree.
constexpr std::uint32_t kSmallWithGap = 992;
static_assert(std::countr_zero(kSmallWithGap) == std::countr_zero(kLarge));

const CountingProvider& Provider() {
  static const CountingProvider provider(test::Provider());
  return provider;
}

struct Cost {
  std::uint64_t allocations = 0;
  std::uint64_t bytes = 0;
  std::uint64_t hashes = 0;  // and HMACs

  static Cost Now() {
    const HeapCounts heap = Heap();
    return {heap.allocations, heap.allocated_bytes, Provider().hashes() + Provider().macs()};
  }
  Cost Since(const Cost& before) const {
    return {allocations - before.allocations, bytes - before.bytes, hashes - before.hashes};
  }
};

// The leaves are not signed, which halves the time it takes to make the group: whoever creates or
// processes a commit looks at no signature but those that it brings.
const LargeGroup& GroupOf(std::uint32_t members) {
  static std::map<std::uint32_t, LargeGroup> groups;
  return groups
      .try_emplace(members, GroupKind{1, members, TreeState::full}, Provider(),
                   LeafSignatures::left_out)
      .first->second;
}

struct Costs {
  Cost create;
  Cost process;  // by the first member of the other half of the tree: read, and applied
  std::size_t path = 0;
};

Costs Measure(std::uint32_t members, const CommitRequest& request) {
  const LargeGroup& group = GroupOf(members);
  const auto committer = group.MemberAt(group.committer());
  const auto receiver = group.MemberAt(group.far());
  Costs costs;
  costs.path = group.tree().FilteredDirectPath(group.committer()).size();

  Cost before = Cost::Now();
  const OutgoingCommit offer = Must(committer->session().CreateCommit(request));
  costs.create = Cost::Now().Since(before);
  before = Cost::Now();
  ReceiveAndApply(receiver->session(), offer.commit);
  costs.process = Cost::Now().Since(before);
  ReceiveAndApply(committer->session(), offer.commit);
  REQUIRE(committer->session().EpochAuthenticator() == receiver->session().EpochAuthenticator());
  return costs;
}

// No slack is needed: most of what is counted does not depend on the path at all.
void RequireGrowsLikePath(const Costs& small, const Costs& large) {
  REQUIRE(small.path == 10);
  REQUIRE(large.path == 17);
  const auto grows_like_path = [&](std::uint64_t few, std::uint64_t many) {
    INFO(few << " grew to " << many);
    CHECK(many * small.path <= few * large.path);
    // That it was measured at all.
    CHECK(few > 0);
  };
  for (Cost Costs::* part : {&Costs::create, &Costs::process}) {
    grows_like_path((small.*part).allocations, (large.*part).allocations);
    grows_like_path((small.*part).bytes, (large.*part).bytes);
    grows_like_path((small.*part).hashes, (large.*part).hashes);
  }
}

CommitRequest AddOne(PathPolicy path) {
  Party joiner(test::SuiteOver(Provider()), "somebody who joi");
  return {.add = {Must(joiner.client().NewKeyPackage())}, .path = path};
}

TEST_CASE("an empty commit costs its path", "[scale]") {
  RequireGrowsLikePath(Measure(kSmall, {}), Measure(kLarge, {}));
}

TEST_CASE("removing a member costs two paths", "[scale]") {
  const auto removal = [](std::uint32_t members) {
    return CommitRequest{.remove = {GroupOf(members).removed()}};
  };
  RequireGrowsLikePath(Measure(kSmall, removal(kSmall)), Measure(kLarge, removal(kLarge)));
}

TEST_CASE("adding a member costs its path", "[scale]") {
  const CommitRequest add = AddOne(PathPolicy::when_required);
  RequireGrowsLikePath(Measure(kSmallWithGap, add), Measure(kLarge, add));
}

TEST_CASE("adding a member with a new path costs two paths", "[scale]") {
  const CommitRequest add = AddOne(PathPolicy::always);
  RequireGrowsLikePath(Measure(kSmallWithGap, add), Measure(kLarge, add));
}

TEST_CASE("a session of the large group is one that others agree with", "[scale]") {
  const LargeGroup group({1, 100, TreeState::churned}, Provider());
  group.RequireJoinable();
  CHECK(group.tree().member_count() == 100);
}

}  // namespace
}  // namespace conclave::bench
