// RFC 9420, section 12.1: proposals that are not valid on their own, as they arrive, inside a
// commit, and when our own application asks for them.
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"

namespace conclave::testing {
namespace {

using rfc9420::PreSharedKey;
using rfc9420::Proposal;
using rfc9420::ReInit;
using rfc9420::Remove;
using rfc9420::ResumptionPSKUsage;
using test::Must;

// By reference (which it never gets) and by value, in public and in private.
void RequireProposalRefused(HostileRoom& room, const Proposal& proposal, ErrorKind kind,
                            std::string_view rule) {
  for (const auto framing : {HandshakeFraming::public_message, HandshakeFraming::private_message}) {
    room.RequireRefused(SendProposal(room[0], proposal, {.as = framing}), kind, rule);
    room.RequireRefused(
        ForgeCommit(
            room.client(0), room[0],
            {.proposals = {ByValue(proposal)}, .applied = {{}}, .framing = {.as = framing}}),
        kind, rule);
  }
}

// G15: wherever an index is huge, it names nobody.
constexpr std::uint32_t kNobody[] = {4, 5, 100, 1u << 24, 1u << 30, (1u << 31) - 1, 1u << 31, ~0u};

TEST_CASE("Only a member can be removed") {
  HostileRoom room;
  for (const std::uint32_t leaf : kNobody) {
    INFO(leaf);
    const Mutation mutation("a leaf outside the tree");
    RequireProposalRefused(room, AsProposal(Remove{{leaf}}), ErrorKind::kInvalidProposal,
                           "12.1.3:removed-leaf-exists");
    room.RequireRequestRefused(0, {.remove = {{leaf}}}, ErrorKind::kInvalidProposal,
                               "12.1.3:removed-leaf-exists");
    room.RequireCallRefused(
        0, [&room, leaf] { return ProposeRemove(room[0], {leaf}); }, ErrorKind::kInvalidProposal,
        "12.1.3:removed-leaf-exists");
    REQUIRE(!room[0].FindMember({leaf}).has_value());
  }
  room.room().Commit(room[0], {.remove = {{2}}});
  const Mutation mutation("a leaf that was somebody's and is blank");
  RequireProposalRefused(room, AsProposal(Remove{{2}}), ErrorKind::kInvalidProposal,
                         "12.1.3:removed-leaf-exists");
  RequireStillHealthy(room.room().all());
}

// P18.
TEST_CASE("A PSK proposal has the right nonce and an allowed use") {
  HostileRoom room;
  for (std::size_t i = 0; i < room.size(); ++i) {
    Must(room.client(i)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("of all of us"))));
  }
  for (const std::size_t size : {0u, 1u, 31u, 33u, 64u}) {
    PreSharedKey psk{ExternalPsk(room.suite(), AsBytes("psk"))};
    psk.psk.psk_nonce.resize(size);
    RequireProposalRefused(room, AsProposal(psk), ErrorKind::kInvalidProposal,
                           "12.1.4:psk-nonce-size");
  }
  const auto resumption = [&room](int usage) {
    return AsProposal(
        PreSharedKey{ResumptionPsk(room.suite(), static_cast<ResumptionPSKUsage>(usage),
                                   room[0].group_id(), room[0].epoch())});
  };
  room.RequireAccepted(
      ForgeCommit(room.client(0), room[0], {.proposals = {ByValue(resumption(1))}, .path = false}));
  RequireProposalRefused(room, resumption(2), ErrorKind::kInvalidProposal,
                         "12.1.4:reinit-psk-in-successor-only");
  RequireProposalRefused(room, resumption(3), ErrorKind::kInvalidProposal,
                         "12.1.4:branch-psk-in-branch-only");
  for (const int usage : {0, 4, 255}) {
    RequireProposalRefused(room, resumption(usage), ErrorKind::kInvalidProposal,
                           "8.4:resumption-usage-known");
  }
  room.RequireGoesOn();
}

TEST_CASE("A commit with a PSK that we lack waits for it, and is not entered without") {
  HostileRoom room;
  Must(room.client(0)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("alice's"))));
  const PreSharedKey psk{ExternalPsk(room.suite(), AsBytes("psk"))};
  const Bytes commit =
      ForgeCommit(room.client(0), room[0], {.proposals = {ByValue(psk)}, .path = false});
  room.RequireRefused(commit, ErrorKind::kMissing, "12.4.2:psk-available");
  // With another value it is another epoch.
  for (std::size_t i = 1; i < room.size(); ++i) {
    Must(room.client(i)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("not alice's"))));
  }
  room.RequireRefused(commit, ErrorKind::kNotAuthentic, "12.4.2:confirmation-tag");
  for (std::size_t i = 1; i < room.size(); ++i) {
    Must(room.client(i)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("alice's"))));
  }
  room.RequireAccepted(commit);
  // Our own side neither.
  for (const PskId& psk_id :
       {PskId(ExternalPskId{{'x'}}), PskId(ResumptionPskId{room[0].group_id(), 77})}) {
    const Mutation mutation(psk_id.index() == 0 ? "asked for by our application"
                                                : "of an epoch that there was not");
    room.RequireRequestRefused(0, {.psks = {psk_id}}, ErrorKind::kMissing, "12.4.2:psk-available");
  }
  room.RequireGoesOn();
}

TEST_CASE("A proposal whose PSK the committer lacks holds nobody up") {
  HostileRoom room;
  const Bytes proposal = Must(ProposePsk(room[1], ExternalPskId{{'x'}}));
  for (const std::size_t i : {0u, 2u, 3u}) ReceiveProposal(room[i], proposal);
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  REQUIRE(offer.skipped.size() == 1);
  REQUIRE(std::string(offer.skipped.front().why) == "12.4.2:psk-available");
  ReceiveAndApply(room[0], offer.commit);
  DeliverCommit(room.room().others(room[0]), offer.commit);
  room.RequireGoesOn();
}

TEST_CASE("A ReInit goes to no lower version, and its extensions stand there once") {
  HostileRoom room;
  ReInit reinit{.group_id = {1}, .cipher_suite = room[0].suite(), .extensions = {}};
  reinit.version = ProtocolVersion{0};
  RequireProposalRefused(room, AsProposal(reinit), ErrorKind::kInvalidProposal,
                         "12.1.5:reinit-version-not-lower");
  reinit.version = ProtocolVersion::mls10;
  const Extension extension{ExtensionType{0xf0a1}, {}};
  reinit.extensions = {extension, extension};
  RequireProposalRefused(room, AsProposal(reinit), ErrorKind::kInvalidProposal,
                         "12.1.5:reinit-extensions-once");
  const ProposedReInit asked{
      .group_id = {1}, .cipher_suite = room[0].suite(), .extensions = reinit.extensions};
  room.RequireRequestRefused(0, {.reinit = asked}, ErrorKind::kInvalidProposal,
                             "12.1.5:reinit-extensions-once");
  room.RequireCallRefused(
      0, [&] { return ProposeReInit(room[0], asked); }, ErrorKind::kInvalidProposal,
      "12.1.5:reinit-extensions-once");
  room.RequireGoesOn();
}

TEST_CASE("A group's extensions stay within the policy's limit") {
  const ExtensionType type{0xf0a1};
  HostileRoom room(4, {.policy = {.max_extensions_size = 100}, .extensions = {type}});
  const std::vector<Extension> large = {{type, Bytes(200)}};
  RequireProposalRefused(room, AsProposal(rfc9420::GroupContextExtensions{large}),
                         ErrorKind::kRejectedByPolicy, "12.1.7:extensions-within-limit");
  room.RequireRequestRefused(0, {.extensions = large}, ErrorKind::kRejectedByPolicy,
                             "12.1.7:extensions-within-limit");
  room.RequireGoesOn();
}

TEST_CASE("No flood of proposals is kept beyond the policy's limit") {
  HostileRoom room(3, {.policy = {.max_pending_proposals = 3}});
  Bytes last;
  for (int i = 0; i < 4; ++i) {
    last = SendProposal(room[0], AsProposal(Remove{{1}}), {.content = [i](auto& content) {
                          content.authenticated_data = {static_cast<std::uint8_t>(i)};
                        }});
    if (i < 3) ReceiveProposal(room[2], last);
  }
  room.RequireRefusedBy(2, last, ErrorKind::kRejectedByPolicy,
                        "15.3:pending-proposals-within-limit");
  room.room().Commit(room[1], {});
  room.RequireGoesOn();
}

// A proposal that is valid on its own, but can be in no commit, must not keep the group from
// committing: until somebody does, nobody may write.
TEST_CASE("Proposals that can never be committed hold nobody up") {
  const ExtensionType type{0xf0a1};
  const TestClientOptions able{.extensions = {type}, .proposals = {ProposalType{0xf0b1}}};
  HostileRoom room({able, able, able, {}});
  const Bytes bobs_key = LeafOf(room[1]).encryption_key;
  const auto taken_key = ForgeKeyPackage(
      room.Outsider(), {.leaf = [&](rfc9420::LeafNode& leaf) { leaf.encryption_key = bobs_key; }});
  const std::vector<Proposal> useless = {
      AsProposal(rfc9420::ExternalInit{Bytes(32, 9)}),
      AsProposal(rfc9420::Add{taken_key}),
      AsProposal(rfc9420::Add{ForgeKeyPackage(room.client(2))}),
      AsProposal(rfc9420::GroupContextExtensions{{{type, {1}}}}),
      AsProposal(CustomProposal{ProposalType{0xf0b1}, {1}}),
      AsProposal(PreSharedKey{ExternalPsk(room.suite(), AsBytes("nobody's"))})};
  for (const Proposal& proposal : useless) {
    const Bytes message = SendProposal(room[0], proposal);
    for (std::size_t i = 1; i < room.size(); ++i) ReceiveProposal(room[i], message);
  }
  room.RequireCallRefused(
      1, [&room] { return room[1].Protect(AsBytes("blocked")); }, ErrorKind::kCommitFirst,
      "12.4:commit-before-application-data");
  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  REQUIRE(offer.skipped.size() == useless.size());
  ReceiveAndApply(room[1], offer.commit);
  DeliverCommit(room.room().others(room[1]), offer.commit);
  room.RequireGoesOn();
}

}  // namespace
}  // namespace conclave::testing
