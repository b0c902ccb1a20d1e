// Stories of an application that lends the library its threads: everything comes out as without.
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <memory>
#include <vector>

#include "hostile/forge_group.h"
#include "hostile/refusal.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/thread_executor.h"

namespace conclave::testing {

using test::Must;
using test::ThreadExecutor;

namespace {

constexpr std::size_t kMany = 300;

std::deque<TestClient> Crowd(std::size_t size, const TestClientOptions& options = {}) {
  std::deque<TestClient> crowd;
  for (std::size_t i = 0; i < size; ++i) {
    crowd.emplace_back("member " + std::to_string(i), options);
  }
  return crowd;
}

}  // namespace

TEST_CASE("A large group forms, and its threads change nothing of it") {
  ThreadExecutor threads;
  TestClient alice("alice", {.executor = &threads});
  std::deque<TestClient> crowd = Crowd(kMany);
  TestClient zoe("zoe", {.executor = &threads});

  Session at_alice = Must(alice->CreateGroup());
  CommitRequest request;  // of Adds alone, so that no parent has a key
  for (TestClient& client : crowd) request.add.push_back(client.KeyPackage());
  request.add.push_back(zoe.KeyPackage());
  // The Welcomes, and the new tree's hashes.
  const Entered entered = Commit(at_alice, request, {});
  REQUIRE(threads.jobs > 10);

  // Joined with threads and without.
  const std::size_t before = threads.jobs;
  Session at_zoe = zoe.Join(entered.welcomes.at(0));
  REQUIRE(threads.jobs > before + kMany / 32);
  Session at_first = crowd.front().Join(entered.welcomes.at(0));
  Session at_last = crowd.back().Join(entered.welcomes.at(0));
  const Sessions all = {at_alice, at_zoe, at_first, at_last};
  RequireAgreement(all);
  REQUIRE(std::vector<Member>(at_zoe.members().begin(), at_zoe.members().end()) ==
          std::vector<Member>(at_first.members().begin(), at_first.members().end()));

  // A path that is sealed to nearly everybody one by one.
  const std::size_t sealed_before = threads.jobs;
  Commit(at_zoe, {.path = PathPolicy::always}, {at_alice, at_first, at_last});
  REQUIRE(threads.jobs > sealed_before + kMany / 32);
  RequireHealthy(all);
}

TEST_CASE("What threads find wrong with a group is what would be found without them") {
  ThreadExecutor threads;
  TestClient outsiders[] = {TestClient("alone"),
                            TestClient("with threads", {.executor = &threads})};
  HostileRoom room(1);
  std::deque<TestClient> crowd = Crowd(100);
  CommitRequest request;
  for (TestClient& client : crowd) request.add.push_back(client.KeyPackage());
  room.room().Commit(room[0], request);
  const auto refused = [&](const auto& edit, ErrorKind kind, std::string_view rule) {
    ForgedGroup forged(room.client(0), room[0]);
    forged.external_pub = true;
    edit(forged);
    const Bytes info = forged.GroupInfo();
    for (TestClient& outsider : outsiders) {
      REQUIRE(ErrorOf(StartExternalJoin(*outsider, info)) == Describe(kind, rule));
    }
  };
  const auto bad_signature = [](ForgedGroup& forged, std::uint32_t leaf) {
    forged.Leaf(leaf).signature.front() ^= 1;
  };
  const auto bad_content = [](ForgedGroup& forged, std::uint32_t leaf) {
    forged.Leaf(leaf).capabilities.versions.clear();
  };
  refused([&](ForgedGroup& forged) { bad_signature(forged, 77); }, ErrorKind::kNotAuthentic,
          "7.3:leaf-signature");
  refused(
      [&](ForgedGroup& forged) {
        bad_content(forged, 40);
        bad_signature(forged, 90);
      },
      ErrorKind::kInvalidCommit, "7.2:version-listed");
  refused(
      [&](ForgedGroup& forged) {
        bad_signature(forged, 40);
        bad_content(forged, 90);
      },
      ErrorKind::kNotAuthentic, "7.3:leaf-signature");
  REQUIRE(threads.jobs > 0);
}

}  // namespace conclave::testing
