// MemberRange: a session's members as a range, for loops and algorithms.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <iterator>
#include <ranges>
#include <string>
#include <vector>

#include "support/conversation.h"

namespace conclave::testing {

static_assert(std::input_iterator<MemberRange::Iterator>);
static_assert(std::ranges::input_range<const MemberRange>);

TEST_CASE("Members are a range that algorithms take") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  room.Commit(room[0], {.remove = {{1}}});
  const MemberRange members = room[0].members();
  CHECK(std::ranges::distance(members) == 2);
  const auto found = std::ranges::find(members, LeafIndex{2}, &Member::leaf);
  REQUIRE(found != members.end());
  CHECK(NameOf(found->credential) == "carol");
  CHECK(std::ranges::find(members, LeafIndex{1}, &Member::leaf) == members.end());

  std::vector<std::string> names;
  for (auto at = members.begin(); at != members.end(); at++)
    names.push_back(NameOf(at->credential));
  CHECK(names == std::vector<std::string>{"alice", "carol"});
  const std::vector<Member> copied(members.begin(), members.end());
  CHECK(copied.size() == 2);
  CHECK(copied[1] == *found);
}

}  // namespace conclave::testing
