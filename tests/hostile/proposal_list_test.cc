// RFC 9420, section 12.2: lists of proposals that no regular commit may carry, refused by whoever
// receives the commit and by whoever would make it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"

namespace conclave::testing {
namespace {

using rfc9420::Add;
using rfc9420::GroupContextExtensions;
using rfc9420::PreSharedKey;
using rfc9420::Proposal;
using rfc9420::Remove;
using rfc9420::Update;
using test::Must;

constexpr ProposalType kCustom{0xf0b1};
constexpr ExtensionType kExtension{0xf0a1};

// A proposal of member `author`, received by all others.
ProposalRef Proposed(HostileRoom& room, std::size_t author, BytesView message) {
  for (std::size_t i = 0; i < room.size(); ++i) {
    if (i != author) ReceiveProposal(room[i], message);
  }
  return room[author].pending_proposals().back().ref;
}

// What is in a list, and the list.
struct BadList {
  const char* how;
  CommitEdits edits;
};

// `lists`, each of which breaks `rule`, are refused by all receivers.
void RequireListsRefused(HostileRoom& room, const std::vector<BadList>& lists,
                         std::string_view rule) {
  for (const BadList& list : lists) {
    const Mutation mutation(list.how);
    CommitEdits edits = list.edits;
    for (const auto framing :
         {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
      edits.framing.as = framing;
      room.RequireRefused(ForgeCommit(room.client(0), room[0], edits), ErrorKind::kInvalidCommit,
                          rule);
    }
  }
}

TEST_CASE("A forged commit that breaks no rule is accepted, in public and in private") {
  HostileRoom room;
  TestClient& outsider = room.Outsider();
  for (const auto framing : {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
    const Framing framed{.as = framing};
    room.RequireAccepted(ForgeCommit(room.client(0), room[0], {.framing = framed}));
    room.RequireAccepted(ForgeCommit(room.client(0), room[0],
                                     {.proposals = {ByValue(Remove{{2}})}, .framing = framed}));
    room.RequireAccepted(ForgeCommit(room.client(0), room[0],
                                     {.proposals = {ByValue(Add{ForgeKeyPackage(outsider)})},
                                      .path = false,
                                      .framing = framed}));
  }
  room.RequireGoesOn();
}

TEST_CASE("Nobody commits an Update of their own") {
  HostileRoom room;
  const Proposal by_value = AsProposal(Update{ForgeUpdateLeaf(room[0])});
  const ProposalRef ref = Proposed(room, 0, Must(ProposeUpdate(room[0])));
  RequireListsRefused(room,
                      {{"by value", {.proposals = {ByValue(by_value)}, .applied = {{}}}},
                       {"by reference", {.proposals = {ByRef(ref)}, .applied = {{}}}}},
                      "12.2:no-update-by-committer");
  // The committer's own side leaves it out: a commit with a path does the same.
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  REQUIRE(offer.skipped.size() == 1);
  REQUIRE(offer.skipped.front().ref == ref);
  REQUIRE(std::string(offer.skipped.front().why) == "12.2:no-update-by-committer");
  ReceiveAndApply(room[0], offer.commit);
  DeliverCommit(room.room().others(room[0]), offer.commit);
  room.RequireGoesOn();
}

TEST_CASE("Nobody commits their own removal") {
  HostileRoom room;
  const ProposalRef ref = Proposed(room, 1, Must(ProposeRemove(room[1], {0})));
  RequireListsRefused(
      room,
      {{"by value", {.proposals = {ByValue(Remove{{0}})}, .applied = {{}}}},
       {"by reference", {.proposals = {ByRef(ref)}, .applied = {{}}}},
       {"beside another", {.proposals = {ByValue(Remove{{2}}), ByRef(ref)}, .applied = {{}}}}},
      "12.2:no-remove-of-committer");
  room.RequireRequestRefused(0, {.remove = {{0}}}, ErrorKind::kInvalidCommit,
                             "12.2:no-remove-of-committer");
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  REQUIRE(offer.skipped.size() == 1);
  REQUIRE(std::string(offer.skipped.front().why) == "12.2:no-remove-of-committer");
  ReceiveAndApply(room[0], offer.commit);
  DeliverCommit(room.room().others(room[0]), offer.commit);
  room.RequireGoesOn();
}

TEST_CASE("A commit touches each leaf by one Update or Remove at most") {
  HostileRoom room;
  const ProposalRef first = Proposed(room, 1, Must(ProposeUpdate(room[1])));
  const ProposalRef second = Proposed(room, 1, Must(ProposeUpdate(room[1])));
  const ProposalRef removal = Proposed(room, 2, Must(ProposeRemove(room[2], {1})));
  RequireListsRefused(
      room,
      {{"two Removes",
        {.proposals = {ByValue(Remove{{2}}), ByValue(Remove{{2}})}, .applied = {{}}}},
       {"two Updates", {.proposals = {ByRef(first), ByRef(second)}, .applied = {{}}}},
       {"an Update twice", {.proposals = {ByRef(first), ByRef(first)}, .applied = {{}}}},
       {"an Update, then a Remove", {.proposals = {ByRef(first), ByRef(removal)}, .applied = {{}}}},
       {"a Remove by reference and one by value",
        {.proposals = {ByRef(removal), ByValue(Remove{{1}})}, .applied = {{}}}},
       {"a Remove, then an Update",
        {.proposals = {ByValue(Remove{{1}}), ByRef(second)}, .applied = {{}}}}},
      "12.2:one-update-or-remove-per-leaf");
  room.RequireRequestRefused(0, {.remove = {{2}, {2}}}, ErrorKind::kInvalidCommit,
                             "12.2:one-update-or-remove-per-leaf");

  // Of several, the committer prefers the Remove, and else the latest Update.
  const OutgoingCommit removing = Must(room[0].CreateCommit({}));
  REQUIRE(removing.skipped.size() == 2);
  const OutgoingCommit updating = Must(room[0].CreateCommit({.exclude = {removal}}));
  REQUIRE(updating.skipped.size() == 2);
  REQUIRE(std::ranges::none_of(updating.skipped, [&second](const SkippedProposal& skipped) {
    return skipped.ref == second;
  }));
  ReceiveAndApply(room[0], updating.commit);
  DeliverCommit(room.room().others(room[0]), updating.commit);
  room.RequireGoesOn();
}

TEST_CASE("A commit adds no client twice") {
  HostileRoom room;
  TestClient& outsider = room.Outsider();
  const auto once = ForgeKeyPackage(outsider);
  const auto again = ForgeKeyPackage(outsider);
  const ProposalRef ref =
      Proposed(room, 1, Must(ProposeAdd(room[1], WrapMessage(ForgeKeyPackage(outsider)))));
  RequireListsRefused(room,
                      {{"two key packages of one client",
                        {.proposals = {ByValue(Add{once}), ByValue(Add{again})}, .applied = {{}}}},
                       {"one key package twice",
                        {.proposals = {ByValue(Add{once}), ByValue(Add{once})}, .applied = {{}}}},
                       {"by reference and by value",
                        {.proposals = {ByRef(ref), ByValue(Add{once})}, .applied = {{}}}}},
                      "12.2:no-two-adds-of-one-client");
  room.RequireRequestRefused(0, {.add = {WrapMessage(once), WrapMessage(again)}},
                             ErrorKind::kInvalidCommit, "12.2:no-two-adds-of-one-client");
  room.RequireGoesOn();
}

TEST_CASE("A commit adds no client twice, as the application tells clients apart") {
  HostileRoom room;
  for (std::size_t i = 0; i < room.size(); ++i) {
    room.client(i).verifier.client_id = [](const Credential& credential) {
      return Bytes(1, static_cast<std::uint8_t>(NameOf(credential).front()));
    };
  }
  TestClient paul("paul"), pauls_phone("paul, on the phone"), annas_phone("anna's phone");
  RequireListsRefused(room,
                      {{"two keys of one client",
                        {.proposals = {ByValue(Add{ForgeKeyPackage(paul)}),
                                       ByValue(Add{ForgeKeyPackage(pauls_phone)})},
                         .applied = {{}}}}},
                      "12.2:no-two-adds-of-one-client");
  room.RequireRequestRefused(0, {.add = {paul.KeyPackage(), pauls_phone.KeyPackage()}},
                             ErrorKind::kInvalidCommit, "12.2:no-two-adds-of-one-client");
  room.RequireGoesOn();
}

TEST_CASE("A client that is in the group is added only if it is removed as well") {
  HostileRoom room;
  const auto bob_again = ForgeKeyPackage(room.client(1));
  RequireListsRefused(room,
                      {{"added again", {.proposals = {ByValue(Add{bob_again})}}},
                       {"added again where another is removed",
                        {.proposals = {ByValue(Add{bob_again}), ByValue(Remove{{2}})}}}},
                      "7.3:signature-key-unique");
  room.RequireRequestRefused(0, {.add = {room.client(1).KeyPackage()}}, ErrorKind::kInvalidCommit,
                             "7.3:signature-key-unique");
  room.RequireAccepted(ForgeCommit(room.client(0), room[0],
                                   {.proposals = {ByValue(Add{bob_again}), ByValue(Remove{{1}})}}));
  room.RequireGoesOn();
}

TEST_CASE("The application's notion of a client keeps it from joining twice") {
  HostileRoom room(std::vector<TestClientOptions>(4));
  TestClient bobs_phone("bob, on the phone");
  const auto client_id = [](const Credential& credential) {
    const std::string name = NameOf(credential);
    return ToBytes(AsBytes(std::string_view(name).substr(0, name.find(','))));
  };
  // The index of clients is made on joining, so the rule is there from the start.
  std::deque<TestClient> members;
  for (const char* name : {"alice", "bob", "carol"}) {
    members.emplace_back(name).verifier.client_id = client_id;
  }
  Room strict({&members[0], &members[1], &members[2]});
  const Bytes commit = ForgeCommit(members[0], strict[0],
                                   {.proposals = {ByValue(Add{ForgeKeyPackage(bobs_phone)})}});
  for (const std::size_t i : {1u, 2u}) {
    const Observed before = Observe(strict[i], members[i]);
    REQUIRE(ErrorOf(strict[i].Receive(commit)) ==
            Describe(ErrorKind::kInvalidCommit, "12.2:no-client-twice"));
    RequireUnchanged(before, strict[i], members[i]);
    NoteRejection("12.2:no-client-twice");
  }
  REQUIRE(ErrorOf(strict[0].CreateCommit({.add = {bobs_phone.KeyPackage()}})) ==
          Describe(ErrorKind::kInvalidCommit, "12.2:no-client-twice"));
  RequireStillHealthy(strict.all());
}

TEST_CASE("A PSK is named once") {
  HostileRoom room;
  for (std::size_t i = 0; i < room.size(); ++i) {
    Must(room.client(i)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("of all of us"))));
  }
  const auto psk = ExternalPsk(room.suite(), AsBytes("psk"));
  RequireListsRefused(
      room,
      {{"twice by value",
        {.proposals = {ByValue(PreSharedKey{psk}), ByValue(PreSharedKey{psk})}, .path = false}}},
      "12.2:psk-ids-once");
  // With another nonce it is another PreSharedKeyID.
  auto other = psk;
  other.psk_nonce.front() ^= 1;
  room.RequireAccepted(ForgeCommit(
      room.client(0), room[0],
      {.proposals = {ByValue(PreSharedKey{psk}), ByValue(PreSharedKey{other})}, .path = false}));
  room.RequireGoesOn();
}

TEST_CASE("The group's extensions are replaced once") {
  HostileRoom room(4, {.extensions = {kExtension}});
  const GroupContextExtensions extensions{{{kExtension, {1}}}};
  const ProposalRef ref =
      Proposed(room, 1, Must(ProposeExtensions(room[1], extensions.extensions)));
  RequireListsRefused(
      room,
      {{"two by value", {.proposals = {ByValue(extensions), ByValue(GroupContextExtensions{})}}},
       {"by reference and by value", {.proposals = {ByRef(ref), ByValue(extensions)}}}},
      "12.2:one-group-context-extensions");
  room.RequireGoesOn();
}

TEST_CASE("A ReInit stands alone") {
  HostileRoom room;
  const rfc9420::ReInit reinit{
      .group_id = {1, 2, 3}, .cipher_suite = room[0].suite(), .extensions = {}};
  RequireListsRefused(
      room,
      {{"with a Remove", {.proposals = {ByValue(reinit), ByValue(Remove{{2}})}}},
       {"twice", {.proposals = {ByValue(reinit), ByValue(reinit)}}},
       {"with an Add",
        {.proposals = {ByValue(Add{ForgeKeyPackage(room.Outsider())}), ByValue(reinit)}}}},
      "12.2:reinit-alone");
  room.RequireRequestRefused(
      0,
      {.remove = {{2}},
       .reinit =
           ProposedReInit{.group_id = {1}, .cipher_suite = room[0].suite(), .extensions = {}}},
      ErrorKind::kInvalidCommit, "12.2:reinit-alone");
  room.RequireGoesOn();
}

TEST_CASE("An ExternalInit has no place in a member's commit") {
  HostileRoom room;
  const rfc9420::ExternalInit init{Bytes(32, 9)};
  const ProposalRef ref = ReceiveProposal(room[1], SendProposal(room[0], AsProposal(init))).ref;
  RequireListsRefused(room, {{"by value", {.proposals = {ByValue(init)}}}},
                      "12.2:no-external-init");
  const Mutation mutation("by reference");
  room.RequireRefusedBy(
      1, ForgeCommit(room.client(0), room[0], {.proposals = {ByRef(ref)}, .applied = {{}}}),
      ErrorKind::kInvalidCommit, "12.2:no-external-init");
  // Bob, who has received the proposal, leaves it out of his commit.
  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  REQUIRE(offer.skipped.size() == 1);
  REQUIRE(std::string(offer.skipped.front().why) == "12.2:no-external-init");
  ReceiveAndApply(room[1], offer.commit);
  DeliverCommit(room.room().others(room[1]), offer.commit);
  room.RequireGoesOn();
}

TEST_CASE("A custom proposal is committed only if all who process it support it") {
  const TestClientOptions able{.proposals = {kCustom}};
  HostileRoom room({able, able, able, {}});
  const CustomProposal custom{kCustom, {1, 2, 3}};
  RequireListsRefused(room, {{"by value", {.proposals = {ByValue(custom)}}}},
                      "12.2:custom-proposal-supported");
  room.RequireRequestRefused(0, {.custom = {custom}}, ErrorKind::kInvalidCommit,
                             "12.2:custom-proposal-supported");
  // Whoever is removed or added by the same commit need not.
  TestClient outsider("outsider");
  room.RequireAccepted(ForgeCommit(room.client(0), room[0],
                                   {.proposals = {ByValue(custom), ByValue(Remove{{3}}),
                                                  ByValue(Add{ForgeKeyPackage(outsider)})}}));
  room.RequireGoesOn();
}

TEST_CASE("A commit of a proposal that has not been received waits for it") {
  HostileRoom room;
  const Bytes proposal = Must(ProposeRemove(room[0], {2}));
  const ProposalRef ref = room[0].pending_proposals().front().ref;
  const Bytes commit = ForgeCommit(room.client(0), room[0], {.proposals = {ByRef(ref)}});
  room.RequireRefused(commit, ErrorKind::kMissing, "12.2:referenced-proposals-known");
  for (std::size_t i = 1; i < room.size(); ++i) ReceiveProposal(room[i], proposal);
  room.RequireAccepted(commit);
  const Mutation mutation("a reference to nothing at all");
  for (const std::size_t size : {0u, 1u, 32u, 200u}) {
    room.RequireRefused(
        ForgeCommit(room.client(0), room[0], {.proposals = {ByRef({Bytes(size, 1)})}}),
        ErrorKind::kMissing, "12.2:referenced-proposals-known");
  }
  // Nobody is the proposal's hostage: the next commit clears it.
  room.room().Commit(room[1], {.exclude = {ref}});
  room.RequireGoesOn();
}

}  // namespace
}  // namespace conclave::testing
