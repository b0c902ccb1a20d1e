// The storage of an earlier version becomes this one's, and that of a later one is left alone.
#include "session/migration.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "conclave/key_packages.h"
#include "conclave/memory_storage.h"
#include "session/records.h"
#include "session/session_state.h"
#include "storage/record_key.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

void Put(Storage& storage, BytesView key, BytesView value) {
  WriteBatch batch;
  batch.Put(key, value);
  Must(storage.Write(batch));
}

Result<Client> ClientOver(Storage& storage, const SettableClock& clock,
                          RecordingVerifier& verifier) {
  return Client::Create({.identity = "alice",
                         .crypto = test::Provider(),
                         .clock = clock,
                         .verifier = verifier,
                         .storage = storage});
}

// A record of a key package as format 1 had it: with the format's number in front, and without a
// state.
Bytes InFormat1(const KeyPackageRecord& record) {
  Bytes old = {1, record.last_resort};
  const Secret now = wire::SerializeSecret(record);
  const BytesView rest = now.ExposeForProvider().subspan(2);
  old.insert(old.end(), rest.begin(), rest.end());
  return old;
}

}  // namespace

TEST_CASE("A storage of format 1 keeps its keys and its key packages, and no sessions") {
  TestClient alice("alice"), bob("bob");
  Room room({&bob});
  const Bytes key_package = alice.KeyPackage();
  MemoryStorage old;
  for (const Bytes& key : Must(alice.storage.Keys({}))) {
    const Secret value = std::move(*Must(alice.storage.Read(key)));
    if (key == record_key::Format()) continue;
    if (key[0] != static_cast<std::uint8_t>(record_key::Table::key_package)) {
      Put(old, key, value.ExposeForProvider());
      continue;
    }
    Put(old, key, InFormat1(Must(wire::Parse<KeyPackageRecord>(value.ExposeForProvider()))));
  }
  const Bytes psk = record_key::ResumptionPsk(AsBytes("lost"), 7);
  Put(old, psk, AsBytes("secret"));
  Put(old, record_key::Group(AsBytes("lost")), wire::Serialize(Epoch{7}));

  Client migrated = Must(ClientOver(old, alice.clock, alice.verifier));
  CHECK(std::ranges::equal(migrated.signature_key(), (*alice).signature_key()));
  CHECK(Must(migrated.Groups()).empty());
  CHECK(Must(old.Read(psk)).has_value());
  const auto held = Must(KeyPackages(migrated));
  REQUIRE(held.size() == 1);
  CHECK(held[0].state == KeyPackageState::published);
  const Entered entered = Commit(room[0], {.add = {key_package}}, {});
  Session joined = Must(migrated.Enter(Must(migrated.ReadWelcome(entered.welcomes.front()))));
  RequireHealthy({room[0], joined});
  // Once is enough.
  WriteBatch again;
  REQUIRE(Migrate(old, again).ok());
  CHECK(again.empty());
}

TEST_CASE("A storage that a later version wrote is refused and left as it is") {
  SettableClock clock;
  RecordingVerifier verifier;
  MemoryStorage storage;
  const auto detail_with = [&](const Bytes& format) {
    Put(storage, record_key::Format(), format);
    const auto client = ClientOver(storage, clock, verifier);
    return client.ok() ? std::string("ok") : std::string(client.error().detail);
  };
  CHECK(detail_with({0, 3}) == "storage:format-is-known");
  CHECK(detail_with({0}) == "storage:format-record-decodes");
  CHECK(Must(storage.Keys({})).size() == 1);
  CHECK(detail_with({0, 2}) == "ok");
}

}  // namespace conclave::testing
