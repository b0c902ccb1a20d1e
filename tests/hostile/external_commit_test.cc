// RFC 9420, sections 12.2 and 12.4.3.2: external commits that are not to be accepted.
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"

namespace conclave::testing {
namespace {

using rfc9420::Remove;
using test::Must;

constexpr std::size_t kNobody = 99;

void RequireExternalRefused(HostileRoom& room, TestClient& joiner, const ExternalCommitEdits& edits,
                            ErrorKind kind, std::string_view rule) {
  room.RequireRefused(ForgeExternalCommit(joiner, room[0], edits), kind, rule, kNobody);
}

TEST_CASE("A forged external commit that breaks no rule is accepted") {
  HostileRoom room;
  room.RequireAccepted(ForgeExternalCommit(room.Outsider(), room[0]), kNobody);
  room.RequireAccepted(ForgeExternalCommit(room.client(2), room[0],
                                           {.commit = {.proposals = {ByValue(Remove{{2}})}}}),
                       kNobody);
  room.RequireGoesOn();
}

TEST_CASE("An external commit has exactly one ExternalInit") {
  HostileRoom room;
  TestClient& mallory = room.Outsider();
  for (const bool twice : {false, true}) {
    const Mutation mutation(twice ? "two" : "none");
    ExternalCommitEdits edits{.no_external_init = !twice};
    if (twice) edits.commit.proposals = {ByValue(rfc9420::ExternalInit{Bytes(32, 9)})};
    RequireExternalRefused(room, mallory, edits, ErrorKind::kInvalidCommit,
                           "12.2:external-exactly-one-external-init");
  }
  room.RequireGoesOn();
}

TEST_CASE("An ExternalInit that is no KEM output leads nowhere") {
  HostileRoom room;
  TestClient& mallory = room.Outsider();
  for (const std::size_t size : {0u, 1u, 31u, 33u, 1000u}) {
    const Bytes commit = ForgeExternalCommit(
        mallory, room[0],
        {.external_init = [size](rfc9420::ExternalInit& init) { init.kem_output.resize(size); }});
    for (std::size_t i = 0; i < room.size(); ++i) {
      const Observed before = Observe(room[i], room.client(i));
      REQUIRE(test::KindOf(room[i].Receive(commit)) == ErrorKind::kMalformed);
      RequireUnchanged(before, room[i], room.client(i));
    }
  }
  // One for another key, and the point at infinity.
  RequireExternalRefused(
      room, mallory,
      {.external_init = [](rfc9420::ExternalInit& init) { init.kem_output[3] ^= 1; }},
      ErrorKind::kNotAuthentic, "12.4.2:confirmation-tag");
  room.RequireGoesOn();
}

TEST_CASE("An external commit removes one leaf at most") {
  HostileRoom room;
  RequireExternalRefused(room, room.client(2),
                         {.commit = {.proposals = {ByValue(Remove{{2}}), ByValue(Remove{{3}})}}},
                         ErrorKind::kInvalidCommit, "12.2:external-at-most-one-remove");
  room.RequireGoesOn();
}

TEST_CASE("An external commit carries nothing but ExternalInit, Remove and PSKs") {
  HostileRoom room(4, {.proposals = {ProposalType{0xf0b1}}});
  TestClient& mallory = room.Outsider();
  TestClient& friend_of_mallory = room.Outsider();
  const std::vector<std::pair<const char*, rfc9420::Proposal>> others = {
      {"an Add", AsProposal(rfc9420::Add{ForgeKeyPackage(friend_of_mallory)})},
      {"a ReInit", AsProposal(rfc9420::ReInit{
                       .group_id = {1}, .cipher_suite = room[0].suite(), .extensions = {}})},
      {"new extensions", AsProposal(rfc9420::GroupContextExtensions{})},
      {"a custom proposal", AsProposal(CustomProposal{ProposalType{0xf0b1}, {1}})}};
  for (const auto& [what, other] : others) {
    const Mutation mutation(what);
    RequireExternalRefused(room, mallory, {.commit = {.proposals = {ByValue(other)}}},
                           ErrorKind::kInvalidCommit, "12.2:external-nothing-else");
  }
  RequireExternalRefused(
      room, mallory,
      {.commit = {.proposals = {ByValue(rfc9420::Update{LeafOf(room[1])})}, .applied = {{}}}},
      ErrorKind::kInvalidProposal, "12.1.2:update-by-member");
  room.RequireGoesOn();
}

TEST_CASE("An external commit names a PSK once") {
  HostileRoom room;
  TestClient& mallory = room.Outsider();
  for (std::size_t i = 0; i <= room.size(); ++i) {
    Must(room.client(i)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("of all of us"))));
  }
  const rfc9420::PreSharedKey psk{ExternalPsk(room.suite(), AsBytes("psk"))};
  RequireExternalRefused(room, mallory, {.commit = {.proposals = {ByValue(psk), ByValue(psk)}}},
                         ErrorKind::kInvalidCommit, "12.2:external-psk-ids-once");
  room.RequireAccepted(
      ForgeExternalCommit(mallory, room[0], {.commit = {.proposals = {ByValue(psk)}}}), kNobody);
  room.RequireGoesOn();
}

TEST_CASE("An external commit with a PSK that a member lacks is missing it, never weaker") {
  HostileRoom room;
  TestClient& mallory = room.Outsider();
  Must(mallory->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("mallory's"))));
  const rfc9420::PreSharedKey psk{ExternalPsk(room.suite(), AsBytes("psk"))};
  RequireExternalRefused(room, mallory, {.commit = {.proposals = {ByValue(psk)}}},
                         ErrorKind::kMissing, "12.4.2:psk-available");
  room.RequireGoesOn();
}

TEST_CASE("An external commit carries no proposal by reference") {
  HostileRoom room;
  const Bytes proposal = Must(ProposeRemove(room[1], {2}));
  for (const std::size_t i : {0u, 2u, 3u}) ReceiveProposal(room[i], proposal);
  const ProposalRef ref = room[0].pending_proposals().front().ref;
  RequireExternalRefused(room, room.Outsider(),
                         {.commit = {.proposals = {ByRef(ref)}, .applied = {{}}}},
                         ErrorKind::kInvalidCommit, "12.4.3.2:external-no-references");
  room.room().Commit(room[0], {});
  RequireStillHealthy(room.room().all());
}

TEST_CASE("An external commit has a path") {
  HostileRoom room;
  RequireExternalRefused(room, room.Outsider(), {.commit = {.path = false}}, ErrorKind::kMalformed,
                         "6.1:newcomer-commits-with-path");
  room.RequireGoesOn();
}

TEST_CASE("An external commit is signed with the key of the leaf it puts into the group") {
  HostileRoom room;
  TestClient& mallory = room.Outsider();
  // The leaf is somebody else's, as good as its signature is.
  RequireExternalRefused(room, mallory, {.commit = {.leaf_signer = &SignerOf(room.Outsider())}},
                         ErrorKind::kNotAuthentic, "6.1:signature-verifies");
  const Mutation mutation("changed");
  RequireExternalRefused(room, mallory,
                         {.commit = {.framing = {.auth =
                                                     [](rfc9420::FramedContentAuthData& auth) {
                                                       auth.signature.back() ^= 1;
                                                     }}}},
                         ErrorKind::kNotAuthentic, "6.1:signature-verifies");
  room.RequireGoesOn();
}

TEST_CASE("Nobody joins beside a leaf with the same signature key") {
  HostileRoom room;
  RequireExternalRefused(room, room.client(2), {}, ErrorKind::kInvalidCommit,
                         "7.3:signature-key-unique");
  const Mutation mutation("in the place of another");
  RequireExternalRefused(room, room.client(2), {.commit = {.proposals = {ByValue(Remove{{1}})}}},
                         ErrorKind::kInvalidCommit, "7.3:signature-key-unique");
  room.RequireGoesOn();
}

TEST_CASE("A resync of a leaf that is not there is refused") {
  HostileRoom room;
  for (const std::uint32_t leaf : {4u, 5u, 1u << 24, 1u << 30, (1u << 31) - 1, 1u << 31, ~0u}) {
    RequireExternalRefused(room, room.client(2),
                           {.commit = {.proposals = {ByValue(Remove{{leaf}})}, .applied = {{}}}},
                           ErrorKind::kInvalidProposal, "12.1.3:removed-leaf-exists");
  }
  room.RequireGoesOn();
}

TEST_CASE("The verifier says whether a resync is by the client whose leaf it replaces") {
  HostileRoom room;
  TestClient& mallory = room.Outsider();
  for (std::size_t i = 0; i < room.size(); ++i) {
    room.client(i).verifier.judge = [](const AskedQuestion& question) {
      return question.replaces.has_value() && *question.replaces != question.credential
                 ? CredentialAnswer::reject
                 : CredentialAnswer::accept;
    };
  }
  RequireExternalRefused(room, mallory, {.commit = {.proposals = {ByValue(Remove{{2}})}}},
                         ErrorKind::kRejectedByPolicy, "5.3.1:verifier-accepts");
  room.RequireAccepted(ForgeExternalCommit(room.client(2), room[0],
                                           {.commit = {.proposals = {ByValue(Remove{{2}})}}}),
                       kNobody);
  room.RequireGoesOn();
}

TEST_CASE("A resync has a new encryption key, like an Update") {
  HostileRoom room;
  const Bytes old_key = LeafOf(room[2]).encryption_key;
  RequireExternalRefused(
      room, room.client(2),
      {.commit = {.proposals = {ByValue(Remove{{2}})},
                  .leaf = [&old_key](rfc9420::LeafNode& leaf) { leaf.encryption_key = old_key; }}},
      ErrorKind::kInvalidCommit, "12.4.2:leaf-key-changes");
  room.RequireGoesOn();
}

TEST_CASE("A group may refuse external commits, resyncs, and resyncs that prove nothing") {
  for (const auto& [policy, joins, resyncs, rule] :
       std::initializer_list<std::tuple<Policy, bool, bool, const char*>>{
           {{.allow_external_commits = false}, false, false, "12.4.3.2:external-commits-allowed"},
           {{.allow_resync = false}, true, false, "12.4.3.2:resync-allowed"},
           {{.resync_requires_psk = true}, true, false, "12.4.3.2:resync-proves-membership"}}) {
    HostileRoom room(4, {.policy = policy});
    const Bytes join = ForgeExternalCommit(room.Outsider(), room[0]);
    const Bytes resync = ForgeExternalCommit(room.client(2), room[0],
                                             {.commit = {.proposals = {ByValue(Remove{{2}})}}});
    if (joins) {
      room.RequireAccepted(join, kNobody);
    } else {
      const Mutation mutation("a newcomer");
      room.RequireRefused(join, ErrorKind::kRejectedByPolicy, rule, kNobody);
    }
    REQUIRE(!resyncs);
    const Mutation mutation("a resync");
    room.RequireRefused(resync, ErrorKind::kRejectedByPolicy, rule, kNobody);
    room.RequireGoesOn();
  }
}

TEST_CASE("A resumption PSK of the group proves a resync, one of another group does not") {
  HostileRoom room(4, {.policy = {.resync_requires_psk = true}});
  using rfc9420::ResumptionPSKUsage;
  const auto resync = [&room](const GroupId& group_id) {
    const rfc9420::PreSharedKey psk{
        ResumptionPsk(room.suite(), ResumptionPSKUsage::application, group_id, room[0].epoch())};
    return ForgeExternalCommit(room.client(2), room[0],
                               {.commit = {.proposals = {ByValue(Remove{{2}}), ByValue(psk)}}});
  };
  room.RequireRefused(resync({1, 2, 3}), ErrorKind::kRejectedByPolicy,
                      "12.4.3.2:resync-proves-membership", kNobody);
  room.RequireAccepted(resync(room[0].group_id()), kNobody);
  room.RequireGoesOn();
}

}  // namespace
}  // namespace conclave::testing
