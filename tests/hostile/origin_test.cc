// RFC 9420, sections 11.2, 11.3, 12.4.2 and 12.4.3.1: closed groups, and groups that say they come
// out of another one and do not (P19).
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge_group.h"
#include "storage/record_key.h"

namespace conclave::testing {
namespace {

using rfc9420::Node;
using rfc9420::ResumptionPSKUsage;
using test::Must;

constexpr ExtensionType kExtension{0xf0a1};
const GroupId kSuccessor = {'n', 'e', 'x', 't'};

// Alice, Bob and Carol in a group that Alice closes, unless it is to be branched from; and Bob's
// key package for what comes next.
struct Origins {
  explicit Origins(bool closed) : room(3, {.extensions = {kExtension}}) {
    room.room().Commit(room[1], {});
    if (closed) room.room().Commit(room[0], {.reinit = Reinit()});
    bobs_key_package = room.client(1).KeyPackage();
  }

  ProposedReInit Reinit() {
    return {
        .group_id = kSuccessor, .cipher_suite = CipherSuite{1}, .extensions = {{kExtension, {7}}}};
  }

  // The group that follows, signed by Alice, with these members beside her.
  ForgedGroup Follow(ResumptionPSKUsage usage, const std::vector<TestClient*>& others) {
    ForgedGroup next(room.client(0), room[0]);
    next.context.group_id = kSuccessor;
    next.context.epoch = 1;
    next.context.extensions = {{kExtension, {7}}};
    next.psks = {ResumptionPsk(room.suite(), usage, room[0].group_id(), room[0].epoch())};
    next.nodes.clear();
    Seat(next, ForgeKeyPackage(room.client(0)).leaf_node);
    Seat(next, ParseKeyPackage(bobs_key_package).leaf_node);
    for (TestClient* other : others) Seat(next, ForgeKeyPackage(*other).leaf_node);
    return next;
  }

  static void Seat(ForgedGroup& group, rfc9420::LeafNode leaf) {
    if (!group.nodes.empty()) group.nodes.emplace_back();
    group.nodes.emplace_back(Node::Of(std::move(leaf)));
  }

  // Bob reads it, with his session in the origin, which stays as it is.
  std::string Read(const ForgedGroup& group, const Session* origin) {
    const Observed before = Observe(room[1], room.client(1));
    const auto read =
        room.client(1)->ReadWelcome(group.WelcomeFor(bobs_key_package), {.origin = origin});
    RequireUnchanged(before, room[1], room.client(1));
    if (!read.ok()) NoteRejection(read.error().detail);
    return ErrorOf(read);
  }
  std::string Read(const ForgedGroup& group) { return Read(group, &room[1]); }

  // Alice makes the group that follows the one she has closed, and all move there.
  void RequireSucceeds() {
    NewGroup next = Must(
        CreateSuccessor(*room.client(0), room[0], {bobs_key_package, room.client(2).KeyPackage()}));
    Session bob = room.client(1).Join(next.welcomes.front(), {.origin = &room[1]});
    Session carol = room.client(2).Join(next.welcomes.front(), {.origin = &room[2]});
    RequireStillHealthy({next.session, bob, carol});
  }

  HostileRoom room;
  Bytes bobs_key_package;
};

std::string Invalid(std::string_view rule) { return Describe(ErrorKind::kInvalidCommit, rule); }

TEST_CASE("A successor is what its ReInit says, with all members") {
  Origins origins(true);
  TestClient* carol = &origins.room.client(2);
  const auto follow = [&] { return origins.Follow(ResumptionPSKUsage::reinit, {carol}); };
  REQUIRE(origins.Read(follow()) == "ok");

  for (const Epoch epoch : {Epoch{0}, Epoch{2}, ~Epoch{0}}) {
    const Mutation mutation("in another epoch than the first");
    ForgedGroup late = follow();
    late.context.epoch = epoch;
    REQUIRE(origins.Read(late) == Invalid("12.4.3.1:origin-psk-in-first-epoch"));
  }
  const std::pair<const char*, Edit<rfc9420::GroupContext>> others[] = {
      {"of another name", [](auto& context) { context.group_id = {'x'}; }},
      {"without the extensions", [](auto& context) { context.extensions.clear(); }},
      {"with other extensions", [](auto& context) { context.extensions = {{kExtension, {8}}}; }},
      {"with a longer extension",
       [](auto& context) { context.extensions = {{kExtension, {7, 7}}}; }}};
  for (const auto& [how, edit] : others) {
    const Mutation mutation(how);
    ForgedGroup changed = follow();
    edit(changed.context);
    REQUIRE(origins.Read(changed) == Invalid("11.2:successor-matches-reinit"));
  }
  REQUIRE(origins.Read(origins.Follow(ResumptionPSKUsage::reinit, {})) ==
          Invalid("12.4.3.1:successor-has-all-members"));
  ForgedGroup earlier = follow();
  earlier.psks = {ResumptionPsk(origins.room.suite(), ResumptionPSKUsage::reinit,
                                origins.room[0].group_id(), origins.room[0].epoch() - 1)};
  REQUIRE(origins.Read(earlier) == Invalid("11.2:reinit-psk-epoch"));
  REQUIRE(origins.Read(follow()) == "ok");
  origins.RequireSucceeds();
}

TEST_CASE("A Welcome names the one group that its group comes out of, and it must be known") {
  Origins origins(true);
  HostileRoom elsewhere(2);
  TestClient* carol = &origins.room.client(2);
  ForgedGroup next = origins.Follow(ResumptionPSKUsage::reinit, {carol});
  for (const Session* known : std::initializer_list<const Session*>{nullptr, &elsewhere[1]}) {
    const Mutation mutation(known == nullptr ? "to whom no origin is shown"
                                             : "to whom another group is shown");
    REQUIRE(origins.Read(next, known) == Describe(ErrorKind::kMissing, "12.4.3.1:origin-known"));
  }
  for (const auto second : {ResumptionPSKUsage::reinit, ResumptionPSKUsage::branch}) {
    const Mutation mutation(second == ResumptionPSKUsage::reinit ? "two closed groups"
                                                                 : "a closed group and a branch");
    ForgedGroup twice = next;
    twice.psks.push_back(ResumptionPsk(origins.room.suite(), second, origins.room[0].group_id(),
                                       origins.room[0].epoch()));
    twice.psks.back().psk_nonce.front() ^= 1;
    REQUIRE(origins.Read(twice) == Invalid("12.4.3.1:one-origin-psk"));
  }
  // A resumption PSK of the ordinary kind says nothing of origins.
  ForgedGroup resumed = next;
  resumed.psks.push_back(ResumptionPsk(origins.room.suite(), ResumptionPSKUsage::application,
                                       origins.room[0].group_id(), origins.room[0].epoch()));
  REQUIRE(origins.Read(resumed) == "ok");
  origins.RequireSucceeds();
}

TEST_CASE("A group that nobody closed has no successor") {
  Origins origins(false);
  TestClient* carol = &origins.room.client(2);
  REQUIRE(origins.Read(origins.Follow(ResumptionPSKUsage::reinit, {carol})) ==
          Invalid("12.4.3.1:origin-was-reinitialized"));
  REQUIRE(ErrorOf(CreateSuccessor(*origins.room.client(0), origins.room[0], {})) ==
          Describe(ErrorKind::kMisuse, "11.2:group-was-closed"));
  origins.room.RequireGoesOn();
}

TEST_CASE("A branch has members of its origin, in the same suite") {
  Origins origins(false);
  TestClient outsider("outsider", {.extensions = {kExtension}});
  TestClient* carol = &origins.room.client(2);
  REQUIRE(origins.Read(origins.Follow(ResumptionPSKUsage::branch, {})) == "ok");
  REQUIRE(origins.Read(origins.Follow(ResumptionPSKUsage::branch, {carol})) == "ok");
  REQUIRE(origins.Read(origins.Follow(ResumptionPSKUsage::branch, {&outsider})) ==
          Invalid("11.3:branch-members-are-original"));
  ForgedGroup late = origins.Follow(ResumptionPSKUsage::branch, {});
  late.context.epoch = 2;
  REQUIRE(origins.Read(late) == Invalid("12.4.3.1:origin-psk-in-first-epoch"));
  origins.room.RequireGoesOn();
}

TEST_CASE("A branch in another suite is none") {
  Origins origins(false);
  HostileRoom& room = origins.room;
  // The same two people in suite 3, who hold the PSK of their group in suite 1.
  const TestClientOptions other{.suite = CipherSuite{3}, .extensions = {kExtension}};
  TestClient alice("alice", other), bob("bob", other);
  for (TestClient* client : {&alice, &bob}) {
    WriteBatch batch;
    batch.Put(record_key::ResumptionPsk(room[0].group_id(), room[0].epoch()),
              EpochOf(room[0]).secrets.resumption_psk.ExposeForProvider());
    Must(client->storage.Write(batch));
  }
  const Session alone = Must(alice->CreateGroup());
  const Bytes key_package = bob.KeyPackage();
  ForgedGroup branch(alice, alone);
  branch.context.epoch = 1;
  branch.psks = {ResumptionPsk(GroupOf(alone).suite(), ResumptionPSKUsage::branch,
                               room[0].group_id(), room[0].epoch())};
  Origins::Seat(branch, ParseKeyPackage(key_package).leaf_node);
  REQUIRE(ErrorOf(bob->ReadWelcome(branch.WelcomeFor(key_package), {.origin = &room[1]})) ==
          Invalid("11.3:branch-has-version-and-suite"));
  REQUIRE(ErrorOf(CreateBranch(*alice, room[0], {}, {})) ==
          Describe(ErrorKind::kMisuse, "11.3:branch-has-the-suite"));
  room.RequireGoesOn();
}

TEST_CASE(
    "A closed group is silent, changes no more, and has a successor in the right suite only") {
  HostileRoom room(3);
  const Bytes commit = Must(room[1].CreateCommit({})).commit;
  const Bytes last_words = Must(room[1].Protect(AsBytes("last words")));
  room.room().Commit(
      room[0], {.reinit = ProposedReInit{
                    .group_id = kSuccessor, .cipher_suite = CipherSuite{1}, .extensions = {}}});
  room.RequireCallRefused(
      0, [&] { return room[0].Protect(AsBytes("hello")); }, ErrorKind::kGroupClosed,
      "12.4.2:closed-group-is-silent");
  room.RequireCallRefused(
      0, [&] { return ProposeRemove(room[0], {1}); }, ErrorKind::kGroupClosed,
      "12.4.2:closed-group-takes-no-proposals");
  room.RequireRequestRefused(0, {}, ErrorKind::kGroupClosed,
                             "12.4.2:closed-group-takes-no-commits");
  // Whoever ignores that it is closed is ignored.
  for (const auto& [how, message, sender] :
       std::initializer_list<std::tuple<const char*, Bytes, std::size_t>>{
           {"a commit", ForgeCommit(room.client(0), room[0], {}), 0},
           {"a proposal", SendProposal(room[0], AsProposal(rfc9420::Remove{{1}})), 0},
           {"an external commit", ForgeExternalCommit(room.Outsider(), room[0]), 99}}) {
    const Mutation mutation(how);
    room.RequireRefused(message, ErrorKind::kGroupClosed, "12.4.2:closed-group-changes-no-more",
                        sender);
  }
  room.RequireRefusedBy(0, commit, ErrorKind::kEpochTooOld, "12.4.2:epoch-not-past");
  REQUIRE(TextOf(ReceiveApplication(room[0], last_words).plaintext) == "last words");
  TestClient other("other", {.suite = CipherSuite{3}});
  REQUIRE(ErrorOf(CreateSuccessor(*other, room[0], {})) ==
          Describe(ErrorKind::kMisuse, "11.2:client-has-the-suite"));
  // Nobody can say anything, but they still agree.
  RequireAgreement(room.room().all());
  NoteGoingOn();
}

}  // namespace
}  // namespace conclave::testing
