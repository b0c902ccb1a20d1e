// A session outlives its process: opened again from the storage, it goes on where it stopped.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "conclave/offers.h"
#include "conclave/proposals.h"
#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

// What a restart does: the session is gone, and another one is made of the records.
void Reopen(TestClient& client, Session& session, const OpenOptions& options = {}) {
  const GroupId id = session.group_id();
  session = Must(client->OpenGroup(id, options));
}

struct Trio {
  explicit Trio(const TestClientOptions& options = {})
      : alice("alice", options), bob("bob", options), carol("carol", options) {}
  TestClient alice, bob, carol;
  Room room{{&alice, &bob, &carol}};

  void ReopenAliceAndBob() {
    Reopen(alice, room[0]);
    Reopen(bob, room[1]);
  }
  void ReopenAll() {
    ReopenAliceAndBob();
    Reopen(carol, room[2]);
  }
};

}  // namespace

TEST_CASE("A session that is opened again is the same, in every suite") {
  const CipherSuite suite = GENERATE(from_range(EverySuite()));
  Trio trio({.suite = suite});
  const Snapshot before = SnapshotOf(trio.room[1]);
  const LeafIndex leaf = trio.room[1].own_leaf();
  const std::vector<std::string> names = NamesOf(trio.room[1]);
  trio.ReopenAll();
  CHECK(SnapshotOf(trio.room[1]) == before);
  CHECK(trio.room[1].own_leaf() == leaf);
  CHECK(NamesOf(trio.room[1]) == names);
  RequireHealthy(trio.room.all());
  trio.room.Commit(trio.room[2]);
  trio.ReopenAll();
  RequireHealthy(trio.room.all());
}

TEST_CASE("A message cannot be read twice, nor a key used twice, across a restart") {
  Trio trio;
  const Bytes first = Must(trio.room[0].Protect(AsBytes("one")));
  CHECK(TextOf(ReceiveApplication(trio.room[1], first).plaintext) == "one");
  Reopen(trio.bob, trio.room[1]);
  CHECK(KindOf(trio.room[1].Receive(first)) == ErrorKind::kAlreadyUsed);
  Reopen(trio.alice, trio.room[0]);
  const Bytes second = Must(trio.room[0].Protect(AsBytes("two")));
  CHECK(TextOf(ReceiveApplication(trio.room[1], second).plaintext) == "two");
}

TEST_CASE("Messages that were overtaken are read after a restart, each once") {
  Trio trio;
  std::vector<Bytes> messages;
  for (int i = 0; i < 5; ++i) messages.push_back(Must(trio.room[0].Protect(AsBytes("message"))));
  ReceiveApplication(trio.room[1], messages[4]);
  for (const std::size_t late : {1U, 3U, 0U, 2U}) {
    Reopen(trio.bob, trio.room[1]);
    ReceiveApplication(trio.room[1], messages[late]);
    Reopen(trio.bob, trio.room[1]);
    CHECK(KindOf(trio.room[1].Receive(messages[late])) == ErrorKind::kAlreadyUsed);
  }
}

TEST_CASE(
    "A late message of a past epoch is its sender's after a restart, whoever sits there now") {
  Trio trio;
  TestClient dave("dave");
  const Bytes late = Must(trio.room[1].Protect(AsBytes("from bob")));
  trio.room.Commit(trio.room[0], {.remove = {trio.room[1].own_leaf()}});
  Session& daves = trio.room.Add(trio.room[0], dave);
  REQUIRE(daves.own_leaf() == LeafIndex{1});
  Reopen(trio.carol, trio.room[2]);
  const ApplicationMessage read = ReceiveApplication(trio.room[2], late);
  CHECK(NameOf(read.sender.credential) == "bob");
  CHECK(read.epoch + 2 == trio.room[2].epoch());
  Reopen(trio.carol, trio.room[2]);
  CHECK(KindOf(trio.room[2].Receive(late)) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("A past epoch beyond the window is not read after a restart either") {
  Trio trio({.policy = {.past_epochs = 2}});
  const Bytes late = Must(trio.room[1].Protect(AsBytes("late")));
  for (int i = 0; i < 2; ++i) trio.room.Commit(trio.room[0]);
  Reopen(trio.carol, trio.room[2]);
  trio.room.Commit(trio.room[0]);
  Reopen(trio.carol, trio.room[2]);
  CHECK(KindOf(trio.room[2].Receive(late)) == ErrorKind::kEpochTooOld);
}

TEST_CASE("Our own messages are recognised after a restart, as many as the policy says") {
  Trio trio({.policy = {.max_own_messages = 2}});
  std::vector<Bytes> messages;
  for (int i = 0; i < 3; ++i) messages.push_back(Must(trio.room[0].Protect(AsBytes("mine"))));
  Reopen(trio.alice, trio.room[0]);
  ReceiveOwn(trio.room[0], messages[1]);
  ReceiveOwn(trio.room[0], messages[2]);
  CHECK(KindOf(trio.room[0].Receive(messages[0])) == ErrorKind::kAlreadyUsed);
  messages.push_back(Must(trio.room[0].Protect(AsBytes("mine"))));
  Reopen(trio.alice, trio.room[0]);
  ReceiveOwn(trio.room[0], messages[3]);
  CHECK(KindOf(trio.room[0].Receive(messages[1])) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("An offer outlives its process, wins, and its Welcomes wait to be delivered") {
  const auto framing =
      GENERATE(HandshakeFraming::private_message, HandshakeFraming::public_message);
  Trio trio({.policy = {.handshakes = framing}});
  TestClient dave("dave"), erin("erin");
  // Those with which the group began.
  for (const UndeliveredWelcomes& first : Must(Undelivered(trio.room[0]))) {
    Must(Delivered(trio.room[0], first.offer));
  }
  const OutgoingCommit lost = Must(trio.room[0].CreateCommit({.add = {erin.KeyPackage()}}));
  const OutgoingCommit wins =
      Must(trio.room[0].CreateCommit({.add = {dave.KeyPackage()}, .remove = {LeafIndex{2}}}));
  Reopen(trio.alice, trio.room[0]);
  REQUIRE(Offers(trio.room[0]).size() == 2);
  CHECK(Offers(trio.room[0])[1].commit == wins.commit);

  StagedCommit staged = ReceiveCommit(trio.room[0], wins.commit);
  CHECK(staged.is_ours());
  REQUIRE(staged.added().size() == 1);
  CHECK(NameOf(staged.added()[0].credential) == "dave");
  REQUIRE(staged.removed().size() == 1);
  CHECK(NameOf(staged.removed()[0].credential) == "carol");
  const Entered entered = Must(trio.room[0].Apply(std::move(staged)));
  CHECK(entered.offer == wins.id);
  CHECK(Offers(trio.room[0]).empty());
  ReceiveAndApply(trio.room[1], wins.commit);

  Reopen(trio.alice, trio.room[0]);
  const auto waiting = Must(Undelivered(trio.room[0]));
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].offer == wins.id);
  CHECK(waiting[0].welcomes == entered.welcomes);
  Session daves = dave.Join(waiting[0].welcomes.front());
  RequireHealthy({trio.room[0], trio.room[1], daves});
  REQUIRE(Delivered(trio.room[0], wins.id).ok());
  Reopen(trio.alice, trio.room[0]);
  CHECK(Must(Undelivered(trio.room[0])).empty());
  // Numbers of offers are never used again.
  const OutgoingCommit next = Must(trio.room[0].CreateCommit({}));
  CHECK(next.id > wins.id);
  CHECK(lost.id < wins.id);
}

TEST_CASE("An offer that lost, or was withdrawn, is gone after a restart") {
  Trio trio;
  const OutgoingCommit withdrawn = Must(trio.room[0].CreateCommit({}));
  const OutgoingCommit lost = Must(trio.room[0].CreateCommit({}));
  REQUIRE(Withdraw(trio.room[0], withdrawn.id).ok());
  Reopen(trio.alice, trio.room[0]);
  REQUIRE(Offers(trio.room[0]).size() == 1);
  trio.room.Commit(trio.room[1]);
  Reopen(trio.alice, trio.room[0]);
  CHECK(Offers(trio.room[0]).empty());
  CHECK(KindOf(trio.room[0].Receive(lost.commit)) == ErrorKind::kEpochTooOld);
  RequireHealthy(trio.room.all());
}

TEST_CASE(
    "Proposals wait across a restart, and our own update's key is there when it is committed") {
  Trio trio;
  const Bytes update = Must(ProposeUpdate(trio.room[1]));
  const Bytes removal = Must(ProposeRemove(trio.room[1], LeafIndex{2}));
  for (Session* session : {&trio.room[0], &trio.room[2]}) {
    ReceiveProposal(*session, update);
    ReceiveProposal(*session, removal);
  }
  trio.ReopenAll();
  CHECK(trio.room[0].pending_proposals().size() == 2);
  CHECK(KindOf(trio.room[1].Protect(AsBytes("not now"))) == ErrorKind::kCommitFirst);
  const OutgoingCommit commit = Must(trio.room[0].CreateCommit({}));
  trio.ReopenAll();
  ReceiveAndApply(trio.room[0], commit.commit);
  ReceiveAndApply(trio.room[1], commit.commit);
  StagedCommit last = ReceiveCommit(trio.room[2], commit.commit);
  CHECK(last.removes_us());
  Must(trio.room[2].Apply(std::move(last)));
  CHECK(KindOf(trio.carol->OpenGroup(trio.room[2].group_id())) == ErrorKind::kNotMember);
  trio.ReopenAliceAndBob();
  CHECK(trio.room[0].pending_proposals().empty());
  RequireHealthy({trio.room[0], trio.room[1]});
}

TEST_CASE("A session of a new identity is opened with its signer, and not without") {
  Trio trio;
  const auto signer = MakeSigner();
  const Identity identity{BasicCredential{ToBytes("alice's new phone")}, signer.get()};
  const OutgoingCommit commit = Must(trio.room[0].CreateCommit({.new_identity = identity}));
  // The offer names a signer that this client does not have.
  CHECK(KindOf(trio.alice->OpenGroup(trio.room[0].group_id())) == ErrorKind::kMissing);
  Reopen(trio.alice, trio.room[0], {.signers = {signer.get()}});
  DeliverCommit(trio.room.all(), commit.commit);
  CHECK(KindOf(trio.alice->OpenGroup(trio.room[0].group_id())) == ErrorKind::kMissing);
  Reopen(trio.alice, trio.room[0], {.signers = {signer.get()}});
  RequireHealthy(trio.room.all());
  // And so for an update that somebody else commits.
  const auto newer = MakeSigner();
  const Bytes update = Must(ProposeUpdate(
      trio.room[0], Identity{BasicCredential{ToBytes("alice's newest phone")}, newer.get()}));
  ReceiveProposal(trio.room[1], update);
  ReceiveProposal(trio.room[2], update);
  Reopen(trio.alice, trio.room[0], {.signers = {signer.get(), newer.get()}});
  trio.room.Commit(trio.room[1]);
  Reopen(trio.alice, trio.room[0], {.signers = {newer.get()}});
  RequireHealthy(trio.room.all());
}

TEST_CASE("A group that was closed is closed after a restart, and its successor can be joined") {
  Trio trio;
  trio.room.Commit(trio.room[0],
                   {.reinit = ProposedReInit{
                        ToBytes("next"), ProtocolVersion::mls10, trio.room[0].suite(), {}}});
  trio.ReopenAll();
  REQUIRE(trio.room[1].closed_by().has_value());
  CHECK(trio.room[1].closed_by()->group_id == ToBytes("next"));
  CHECK(KindOf(trio.room[1].Protect(AsBytes("no"))) == ErrorKind::kGroupClosed);
}

TEST_CASE("Groups are listed, opened and deleted") {
  TestClient alice("alice");
  Room one({&alice}, {.id = ToBytes("one")});
  Room two({&alice}, {.id = ToBytes("two")});
  two.Commit(two[0]);
  const auto groups = Must(alice->Groups());
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].id == ToBytes("one"));
  CHECK(groups[0].epoch == 0);
  CHECK(groups[1].epoch == 1);
  CHECK(KindOf(alice->CreateGroup({.id = ToBytes("one")})) == ErrorKind::kMisuse);
  REQUIRE(alice->DeleteGroup(AsBytes("one")).ok());
  CHECK(KindOf(alice->OpenGroup(AsBytes("one"))) == ErrorKind::kNotMember);
  CHECK(Must(alice->Groups()).size() == 1);
  // The session of a deleted group finds out when it writes.
  CHECK(KindOf(one[0].Protect(AsBytes("nobody"))) == ErrorKind::kStorage);
  CHECK(KindOf(one[0].Protect(AsBytes("nobody"))) == ErrorKind::kNotMember);
  CHECK_FALSE(one[0].is_member());
  REQUIRE(alice->CreateGroup({.id = ToBytes("one")}).ok());
}

TEST_CASE("A group of another suite is not opened") {
  TestClient alice("alice");
  Room room({&alice});
  Client other = alice.InSuite(CipherSuite::MLS_128_DHKEMP256_AES128GCM_SHA256_P256);
  CHECK(KindOf(other.OpenGroup(room[0].group_id())) == ErrorKind::kMisuse);
}

}  // namespace conclave::testing
