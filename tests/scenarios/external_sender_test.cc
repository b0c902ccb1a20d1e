// Stories of proposals from outside: a server that the group listens to, and people who ask to be
// let in (RFC 9420, section 12.1.8).
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;
using test::Provider;

// A server with a key of its own.
struct Server {
  explicit Server(std::string_view name) : credential(BasicCredential{ToBytes(name)}) {}
  ExternalSenderEntry entry() const { return {ToBytes(signer->public_key()), credential}; }
  Result<Bytes> Propose(const Session& session, const ExternalProposal& proposal,
                        std::uint32_t index = 0) const {
    return ProposeExternally(Provider(), *signer, index, Must(MakeGroupInfo(session)), proposal);
  }

  Credential credential;
  std::unique_ptr<Signer> signer = MakeSigner();
};

GroupOptions ListeningTo(const std::vector<ExternalSenderEntry>& servers) {
  return {.extensions = {MakeExternalSenders(servers)}};
}

}  // namespace

TEST_CASE("A server proposes to add and to remove, and a member commits") {
  const Server server("server");
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob}, ListeningTo({server.entry()}));
  const Bytes add = Must(server.Propose(room[0], ExternalAdd{carol.KeyPackage()}));
  const Bytes remove = Must(server.Propose(room[0], ExternalRemove{{1}}));
  for (Session& session : room.all()) {
    const ReceivedProposal heard = ReceiveProposal(session, add);
    const auto& party = std::get<ExternalParty>(heard.sender);
    REQUIRE(party.sender_index == 0);
    REQUIRE(party.credential == server.credential);
    REQUIRE(party.signature_key == ToBytes(server.signer->public_key()));
    REQUIRE(NameOf(std::get<ProposedAdd>(heard.proposal).credential) == "carol");
    REQUIRE(std::get<ProposedRemove>(ReceiveProposal(session, remove).proposal).member.leaf ==
            LeafIndex{1});
    REQUIRE(KindOf(session.Protect(AsBytes("x"))) == ErrorKind::kCommitFirst);
  }
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  REQUIRE(offer.skipped.empty());
  const Entered entered = ReceiveAndApply(room[0], offer.commit);
  REQUIRE(entered.left_out.empty());
  DeliverCommit({room[1]}, offer.commit);
  REQUIRE_FALSE(room[1].is_member());
  Session at_carol = carol.Join(entered.welcomes[0]);
  RequireHealthy({room[0], at_carol});
}

TEST_CASE("A server may propose PSKs, extensions, re-initialisation, and what the group allows") {
  const Server server("server");
  const ProposalType allowed{0xf0aa};
  const ProposalType other{0xf0bb};
  TestClientOptions options{.proposals = {allowed, other}};
  options.policy.external_proposals = {allowed};
  TestClient alice("alice", options), bob("bob", options);
  Room room({&alice, &bob}, ListeningTo({server.entry()}));
  const auto heard = [&](const ExternalProposal& proposal) {
    return ReceiveProposal(room[0], Must(server.Propose(room[0], proposal))).proposal;
  };
  const PskId psk = ExternalPskId{ToBytes("psk")};
  REQUIRE(std::get<ProposedPsk>(heard(ProposedPsk{psk})).psk == psk);
  const std::vector<Extension> extensions = {MakeExternalSenders({})};
  REQUIRE(std::get<ProposedExtensions>(heard(ProposedExtensions{extensions})).extensions ==
          extensions);
  const ProposedReInit reinit{
      .group_id = ToBytes("next"), .cipher_suite = room[0].suite(), .extensions = {}};
  REQUIRE(std::get<ProposedReInit>(heard(reinit)).group_id == ToBytes("next"));
  const CustomProposal wish{allowed, ToBytes("wish")};
  REQUIRE(std::get<CustomProposal>(heard(wish)) == wish);
  const Bytes forbidden = Must(server.Propose(room[0], CustomProposal{other, ToBytes("wish")}));
  REQUIRE(KindOf(room[0].Receive(forbidden)) == ErrorKind::kMalformed);
}

TEST_CASE("A group listens to nobody but those whom it names") {
  const Server server("server"), impostor("server");
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob}, ListeningTo({server.entry()}));
  Room deaf({&alice, &bob});
  // The library refuses to make what nobody would read.
  REQUIRE(KindOf(impostor.Propose(room[0], ExternalRemove{{1}})) == ErrorKind::kMisuse);
  REQUIRE(KindOf(server.Propose(room[0], ExternalRemove{{1}}, 1)) == ErrorKind::kMisuse);
  REQUIRE(KindOf(server.Propose(deaf[0], ExternalRemove{{1}})) == ErrorKind::kMisuse);
  // A server that the group no longer names.
  const Bytes proposal = Must(server.Propose(room[0], ExternalRemove{{1}}));
  room.Commit(room[0], {.extensions = std::vector<Extension>{}});
  REQUIRE(KindOf(room[1].Receive(proposal)) == ErrorKind::kEpochTooOld);
  REQUIRE(KindOf(server.Propose(room[0], ExternalRemove{{1}})) == ErrorKind::kMisuse);
}

TEST_CASE("A proposal from outside that was tampered with is not heard") {
  const Server server("server");
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob}, ListeningTo({server.entry()}));
  const Bytes proposal = Must(server.Propose(room[0], ExternalRemove{{1}}));
  const Snapshot before = SnapshotOf(room[0]);
  for (std::size_t i = 0; i < proposal.size(); ++i) {
    Bytes forged = proposal;
    forged[i] ^= 0x01;
    REQUIRE_FALSE(room[0].Receive(forged).ok());
  }
  REQUIRE(SnapshotOf(room[0]) == before);
  REQUIRE(std::holds_alternative<ProposedRemove>(ReceiveProposal(room[0], proposal).proposal));
}

TEST_CASE("Of several servers each speaks for itself") {
  const Server first("first"), second("second");
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol}, ListeningTo({first.entry(), second.entry()}));
  const Bytes from_second = Must(second.Propose(room[0], ExternalRemove{{2}}, 1));
  REQUIRE(KindOf(second.Propose(room[0], ExternalRemove{{2}}, 0)) == ErrorKind::kMisuse);
  const ReceivedProposal heard = ReceiveProposal(room[0], from_second);
  REQUIRE(std::get<ExternalParty>(heard.sender).credential == second.credential);
}

TEST_CASE("Somebody asks to be let in, and the members decide") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const Bytes request =
      Must(RequestToJoin(*carol, Must(MakeGroupInfo(room[0])), carol.KeyPackage()));
  for (Session& session : room.all()) {
    const ReceivedProposal heard = ReceiveProposal(session, request);
    const auto& newcomer = std::get<Newcomer>(heard.sender);
    REQUIRE(NameOf(newcomer.credential) == "carol");
    REQUIRE(newcomer.signature_key == ToBytes(carol->signature_key()));
    REQUIRE(NameOf(std::get<ProposedAdd>(heard.proposal).credential) == "carol");
  }
  SECTION("for") {
    room.Commit(room[1], {}, {&carol});
    REQUIRE(room[2].own_leaf() == LeafIndex{2});
  }
  SECTION("against") {
    room.Commit(room[1], {.exclude = {room[1].pending_proposals()[0].ref}});
    REQUIRE(room[0].member_count() == 2);
  }
  RequireHealthy(room.all());
}

TEST_CASE("A request to join is for its group and epoch, and with one's own key package") {
  TestClient alice("alice"), bob("bob"), carol("carol"), mallory("mallory");
  Room room({&alice, &bob});
  const Bytes info = Must(MakeGroupInfo(room[0], {.external_pub = false}));
  const Bytes request = Must(RequestToJoin(*carol, info, carol.KeyPackage()));
  const Bytes stolen = Must(RequestToJoin(*mallory, info, carol.KeyPackage()));
  REQUIRE(KindOf(room[0].Receive(stolen)) == ErrorKind::kNotAuthentic);
  room.Commit(room[0]);
  REQUIRE(KindOf(room[1].Receive(request)) == ErrorKind::kEpochTooOld);
  // With the tree out of band too.
  const Bytes bare = Must(MakeGroupInfo(room[0], {.ratchet_tree = false}));
  REQUIRE(KindOf(RequestToJoin(*carol, bare, carol.KeyPackage())) == ErrorKind::kMissing);
  const Bytes tree = Must(ExportRatchetTree(room[0]));
  const Bytes again = Must(RequestToJoin(*carol, bare, carol.KeyPackage(), tree));
  REQUIRE(std::holds_alternative<ProposedAdd>(ReceiveProposal(room[1], again).proposal));
}

TEST_CASE("The verifier is asked about servers when they are named, and when they change") {
  const Server old("old"), replacement("new"), another("another");
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob}, ListeningTo({old.entry()}));
  REQUIRE(bob.verifier.Last(CredentialMoment::external_sender_added).credential == old.credential);

  const OutgoingCommit offer = Must(room[0].CreateCommit(
      {.extensions = {{MakeExternalSenders({replacement.entry(), another.entry()})}}}));
  REQUIRE(ReceiveCommit(room[1], offer.commit).summary().extensions.has_value());
  const AskedQuestion& updated = bob.verifier.Last(CredentialMoment::external_sender_updated);
  REQUIRE(updated.credential == replacement.credential);
  REQUIRE(updated.replaces == old.credential);
  REQUIRE(updated.group_id == room[0].group_id());
  const AskedQuestion& added = bob.verifier.Last(CredentialMoment::external_sender_added);
  REQUIRE(added.credential == another.credential);
  REQUIRE_FALSE(added.replaces.has_value());

  bob.verifier.judge = [&](const AskedQuestion& question) {
    return question.credential == another.credential ? CredentialAnswer::reject
                                                     : CredentialAnswer::accept;
  };
  REQUIRE(KindOf(room[1].Receive(offer.commit)) == ErrorKind::kRejectedByPolicy);
  bob.verifier.judge = {};
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

}  // namespace conclave::testing
