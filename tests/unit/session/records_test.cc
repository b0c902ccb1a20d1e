// The session layer's records: what a step writes, and what it insists on finding.
#include "session/records.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "conclave/memory_storage.h"
#include "session/load_group.h"
#include "session/session_state.h"
#include "storage/record_key.h"
#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

const EpochState& EpochOf(const Session& session) {
  return Must(SessionAccess::Of(session).member())->epoch();
}

// Writes what `record` adds to a batch.
template <class Record>
Result<void> Write(Storage& storage, Record record) {
  WriteBatch batch;
  record(batch);
  return storage.Write(batch);
}

void PutRaw(Storage& storage, const Bytes& key, std::string_view value) {
  Must(Write(storage, [&](WriteBatch& batch) { batch.Put(key, AsBytes(value)); }));
}

std::vector<Epoch> HeldPsks(const StoredPsks& psks, const GroupId& id, Epoch last) {
  std::vector<Epoch> held;
  for (Epoch epoch = 0; epoch <= last; ++epoch) {
    if (psks.Find(ResumptionPskId{id, epoch}).ok()) held.push_back(epoch);
  }
  return held;
}

}  // namespace

TEST_CASE("The resumption keys of the last epochs stay, and the older ones go") {
  TestClient alice("alice", {.policy = {.resumption_psks = 2}});
  Room room({&alice});
  const StoredPsks psks(alice.storage);
  for (int i = 0; i < 5; ++i) room.Commit(room[0]);
  CHECK(HeldPsks(psks, room[0].group_id(), 5) == std::vector<Epoch>{3, 4, 5});
}

TEST_CASE("A group that is joined again keeps the resumption keys that are still in the window") {
  TestClient alice("alice", {.policy = {.resumption_psks = 3}});
  Room room({&alice});
  for (int i = 0; i < 4; ++i) room.Commit(room[0]);
  const GroupId id = room[0].group_id();
  const StoredPsks psks(alice.storage);
  REQUIRE(HeldPsks(psks, id, 4) == std::vector<Epoch>{1, 2, 3, 4});
  const GroupHead left = SessionAccess::Of(room[0]).head;
  TestClient elsewhere("alice");
  Room later({&elsewhere}, {.id = id});
  for (int i = 0; i < 6; ++i) later.Commit(later[0]);
  GroupHead head;
  head.epoch = 6;
  REQUIRE(Write(alice.storage, [&](WriteBatch& b) {
            RecordRejoin(left, head, EpochOf(later[0]), alice.options.policy, b);
          }).ok());
  CHECK(HeldPsks(psks, id, 6) == std::vector<Epoch>{3, 4, 6});
  CHECK(Must(ReadGroupHead(alice.storage, id))->epoch == Epoch{6});
}

TEST_CASE("Of a group that has ended nothing stays, and nothing else goes") {
  TestClient alice("alice");
  Room room({&alice}, {.id = ToBytes("room")});
  Room longer({&alice}, {.id = ToBytes("room two")});
  const std::size_t all = alice.storage.Keys({}).value().size();
  REQUIRE(alice->DeleteGroup(room[0].group_id()).ok());
  const std::size_t rest = alice.storage.Keys({}).value().size();
  REQUIRE(alice->DeleteGroup(longer[0].group_id()).ok());
  const std::size_t nothing = alice.storage.Keys({}).value().size();
  CHECK(all - rest == rest - nothing);
  // The format, and the client's signature key.
  CHECK(nothing == 2);
}

TEST_CASE("A key package is used once") {
  TestClient alice("alice");
  alice.KeyPackage();
  const Bytes key = Must(alice.storage.Keys(record_key::KeyPackages())).front();
  // The key is the table, and the reference with its length.
  const KeyPackageRef ref{Bytes(key.begin() + 2, key.end())};
  REQUIRE(Must(ReadKeyPackage(alice.storage, ref)).has_value());
  WriteBatch first, second;
  REQUIRE(RecordKeyPackageUse(alice.storage, ref, first).ok());
  REQUIRE(RecordKeyPackageUse(alice.storage, ref, second).ok());
  REQUIRE(alice.storage.Write(first).ok());
  // Two at once: one wins.
  CHECK(KindOf(alice.storage.Write(second)) == ErrorKind::kStorage);
  WriteBatch third;
  CHECK(KindOf(RecordKeyPackageUse(alice.storage, ref, third)) == ErrorKind::kMissing);
  CHECK_FALSE(Must(ReadKeyPackage(alice.storage, ref)).has_value());
}

TEST_CASE("A record that does not decode is the storage's fault") {
  MemoryStorage storage;
  const KeyPackageRef ref{ToBytes("ref")};
  PutRaw(storage, record_key::KeyPackage(ref), "garbage");
  CHECK(KindOf(ReadKeyPackage(storage, ref)) == ErrorKind::kStorage);
  PutRaw(storage, record_key::Group(AsBytes("room")), "garbage and more");
  CHECK(KindOf(ReadGroupHead(storage, AsBytes("room"))) == ErrorKind::kStorage);
}

TEST_CASE("Pre-shared keys are found by name and kind") {
  MemoryStorage storage;
  const StoredPsks psks(storage);
  PutRaw(storage, record_key::Psk(AsBytes("name")), "secret");
  PutRaw(storage, record_key::ResumptionPsk(AsBytes("group"), 3), "past");
  CHECK(BytesOf(Must(psks.Find(ExternalPskId{ToBytes("name")}))) == ToBytes("secret"));
  CHECK(KindOf(psks.Find(ExternalPskId{ToBytes("nam")})) == ErrorKind::kMissing);
  CHECK(BytesOf(Must(psks.Find(ResumptionPskId{ToBytes("group"), 3}))) == ToBytes("past"));
  CHECK(KindOf(psks.Find(ResumptionPskId{ToBytes("group"), 4})) == ErrorKind::kMissing);
  CHECK(KindOf(psks.Find(ResumptionPskId{ToBytes("grou"), 3})) == ErrorKind::kMissing);
}

}  // namespace conclave::testing
