// Sessions that are opened again and again.
#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

using test::Must;

TEST_CASE("Five thousand messages are received with a restart after each") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const GroupId id = room[0].group_id();
  for (int i = 0; i < 5000; ++i) {
    const std::string text = "message " + std::to_string(i);
    const Bytes message = Must(room[0].Protect(AsBytes(text)));
    CHECK(TextOf(ReceiveApplication(room[1], message).plaintext) == text);
    room[1] = Must(bob->OpenGroup(id));
  }
  room[0] = Must(alice->OpenGroup(id));
  RequireHealthy(room.all());
}

TEST_CASE("A thousand commits in a group of fifty are followed with a restart after each") {
  std::deque<TestClient> clients;
  std::vector<TestClient*> members;
  for (int i = 0; i < 50; ++i) {
    members.push_back(&clients.emplace_back("member " + std::to_string(i)));
  }
  Room room(members);
  const GroupId id = room[0].group_id();
  // Two of them, who take turns.
  for (std::size_t i = 0; i < 1000; ++i) {
    const std::size_t from = i % 2 == 0 ? 0 : 49;
    const std::size_t to = 49 - from;
    const OutgoingCommit commit = Must(room[from].CreateCommit({}));
    ReceiveAndApply(room[from], commit.commit);
    ReceiveAndApply(room[to], commit.commit);
    room[to] = Must((*members[to])->OpenGroup(id));
    REQUIRE(room[to].EpochAuthenticator() == room[from].EpochAuthenticator());
  }
  CHECK(room[0].epoch() >= 1001);
  RequireEveryoneReadsEveryone({room[0], room[49]});
}

}  // namespace conclave::testing
