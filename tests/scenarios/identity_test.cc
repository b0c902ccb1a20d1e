// Stories of credentials: members who change theirs, and an application that says no, or not yet
// (RFC 9420, section 5.3.1).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

Credential Called(std::string_view name) { return BasicCredential{ToBytes(name)}; }

// Answers one way at one moment, and accepts at all others.
void AnswerAt(TestClient& client, CredentialMoment moment, CredentialAnswer answer) {
  client.verifier.judge = [moment, answer](const AskedQuestion& question) {
    return question.moment == moment ? answer : CredentialAnswer::accept;
  };
}

// The call fails as the verifier's answers say, changes nothing, and works once it accepts.
template <class Call>
void RequireAsked(TestClient& client, CredentialMoment moment, Call call) {
  AnswerAt(client, moment, CredentialAnswer::reject);
  REQUIRE(KindOf(call()) == ErrorKind::kRejectedByPolicy);
  AnswerAt(client, moment, CredentialAnswer::unavailable);
  REQUIRE(KindOf(call()) == ErrorKind::kUnavailable);
  client.verifier.judge = {};
  const std::size_t asked = client.verifier.Count(moment);
  REQUIRE(call().ok());
  REQUIRE(client.verifier.Count(moment) > asked);
}

}  // namespace

TEST_CASE("A member moves to a new credential and key with a commit of their own") {
  const auto new_key = MakeSigner();
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Bytes old_key = room[0].FindMember({0})->signature_key;
  const OutgoingCommit offer = Must(
      room[0].CreateCommit({.new_identity = Identity{Called("alice at work"), new_key.get()}}));
  const StagedCommit staged = ReceiveCommit(room[1], offer.commit);
  REQUIRE(staged.updated().size() == 1);
  REQUIRE(staged.updated()[0].before.credential == Called("alice"));
  REQUIRE(staged.updated()[0].before.signature_key == old_key);
  REQUIRE(staged.updated()[0].after.credential == Called("alice at work"));
  REQUIRE(staged.updated()[0].after.signature_key == ToBytes(new_key->public_key()));
  // The committer is who they were.
  REQUIRE(std::get<Member>(staged.committer()).credential == Called("alice"));

  const AskedQuestion& asked = bob.verifier.Last(CredentialMoment::received_update_path);
  REQUIRE(asked.credential == Called("alice at work"));
  REQUIRE(asked.replaces == Called("alice"));
  REQUIRE(asked.signature_key == ToBytes(new_key->public_key()));
  REQUIRE(asked.group_id == room[0].group_id());
  REQUIRE(asked.now == bob.clock.now);

  DeliverCommit(room.all(), offer.commit);
  REQUIRE(NamesOf(room[1]) == std::vector<std::string>{"alice at work", "bob"});
  RequireHealthy(room.all());
  // The new key signs everything from now on.
  room.Commit(room[0]);
  DeliverProposal({room[1]}, Must(ProposeUpdate(room[0])));
  room.Commit(room[1]);
  Must(MakeGroupInfo(room[0]));
  RequireHealthy(room.all());
}

TEST_CASE("Whoever is invited by the commit in which the inviter changes keys can join") {
  const auto new_key = MakeSigner();
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  room.Commit(room[0],
              {.add = {carol.KeyPackage()},
               .new_identity = Identity{Called("alice at work"), new_key.get()}},
              {&carol});
  REQUIRE(NamesOf(room[2]) == std::vector<std::string>{"alice at work", "bob", "carol"});
  RequireHealthy(room.all());
  // And by a GroupInfo of the new epoch.
  TestClient dave("dave");
  PendingJoin join = Must(StartExternalJoin(*dave, Must(MakeGroupInfo(room[0]))));
  DeliverCommit(room.all(), join.commit());
  Session joined = Must(EnterExternally(*dave, std::move(join)));
  RequireHealthy({room[0], room[1], room[2], joined});
}

TEST_CASE("A member moves to a new credential and key with a proposal that another commits") {
  const auto new_key = MakeSigner();
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Bytes proposal =
      Must(ProposeUpdate(room[0], Identity{Called("alice at work"), new_key.get()}));
  const ReceivedProposal heard = ReceiveProposal(room[1], proposal);
  const MemberChange& change = std::get<ProposedUpdate>(heard.proposal).change;
  REQUIRE(change.before.credential == Called("alice"));
  REQUIRE(change.after.credential == Called("alice at work"));
  const AskedQuestion& asked = bob.verifier.Last(CredentialMoment::received_update);
  REQUIRE(asked.credential == Called("alice at work"));
  REQUIRE(asked.replaces == Called("alice"));

  const OutgoingCommit offer = Must(room[1].CreateCommit({}));
  DeliverCommit(room.all(), offer.commit);
  REQUIRE(NamesOf(room[1]) == std::vector<std::string>{"alice at work", "bob"});
  RequireHealthy(room.all());
  room.Commit(room[0]);
  RequireHealthy(room.all());
}

TEST_CASE("A change of identity that lost the race has not happened") {
  const auto new_key = MakeSigner();
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  Must(room[0].CreateCommit({.new_identity = Identity{Called("alice at work"), new_key.get()}}));
  room.Commit(room[1]);
  REQUIRE(NamesOf(room[0]) == std::vector<std::string>{"alice", "bob"});
  RequireHealthy(room.all());
  // The same for a proposal that nobody committed.
  Must(ProposeUpdate(room[0], Identity{Called("alice at work"), new_key.get()}));
  room.Commit(room[1]);
  REQUIRE(NamesOf(room[0]) == std::vector<std::string>{"alice", "bob"});
  RequireHealthy(room.all());
}

TEST_CASE("An identity needs a signer, and a key that nobody else has") {
  const auto bobs_key = MakeSigner();
  TestClient alice("alice"), bob("bob", {.signer = bobs_key.get()});
  Room room({&alice, &bob});
  REQUIRE(KindOf(room[0].CreateCommit({.new_identity = Identity{Called("alice"), nullptr}})) ==
          ErrorKind::kMisuse);
  REQUIRE(KindOf(ProposeUpdate(room[0], Identity{Called("alice"), nullptr})) == ErrorKind::kMisuse);
  REQUIRE(
      KindOf(room[0].CreateCommit({.new_identity = Identity{Called("alice"), bobs_key.get()}})) ==
      ErrorKind::kInvalidCommit);
}

TEST_CASE("The application's own key signs, from the beginning") {
  const auto key = MakeSigner();
  TestClient alice("alice", {.signer = key.get()}), bob("bob");
  Room room({&alice, &bob});
  REQUIRE(room[1].FindMember({0})->signature_key == ToBytes(key->public_key()));
  RequireHealthy(room.all());
}

TEST_CASE("A signer that is not ready is asked again") {
  // A key in a device that has to be unlocked.
  class Locked final : public Signer {
   public:
    BytesView public_key() const override { return key_->public_key(); }
    Result<Bytes> Sign(BytesView message) const override {
      if (locked) return Error{ErrorKind::kUnavailable, "locked"};
      return key_->Sign(message);
    }
    bool locked = false;

   private:
    std::unique_ptr<Signer> key_ = MakeSigner();
  };
  Locked key;
  TestClient alice("alice", {.signer = &key}), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const Bytes newcomer = carol.KeyPackage();
  const Snapshot before = SnapshotOf(room[0]);
  const auto try_all = [&](auto check) {
    check(room[0].Protect(AsBytes("hello")));
    check(room[0].CreateCommit({.add = {newcomer}}));
    check(MakeGroupInfo(room[0]));
    check(alice->NewKeyPackage());
    check(alice->CreateGroup());
    check(ProposeRemove(room[0], {1}));
    check(ProposeUpdate(room[0]));
  };
  key.locked = true;
  try_all([](const auto& result) { REQUIRE(KindOf(result) == ErrorKind::kUnavailable); });
  REQUIRE(SnapshotOf(room[0]) == before);
  key.locked = false;
  try_all([](const auto& result) { REQUIRE(result.ok()); });
  room.Commit(room[1]);
  RequireHealthy(room.all());
}

TEST_CASE("The verifier is asked before we add somebody") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const Bytes key_package = carol.KeyPackage();
  const Snapshot before = SnapshotOf(room[0]);
  AnswerAt(alice, CredentialMoment::key_package_to_add, CredentialAnswer::reject);
  REQUIRE(KindOf(room[0].CreateCommit({.add = {key_package}})) == ErrorKind::kRejectedByPolicy);
  REQUIRE(KindOf(ProposeAdd(room[0], key_package)) == ErrorKind::kRejectedByPolicy);
  REQUIRE(SnapshotOf(room[0]) == before);
  RequireAsked(alice, CredentialMoment::key_package_to_add,
               [&] { return room[0].CreateCommit({.add = {key_package}}); });
  REQUIRE(alice.verifier.Last(CredentialMoment::key_package_to_add).credential == Called("carol"));
  RequireAsked(alice, CredentialMoment::key_package_to_add,
               [&] { return ProposeAdd(room[0], key_package); });
}

TEST_CASE("The verifier is asked about everybody in a group that we are about to join") {
  TestClient alice("alice"), bob("bob"), carol("carol"), dave("dave");
  Room room({&alice, &bob});
  const Entered entered = Commit(room[0], {.add = {carol.KeyPackage()}}, {room[1]});
  RequireAsked(carol, CredentialMoment::group_info_to_join,
               [&] { return carol->ReadWelcome(entered.welcomes[0]); });
  std::vector<Credential> asked;
  for (const AskedQuestion& question : carol.verifier.asked) asked.push_back(question.credential);
  for (const char* name : {"alice", "bob"}) {
    REQUIRE(std::ranges::find(asked, Called(name)) != asked.end());
  }
  const Bytes info = Must(MakeGroupInfo(room[0]));
  RequireAsked(dave, CredentialMoment::group_info_to_join,
               [&] { return StartExternalJoin(*dave, info); });
}

TEST_CASE("The verifier is asked when somebody else adds") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  SECTION("in a commit") {
    const OutgoingCommit offer = Must(room[0].CreateCommit({.add = {carol.KeyPackage()}}));
    RequireAsked(bob, CredentialMoment::received_add,
                 [&] { return room[1].Receive(offer.commit); });
    DeliverCommit(room.all(), offer.commit);
    RequireHealthy(room.all());
  }
  SECTION("in a proposal") {
    const Bytes proposal = Must(ProposeAdd(room[0], carol.KeyPackage()));
    RequireAsked(bob, CredentialMoment::received_add, [&] { return room[1].Receive(proposal); });
    REQUIRE(room[1].pending_proposals().size() == 1);
  }
  SECTION("and by a newcomer's own request") {
    const Bytes request =
        Must(RequestToJoin(*carol, Must(MakeGroupInfo(room[0])), carol.KeyPackage()));
    RequireAsked(bob, CredentialMoment::received_add, [&] { return room[1].Receive(request); });
  }
}

TEST_CASE("The verifier is asked when a member's leaf gets a new identity") {
  const auto new_key = MakeSigner();
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Identity identity{Called("alice at work"), new_key.get()};
  SECTION("in a proposal") {
    const Bytes proposal = Must(ProposeUpdate(room[0], identity));
    RequireAsked(bob, CredentialMoment::received_update, [&] { return room[1].Receive(proposal); });
  }
  SECTION("in a commit") {
    const OutgoingCommit offer = Must(room[0].CreateCommit({.new_identity = identity}));
    RequireAsked(bob, CredentialMoment::received_update_path,
                 [&] { return room[1].Receive(offer.commit); });
    DeliverCommit(room.all(), offer.commit);
    RequireHealthy(room.all());
  }
  SECTION("in a newcomer's commit") {
    TestClient carol("carol");
    PendingJoin pending = Must(StartExternalJoin(*carol, Must(MakeGroupInfo(room[0]))));
    RequireAsked(bob, CredentialMoment::received_update_path,
                 [&] { return room[1].Receive(pending.commit()); });
    REQUIRE_FALSE(bob.verifier.Last(CredentialMoment::received_update_path).replaces.has_value());
  }
}

TEST_CASE("The verifier is asked when external senders are named") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const auto first = MakeSigner();
  const auto second = MakeSigner();
  const auto naming = [](const Signer& signer, std::string_view name) {
    return std::vector<Extension>{
        MakeExternalSenders({{ToBytes(signer.public_key()), Called(name)}})};
  };
  const OutgoingCommit added = Must(room[0].CreateCommit({.extensions = naming(*first, "one")}));
  RequireAsked(bob, CredentialMoment::external_sender_added,
               [&] { return room[1].Receive(added.commit); });
  DeliverCommit(room.all(), added.commit);
  const OutgoingCommit updated = Must(room[0].CreateCommit({.extensions = naming(*second, "two")}));
  RequireAsked(bob, CredentialMoment::external_sender_updated,
               [&] { return room[1].Receive(updated.commit); });
  DeliverCommit(room.all(), updated.commit);
  RequireHealthy(room.all());
}

TEST_CASE("One client is not in a group twice, if the application says who is who") {
  const auto same_person = [](TestClient& client) {
    // "bob/phone" and "bob/laptop" are both bob.
    client.verifier.client_id = [](const Credential& credential) {
      const std::string name = NameOf(credential);
      return ToBytes(name.substr(0, name.find('/')));
    };
  };
  TestClient alice("alice"), phone("bob/phone"), laptop("bob/laptop"), tablet("bob/tablet");
  for (TestClient* client : {&alice, &phone, &laptop, &tablet}) same_person(*client);
  Room room({&alice, &phone});
  REQUIRE(KindOf(room[0].CreateCommit({.add = {laptop.KeyPackage()}})) ==
          ErrorKind::kInvalidCommit);
  // In another's place it may come.
  room.Commit(room[0], {.add = {laptop.KeyPackage()}, .remove = {{1}}}, {&laptop});
  REQUIRE(NamesOf(room[0]) == std::vector<std::string>{"alice", "bob/laptop"});
  RequireHealthy(room.all());
  // Nor does it let itself in beside the other.
  const Bytes info = Must(MakeGroupInfo(room[0]));
  REQUIRE(KindOf(StartExternalJoin(*tablet, info)) == ErrorKind::kInvalidCommit);
  PendingJoin resync = Must(StartExternalJoin(*tablet, info, {.replace = LeafIndex{1}}));
  DeliverCommit({room[0]}, resync.commit());
  Session at_tablet = Must(EnterExternally(*tablet, std::move(resync)));
  RequireHealthy({room[0], at_tablet});
  // And two of one person cannot be added together.
  Room other({&alice});
  REQUIRE(KindOf(other[0].CreateCommit({.add = {phone.KeyPackage(), laptop.KeyPackage()}})) ==
          ErrorKind::kInvalidCommit);
}

TEST_CASE("The same client cannot be added twice") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  REQUIRE(KindOf(room[0].CreateCommit({.add = {bob.KeyPackage()}})) == ErrorKind::kInvalidCommit);
  REQUIRE(KindOf(room[0].CreateCommit({.add = {alice.KeyPackage()}})) == ErrorKind::kInvalidCommit);
}

}  // namespace conclave::testing
