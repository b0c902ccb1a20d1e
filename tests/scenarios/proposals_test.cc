// Stories of proposals that travel on their own: somebody else commits them, or leaves them out, or
// cannot take them all (RFC 9420, sections 12.1, 12.2 and 12.4).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

TestClientOptions EitherFraming() {
  TestClientOptions options;
  options.policy.handshakes =
      GENERATE(HandshakeFraming::private_message, HandshakeFraming::public_message);
  return options;
}

// Why a commit leaves out the proposal of that reference; empty if it does not.
std::string WhySkipped(const OutgoingCommit& offer, const ProposalRef& ref) {
  const auto found = std::ranges::find(offer.skipped, ref, &SkippedProposal::ref);
  return found == offer.skipped.end() ? "" : found->why;
}

// Makes proposals heard by all who did not make them. The reference of each.
ProposalRef Hear(Room& room, Session& proposer, const Bytes& proposal) {
  DeliverProposal(room.others(proposer), proposal);
  return proposer.pending_proposals().back().ref;
}

}  // namespace

TEST_CASE("New keys that one member proposes take effect when another commits them") {
  const TestClientOptions options = EitherFraming();
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob, &carol});
  const ProposalRef ref = Hear(room, room[1], Must(ProposeUpdate(room[1])));
  const OutgoingCommit offer = Must(room[2].CreateCommit({}));
  REQUIRE(offer.skipped.empty());

  const StagedCommit staged = ReceiveCommit(room[1], offer.commit);
  REQUIRE(staged.proposals().size() == 1);
  REQUIRE(staged.proposals()[0].ref == ref);
  REQUIRE(std::get<Member>(staged.proposals()[0].sender).leaf == room[1].own_leaf());
  REQUIRE(std::holds_alternative<ProposedUpdate>(staged.proposals()[0].proposal));
  REQUIRE(staged.updated().size() == 2);  // bob's leaf, and the committer's
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
  // bob's new keys work: a commit that is sealed to them reaches him.
  room.Commit(room[0]);
  room.Commit(room[1]);
  RequireHealthy(room.all());
}

TEST_CASE("While proposals wait, nobody sends application messages") {
  const TestClientOptions options = EitherFraming();
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob, &carol});
  const Bytes proposal = Must(ProposeUpdate(room[0]));
  REQUIRE(KindOf(room[0].Protect(AsBytes("hello"))) == ErrorKind::kCommitFirst);
  // Somebody who has not heard of it goes on, and is read.
  const Bytes message = Must(room[1].Protect(AsBytes("hello")));
  ReceiveApplication(room[0], message);
  DeliverProposal({room[1], room[2]}, proposal);
  REQUIRE(KindOf(room[1].Protect(AsBytes("hello"))) == ErrorKind::kCommitFirst);
  room.Commit(room[1]);
  RequireHealthy(room.all());
}

TEST_CASE("Our own proposal that a commit left out is listed, and can be proposed again") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave");
  Room room({&alice, &bob, &carol});
  // bob's proposals reach nobody before carol commits.
  Must(ProposeAdd(room[1], dave.KeyPackage()));
  Must(ProposeUpdate(room[1]));
  Must(ProposeRemove(room[1], room[0].own_leaf()));
  const OutgoingCommit offer = Must(room[2].CreateCommit({}));
  DeliverCommit({room[0], room[2]}, offer.commit);
  const Entered entered = ReceiveAndApply(room[1], offer.commit);
  REQUIRE(entered.left_out.size() == 3);
  const auto& add = std::get<ProposedAdd>(entered.left_out[0].proposal);
  REQUIRE(NameOf(add.credential) == "dave");
  REQUIRE(std::holds_alternative<ProposedUpdate>(entered.left_out[1].proposal));
  const auto& remove = std::get<ProposedRemove>(entered.left_out[2].proposal);
  REQUIRE(remove.member.leaf == room[0].own_leaf());
  REQUIRE(room[1].pending_proposals().empty());
  RequireHealthy(room.all());

  // Again, for the new epoch.
  Hear(room, room[1], Must(ProposeAdd(room[1], dave.KeyPackage())));
  Hear(room, room[1], Must(ProposeUpdate(room[1])));
  const OutgoingCommit next = Must(room[0].CreateCommit({}));
  REQUIRE(ReceiveCommit(room[1], next.commit).proposals().size() == 2);
  for (Session& session : room.all()) {
    REQUIRE(ReceiveAndApply(session, next.commit).left_out.empty());
  }
  REQUIRE(room[0].member_count() == 4);
  RequireAgreement(room.all());
}

TEST_CASE("A commit that names an unknown proposal waits for it, and the same bytes work then") {
  const TestClientOptions options = EitherFraming();
  TestClient alice("alice", options), bob("bob", options), carol("carol", options);
  Room room({&alice, &bob, &carol});
  const Bytes update = Must(ProposeUpdate(room[0]));
  const Bytes removal = Must(ProposeRemove(room[0], {0}));
  DeliverProposal({room[1]}, update);
  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  const Snapshot before = SnapshotOf(room[2]);
  for (int round = 0; round < 2; ++round) {
    REQUIRE(KindOf(room[2].Receive(offer.commit)) == ErrorKind::kMissing);
    REQUIRE(SnapshotOf(room[2]) == before);
  }
  DeliverProposal({room[2]}, removal);  // not the one that is named
  REQUIRE(KindOf(room[2].Receive(offer.commit)) == ErrorKind::kMissing);
  DeliverProposal({room[2]}, update);
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("A proposal that is heard twice is kept once") {
  TestClientOptions options;
  options.policy.handshakes = HandshakeFraming::public_message;
  TestClient alice("alice", options), bob("bob", options);
  Room room({&alice, &bob});
  const Bytes proposal = Must(ProposeUpdate(room[0]));
  const ReceivedProposal first = ReceiveProposal(room[1], proposal);
  const ReceivedProposal again = ReceiveProposal(room[1], proposal);
  REQUIRE(first.ref == again.ref);
  REQUIRE(room[1].pending_proposals().size() == 1);
}

TEST_CASE("A proposal of a past epoch is refused") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  const Bytes proposal = Must(ProposeUpdate(room[0]));
  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  DeliverCommit(room.all(), offer.commit);
  REQUIRE(KindOf(room[1].Receive(proposal)) == ErrorKind::kEpochTooOld);
}

TEST_CASE("The committer takes what goes together, and says what it skipped and why") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave"), eve("eve");
  Room room({&alice, &bob, &carol, &dave});
  const ProposalRef early = Hear(room, room[1], Must(ProposeUpdate(room[1])));
  const ProposalRef recent = Hear(room, room[1], Must(ProposeUpdate(room[1])));
  const ProposalRef update = Hear(room, room[2], Must(ProposeUpdate(room[2])));
  const ProposalRef removal = Hear(room, room[1], Must(ProposeRemove(room[1], {2})));
  const ProposalRef again = Hear(room, room[3], Must(ProposeRemove(room[3], {2})));
  const ProposalRef of_us = Hear(room, room[1], Must(ProposeRemove(room[1], {0})));
  const ProposalRef own = Hear(room, room[0], Must(ProposeUpdate(room[0])));
  const ProposalRef add = Hear(room, room[3], Must(ProposeAdd(room[3], eve.KeyPackage())));
  const ProposalRef add_again = Hear(room, room[1], Must(ProposeAdd(room[1], eve.KeyPackage())));
  const ProposalRef member = Hear(room, room[1], Must(ProposeAdd(room[1], dave.KeyPackage())));
  const ProposalRef extensions = Hear(room, room[1], Must(ProposeExtensions(room[1], {})));
  const ProposalRef more = Hear(room, room[3], Must(ProposeExtensions(room[3], {})));

  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  for (const ProposalRef& kept : {recent, removal, add, extensions}) {
    REQUIRE(WhySkipped(offer, kept).empty());
  }
  // Section 12.2: a Remove wins over Updates, and the most recent Update over the others.
  REQUIRE(WhySkipped(offer, early) == "12.2:one-update-or-remove-per-leaf");
  REQUIRE(WhySkipped(offer, update) == "12.2:one-update-or-remove-per-leaf");
  REQUIRE(WhySkipped(offer, again) == "12.2:one-update-or-remove-per-leaf");
  REQUIRE(WhySkipped(offer, of_us) == "12.2:no-remove-of-committer");
  REQUIRE(WhySkipped(offer, own) == "12.2:no-update-by-committer");
  REQUIRE(WhySkipped(offer, add_again) == "12.2:no-two-adds-of-one-client");
  REQUIRE(WhySkipped(offer, member) == "7.3:signature-key-unique");
  REQUIRE(WhySkipped(offer, more) == "12.2:one-group-context-extensions");
  REQUIRE(offer.skipped.size() == 8);

  DeliverCommit(room.all(), offer.commit);
  REQUIRE_FALSE(room[2].is_member());
  REQUIRE(NamesOf(room[0]) == std::vector<std::string>{"alice", "bob", "eve", "dave"});
  RequireAgreement(room.all());
}

TEST_CASE("Somebody may be removed and added again in one commit") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  Hear(room, room[0], Must(ProposeRemove(room[0], {1})));
  Hear(room, room[0], Must(ProposeAdd(room[0], bob.KeyPackage())));
  const OutgoingCommit offer = Must(room[2].CreateCommit({}));
  REQUIRE(offer.skipped.empty());
  const Entered entered = ReceiveAndApply(room[2], offer.commit);
  DeliverCommit({room[0], room[1]}, offer.commit);
  REQUIRE_FALSE(room[1].is_member());
  Session back = bob.Join(entered.welcomes.front());
  RequireHealthy({room[0], back, room[2]});
}

TEST_CASE("What the request asks for wins over what was received") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave");
  Room room({&alice, &bob, &carol});
  const ProposalRef update = Hear(room, room[1], Must(ProposeUpdate(room[1])));
  const ProposalRef add = Hear(room, room[1], Must(ProposeAdd(room[1], dave.KeyPackage())));
  const OutgoingCommit offer =
      Must(room[0].CreateCommit({.add = {dave.KeyPackage()}, .remove = {{1}}}));
  REQUIRE(WhySkipped(offer, update) == "12.2:one-update-or-remove-per-leaf");
  REQUIRE(WhySkipped(offer, add) == "12.2:no-two-adds-of-one-client");
  const StagedCommit staged = ReceiveCommit(room[0], offer.commit);
  REQUIRE(staged.proposals().size() == 2);
  for (const ReceivedProposal& proposal : staged.proposals()) REQUIRE(proposal.ref.value.empty());
}

TEST_CASE("A request that contradicts itself is refused, whatever was received") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave");
  Room room({&alice, &bob, &carol});
  Hear(room, room[2], Must(ProposeUpdate(room[2])));
  const Bytes twice = dave.KeyPackage();
  const ProposedReInit reinit{.group_id = {}, .cipher_suite = room[0].suite(), .extensions = {}};
  const Snapshot before = SnapshotOf(room[0]);
  const auto refused = [&room](const CommitRequest& request) {
    return KindOf(room[0].CreateCommit(request)) == ErrorKind::kInvalidCommit;
  };
  REQUIRE(refused({.remove = {{1}, {1}}}));
  REQUIRE(refused({.remove = {{0}}}));
  REQUIRE(refused({.add = {twice, twice}}));
  REQUIRE(refused({.add = {bob.KeyPackage()}}));
  REQUIRE(refused({.remove = {{1}}, .reinit = reinit}));
  REQUIRE(KindOf(room[0].CreateCommit({.remove = {{9}}})) == ErrorKind::kInvalidProposal);
  REQUIRE(SnapshotOf(room[0]) == before);
}

TEST_CASE("The application may leave out proposals that it does not like") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave");
  Room room({&alice, &bob, &carol});
  const ProposalRef removal = Hear(room, room[1], Must(ProposeRemove(room[1], {2})));
  const ProposalRef update = Hear(room, room[1], Must(ProposeUpdate(room[1])));
  const OutgoingCommit offer = Must(room[0].CreateCommit({.exclude = {removal}}));
  REQUIRE(offer.skipped.size() == 1);
  REQUIRE_FALSE(WhySkipped(offer, removal).empty());
  REQUIRE(WhySkipped(offer, update).empty());
  DeliverCommit(room.all(), offer.commit);
  REQUIRE(room[0].member_count() == 3);
  RequireHealthy(room.all());
}

TEST_CASE("Leaving out a removal leaves out the return that depended on it") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  SECTION("because the application says so") {
    const ProposalRef removal = Hear(room, room[1], Must(ProposeRemove(room[1], {2})));
    const ProposalRef add = Hear(room, room[1], Must(ProposeAdd(room[1], carol.KeyPackage())));
    const OutgoingCommit offer = Must(room[0].CreateCommit({.exclude = {removal}}));
    REQUIRE(WhySkipped(offer, add) == "7.3:signature-key-unique");
    DeliverCommit(room.all(), offer.commit);
  }
  SECTION("because it is of the committer") {
    Hear(room, room[1], Must(ProposeRemove(room[1], {0})));
    const ProposalRef add = Hear(room, room[1], Must(ProposeAdd(room[1], alice.KeyPackage())));
    const OutgoingCommit offer = Must(room[0].CreateCommit({}));
    REQUIRE(WhySkipped(offer, add) == "7.3:signature-key-unique");
    DeliverCommit(room.all(), offer.commit);
  }
  RequireHealthy(room.all());
}

TEST_CASE("A re-initialisation waits until nothing else is proposed") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  const ProposedReInit reinit{
      .group_id = ToBytes("successor"), .cipher_suite = room[0].suite(), .extensions = {}};
  const ProposalRef close = Hear(room, room[1], Must(ProposeReInit(room[1], reinit)));
  const ProposalRef update = Hear(room, room[1], Must(ProposeUpdate(room[1])));
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  REQUIRE(WhySkipped(offer, close) == "12.2:reinit-alone");
  REQUIRE(WhySkipped(offer, update).empty());
  // Asked for, it goes alone.
  const OutgoingCommit closing = Must(room[0].CreateCommit({.reinit = reinit}));
  REQUIRE(closing.skipped.size() == 2);
  DeliverCommit(room.all(), closing.commit);
  REQUIRE(room[2].closed_by()->group_id == ToBytes("successor"));
}

TEST_CASE("Proposals that no commit can carry do not stop the group") {
  const auto bobs_key = MakeSigner();
  const auto eves_key = MakeSigner();
  const auto new_key = MakeSigner();
  TestClient alice("alice"), bob("bob", {.signer = bobs_key.get()}), mallory("mallory");
  TestClient eve("eve", {.signer = eves_key.get()});
  Room room({&alice, &bob, &mallory});
  std::vector<ProposalRef> bad;
  const auto heard = [&](Result<Bytes> made) {
    bad.push_back(Hear(room, room[2], Must(std::move(made))));
  };
  const auto move_to = [&](const Signer& key) {
    return ProposeUpdate(room[2], Identity{mallory->credential(), &key});
  };
  std::string why;
  SECTION("extensions that nobody supports") {
    heard(ProposeExtensions(room[2], {{ExtensionType{0xf001}, ToBytes("x")}}));
    why = "13.4:context-extensions-supported";
  }
  SECTION("demands that nobody meets") {
    heard(ProposeExtensions(room[2],
                            {MakeRequiredCapabilities({.extension_types = {ExtensionType{0xf001}},
                                                       .proposal_types = {},
                                                       .credential_types = {}})}));
    why = "11.1:required-capabilities-met";
  }
  SECTION("proposals of a type that nobody supports") {
    heard(ProposeCustom(room[2], {ProposalType{0xf001}, ToBytes("x")}));
    heard(ProposeCustom(room[2], {ProposalType{0xf001}, ToBytes("y")}));
    why = "12.2:custom-proposal-supported";
  }
  SECTION("somebody with a credential of a type that nobody supports") {
    TestClient stranger("stranger", {.credential = CustomCredential{CredentialType{0xf001}, {}},
                                     .credentials = {CredentialType{0xf001}}});
    heard(ProposeAdd(room[2], stranger.KeyPackage()));
    why = "7.3:credential-type-supported-by-all";
  }
  SECTION("the signature key of another member") {
    heard(move_to(*bobs_key));
    why = "7.3:signature-key-unique";
  }
  SECTION("the signature key of somebody whom the commit adds") {
    heard(move_to(*eves_key));
    why = "7.3:signature-key-unique";
  }
  SECTION("a signature key that another proposal takes") {
    const ProposalRef first = Hear(
        room, room[1], Must(ProposeUpdate(room[1], Identity{bob->credential(), new_key.get()})));
    heard(move_to(*new_key));
    why = "7.3:signature-key-unique";
    REQUIRE(WhySkipped(Must(room[0].CreateCommit({})), first).empty());
  }
  SECTION("a pre-shared key that the committer does not have") {
    heard(ProposePsk(room[2], ExternalPskId{ToBytes("never heard of")}));
    why = "12.4.2:psk-available";
  }
  SECTION("a bad one among many good ones") {
    for (int i = 0; i < 5; ++i) {
      const ProposalRef good = Hear(room, room[1], Must(ProposeUpdate(room[1])));
      if (i == 2) heard(ProposeExtensions(room[2], {{ExtensionType{0xf001}, ToBytes("x")}}));
      if (i == 4) REQUIRE(WhySkipped(Must(room[0].CreateCommit({})), good).empty());
    }
    why = "13.4:context-extensions-supported";
  }
  const OutgoingCommit offer = Must(room[0].CreateCommit({.add = {eve.KeyPackage()}}));
  for (const ProposalRef& ref : bad) REQUIRE(WhySkipped(offer, ref) == why);
  DeliverCommit(room.all(), offer.commit);
  REQUIRE(NamesOf(room[0]) == std::vector<std::string>{"alice", "bob", "mallory", "eve"});
  RequireHealthy(room.all());
}

TEST_CASE("Of more newcomers than the group may hold, those who asked first come in") {
  TestClientOptions options;
  options.policy.max_group_size = 4;
  TestClient alice("alice", options), bob("bob"), carol("carol"), dave("dave"), eve("eve");
  Room room({&alice, &bob, &carol});
  Hear(room, room[1], Must(ProposeAdd(room[1], dave.KeyPackage())));
  const ProposalRef late = Hear(room, room[1], Must(ProposeAdd(room[1], eve.KeyPackage())));
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  REQUIRE(offer.skipped.size() == 1);
  REQUIRE(WhySkipped(offer, late) == "7.7:group-within-limit");
  DeliverCommit(room.all(), offer.commit);
  REQUIRE(room[0].member_count() == 4);
}

TEST_CASE("There are only so many proposals of one epoch") {
  TestClientOptions options;
  options.policy.max_pending_proposals = 2;
  TestClient alice("alice"), bob("bob", options);
  Room room({&alice, &bob});
  const Bytes proposals[] = {Must(ProposeUpdate(room[0])), Must(ProposeUpdate(room[0])),
                             Must(ProposeUpdate(room[0]))};
  ReceiveProposal(room[1], proposals[0]);
  ReceiveProposal(room[1], proposals[1]);
  REQUIRE(KindOf(room[1].Receive(proposals[2])) == ErrorKind::kRejectedByPolicy);
  REQUIRE(room[1].pending_proposals().size() == 2);
}

TEST_CASE("Every proposal says who made it and what it asks for") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  const ProposalType custom{0xf042};
  TestClientOptions options{.proposals = {custom}};
  TestClient dave("dave", options), eve("eve", options);
  Room room({&dave, &eve});
  const auto received = [&](Result<Bytes> made) {
    ReceivedProposal proposal = ReceiveProposal(room[1], Must(std::move(made)));
    REQUIRE(NameOf(std::get<Member>(proposal.sender).credential) == "dave");
    return proposal.proposal;
  };
  REQUIRE(
      NameOf(std::get<ProposedAdd>(received(ProposeAdd(room[0], alice.KeyPackage()))).credential) ==
      "alice");
  const auto update = std::get<ProposedUpdate>(received(ProposeUpdate(room[0])));
  REQUIRE(update.change.before.leaf == room[0].own_leaf());
  REQUIRE(update.change.after.credential == dave->credential());
  REQUIRE(std::get<ProposedRemove>(received(ProposeRemove(room[0], {1}))).member.leaf ==
          LeafIndex{1});
  const PskId psk = ExternalPskId{ToBytes("shared")};
  REQUIRE(std::get<ProposedPsk>(received(ProposePsk(room[0], psk))).psk == psk);
  const PskId resumption = ResumptionPskId{room[0].group_id(), 1};
  REQUIRE(std::get<ProposedPsk>(received(ProposePsk(room[0], resumption))).psk == resumption);
  const auto reinit = std::get<ProposedReInit>(received(ProposeReInit(
      room[0], {.group_id = ToBytes("next"), .cipher_suite = CipherSuite{2}, .extensions = {}})));
  REQUIRE(reinit.group_id == ToBytes("next"));
  REQUIRE(reinit.cipher_suite == CipherSuite{2});
  const std::vector<Extension> extensions = {MakeRequiredCapabilities({})};
  REQUIRE(
      std::get<ProposedExtensions>(received(ProposeExtensions(room[0], extensions))).extensions ==
      extensions);
  const CustomProposal wish{custom, ToBytes("a wish")};
  REQUIRE(std::get<CustomProposal>(received(ProposeCustom(room[0], wish))) == wish);
  REQUIRE(room[1].pending_proposals().size() == 8);
}

TEST_CASE("Proposals that can never be valid are not even made") {
  TestClient alice("alice"), bob("bob");
  TestClient other("other", {.suite = CipherSuite{2}});
  Room room({&alice, &bob});
  const Snapshot before = SnapshotOf(room[0]);
  REQUIRE(KindOf(ProposeRemove(room[0], {7})) == ErrorKind::kInvalidProposal);
  REQUIRE(KindOf(ProposeAdd(room[0], other.KeyPackage())) == ErrorKind::kInvalidProposal);
  REQUIRE(KindOf(ProposeAdd(room[0], AsBytes("x"))) == ErrorKind::kMalformed);
  REQUIRE(KindOf(ProposeExtensions(room[0], {MakeExternalSenders({}), MakeExternalSenders({})})) ==
          ErrorKind::kInvalidCommit);
  REQUIRE(KindOf(ProposeReInit(room[0], {.group_id = {},
                                         .version = ProtocolVersion{0},
                                         .cipher_suite = room[0].suite(),
                                         .extensions = {}})) == ErrorKind::kInvalidProposal);
  REQUIRE(SnapshotOf(room[0]) == before);
}

}  // namespace conclave::testing
