// Choosing among received proposals: what goes together is kept in the order of arrival, and for
// the rest there is a reason (RFC 9420, section 12.2).
#include "group/choose_proposals.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "crypto/kdf.h"
#include "rfc9420/framing.h"
#include "session/session_state.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/watched_provider.h"

namespace conclave::testing {

namespace {

using rfc9420::Proposal;
using test::KindOf;
using test::Must;

// A group of four whose first member commits, and a store that a test fills with what it likes.
struct Fixture {
  Group& group() const { return *Must(SessionAccess::Of(room[0]).member()); }
  Environment environment() const { return SessionAccess::Of(room[0]).client->environment(); }

  // Adds a proposal of the member at `leaf`, and returns its reference.
  ProposalRef Receive(std::uint32_t leaf, Proposal proposal) {
    const std::size_t number = store.all().size() + 1;
    const ProposalRef ref{
        {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}};
    store.Add({ref, rfc9420::Sender::Of(rfc9420::MemberSender{{leaf}}), std::move(proposal)});
    return ref;
  }
  void Request(Proposal proposal) {
    requests.push_back(std::move(proposal));
    requested.push_back(
        {.proposal = &requests.back(), .sender = rfc9420::Sender::Of(rfc9420::MemberSender{{0}})});
  }

  Result<ChosenProposals> Choose(const std::vector<ProposalRef>& excluded = {}) {
    return ChooseProposals(group().epoch().group, *Must(group().Index(environment())),
                           environment(), {0}, store, requested, excluded);
  }

  mutable TestClient alice{"alice"}, bob{"bob"}, carol{"carol"}, dave{"dave"};
  mutable Room room{{&alice, &bob, &carol, &dave}};
  ProposalStore store;
  std::deque<Proposal> requests;
  ProposalList requested;
};

Proposal Remove(std::uint32_t leaf) { return Proposal::Of(rfc9420::Remove{{leaf}}); }
Proposal AddOf(TestClient& client) {
  return Proposal::Of(rfc9420::Add{Must(ParseKeyPackageMessage(client.KeyPackage()))});
}
// A leaf of that member with an encryption key of our choice. Nobody checks signatures here.
Proposal UpdateOf(const Fixture& fixture, std::uint32_t leaf, std::uint8_t key) {
  rfc9420::LeafNode node = fixture.group().epoch().group.tree().leaf({leaf})->Parse();
  node.encryption_key = Bytes(32, key);
  return Proposal::Of(rfc9420::Update{std::move(node)});
}
Proposal Extensions(std::vector<Extension> extensions) {
  return Proposal::Of(rfc9420::GroupContextExtensions{std::move(extensions)});
}
Proposal Unsupported() { return Proposal::Of(CustomProposal{ProposalType{0xf001}, {}}); }

std::vector<ProposalRef> RefsOf(const ProposalList& list) {
  std::vector<ProposalRef> refs;
  for (const ListedProposal& entry : list) refs.push_back(entry.ref.value_or(ProposalRef{}));
  return refs;
}

std::string WhyNot(const ChosenProposals& chosen, const ProposalRef& ref) {
  const auto found = std::ranges::find(chosen.skipped, ref, &Skipped::ref);
  return found == chosen.skipped.end() ? "" : found->why;
}

}  // namespace

TEST_CASE("An empty store gives the request") {
  Fixture fixture;
  CHECK(Must(fixture.Choose()).list.empty());
  fixture.Request(Remove(3));
  const ChosenProposals chosen = Must(fixture.Choose());
  CHECK(chosen.list.size() == 1);
  CHECK(chosen.skipped.empty());
}

TEST_CASE("What is kept stays in the order of arrival, and the request comes last") {
  Fixture fixture;
  TestClient eve("eve"), frank("frank");
  const ProposalRef add = fixture.Receive(1, AddOf(eve));
  const ProposalRef update = fixture.Receive(1, UpdateOf(fixture, 1, 1));
  const ProposalRef remove = fixture.Receive(1, Remove(3));
  fixture.Request(AddOf(frank));
  const ChosenProposals chosen = Must(fixture.Choose());
  CHECK(RefsOf(chosen.list) == std::vector<ProposalRef>{add, update, remove, {}});
  CHECK(chosen.skipped.empty());
}

TEST_CASE("A Remove wins over Updates, and the last Update over others") {
  Fixture fixture;
  const ProposalRef first = fixture.Receive(1, UpdateOf(fixture, 1, 1));
  const ProposalRef second = fixture.Receive(1, UpdateOf(fixture, 1, 2));
  const ProposalRef lost = fixture.Receive(2, UpdateOf(fixture, 2, 3));
  const ProposalRef remove = fixture.Receive(3, Remove(2));
  const ChosenProposals chosen = Must(fixture.Choose());
  CHECK(RefsOf(chosen.list) == std::vector<ProposalRef>{second, remove});
  CHECK(WhyNot(chosen, first) == "12.2:one-update-or-remove-per-leaf");
  CHECK(WhyNot(chosen, lost) == "12.2:one-update-or-remove-per-leaf");
}

TEST_CASE("An ExternalInit is never kept") {
  Fixture fixture;
  const ProposalRef ref = fixture.Receive(1, Proposal::Of(rfc9420::ExternalInit{}));
  const ChosenProposals chosen = Must(fixture.Choose());
  CHECK(chosen.list.empty());
  CHECK(WhyNot(chosen, ref) == "12.2:no-external-init");
}

TEST_CASE("A ReInit goes alone or not at all") {
  Fixture fixture;
  const Proposal reinit = Proposal::Of(rfc9420::ReInit{});
  const ProposalRef first = fixture.Receive(1, reinit);
  CHECK(RefsOf(Must(fixture.Choose()).list) == std::vector<ProposalRef>{first});
  const ProposalRef again = fixture.Receive(2, reinit);
  const ChosenProposals one = Must(fixture.Choose());
  CHECK(RefsOf(one.list) == std::vector<ProposalRef>{first});
  CHECK(WhyNot(one, again) == "12.2:reinit-alone");
  // Whatever else is there goes first.
  const ProposalRef update = fixture.Receive(1, UpdateOf(fixture, 1, 1));
  CHECK(RefsOf(Must(fixture.Choose()).list) == std::vector<ProposalRef>{update});
  fixture.Request(reinit);
  const ChosenProposals requested = Must(fixture.Choose());
  CHECK(requested.list.size() == 1);
  CHECK(requested.skipped.size() == 3);
}

TEST_CASE("Keys that the tree would have twice are found, wherever they come from") {
  Fixture fixture;
  const ProposalRef first = fixture.Receive(1, UpdateOf(fixture, 1, 7));
  const ProposalRef second = fixture.Receive(2, UpdateOf(fixture, 2, 7));
  rfc9420::LeafNode theirs = fixture.group().epoch().group.tree().leaf({2})->Parse();
  const ProposalRef third = fixture.Receive(3, Proposal::Of(rfc9420::Update{theirs}));
  const ChosenProposals chosen = Must(fixture.Choose());
  CHECK(RefsOf(chosen.list) == std::vector<ProposalRef>{first});
  CHECK(WhyNot(chosen, second) == "7.3:encryption-key-unique");
  CHECK(WhyNot(chosen, third).starts_with("7.3:"));
}

TEST_CASE("Bad proposals are found among many, and cost the good ones nothing") {
  Fixture fixture;
  std::vector<ProposalRef> good, bad;
  std::deque<TestClient> newcomers;
  for (int i = 0; i < 40; ++i) {
    if (i % 7 == 3) {
      bad.push_back(fixture.Receive(1, Unsupported()));
    } else {
      good.push_back(fixture.Receive(2, AddOf(newcomers.emplace_back(std::to_string(i)))));
    }
  }
  const ChosenProposals chosen = Must(fixture.Choose());
  CHECK(RefsOf(chosen.list) == good);
  CHECK(chosen.skipped.size() == bad.size());
  for (const ProposalRef& ref : bad) {
    CHECK(WhyNot(chosen, ref) == "12.2:custom-proposal-supported");
  }
}

TEST_CASE("A flood of bad proposals takes no forever, and no bad one gets through") {
  Fixture fixture;
  Must(fixture.alice->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("secret"))));
  const auto psk = [](std::uint16_t nonce) {
    rfc9420::PreSharedKey proposal;
    proposal.psk.psk = decltype(proposal.psk.psk)::Of(rfc9420::ExternalPSK{ToBytes("psk")});
    proposal.psk.psk_nonce = Bytes(32, static_cast<std::uint8_t>(nonce));
    proposal.psk.psk_nonce[0] = static_cast<std::uint8_t>(nonce >> 8);
    return Proposal::Of(std::move(proposal));
  };
  for (std::uint16_t i = 0; i < 2000; ++i)
    fixture.Receive(i % 2 + 1, i % 2 ? Unsupported() : psk(i));
  const ChosenProposals chosen = Must(fixture.Choose());
  CHECK_FALSE(chosen.list.empty());
  CHECK(chosen.list.size() + chosen.skipped.size() == 2000);
  CHECK(std::ranges::all_of(chosen.list, [](const ListedProposal& entry) {
    return entry.proposal->Is<rfc9420::PreSharedKey>();
  }));
}

TEST_CASE("Of two that are bad together, the one that is preferred stays") {
  Fixture fixture;
  TestClient eve("eve");
  // eve does not know the extension that a proposal would put in.
  const std::vector<Extension> wanted = {MakeRequiredCapabilities(
      {.extension_types = {ExtensionType{0xf001}}, .proposal_types = {}, .credential_types = {}})};
  const ProposalRef extensions = fixture.Receive(1, Extensions(wanted));
  const ProposalRef add = fixture.Receive(1, AddOf(eve));
  const ChosenProposals chosen = Must(fixture.Choose());
  CHECK(RefsOf(chosen.list) == std::vector<ProposalRef>{add});
  CHECK(WhyNot(chosen, extensions) == "11.1:required-capabilities-met");
}

TEST_CASE("Excluded proposals are left out, and so is what leans on them") {
  Fixture fixture;
  const ProposalRef removal = fixture.Receive(1, Remove(3));
  const ProposalRef back = fixture.Receive(1, AddOf(fixture.dave));
  CHECK(RefsOf(Must(fixture.Choose()).list) == std::vector<ProposalRef>{removal, back});
  const ChosenProposals chosen = Must(fixture.Choose({removal}));
  CHECK(chosen.list.empty());
  CHECK(WhyNot(chosen, removal) == "excluded by the request");
  CHECK(WhyNot(chosen, back) == "7.3:signature-key-unique");
  // A reference that nobody knows excludes nothing.
  CHECK(Must(fixture.Choose({ProposalRef{{0, 99}}})).list.size() == 2);
}

TEST_CASE("A request that is no list is refused before anything is tried") {
  Fixture fixture;
  fixture.Receive(1, UpdateOf(fixture, 1, 1));
  fixture.Request(Remove(2));
  fixture.Request(Remove(2));
  CHECK(KindOf(fixture.Choose()) == ErrorKind::kInvalidCommit);
}

}  // namespace conclave::testing
