// The rules of a proposal list, one broken at a time (RFC 9420, section 12.2).
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <string_view>

#include "group/proposal_rules.h"
#include "support/parties.h"

namespace conclave {
namespace {

using rfc9420::Proposal;
using testing::RecordingVerifier;

class NoPsks final : public PskSource {
 public:
  Result<Secret> Find(const PskId&) const override { return {ErrorKind::kMissing, "test"}; }
};

rfc9420::Sender Member(std::uint32_t leaf) {
  return rfc9420::Sender::Of(rfc9420::MemberSender{{leaf}});
}
const auto kJoiner = rfc9420::Sender::Of(rfc9420::NewMemberCommit{});

// A list under construction, and what it is judged with. The committer is at leaf 0.
struct Fixture {
  Fixture& With(Proposal proposal, rfc9420::Sender sender = Member(0), bool by_reference = false) {
    proposals.push_back(std::move(proposal));
    list.push_back({.proposal = &proposals.back(), .sender = std::move(sender)});
    if (by_reference) list.back().ref = ProposalRef{{1}};
    return *this;
  }

  Result<void> Check(CommitPurpose purpose) {
    const auto committer =
        purpose == CommitPurpose::external ? std::nullopt : std::optional(LeafIndex{0});
    return CheckProposalList({policy, verifier, psks, 0}, purpose, committer, list);
  }

  void Breaks(std::string_view rule, CommitPurpose purpose = CommitPurpose::regular) {
    const auto checked = Check(purpose);
    REQUIRE(!checked.ok());
    CHECK(checked.error().detail == rule);
    CHECK(checked.error().kind == ErrorKind::kInvalidCommit);
  }

  Policy policy;
  RecordingVerifier verifier;
  NoPsks psks;
  std::deque<Proposal> proposals;
  ProposalList list;
};

Proposal Update() { return Proposal::Of(rfc9420::Update{}); }
Proposal Remove(std::uint32_t leaf) { return Proposal::Of(rfc9420::Remove{{leaf}}); }
Proposal Add(std::string_view identity, std::string_view key) {
  rfc9420::Add add;
  add.key_package.leaf_node.credential.value = BasicCredential{ToBytes(identity)};
  add.key_package.leaf_node.signature_key = ToBytes(key);
  return Proposal::Of(std::move(add));
}
Proposal Psk(std::string_view id) {
  rfc9420::PreSharedKey psk;
  psk.psk.psk = decltype(psk.psk.psk)::Of(rfc9420::ExternalPSK{ToBytes(id)});
  return Proposal::Of(std::move(psk));
}
Proposal ExternalInit() { return Proposal::Of(rfc9420::ExternalInit{}); }
Proposal Extensions() { return Proposal::Of(rfc9420::GroupContextExtensions{}); }

//= rfc9420#12.2
//# A group member creating a Commit and a group member processing a Commit MUST verify that the list
//# of committed proposals is valid using one of the following procedures, depending on whether the
//# Commit is external or not.
TEST_CASE("A list of everything that goes together is valid") {
  Fixture fixture;
  fixture.With(Update(), Member(1)).With(Remove(2)).With(Add("a", "key a")).With(Add("b", "key b"));
  fixture.With(Psk("one")).With(Psk("two")).With(Extensions());
  CHECK(fixture.Check(CommitPurpose::regular).ok());
  CHECK(Fixture().Check(CommitPurpose::regular).ok());
}

TEST_CASE("A committer does not commit its own Update") {
  Fixture().With(Update(), Member(0), true).Breaks("12.2:no-update-by-committer");
}

TEST_CASE("A committer does not remove itself") {
  Fixture().With(Remove(0)).Breaks("12.2:no-remove-of-committer");
}

TEST_CASE("A leaf is updated or removed once") {
  constexpr std::string_view kRule = "12.2:one-update-or-remove-per-leaf";
  Fixture().With(Remove(2)).With(Remove(2)).Breaks(kRule);
  Fixture().With(Update(), Member(2)).With(Remove(2)).Breaks(kRule);
  Fixture().With(Update(), Member(2)).With(Update(), Member(2)).Breaks(kRule);
}

TEST_CASE("A client is added once, told by its signature key or as the application tells") {
  Fixture().With(Add("a", "key")).With(Add("b", "key")).Breaks("12.2:no-two-adds-of-one-client");
  Fixture fixture;
  fixture.With(Add("a", "one")).With(Add("a", "two"));
  CHECK(fixture.Check(CommitPurpose::regular).ok());
  fixture.verifier.client_id = [](const Credential& credential) {
    return std::get<BasicCredential>(credential).identity;
  };
  fixture.Breaks("12.2:no-two-adds-of-one-client");
}

TEST_CASE("A PSK is named once") {
  Fixture().With(Psk("one")).With(Psk("one")).Breaks("12.2:psk-ids-once");
}

TEST_CASE("Extensions are replaced once") {
  Fixture().With(Extensions()).With(Extensions()).Breaks("12.2:one-group-context-extensions");
}

TEST_CASE("A ReInit stands alone") {
  Fixture().With(Proposal::Of(rfc9420::ReInit{})).With(Remove(1)).Breaks("12.2:reinit-alone");
  CHECK(Fixture().With(Proposal::Of(rfc9420::ReInit{})).Check(CommitPurpose::regular).ok());
}

TEST_CASE("A member does not commit an ExternalInit") {
  Fixture().With(ExternalInit()).Breaks("12.2:no-external-init");
}

TEST_CASE("An external commit has one ExternalInit") {
  constexpr auto kExternal = CommitPurpose::external;
  constexpr std::string_view kRule = "12.2:external-exactly-one-external-init";
  CHECK(Fixture().With(ExternalInit(), kJoiner).Check(kExternal).ok());
  Fixture().Breaks(kRule, kExternal);
  Fixture().With(ExternalInit(), kJoiner).With(ExternalInit(), kJoiner).Breaks(kRule, kExternal);
}

TEST_CASE("An external commit removes one leaf at most") {
  Fixture fixture;
  fixture.With(ExternalInit(), kJoiner).With(Remove(1), kJoiner);
  CHECK(fixture.Check(CommitPurpose::external).ok());
  fixture.With(Remove(2), kJoiner);
  fixture.Breaks("12.2:external-at-most-one-remove", CommitPurpose::external);
}

TEST_CASE("An external commit carries nothing but ExternalInit, Remove and PSKs") {
  const Proposal others[] = {Add("a", "key"), Update(), Extensions(),
                             Proposal::Of(rfc9420::ReInit{}),
                             Proposal::Of(CustomProposal{ProposalType{0xf001}, {}})};
  for (const Proposal& other : others) {
    Fixture fixture;
    fixture.With(ExternalInit(), kJoiner).With(other, kJoiner);
    fixture.Breaks("12.2:external-nothing-else", CommitPurpose::external);
  }
}

TEST_CASE("An external commit names a PSK once") {
  Fixture fixture;
  fixture.With(ExternalInit(), kJoiner).With(Psk("one"), kJoiner).With(Psk("one"), kJoiner);
  fixture.Breaks("12.2:external-psk-ids-once", CommitPurpose::external);
}

TEST_CASE("An external commit refers to no proposal") {
  Fixture fixture;
  fixture.With(ExternalInit(), kJoiner).With(Remove(1), Member(3), true);
  fixture.Breaks("12.4.3.2:external-no-references", CommitPurpose::external);
}

TEST_CASE("A path is required for every set of proposals that could hide a removed member") {
  const auto required = [](Fixture& fixture) { return PathRequired(fixture.policy, fixture.list); };
  Fixture empty;
  CHECK(required(empty));
  const Proposal with_path[] = {Update(), Remove(1), ExternalInit(), Extensions(),
                                Proposal::Of(CustomProposal{ProposalType{0xf001}, {}})};
  const Proposal without_path[] = {Add("a", "key"), Psk("one"), Proposal::Of(rfc9420::ReInit{})};
  for (const Proposal& proposal : with_path) {
    Fixture fixture;
    CHECK(required(fixture.With(proposal)));
    CHECK(required(fixture.With(Add("b", "key b"))));
  }
  for (const Proposal& proposal : without_path) {
    Fixture fixture;
    CHECK_FALSE(required(fixture.With(proposal)));
  }
  Fixture custom;
  custom.policy.pathless_proposals = {ProposalType{0xf001}};
  CHECK_FALSE(required(custom.With(with_path[4])));
}

}  // namespace
}  // namespace conclave
