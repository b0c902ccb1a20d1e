// Stories of a provider that fails in the middle of things: at whichever of its operations it
// stops, the session is as it was, and the same call works once the provider does.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "support/watched_provider.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;
using test::WatchedProvider;

// Lets the provider fail at its first operation, then at its second, and so on, until the call gets
// through. `unchanged` looks after each failure.
template <class Call, class Unchanged>
auto UntilItWorks(WatchedProvider& provider, Call call, Unchanged unchanged) {
  for (std::uint64_t operations = 0;; ++operations) {
    REQUIRE(operations < 5000);
    provider.FailAfter(operations);
    auto result = call();
    provider.FailAfter(std::nullopt);
    if (result.ok()) {
      REQUIRE(operations > 0);
      return std::move(result).value();
    }
    INFO("stopped after " << operations << " operations: " << result.error().detail);
    REQUIRE(result.error().kind == ErrorKind::kCrypto);
    unchanged();
  }
}

// A group of three, the first of whom has a provider that can be told to fail.
struct Fixture {
  // The call on alice's session that works in the end, and changes nothing before.
  template <class Call>
  auto Try(Call call) {
    const Snapshot before = SnapshotOf(room[0]);
    return UntilItWorks(provider, call, [&] { REQUIRE(SnapshotOf(room[0]) == before); });
  }

  WatchedProvider provider{test::Provider()};
  TestClient alice{"alice", {.crypto = &provider}};
  TestClient bob{"bob"}, carol{"carol"}, dave{"dave"};
  Room room{{&alice, &bob, &carol}};
};

}  // namespace

TEST_CASE("Sending works once the provider does") {
  Fixture fixture;
  Room& room = fixture.room;
  const Bytes message = fixture.Try([&] { return room[0].Protect(AsBytes("hello")); });
  REQUIRE(TextOf(ReceiveApplication(room[1], message).plaintext) == "hello");
  RequireHealthy(room.all());
}

TEST_CASE("Receiving works once the provider does") {
  Fixture fixture;
  Room& room = fixture.room;
  const auto receive = [&](const Bytes& message) {
    return fixture.Try([&] { return room[0].Receive(message); });
  };
  const Bytes message = Must(room[1].Protect(AsBytes("hello")));
  REQUIRE(TextOf(std::get<ApplicationMessage>(receive(message)).plaintext) == "hello");
  REQUIRE(KindOf(room[0].Receive(message)) == ErrorKind::kAlreadyUsed);
  const Bytes proposal = Must(ProposeUpdate(room[1]));
  REQUIRE(std::holds_alternative<ReceivedProposal>(receive(proposal)));
  DeliverProposal({room[2]}, proposal);
  const OutgoingCommit offer = Must(room[2].CreateCommit({.add = {fixture.dave.KeyPackage()}}));
  Event event = receive(offer.commit);
  Must(room[0].Apply(std::get<StagedCommit>(std::move(event))));
  DeliverCommit({room[1], room[2]}, offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("Proposing and committing work once the provider does") {
  Fixture fixture;
  Room& room = fixture.room;
  const Bytes key_package = fixture.dave.KeyPackage();
  const Bytes update = fixture.Try([&] { return ProposeUpdate(room[0]); });
  DeliverProposal({room[1], room[2]}, update);
  const Bytes theirs = Must(ProposeUpdate(room[1]));
  DeliverProposal({room[0], room[2]}, theirs);
  const OutgoingCommit offer =
      fixture.Try([&] { return room[0].CreateCommit({.add = {key_package}}); });
  REQUIRE(Offers(room[0]).size() == 1);
  const Entered entered = ReceiveAndApply(room[0], offer.commit);
  DeliverCommit({room[1], room[2]}, offer.commit);
  Session at_dave = fixture.dave.Join(entered.welcomes[0]);
  RequireHealthy({room[0], room[1], room[2], at_dave});
  const Bytes info = fixture.Try([&] { return MakeGroupInfo(room[0]); });
  REQUIRE_FALSE(info.empty());
}

TEST_CASE("Joining works once the provider does") {
  TestClient alice("alice");
  Room room({&alice});
  WatchedProvider provider(test::Provider());
  TestClient bob("bob", {.crypto = &provider});
  const auto untouched = [&bob, writes = bob.storage.writes] {
    REQUIRE(bob.storage.writes == writes);
  };
  const Bytes key_package = UntilItWorks(provider, [&] { return bob->NewKeyPackage(); }, untouched);
  const auto kept = [&bob, writes = bob.storage.writes] { REQUIRE(bob.storage.writes == writes); };
  const Entered entered = Commit(room[0], {.add = {key_package}}, {});
  StagedJoin staged =
      UntilItWorks(provider, [&] { return bob->ReadWelcome(entered.welcomes[0]); }, kept);
  Session inside = Must(bob->Enter(std::move(staged)));
  RequireHealthy({room[0], inside});
  const Session own =
      UntilItWorks(provider, [&] { return bob->CreateGroup({.id = ToBytes("own")}); }, [] {});
  REQUIRE(own.epoch() == 0);
}

TEST_CASE("Joining without an invitation works once the provider does") {
  TestClient alice("alice");
  Room room({&alice});
  WatchedProvider provider(test::Provider());
  TestClient bob("bob", {.crypto = &provider});
  const Bytes info = Must(MakeGroupInfo(room[0]));
  PendingJoin pending =
      UntilItWorks(provider, [&] { return StartExternalJoin(*bob, info); }, [] {});
  DeliverCommit(room.all(), pending.commit());
  Session inside = Must(EnterExternally(*bob, std::move(pending)));
  RequireHealthy({room[0], inside});
}

}  // namespace conclave::testing
