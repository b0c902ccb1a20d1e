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
      {CredentialMoment::key_package_to_add, 0,
       [&] { return ErrorOf(alice.CreateCommit({.add = {erins}})); }},
      {CredentialMoment::group_info_to_join, 3,
       [&] { return ErrorOf(StartExternalJoin(*erin, info)); }},
      {CredentialMoment::received_add, 0, [&] { return ErrorOf(alice.Receive(add)); }},
      {CredentialMoment::received_update, 0, [&] { return ErrorOf(alice.Receive(update)); }},
      {CredentialMoment::received_update_path, 0,
       [&] { return ErrorOf(alice.Receive(rename.commit)); }},
      {CredentialMoment::external_sender_added, 0, [&] { return ErrorOf(alice.Receive(added)); }},
      {CredentialMoment::external_sender_updated, 0,
       [&] { return ErrorOf(alice.Receive(replaced)); }}};
  for (const Case& each : cases) {
    INFO("moment " << static_cast<int>(each.moment));
    RecordingVerifier& verifier = room.client(each.who).verifier;
    const Observed before = Observe(alice, room.client(0));
    const auto answer = [&](CredentialAnswer wanted) {
      verifier.judge = [&each, wanted](const AskedQuestion& question) {
        return question.moment == each.moment ? wanted : CredentialAnswer::accept;
      };
    };
    answer(CredentialAnswer::unavailable);
    REQUIRE(each.attempt() == Describe(ErrorKind::kUnavailable, "5.3.1:verifier-can-say"));
    answer(CredentialAnswer::reject);
    REQUIRE(each.attempt() == Describe(ErrorKind::kRejectedByPolicy, "5.3.1:verifier-accepts"));
    REQUIRE(Observe(alice, room.client(0)) == before);
    // The same bytes, once the verifier can say.
    answer(CredentialAnswer::accept);
    if (each.moment == CredentialMoment::received_update_path) REQUIRE(each.attempt() == "ok");
    verifier.judge = nullptr;
  }
}

TEST_CASE("A received message within the limits is read, a larger one is not looked at") {
  HostileRoom room(2, {.policy = {.padding = Padding::none}});
  const Bytes small = Must(room[0].Protect(Bytes(100)));
  TestClient& bob = room.client(1);
  const_cast<Policy&>(ClientAccess::State(*bob)->policy).max_message_size = small.size() - 1;
  room.RequireRefusedBy(1, small, ErrorKind::kRejectedByPolicy, "2.1.2:received-within-limit");
  REQUIRE(ErrorOf(room[1].Protect(Bytes(small.size()))) ==
          Describe(ErrorKind::kRejectedByPolicy, "2.1.2:message-within-limit"));
  REQUIRE(ErrorOf(room[1].Protect({}, Bytes(small.size()))) ==
          Describe(ErrorKind::kRejectedByPolicy, "2.1.2:message-within-limit"));
  const_cast<Policy&>(ClientAccess::State(*bob)->policy).max_message_size = small.size();
  ReceiveApplication(room[1], small);
}

TEST_CASE("After the AEAD's limit of messages a commit is due") {
  HostileRoom room(2, {.policy = {.max_messages_per_epoch = 3}});
  for (int i = 0; i < 3; ++i) ReceiveApplication(room[1], Must(room[0].Protect(AsBytes("hello"))));
  const Observed before = Observe(room[0], room.client(0));
  REQUIRE(ErrorOf(room[0].Protect(AsBytes("one too many"))) ==
          Describe(ErrorKind::kCommitFirst, "15.2:messages-within-limit"));
  REQUIRE(Observe(room[0], room.client(0)) == before);
  room.room().Commit(room[0], {});
  room.RequireGoesOn();
}

TEST_CASE("An epoch has a bounded number of offers, and each is withdrawn once") {
  HostileRoom room(2, {.policy = {.max_offers = 2}});
  const OfferId first = Must(room[0].CreateCommit({})).id;
  Must(room[0].CreateCommit({}));
  room.RequireRequestRefused(0, {}, ErrorKind::kMisuse, "14:offers-within-limit");
  Must(Withdraw(room[0], first));
  REQUIRE(ErrorOf(Withdraw(room[0], first)) ==
          Describe(ErrorKind::kMisuse, "session:offer-exists"));
  REQUIRE(ErrorOf(MakeBundle(room[0], first)) ==
          Describe(ErrorKind::kMisuse, "session:offer-exists"));
  Must(room[0].CreateCommit({}));
  room.room().Commit(room[1], {});
  room.RequireGoesOn();
}

TEST_CASE("A staged commit is applied in the epoch and group it was staged in") {
  HostileRoom room(3);
  HostileRoom elsewhere(2);
  const auto misused = Describe(ErrorKind::kMisuse, "session:staged-in-this-epoch");
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  StagedCommit staged = ReceiveCommit(room[1], offer.commit);
  StagedCommit late = ReceiveCommit(room[1], offer.commit);
  StagedCommit foreign = ReceiveCommit(room[1], offer.commit);
  StagedCommit own = ReceiveCommit(room[0], offer.commit);
  REQUIRE(ErrorOf(elsewhere[1].Apply(std::move(foreign))) == misused);
  Must(room[1].Apply(std::move(staged)));
  const Observed before = Observe(room[1], room.client(1));
  REQUIRE(ErrorOf(room[1].Apply(std::move(late))) == misused);
  REQUIRE(Observe(room[1], room.client(1)) == before);
  // An offer that was withdrawn in between.
  Must(Withdraw(room[0], offer.id));
  REQUIRE(ErrorOf(room[0].Apply(std::move(own))) == misused);
  elsewhere.RequireGoesOn();
}

TEST_CASE("A new identity comes with its signer") {
  HostileRoom room(2);
  const Identity nobody{BasicCredential{{'x'}}, nullptr};
  room.RequireRequestRefused(0, {.new_identity = nobody}, ErrorKind::kMisuse,
                             "session:identity-has-signer");
  REQUIRE(ErrorOf(ProposeUpdate(room[0], nobody)) ==
          Describe(ErrorKind::kMisuse, "session:identity-has-signer"));
  room.RequireGoesOn();
}

TEST_CASE("A key package is used once, and a join is entered by whom it is for") {
  Invitation invitation;
  TestClient& joiner = invitation.joiner();
  StagedJoin first = Must(joiner->ReadWelcome(invitation.honest_welcome()));
  StagedJoin second = Must(joiner->ReadWelcome(invitation.honest_welcome()));
  StagedJoin third = Must(joiner->ReadWelcome(invitation.honest_welcome()));
  const auto misused = Describe(ErrorKind::kMisuse, "session:join-is-the-clients");
  REQUIRE(ErrorOf(EnterExternally(
              *invitation.room().client(1),
              Must(StartExternalJoin(*invitation.room().Outsider(),
                                     Must(MakeGroupInfo(invitation.room()[0])))))) == misused);
  Session joined = Must(joiner->Enter(std::move(first)));
  const auto stored = StoredBy(joiner);
  REQUIRE(ErrorOf(joiner->Enter(std::move(second))) ==
          Describe(ErrorKind::kMissing, "16.8:key-package-used-once"));
  REQUIRE(StoredBy(joiner) == stored);
  Must(joiner->DeleteGroup(joined.group_id()));
  REQUIRE(ErrorOf(joiner->Enter(std::move(third))) ==
          Describe(ErrorKind::kMissing, "16.8:key-package-used-once"));
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
  batch.Put(record_key::Group(invitation.room()[0].group_id()), Bytes{1, 2});
  Must(joiner.storage.Write(batch));
  REQUIRE(ErrorOf(StartExternalJoin(*joiner, Must(MakeGroupInfo(invitation.room()[0])),
                                    {.replace = LeafIndex{4}})) ==
          Describe(ErrorKind::kStorage, "storage:group-record-decodes"));
}

}  // namespace
}  // namespace conclave::testing
