// What the library refuses its own application, or cannot do without it: verifier, limits, and
// calls that make no sense. The session is as it was, and works.
#include <catch2/catch_test_macros.hpp>

#include "hostile/forge_group.h"
#include "storage/record_key.h"
#include "support/test_suite.h"

namespace conclave::testing {
namespace {

using test::Must;

// Section 5.3.1: each of the seven moments.
TEST_CASE("What the verifier rejects, or cannot judge yet, does not happen") {
  SoftwareSigner service =
      Must(SoftwareSigner::Generate(test::Provider(), test::TestSuite().signature()));
  SoftwareSigner renewed =
      Must(SoftwareSigner::Generate(test::Provider(), test::TestSuite().signature()));
  SoftwareSigner bobs_next =
      Must(SoftwareSigner::Generate(test::Provider(), test::TestSuite().signature()));
  const auto senders = [](const Signer& signer) {
    return MakeExternalSenders({{ToBytes(signer.public_key()), BasicCredential{{'s'}}}});
  };
  HostileRoom room(3, {}, {.extensions = {senders(service)}});
  TestClient& erin = room.Outsider();
  const Identity next{BasicCredential{{'b', '2'}}, &bobs_next};
  const Bytes erins = erin.KeyPackage();

  struct Case {
    const char* name;
    CredentialMoment moment;
    std::size_t who;  // is asked
    std::function<std::string()> attempt;
  };
  Session& alice = room[0];
  const Bytes update = Must(ProposeUpdate(room[1], next));
  const OutgoingCommit rename = Must(room[1].CreateCommit({.new_identity = next}));
  const Bytes add = SendProposal(room[1], AsProposal(rfc9420::Add{ForgeKeyPackage(erin)}));
  const Bytes added =
      SendProposal(room[1], AsProposal(rfc9420::GroupContextExtensions{{MakeExternalSenders(
                                {{ToBytes(service.public_key()), BasicCredential{{'s'}}},
                                 {ToBytes(renewed.public_key()), BasicCredential{{'t'}}}})}}));
  const Bytes replaced =
      SendProposal(room[1], AsProposal(rfc9420::GroupContextExtensions{{senders(renewed)}}));
  const Bytes info = Must(MakeGroupInfo(alice));
  const std::vector<Case> cases = {
      {"a key package to add", CredentialMoment::key_package_to_add, 0,
       [&] { return ErrorOf(alice.CreateCommit({.add = {erins}})); }},
      {"a group to join", CredentialMoment::group_info_to_join, 3,
       [&] { return ErrorOf(StartExternalJoin(*erin, info)); }},
      {"an Add", CredentialMoment::received_add, 0, [&] { return ErrorOf(alice.Receive(add)); }},
      {"an Update", CredentialMoment::received_update, 0,
       [&] { return ErrorOf(alice.Receive(update)); }},
      {"a path", CredentialMoment::received_update_path, 0,
       [&] { return ErrorOf(alice.Receive(rename.commit)); }},
      {"a new external sender", CredentialMoment::external_sender_added, 0,
       [&] { return ErrorOf(alice.Receive(added)); }},
      {"another external sender", CredentialMoment::external_sender_updated, 0,
       [&] { return ErrorOf(alice.Receive(replaced)); }}};
  for (const Case& each : cases) {
    const Mutation mutation(each.name);
    RecordingVerifier& verifier = room.client(each.who).verifier;
    const Observed before = Observe(alice, room.client(0));
    const auto answer = [&](CredentialAnswer wanted) {
      verifier.judge = [&each, wanted](const AskedQuestion& question) {
        return question.moment == each.moment ? wanted : CredentialAnswer::accept;
      };
    };
    answer(CredentialAnswer::unavailable);
    REQUIRE(each.attempt() == Describe(ErrorKind::kUnavailable, "5.3.1:verifier-can-say"));
    RequireUnchanged(before, alice, room.client(0));
    NoteRejection("5.3.1:verifier-can-say");
    answer(CredentialAnswer::reject);
    REQUIRE(each.attempt() == Describe(ErrorKind::kRejectedByPolicy, "5.3.1:verifier-accepts"));
    RequireUnchanged(before, alice, room.client(0));
    NoteRejection("5.3.1:verifier-accepts");
    // The same bytes, once the verifier can say.
    answer(CredentialAnswer::accept);
    if (each.moment == CredentialMoment::received_update_path) REQUIRE(each.attempt() == "ok");
    verifier.judge = nullptr;
  }
  DeliverCommit(room.room().all(), rename.commit);
  RequireStillHealthy(room.room().all());
}

TEST_CASE("A received message within the limits is read, a larger one is not looked at") {
  HostileRoom room(2, {.policy = {.padding = Padding::none}});
  const Bytes small = Must(room[0].Protect(Bytes(100)));
  TestClient& bob = room.client(1);
  const_cast<Policy&>(ClientAccess::State(*bob)->policy).max_message_size = small.size() - 1;
  room.RequireRefusedBy(1, small, ErrorKind::kRejectedByPolicy, "2.1.2:received-within-limit");
  const Bytes large(small.size());
  for (const bool in_plaintext : {true, false}) {
    const Mutation mutation(in_plaintext ? "the plaintext" : "the authenticated data");
    room.RequireCallRefused(
        1, [&] { return in_plaintext ? room[1].Protect(large) : room[1].Protect({}, large); },
        ErrorKind::kRejectedByPolicy, "2.1.2:message-within-limit");
  }
  const_cast<Policy&>(ClientAccess::State(*bob)->policy).max_message_size = small.size();
  ReceiveApplication(room[1], small);
  const_cast<Policy&>(ClientAccess::State(*bob)->policy).max_message_size =
      Policy{}.max_message_size;
  room.RequireGoesOn();
}

TEST_CASE("After the AEAD's limit of messages a commit is due") {
  HostileRoom room(2, {.policy = {.max_messages_per_epoch = 3}});
  for (int i = 0; i < 3; ++i) ReceiveApplication(room[1], Must(room[0].Protect(AsBytes("hello"))));
  room.RequireCallRefused(
      0, [&] { return room[0].Protect(AsBytes("one too many")); }, ErrorKind::kCommitFirst,
      "15.2:messages-within-limit");
  room.room().Commit(room[0], {});
  room.RequireGoesOn();
}

TEST_CASE("An epoch has a bounded number of offers, and each is withdrawn once") {
  HostileRoom room(2, {.policy = {.max_offers = 2}});
  const OfferId first = Must(room[0].CreateCommit({})).id;
  Must(room[0].CreateCommit({}));
  room.RequireRequestRefused(0, {}, ErrorKind::kMisuse, "14:offers-within-limit");
  Must(Withdraw(room[0], first));
  room.RequireCallRefused(
      0, [&] { return Withdraw(room[0], first); }, ErrorKind::kMisuse, "session:offer-exists");
  room.RequireCallRefused(
      0, [&] { return MakeBundle(room[0], first); }, ErrorKind::kMisuse, "session:offer-exists");
  Must(room[0].CreateCommit({}));
  room.room().Commit(room[1], {});
  room.RequireGoesOn();
}

TEST_CASE("A staged commit is applied in the epoch and group it was staged in") {
  HostileRoom room(3);
  HostileRoom elsewhere(2);
  const auto refused = [](HostileRoom& where, std::size_t member, const char* how,
                          StagedCommit commit) {
    const Mutation mutation(how);
    where.RequireCallRefused(
        member, [&] { return where[member].Apply(std::move(commit)); }, ErrorKind::kMisuse,
        "session:staged-in-this-epoch");
  };
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  StagedCommit staged = ReceiveCommit(room[1], offer.commit);
  StagedCommit late = ReceiveCommit(room[1], offer.commit);
  StagedCommit foreign = ReceiveCommit(room[1], offer.commit);
  StagedCommit own = ReceiveCommit(room[0], offer.commit);
  refused(elsewhere, 1, "in another group", std::move(foreign));
  Must(room[1].Apply(std::move(staged)));
  refused(room, 1, "in a later epoch", std::move(late));
  Must(Withdraw(room[0], offer.id));
  refused(room, 0, "of an offer that was withdrawn", std::move(own));
  elsewhere.RequireGoesOn();
}

TEST_CASE("A new identity comes with its signer") {
  HostileRoom room(2);
  const Identity nobody{BasicCredential{{'x'}}, nullptr};
  room.RequireRequestRefused(0, {.new_identity = nobody}, ErrorKind::kMisuse,
                             "session:identity-has-signer");
  room.RequireCallRefused(
      0, [&] { return ProposeUpdate(room[0], nobody); }, ErrorKind::kMisuse,
      "session:identity-has-signer");
  room.RequireGoesOn();
}

TEST_CASE("A key package is used once, and a join is entered by whom it is for") {
  Invitation invitation;
  TestClient& joiner = invitation.joiner();
  StagedJoin first = Must(joiner->ReadWelcome(invitation.honest_welcome()));
  StagedJoin second = Must(joiner->ReadWelcome(invitation.honest_welcome()));
  StagedJoin third = Must(joiner->ReadWelcome(invitation.honest_welcome()));
  HostileRoom& room = invitation.room();
  PendingJoin anothers = Must(StartExternalJoin(*room.Outsider(), Must(MakeGroupInfo(room[0]))));
  room.RequireCallRefused(
      1, [&] { return EnterExternally(*room.client(1), std::move(anothers)); }, ErrorKind::kMisuse,
      "session:join-is-the-clients");
  Session joined = Must(joiner->Enter(std::move(first)));
  RequireRefusedBy(
      joiner, [&] { return joiner->Enter(std::move(second)); }, ErrorKind::kMissing,
      "16.8:key-package-used-once");
  Sessions all = room.room().all();
  all.emplace_back(joined);
  RequireStillHealthy(all);
  Must(joiner->DeleteGroup(joined.group_id()));
  const Mutation mutation("when the group is gone");
  RequireRefusedBy(
      joiner, [&] { return joiner->Enter(std::move(third)); }, ErrorKind::kMissing,
      "16.8:key-package-used-once");
  RequireStillHealthy(room.room().all());
}

TEST_CASE("A record that does not decode is the storage's failure") {
  Invitation invitation;
  TestClient& joiner = invitation.joiner();
  const Bytes key = Must(joiner.storage.Keys(record_key::KeyPackages())).front();
  const Secret good = std::move(*Must(joiner.storage.Read(key)));
  for (const bool truncated : {true, false}) {
    Bytes bad = BytesOf(good);
    truncated ? bad.pop_back() : static_cast<void>(bad[0] = 9);
    WriteBatch batch;
    batch.Put(key, bad);
    Must(joiner.storage.Write(batch));
    invitation.RequireMessageRefused(invitation.honest_welcome(), ErrorKind::kStorage,
                                     "storage:key-package-record-decodes");
  }
  WriteBatch batch;
  batch.Put(key, good.ExposeForProvider());
  const Bytes head = record_key::Group(invitation.room()[0].group_id());
  batch.Put(head, Bytes{1, 2});
  Must(joiner.storage.Write(batch));
  const Bytes info = Must(MakeGroupInfo(invitation.room()[0]));
  RequireRefusedBy(
      joiner, [&] { return StartExternalJoin(*joiner, info, {.replace = LeafIndex{4}}); },
      ErrorKind::kStorage, "storage:group-record-decodes");
  WriteBatch mended;
  mended.Erase(head);
  Must(joiner.storage.Write(mended));
  invitation.RequireJoins();
}

}  // namespace
}  // namespace conclave::testing
