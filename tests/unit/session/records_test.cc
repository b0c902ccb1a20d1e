// The session layer's records: what a step writes, and what it insists on finding.
#include "session/records.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "conclave/memory_storage.h"
#include "session/client_state.h"
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

TEST_CASE("A group is new once") {
  TestClient alice("alice");
  Room room({&alice});
  MemoryStorage storage;
  const GroupId& id = room[0].group_id();
  CHECK_FALSE(Must(ReadGroupEpoch(storage, id)).has_value());
  const auto record = [&](WriteBatch& batch) { RecordNewGroup(EpochOf(room[0]), batch); };
  REQUIRE(Write(storage, record).ok());
  CHECK(Must(ReadGroupEpoch(storage, id)) == Epoch{0});
  const auto again = Write(storage, record);
  REQUIRE(KindOf(again) == ErrorKind::kStorage);
  CHECK(again.error().detail == kStorageConflict);
}

TEST_CASE("Epochs follow each other, and the oldest keys go") {
  TestClient alice("alice");
  Room room({&alice});
  const GroupId id = room[0].group_id();
  Policy policy;
  policy.resumption_psks = 2;
  MemoryStorage storage;
  const StoredPsks psks(storage);
  REQUIRE(Write(storage, [&](WriteBatch& b) { RecordNewGroup(EpochOf(room[0]), b); }).ok());
  const auto next = [&] {
    return Write(storage, [&](WriteBatch& b) { RecordNextEpoch(EpochOf(room[0]), policy, b); });
  };
  for (Epoch epoch = 1; epoch <= 5; ++epoch) {
    room.Commit(room[0]);
    REQUIRE(next().ok());
    CHECK(Must(ReadGroupEpoch(storage, id)) == epoch);
  }
  // This epoch's, and two past ones.
  CHECK(HeldPsks(psks, id, 5) == std::vector<Epoch>{3, 4, 5});
  // The same epoch twice, or one that was skipped, is somebody else's writing.
  CHECK(KindOf(next()) == ErrorKind::kStorage);
  room.Commit(room[0]);
  room.Commit(room[0]);
  CHECK(KindOf(next()) == ErrorKind::kStorage);
  CHECK(Must(ReadGroupEpoch(storage, id)) == Epoch{5});
}

TEST_CASE("A group that is joined again keeps the keys that are still in the window") {
  TestClient alice("alice");
  Room room({&alice});
  const GroupId id = room[0].group_id();
  Policy policy;
  policy.resumption_psks = 3;
  MemoryStorage storage;
  const StoredPsks psks(storage);
  REQUIRE(Write(storage, [&](WriteBatch& b) { RecordNewGroup(EpochOf(room[0]), b); }).ok());
  for (int i = 0; i < 4; ++i) {
    room.Commit(room[0]);
    REQUIRE(
        Write(storage, [&](WriteBatch& b) { RecordNextEpoch(EpochOf(room[0]), policy, b); }).ok());
  }
  REQUIRE(HeldPsks(psks, id, 4) == std::vector<Epoch>{1, 2, 3, 4});
  room.Commit(room[0]);
  room.Commit(room[0]);  // 6, without us
  REQUIRE(Write(storage, [&](WriteBatch& b) {
            RecordRejoinedGroup(EpochOf(room[0]), 4, policy, b);
          }).ok());
  CHECK(HeldPsks(psks, id, 6) == std::vector<Epoch>{3, 4, 6});
  CHECK(Must(ReadGroupEpoch(storage, id)) == Epoch{6});
}

TEST_CASE("Of a group that has ended nothing stays, and nothing else goes") {
  TestClient alice("alice");
  Room room({&alice}, {.id = ToBytes("room")});
  Room longer({&alice}, {.id = ToBytes("room two")});
  MemoryStorage storage;
  for (Room* each : {&room, &longer}) {
    REQUIRE(Write(storage, [&](WriteBatch& b) { RecordNewGroup(EpochOf((*each)[0]), b); }).ok());
  }
  const std::size_t all = storage.Keys({}).value().size();
  // A session that is not in the epoch of the record does not end the group.
  REQUIRE(KindOf(Write(storage, [&](WriteBatch& b) {
            RecordDeparture(room[0].group_id(), 7, b);
          })) == ErrorKind::kStorage);
  REQUIRE(storage.Keys({}).value().size() == all);
  REQUIRE(Write(storage, [&](WriteBatch& b) { RecordDeparture(room[0].group_id(), 0, b); }).ok());
  CHECK(storage.Keys({}).value().size() == all / 2);
  CHECK_FALSE(Must(ReadGroupEpoch(storage, ToBytes("room"))).has_value());
  CHECK(Must(ReadGroupEpoch(storage, ToBytes("room two"))) == Epoch{0});
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
  CHECK(KindOf(ReadGroupEpoch(storage, AsBytes("room"))) == ErrorKind::kStorage);
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
