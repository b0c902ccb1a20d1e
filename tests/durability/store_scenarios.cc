// What concerns all that alice has: her beginning, groups that come and go, pre-shared keys, a
// backup, and a store of an earlier version.
#include <algorithm>

#include "base/result_macros.h"
#include "durability/scenario.h"
#include "durability/store_story.h"
#include "storage/record_key.h"
#include "support/must.h"

namespace conclave::testing {

using test::KindOf;
using test::Must;

namespace {

// Adds `key_package` to bob's and carol's group. The Welcome.
Bytes WelcomeFor(Cast& cast, const Bytes& key_package) {
  const OutgoingCommit commit = Must(cast.peers[0].get().CreateCommit({.add = {key_package}}));
  Bytes welcome = ReceiveAndApply(cast.peers[0], commit.commit).welcomes.front();
  ReceiveAndApply(cast.peers[1], commit.commit);
  return welcome;
}

// Alice has not been here before.
void ForgetAlice(Cast& cast) {
  WriteBatch batch;
  batch.ErasePrefix({});
  Must(cast.alice.storage.Write(batch));
}

void FoundWithNewAlice(Cast& cast) {
  cast.FoundWithoutAlice();
  ForgetAlice(cast);
}

// Her first start made the client; she shows a key package to bob, who adds her.
Result<void> Begin(Cast&, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<KeyPackageSummary> held, KeyPackages(alice.client()));
  if (!held.empty()) return {};
  CONCLAVE_RETURN_IF_ERROR(alice.client().NewKeyPackage());
  return {};
}

void BobAddsNewAlice(Cast& cast, Program& alice) {
  const auto held = Must(KeyPackages(alice.client()));
  REQUIRE(held.size() == 1);
  Must(alice.Join(cast.group(), WelcomeFor(cast, held.front().key_package)));
  Converse(cast, alice);
}

Result<void> CreateGroup(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(const bool is_there, alice.IsInGroup(cast.group()));
  if (!is_there) {
    CONCLAVE_ASSIGN_OR_RETURN(Session session, alice.client().CreateGroup({.id = cast.group()}));
    alice.Keep(std::move(session));
  }
  return {};
}

void AliceAddsDave(Cast& cast, Program& alice) {
  Session& session = *Must(alice.Open(cast.group()));
  Must(alice.Commit(session, 0, {.add = {cast.dave.KeyPackage()}}));
  cast.joined.push_back(cast.dave.Join(alice.outside().Distinct(Sent::welcome).front()));
  RequireHealthy({session, cast.joined.front()});
}

Result<void> DeleteGroup(Cast& cast, Program& alice) {
  CONCLAVE_RETURN_IF_ERROR(alice.client().DeleteGroup(cast.group()));
  alice.sessions().clear();
  return {};
}

void RequireDeleted(Cast& cast, Program& alice) {
  REQUIRE(KindOf(alice.client().OpenGroup(cast.group())) == ErrorKind::kNotMember);
  RequireHealthy(cast.peers);
}

Result<void> AddAndRemovePsks(Cast&, Program& alice) {
  Client& client = alice.client();
  for (const char* id : {"kept", "gone"}) {
    CONCLAVE_RETURN_IF_ERROR(client.AddPsk(AsBytes(id), Secret::CopyOf(AsBytes("shared"))));
  }
  return client.RemovePsk(AsBytes("gone"));
}

// A commit with the one works, a commit with the other cannot be made.
void RequireOnePsk(Cast& cast, Program& alice) {
  for (TestClient* client : {&cast.bob, &cast.carol}) {
    Must((*client)->AddPsk(AsBytes("kept"), Secret::CopyOf(AsBytes("shared"))));
  }
  Session& session = *Must(alice.Open(cast.group()));
  REQUIRE(KindOf(session.CreateCommit({.psks = {ExternalPskId{ToBytes("gone")}}})) ==
          ErrorKind::kMissing);
  Must(alice.Commit(session, cast.epoch, {.psks = {ExternalPskId{ToBytes("kept")}}}));
  Converse(cast, alice);
}

// Alice's store is a backup, made before she sent what bob and carol have read.
void FoundWithBackup(Cast& cast) {
  cast.Found();
  const Rows backup = RowsOf(cast.alice.storage).value();
  const Bytes sent = Must(cast.alices().Protect(AsBytes("before the loss")));
  for (Session& peer : cast.peers) ReceiveApplication(peer, sent);
  cast.mail["sent"] = sent;
  WriteBatch batch;
  batch.ErasePrefix({});
  for (const auto& [key, value] : backup) batch.Put(AsBytes(key), AsBytes(value));
  Must(cast.alice.storage.Write(batch));
}

// As long as no commit of hers has been accepted, what she starts from is the backup.
Result<void> RecoverFromBackup(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  if (session->epoch() == cast.epoch && !session->is_restored()) {
    CONCLAVE_ASSIGN_OR_RETURN(
        Session restored,
        alice.client().OpenGroup(cast.group(), {.storage = StorageOrigin::backup}));
    session = alice.Keep(std::move(restored));
  }
  if (session->epoch() == cast.epoch) {
    REQUIRE(session->is_restored());
    REQUIRE(!session->Protect(AsBytes("not yet")).ok());
  }
  return alice.Commit(*session, cast.epoch, {});
}

// A store as format 1 had it: no format record, a number where key packages have their state, and
// of each group a record that is of no use.
void FoundWithFormat1(Cast& cast) {
  cast.FoundWithoutAlice();
  const Bytes key_package = cast.alice.KeyPackage();
  WriteBatch batch;
  batch.Erase(record_key::Format());
  for (const Bytes& key : Must(cast.alice.storage.Keys(record_key::KeyPackages()))) {
    Bytes value = BytesOf(*Must(cast.alice.storage.Read(key)));
    value.front() = 1;
    batch.Put(key, value);
  }
  batch.Put(record_key::Group(AsBytes("lost")), AsBytes("\x01"));
  Must(cast.alice.storage.Write(batch));
  cast.mail["welcome"] = WelcomeFor(cast, key_package);
}

Result<void> JoinWithOldKeyPackage(Cast& cast, Program& alice) {
  CONCLAVE_RETURN_IF_ERROR(alice.Join(cast.group(), cast.mail["welcome"]));
  return {};
}

}  // namespace

std::vector<Scenario> StoreScenarios() {
  return {
      {.name = "a client that begins",
       .prepare = FoundWithNewAlice,
       .act = Begin,
       .finish = BobAddsNewAlice},
      {.name = "a group that is created",
       .prepare = ForgetAlice,
       .act = CreateGroup,
       .finish = AliceAddsDave},
      {.name = "a group that is deleted",
       .prepare = [](Cast& cast) { cast.Found(); },
       .act = DeleteGroup,
       .finish = RequireDeleted},
      {.name = "pre-shared keys that come and go",
       .prepare = [](Cast& cast) { cast.Found(); },
       .act = AddAndRemovePsks,
       .finish = RequireOnePsk},
      {.name = "a backup, and the commit after it",
       .prepare = FoundWithBackup,
       .act = RecoverFromBackup},
      {.name = "a store of format 1", .prepare = FoundWithFormat1, .act = JoinWithOldKeyPackage},
  };
}

}  // namespace conclave::testing
