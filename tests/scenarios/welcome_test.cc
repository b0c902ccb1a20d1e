// Stories of invitations: key packages, Welcomes, and joining (RFC 9420, sections 10 and 12.4.3.1).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

}  // namespace

TEST_CASE("A Welcome shows who is there before it is entered") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob}, {.id = ToBytes("the room")});
  const Entered entered = Commit(room[1], {.add = {carol.KeyPackage()}}, {room[0]});
  {
    const StagedJoin staged = Must(carol->ReadWelcome(entered.welcomes[0]));
    REQUIRE(staged.group_id() == ToBytes("the room"));
    REQUIRE(staged.epoch() == 2);
    REQUIRE(staged.own_leaf() == LeafIndex{2});
    REQUIRE(staged.members().size() == 3);
    REQUIRE(staged.members()[2].signature_key == ToBytes(carol->signature_key()));
    REQUIRE(NameOf(staged.inviter().credential) == "bob");
    REQUIRE(staged.extensions() == room[0].extensions());
    REQUIRE(staged.expired().empty());
    REQUIRE(staged.psks().empty());
  }
  // Declined: nothing has happened, and the invitation still stands.
  Session inside = carol.Join(entered.welcomes[0]);
  RequireHealthy({room[0], room[1], inside});
}

TEST_CASE("A Welcome is for one join") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  const Entered entered = Commit(room[0], {.add = {bob.KeyPackage()}}, {});
  StagedJoin first = Must(bob->ReadWelcome(entered.welcomes[0]));
  StagedJoin second = Must(bob->ReadWelcome(entered.welcomes[0]));
  Session inside = Must(bob->Enter(std::move(first)));
  REQUIRE_FALSE(bob->Enter(std::move(second)).ok());
  REQUIRE(KindOf(bob->ReadWelcome(entered.welcomes[0])) == ErrorKind::kMissing);
  RequireHealthy({room[0], inside});
}

TEST_CASE("A key package is for one join, whoever used it") {
  TestClient alice("alice"), bob("bob");
  Room one({&alice}), other({&alice});
  const Bytes key_package = bob.KeyPackage();
  const Bytes first = Commit(one[0], {.add = {key_package}}, {}).welcomes[0];
  const Bytes second = Commit(other[0], {.add = {key_package}}, {}).welcomes[0];
  StagedJoin late = Must(bob->ReadWelcome(second));
  Session inside = bob.Join(first);
  REQUIRE(KindOf(bob->ReadWelcome(second)) == ErrorKind::kMissing);
  // Not even when it was read before.
  REQUIRE(KindOf(bob->Enter(std::move(late))) == ErrorKind::kMissing);
  RequireHealthy({one[0], inside});
}

TEST_CASE("A key package of last resort is for any number of joins") {
  TestClient alice("alice"), bob("bob");
  Room one({&alice}), other({&alice});
  const Bytes key_package = bob.KeyPackage({.last_resort = true});
  Session in_one = bob.Join(Commit(one[0], {.add = {key_package}}, {}).welcomes[0]);
  Session in_other = bob.Join(Commit(other[0], {.add = {key_package}}, {}).welcomes[0]);
  RequireHealthy({one[0], in_one});
  RequireHealthy({other[0], in_other});
}

TEST_CASE("An invitation belongs to the client that read it") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice});
  const Entered entered = Commit(room[0], {.add = {bob.KeyPackage()}}, {});
  const std::size_t writes = carol.storage.writes;
  REQUIRE_FALSE(carol->Enter(Must(bob->ReadWelcome(entered.welcomes[0]))).ok());
  REQUIRE(carol.storage.writes == writes);
}

TEST_CASE("A session outlives its client, but not what the client was given") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  std::optional<Client> short_lived = bob.InSuite(bob.options.suite);
  const Bytes key_package = Must(short_lived->NewKeyPackage());
  const Entered entered = Commit(room[0], {.add = {key_package}}, {});
  Session inside = Must(short_lived->Enter(Must(short_lived->ReadWelcome(entered.welcomes[0]))));
  short_lived.reset();
  RequireHealthy({room[0], inside});
  Commit(inside, {}, {room[0]});
  RequireHealthy({room[0], inside});
}

TEST_CASE("A Welcome for somebody else is not for us") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice});
  carol.KeyPackage();
  const Entered entered = Commit(room[0], {.add = {bob.KeyPackage()}}, {});
  REQUIRE(KindOf(carol->ReadWelcome(entered.welcomes[0])) == ErrorKind::kMissing);
  REQUIRE(KindOf(carol->ReadWelcome(bob.KeyPackage())) == ErrorKind::kMisuse);
  REQUIRE(KindOf(carol->ReadWelcome(AsBytes("x"))) == ErrorKind::kMalformed);
  REQUIRE(KindOf(carol->ReadWelcome({})) == ErrorKind::kMalformed);
}

TEST_CASE("A Welcome that was tampered with lets nobody in, and spoils nothing") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  const Entered entered = Commit(room[0], {.add = {bob.KeyPackage()}}, {});
  const Bytes& welcome = entered.welcomes[0];
  for (std::size_t i = 0; i < welcome.size(); i += 13) {
    Bytes forged = welcome;
    forged[i] ^= 0x10;
    REQUIRE_FALSE(bob->ReadWelcome(forged).ok());
  }
  Session inside = bob.Join(welcome);
  RequireHealthy({room[0], inside});
}

TEST_CASE("Many newcomers share a Welcome, or get several") {
  const std::size_t each = GENERATE(0u, 1u, 2u, 5u);
  const PathPolicy path = GENERATE(PathPolicy::when_required, PathPolicy::always);
  TestClient alice("alice");
  TestClient newcomers[] = {TestClient("bob"), TestClient("carol"), TestClient("dave"),
                            TestClient("eve"), TestClient("frank")};
  Room room({&alice});
  CommitRequest request{.path = path, .joiners_per_welcome = each};
  for (TestClient& client : newcomers) request.add.push_back(client.KeyPackage());
  const Entered entered = Commit(room[0], request, {});
  REQUIRE(entered.welcomes.size() == (each == 0 ? 1 : (5 + each - 1) / each));
  std::deque<Session> joined;
  for (std::size_t i = 0; i < 5; ++i) {
    const std::size_t own = each == 0 ? 0 : i / each;
    for (std::size_t w = 0; w < entered.welcomes.size(); ++w) {
      if (w == own) continue;
      REQUIRE(KindOf(newcomers[i]->ReadWelcome(entered.welcomes[w])) == ErrorKind::kMissing);
    }
    joined.push_back(newcomers[i].Join(entered.welcomes[own]));
  }
  Sessions everybody = room.all();
  everybody.insert(everybody.end(), joined.begin(), joined.end());
  RequireHealthy(everybody);
}

TEST_CASE("The tree may travel out of band") {
  TestClientOptions options;
  options.policy.tree_in_welcome = false;
  TestClient alice("alice", options), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const Entered entered = Commit(room[0], {.add = {carol.KeyPackage()}}, {room[1]});
  const Bytes tree = Must(ExportRatchetTree(room[1]));
  REQUIRE(KindOf(carol->ReadWelcome(entered.welcomes[0])) == ErrorKind::kMissing);
  for (std::size_t i = 0; i < tree.size(); i += 17) {
    Bytes forged = tree;
    forged[i] ^= 0x01;
    REQUIRE_FALSE(carol->ReadWelcome(entered.welcomes[0], {.ratchet_tree = forged}).ok());
  }
  Room other({&alice, &bob});
  const Bytes wrong = Must(ExportRatchetTree(other[0]));
  REQUIRE(KindOf(carol->ReadWelcome(entered.welcomes[0], {.ratchet_tree = wrong})) ==
          ErrorKind::kNotAuthentic);
  Session inside = carol.Join(entered.welcomes[0], {.ratchet_tree = tree});
  RequireHealthy({room[0], room[1], inside});
}

TEST_CASE("An expired key package is refused by whoever wants to use it") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const Bytes key_package = carol.KeyPackage({.lifetime = 3600});
  const Bytes proposal = Must(ProposeAdd(room[0], key_package));
  alice.clock.now += 3601;
  bob.clock.now += 3601;
  REQUIRE(KindOf(room[0].CreateCommit({.add = {key_package}})) == ErrorKind::kInvalidProposal);
  REQUIRE(KindOf(ProposeAdd(room[0], key_package)) == ErrorKind::kInvalidProposal);
  REQUIRE(KindOf(room[1].Receive(proposal)) == ErrorKind::kInvalidProposal);
  // As is one that is not valid yet.
  carol.clock.now += 1'000'000;
  REQUIRE(KindOf(room[0].CreateCommit({.add = {carol.KeyPackage()}})) ==
          ErrorKind::kInvalidProposal);
}

TEST_CASE("A clock that is a little slow is forgiven") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  alice.clock.now -= 1800;
  room.Add(room[0], bob);
  RequireHealthy(room.all());
}

TEST_CASE("Expired key packages are purged, the others stay") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice});
  bob.KeyPackage({.lifetime = 100});
  bob.KeyPackage({.lifetime = 200});
  const Bytes lasting = bob.KeyPackage({.lifetime = 10'000});
  REQUIRE(Must(bob->PurgeExpiredKeyPackages()) == 0);
  bob.clock.now += 300;
  const std::size_t writes = bob.storage.writes;
  REQUIRE(Must(bob->PurgeExpiredKeyPackages()) == 2);
  REQUIRE(bob.storage.writes == writes + 1);
  REQUIRE(Must(bob->PurgeExpiredKeyPackages()) == 0);
  REQUIRE(bob.storage.writes == writes + 1);
  room.Commit(room[0], {.add = {lasting}}, {&bob});
  RequireHealthy(room.all());
}

TEST_CASE("A key package that promises too long a life is refused") {
  TestClientOptions strict;
  strict.policy.max_key_package_lifetime = 86400;
  TestClient alice("alice", strict), bob("bob");
  Room room({&alice});
  REQUIRE(KindOf(room[0].CreateCommit({.add = {bob.KeyPackage()}})) == ErrorKind::kInvalidProposal);
  room.Commit(room[0], {.add = {bob.KeyPackage({.lifetime = 3600})}}, {&bob});
  RequireHealthy(room.all());
}

TEST_CASE("Members whose leaf has expired are reported to those who join") {
  TestClient alice("alice"), bob("bob");
  TestClientOptions strict;
  strict.policy.accept_expired_leaves = false;
  TestClient carol("carol"), dave("dave", strict), eve("eve", strict);
  Room room({&alice, &bob});
  room.Commit(
      room[0]);  // alice's leaf is new, and says nothing of time; bob's is his key package's
  for (TestClient* client : {&alice, &bob, &carol, &dave, &eve}) {
    client->clock.now += 365 * 86400;
  }
  const Entered entered =
      Commit(room[0], {.add = {carol.KeyPackage(), dave.KeyPackage()}}, {room[1]});
  StagedJoin staged = Must(carol->ReadWelcome(entered.welcomes[0]));
  REQUIRE(staged.expired().size() == 1);
  REQUIRE(NameOf(staged.expired()[0].credential) == "bob");
  Session at_carol = Must(carol->Enter(std::move(staged)));
  RequireHealthy({room[0], room[1], at_carol});
  REQUIRE(KindOf(dave->ReadWelcome(entered.welcomes[0])) == ErrorKind::kRejectedByPolicy);
  const Bytes info = Must(MakeGroupInfo(room[0]));
  REQUIRE(KindOf(StartExternalJoin(*eve, info)) == ErrorKind::kRejectedByPolicy);
}

TEST_CASE("A key package is for one suite") {
  TestClient alice("alice"), bob("bob", {.suite = CipherSuite{3}});
  Room room({&alice});
  REQUIRE(KindOf(room[0].CreateCommit({.add = {bob.KeyPackage()}})) == ErrorKind::kInvalidProposal);
}

TEST_CASE("A client has one group of each name") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob}, {.id = ToBytes("the room")});
  REQUIRE(KindOf(alice->CreateGroup({.id = ToBytes("the room")})) == ErrorKind::kMisuse);
  REQUIRE(KindOf(bob->CreateGroup({.id = ToBytes("the room")})) == ErrorKind::kMisuse);
  // Somebody else's group of that name is none to join.
  TestClient mallory("mallory");
  Room fake({&mallory}, {.id = ToBytes("the room")});
  const Entered entered = Commit(fake[0], {.add = {bob.KeyPackage()}}, {});
  REQUIRE(KindOf(bob->ReadWelcome(entered.welcomes[0])) == ErrorKind::kMisuse);
  RequireHealthy(room.all());
  // Groups without a name get one each.
  REQUIRE(Must(alice->CreateGroup()).group_id() != Must(alice->CreateGroup()).group_id());
}

TEST_CASE("A group whose session is gone can be forgotten") {
  TestClient alice("alice");
  {
    const Session lost = Must(alice->CreateGroup({.id = ToBytes("the room")}));
    REQUIRE(lost.epoch() == 0);
  }
  REQUIRE(KindOf(alice->CreateGroup({.id = ToBytes("the room")})) == ErrorKind::kMisuse);
  Must(alice->DeleteGroup(AsBytes("the room")));
  REQUIRE(Must(alice->CreateGroup({.id = ToBytes("the room")})).epoch() == 0);
}

TEST_CASE("Groups whose names begin alike are apart") {
  TestClient alice("alice");
  Session longer = Must(alice->CreateGroup({.id = ToBytes("room two")}));
  Session shorter = Must(alice->CreateGroup({.id = ToBytes("room")}));
  Commit(longer, {}, {});
  Must(alice->DeleteGroup(AsBytes("room")));
  Commit(longer, {.psks = {ResumptionPskId{longer.group_id(), 0}}}, {});
  REQUIRE(longer.epoch() == 2);
  REQUIRE(KindOf(alice->CreateGroup({.id = ToBytes("room two")})) == ErrorKind::kMisuse);
}

TEST_CASE("Whoever was added by one and invited by another may join by either") {
  TestClient alice("alice"), bob("bob");
  Room one({&alice}), other({&alice});
  Session first = bob.Join(Commit(one[0], {.add = {bob.KeyPackage()}}, {}).welcomes[0]);
  Session second = bob.Join(Commit(other[0], {.add = {bob.KeyPackage()}}, {}).welcomes[0]);
  RequireHealthy({one[0], first});
  RequireHealthy({other[0], second});
}

}  // namespace conclave::testing
