// How a session writes: once for each call that changes anything, never past another writer, with
// the application's rows, and no further than a backup allows.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <utility>

#include "conclave/external_join.h"
#include "conclave/group_info.h"
#include "conclave/key_packages.h"
#include "conclave/offers.h"
#include "conclave/proposals.h"
#include "session/session_state.h"
#include "storage/record_key.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "wire/parse.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

// The application's row, or "-" if it is not there.
std::string RowOf(const Storage& storage, std::string_view key) {
  const auto value = Must(storage.Read(AppRowKey(AsBytes(key))));
  return value.has_value() ? TextOf(value->ExposeForProvider()) : "-";
}

// All records, as they are.
using Records = std::vector<std::pair<Bytes, Bytes>>;
Records RecordsOf(const Storage& storage) {
  Records records;
  for (const Bytes& key : Must(storage.Keys({}))) {
    records.emplace_back(key, BytesOf(*Must(storage.Read(key))));
  }
  return records;
}
// Makes a storage what it was.
void RollBack(Storage& storage, const Records& records) {
  WriteBatch batch;
  batch.ErasePrefix({});
  for (const auto& [key, value] : records) batch.Put(key, value);
  Must(storage.Write(batch));
}

struct Pair {
  explicit Pair(const TestClientOptions& options = {})
      : alice("alice", options), bob("bob", options) {}
  TestClient alice, bob;
  Room room{{&alice, &bob}};
};

}  // namespace

TEST_CASE("Each call that changes anything makes one write, and the others none") {
  Pair pair;
  TestClient carol("carol");
  Session& alice = pair.room[0];
  const auto writes = [&](const auto& call) {
    const std::size_t before = pair.alice.storage.writes;
    call();
    return pair.alice.storage.writes - before;
  };
  Bytes sent, proposal;
  OutgoingCommit commit;
  CHECK(writes([&] { sent = Must(alice.Protect(AsBytes("hello"))); }) == 1);
  CHECK(writes([&] { ReceiveOwn(alice, sent); }) == 0);
  const Bytes received = Must(pair.room[1].Protect(AsBytes("hi")));
  CHECK(writes([&] { ReceiveApplication(alice, received); }) == 1);
  CHECK(writes([&] { CHECK(!alice.Receive(received).ok()); }) == 0);
  CHECK(writes([&] { proposal = Must(ProposeUpdate(alice)); }) == 1);
  ReceiveProposal(pair.room[1], proposal);
  const Bytes add = Must(ProposeAdd(pair.room[1], carol.KeyPackage()));
  CHECK(writes([&] { ReceiveProposal(alice, add); }) == 1);
  CHECK(writes([&] { commit = Must(alice.CreateCommit({})); }) == 1);
  CHECK(writes([&] { Must(Withdraw(alice, commit.id)); }) == 1);
  commit = Must(pair.room[1].CreateCommit({}));
  std::optional<StagedCommit> staged;
  CHECK(writes([&] { staged = ReceiveCommit(alice, commit.commit); }) == 0);
  CHECK(writes([&] { Must(alice.Apply(std::move(*staged))); }) == 1);
  CHECK(writes([&] { Must(MakeGroupInfo(alice)); }) == 0);
  CHECK(writes([&] { pair.alice.KeyPackage(); }) == 1);
  CHECK(writes([&] { CHECK(pair.alice->CreateGroup().ok()); }) == 1);
  CHECK(writes([&] { CHECK(pair.alice->OpenGroup(alice.group_id()).ok()); }) == 0);
  CHECK(writes([&] { Must(pair.alice->DeleteGroup(alice.group_id())); }) == 1);
}

TEST_CASE("The application's rows are written with the call, and carry what it makes") {
  Pair pair;
  const AppRow outbox{ToBytes("out"), ToBytes("1:"), AppRowContent::value_and_output};
  const Bytes sent = Must(pair.room[0].Protect(AsBytes("hello"), {}, std::vector{outbox}));
  CHECK(RowOf(pair.alice.storage, "out") == "1:" + TextOf(sent));
  const std::vector<AppRow> inbox = {
      {ToBytes("in"), ToBytes("2:"), AppRowContent::value_and_output},
      {ToBytes("cursor"), ToBytes("7")}};
  Must(pair.room[1].Receive(sent, inbox));
  CHECK(RowOf(pair.bob.storage, "in") == "2:hello");
  CHECK(RowOf(pair.bob.storage, "cursor") == "7");
  // What changes nothing writes nothing.
  const std::vector<AppRow> later = {{ToBytes("cursor"), ToBytes("8")}};
  REQUIRE(!pair.room[1].Receive(sent, later).ok());
  CHECK(RowOf(pair.bob.storage, "cursor") == "7");
  const OutgoingCommit commit = Must(pair.room[0].CreateCommit({}));
  StagedCommit staged = ReceiveCommit(pair.room[1], commit.commit);
  CHECK(RowOf(pair.bob.storage, "cursor") == "7");
  Must(pair.room[1].Apply(std::move(staged), later));
  CHECK(RowOf(pair.bob.storage, "cursor") == "8");
  const std::vector<AppRow> erase = {{ToBytes("in"), {}, AppRowContent::none}};
  ReceiveAndApply(pair.room[0], commit.commit);
  Must(pair.room[1].Receive(Must(pair.room[0].Protect(AsBytes("more"))), erase));
  CHECK(RowOf(pair.bob.storage, "in") == "-");
}

TEST_CASE("An inbox makes rows of a message and its sender, in the message's own write") {
  struct Kept final : Inbox {
    std::vector<AppRow> RowsFor(const ApplicationMessage& message) override {
      ++messages;
      const std::string row = NameOf(message.sender.credential) + ": " + TextOf(message.plaintext);
      return {{ToBytes("in"), ToBytes(row)}};
    }
    int messages = 0;
  };
  Pair pair;
  Kept inbox;
  const std::vector<AppRow> rows = {{ToBytes("in"), ToBytes("overwritten")},
                                    {ToBytes("cursor"), ToBytes("7")}};
  const Bytes sent = Must(pair.room[0].Protect(AsBytes("hello")));
  const std::size_t writes = pair.bob.storage.writes;
  pair.bob.storage.fail_writes = true;
  REQUIRE(!pair.room[1].Receive(sent, rows, &inbox).ok());
  CHECK(RowOf(pair.bob.storage, "in") == "-");
  pair.bob.storage.fail_writes = false;
  REQUIRE(pair.room[1].Receive(sent, rows, &inbox).ok());
  CHECK(pair.bob.storage.writes == writes + 1);
  CHECK(RowOf(pair.bob.storage, "in") == "alice: hello");
  CHECK(RowOf(pair.bob.storage, "cursor") == "7");
  // It is asked about application messages that open, and about nothing else.
  CHECK(inbox.messages == 2);
  REQUIRE(!pair.room[1].Receive(sent, rows, &inbox).ok());
  Must(pair.room[1].Receive(Must(ProposeUpdate(pair.room[0])), rows, &inbox));
  CHECK(inbox.messages == 2);
  CHECK(RowOf(pair.bob.storage, "in") == "overwritten");
}

TEST_CASE("Of two sessions of one group the second to write is told, and nothing is lost") {
  Pair pair;
  Session& first = pair.room[0];
  Session second = Must(pair.alice->OpenGroup(first.group_id()));
  const Bytes one = Must(first.Protect(AsBytes("one")));
  const auto refused = second.Protect(AsBytes("two"));
  REQUIRE(KindOf(refused) == ErrorKind::kStorage);
  CHECK(refused.error().detail == kStorageConflict);
  // It has gone on from what the first wrote: another key.
  const Bytes two = Must(second.Protect(AsBytes("two")));
  CHECK(TextOf(ReceiveApplication(pair.room[1], two).plaintext) == "two");
  CHECK(TextOf(ReceiveApplication(pair.room[1], one).plaintext) == "one");
  // A commit that one of them applied has been applied for the other.
  const OutgoingCommit commit = Must(pair.room[1].CreateCommit({}));
  ReceiveAndApply(pair.room[1], commit.commit);
  ReceiveAndApply(second, commit.commit);
  CHECK(KindOf(first.Protect(AsBytes("three"))) == ErrorKind::kStorage);
  CHECK(first.epoch() == second.epoch());
  RequireHealthy({first, pair.room[1]});
}

TEST_CASE("A commit staged before a session was loaded anew is not applied after it") {
  Pair pair;
  Session second = Must(pair.alice->OpenGroup(pair.room[0].group_id()));
  const OutgoingCommit commit = Must(pair.room[1].CreateCommit({}));
  StagedCommit staged = ReceiveCommit(pair.room[0], commit.commit);
  Must(second.Protect(AsBytes("meanwhile")));
  REQUIRE(KindOf(pair.room[0].Protect(AsBytes("conflict"))) == ErrorKind::kStorage);
  CHECK(KindOf(pair.room[0].Apply(std::move(staged))) == ErrorKind::kMisuse);
  ReceiveAndApply(pair.room[0], commit.commit);
  ReceiveAndApply(pair.room[1], commit.commit);
  RequireHealthy(pair.room.all());
}

TEST_CASE("After a failed write a session answers nothing until it can read the storage again") {
  Pair pair;
  Session& alice = pair.room[0];
  const Snapshot before = SnapshotOf(alice);
  pair.alice.storage.fail_writes = true;
  pair.alice.storage.fail_reads = true;
  CHECK(KindOf(alice.Protect(AsBytes("lost"))) == ErrorKind::kStorage);
  CHECK(alice.is_member());
  CHECK(KindOf(alice.ExportSecret("label", {}, 32)) == ErrorKind::kStorage);
  CHECK(KindOf(alice.Protect(AsBytes("lost"))) == ErrorKind::kStorage);
  CHECK(KindOf(alice.CreateCommit({})) == ErrorKind::kStorage);
  pair.alice.storage.fail_writes = false;
  pair.alice.storage.fail_reads = false;
  REQUIRE(alice.Protect(AsBytes("found")).ok());
  CHECK(SnapshotOf(alice) == before);
  RequireHealthy(pair.room.all());
}

TEST_CASE("With a lease messages need no write, and a crash skips what was reserved") {
  Pair pair({.policy = {.sending_lease = 8}});
  const std::size_t before = pair.alice.storage.writes;
  for (int i = 0; i < 20; ++i) {
    ReceiveApplication(pair.room[1], Must(pair.room[0].Protect(AsBytes("many"))));
  }
  CHECK(pair.alice.storage.writes - before == 3);
  // A crash: 24 generations were reserved, 20 were used.
  pair.room[0] = Must(pair.alice->OpenGroup(pair.room[0].group_id()));
  const Bytes message = Must(pair.room[0].Protect(AsBytes("after")));
  ReceiveApplication(pair.room[1], message);
  const auto& ratchets =
      Must(SessionAccess::Of(pair.room[1]).member())->epoch().secret_tree.ratchets();
  CHECK(ratchets.at({pair.room[0].own_leaf(), RatchetType::application}).head() == 25);
  // With a row of the application's each is a write again, and so it is without a lease.
  const std::size_t leased = pair.alice.storage.writes;
  const std::vector<AppRow> row = {{ToBytes("row"), {}}};
  for (int i = 0; i < 3; ++i) Must(pair.room[0].Protect(AsBytes("x"), {}, row));
  CHECK(pair.alice.storage.writes - leased == 3);
  pair.room.Commit(pair.room[1]);
  RequireHealthy(pair.room.all());
}

TEST_CASE(
    "A restored session receives, and sends only once it has keys that nobody can have seen") {
  Pair pair({.policy = {.handshakes = HandshakeFraming::private_message}});
  TestClient carol("carol");
  Session& alice = pair.room[0];
  const Records backup = RecordsOf(pair.alice.storage);
  const std::uint64_t then = alice.version();
  std::vector<Bytes> lost;
  for (int i = 0; i < 3; ++i) lost.push_back(Must(alice.Protect(AsBytes("before the loss"))));
  const std::uint64_t now = alice.version();
  REQUIRE(now > then);

  RollBack(pair.alice.storage, backup);
  const bool told = GENERATE(false, true);
  alice = Must(told ? pair.alice->OpenGroup(alice.group_id(), {.storage = StorageOrigin::backup})
                    : pair.alice->OpenGroup(alice.group_id(), {.expected_version = now}));
  CHECK(alice.is_restored());
  const auto sent = alice.Protect(AsBytes("again"));
  REQUIRE(KindOf(sent) == ErrorKind::kCommitFirst);
  CHECK(sent.error().detail == std::string_view("6.3.1:restored-sends-nothing"));
  const auto proposed = ProposeUpdate(alice);
  REQUIRE(KindOf(proposed) == ErrorKind::kCommitFirst);
  CHECK(proposed.error().detail == std::string_view("6.3.1:restored-proposes-nothing"));
  ReceiveApplication(alice, Must(pair.room[1].Protect(AsBytes("still there?"))));
  // What we sent and forgot is news.
  CHECK(TextOf(ReceiveApplication(alice, lost[0]).plaintext) == "before the loss");

  // It stays so across a restart and in the next epoch, in which we may have been as well.
  alice = Must(pair.alice->OpenGroup(alice.group_id()));
  CHECK(alice.is_restored());
  pair.room.Commit(pair.room[1]);
  CHECK(alice.is_restored());
  CHECK(KindOf(alice.Protect(AsBytes("again"))) == ErrorKind::kCommitFirst);

  const OutgoingCommit commit = Must(alice.CreateCommit({}));
  const auto parsed = Must(wire::Parse<rfc9420::MLSMessage>(commit.commit));
  CHECK(parsed.message.Is<rfc9420::PublicMessage>());
  DeliverCommit(pair.room.all(), commit.commit);
  CHECK_FALSE(alice.is_restored());
  RequireHealthy(pair.room.all());
}

TEST_CASE("An offer of the backup does not make a restored session fresh") {
  Pair pair({.policy = {.handshakes = HandshakeFraming::public_message}});
  const OutgoingCommit offer = Must(pair.room[0].CreateCommit({}));
  pair.room[0] =
      Must(pair.alice->OpenGroup(pair.room[0].group_id(), {.storage = StorageOrigin::backup}));
  DeliverCommit(pair.room.all(), offer.commit);
  CHECK(pair.room[0].is_restored());
  pair.room.Commit(pair.room[0]);
  CHECK_FALSE(pair.room[0].is_restored());
}

TEST_CASE("An offer of a second backup does not make a session fresh that was restored before") {
  const bool by_version = GENERATE(false, true);
  Pair pair;
  Session& alice = pair.room[0];
  const GroupId group = alice.group_id();
  alice = Must(pair.alice->OpenGroup(group, {.storage = StorageOrigin::backup}));
  const OutgoingCommit offer = Must(alice.CreateCommit({}));
  const Records backup = RecordsOf(pair.alice.storage);
  DeliverCommit(pair.room.all(), offer.commit);
  REQUIRE_FALSE(alice.is_restored());
  // This uses the first key of the epoch to which the offer leads.
  ReceiveApplication(pair.room[1], Must(alice.Protect(AsBytes("first"))));

  const std::uint64_t seen = alice.version();
  RollBack(pair.alice.storage, backup);
  alice = Must(by_version ? pair.alice->OpenGroup(group, {.expected_version = seen})
                          : pair.alice->OpenGroup(group, {.storage = StorageOrigin::backup}));
  ReceiveAndApply(alice, offer.commit);
  CHECK(alice.is_restored());
  CHECK(KindOf(alice.Protect(AsBytes("second"))) == ErrorKind::kCommitFirst);
  pair.room.Commit(alice);
  CHECK_FALSE(alice.is_restored());
  RequireHealthy(pair.room.all());
}

TEST_CASE("A storage that was rolled back under a session that was restored before is noticed") {
  Pair pair;
  Session& alice = pair.room[0];
  alice = Must(pair.alice->OpenGroup(alice.group_id(), {.storage = StorageOrigin::backup}));
  const OutgoingCommit offer = Must(alice.CreateCommit({}));
  const Records earlier = RecordsOf(pair.alice.storage);
  DeliverCommit(pair.room.all(), offer.commit);
  ReceiveApplication(pair.room[1], Must(alice.Protect(AsBytes("first"))));
  RollBack(pair.alice.storage, earlier);
  CHECK(KindOf(alice.Protect(AsBytes("second"))) == ErrorKind::kStorage);
  ReceiveAndApply(alice, offer.commit);
  CHECK(alice.is_restored());
  pair.room.Commit(alice);
  RequireHealthy(pair.room.all());
}

TEST_CASE("A storage that was rolled back to before a member came back is noticed") {
  Pair pair;
  Session& alice = pair.room[0];
  const Records earlier = RecordsOf(pair.alice.storage);
  ReceiveApplication(pair.room[1], Must(alice.Protect(AsBytes("once"))));
  PendingJoin join = Must(StartExternalJoin(*pair.alice, Must(MakeGroupInfo(pair.room[1])),
                                            {.replace = alice.own_leaf()}));
  ReceiveAndApply(pair.room[1], join.commit());
  alice = Must(EnterExternally(*pair.alice, std::move(join)));
  RollBack(pair.alice.storage, earlier);
  CHECK(KindOf(alice.Protect(AsBytes("twice"))) == ErrorKind::kStorage);
  CHECK(alice.is_restored());
  CHECK(KindOf(alice.Protect(AsBytes("twice"))) == ErrorKind::kCommitFirst);
}

TEST_CASE("A storage that was rolled back under a session is noticed") {
  Pair pair;
  const Records earlier = RecordsOf(pair.alice.storage);
  Must(pair.room[0].Protect(AsBytes("one")));
  RollBack(pair.alice.storage, earlier);
  CHECK(KindOf(pair.room[0].Protect(AsBytes("two"))) == ErrorKind::kStorage);
  CHECK(pair.room[0].is_restored());
  CHECK(KindOf(pair.room[0].Protect(AsBytes("two"))) == ErrorKind::kCommitFirst);
  pair.room.Commit(pair.room[0]);
  RequireHealthy(pair.room.all());
}

TEST_CASE("Joining again by an external commit makes a restored session fresh") {
  Pair pair;
  Session restored =
      Must(pair.alice->OpenGroup(pair.room[0].group_id(), {.storage = StorageOrigin::backup}));
  const Bytes info = Must(MakeGroupInfo(pair.room[1]));
  PendingJoin join = Must(StartExternalJoin(*pair.alice, info, {.replace = restored.own_leaf()}));
  ReceiveAndApply(pair.room[1], join.commit());
  Session fresh = Must(EnterExternally(*pair.alice, std::move(join)));
  CHECK_FALSE(fresh.is_restored());
  RequireHealthy({fresh, pair.room[1]});
  // The session that was there before goes on from what the storage has: the new membership.
  CHECK(KindOf(restored.CreateCommit({})) == ErrorKind::kStorage);
  CHECK(restored.epoch() == fresh.epoch());
}

TEST_CASE("A pending join outlives its process, and another of the same group takes its place") {
  Pair pair;
  TestClient carol("carol");
  const Bytes info = Must(MakeGroupInfo(pair.room[1]));
  const std::size_t before = Must(carol.storage.Keys({})).size();
  const PendingJoin abandoned = Must(StartExternalJoin(*carol, info));
  const std::size_t with_one = Must(carol.storage.Keys({})).size();
  {
    const PendingJoin join = Must(StartExternalJoin(*carol, info));
    CHECK(Must(carol.storage.Keys({})).size() == with_one);
  }
  REQUIRE(Must(PendingJoins(*carol)) == std::vector<GroupId>{pair.room[0].group_id()});
  PendingJoin join = Must(ResumeExternalJoin(*carol, pair.room[0].group_id()));
  CHECK(join.members().size() == 2);
  CHECK_FALSE(join.IsOurs(abandoned.commit()));
  DeliverCommit(pair.room.all(), join.commit());
  Session carols = Must(EnterExternally(*carol, std::move(join)));
  CHECK(Must(PendingJoins(*carol)).empty());
  RequireHealthy({pair.room[0], pair.room[1], carols});
  CHECK(KindOf(ResumeExternalJoin(*carol, carols.group_id())) == ErrorKind::kMissing);
  Must(carol->DeleteGroup(carols.group_id()));

  const PendingJoin another = Must(
      StartExternalJoin(*carol, Must(MakeGroupInfo(pair.room[1])), {.replace = carols.own_leaf()}));
  Must(AbandonExternalJoin(*carol, another.group_id()));
  CHECK(Must(carol.storage.Keys({})).size() == before);
  CHECK(AbandonExternalJoin(*carol, another.group_id()).ok());
}

TEST_CASE("A join that was abandoned cannot be entered") {
  Pair pair;
  TestClient carol("carol");
  PendingJoin join = Must(StartExternalJoin(*carol, Must(MakeGroupInfo(pair.room[0]))));
  Must(AbandonExternalJoin(*carol, join.group_id()));
  const auto entered = EnterExternally(*carol, std::move(join));
  REQUIRE(KindOf(entered) == ErrorKind::kMisuse);
  CHECK(entered.error().detail == std::string_view("session:join-is-pending"));
}

TEST_CASE("Key packages are reserved, published, used once; last-resort ones rotate") {
  Pair pair;
  TestClient carol("carol");
  const Bytes first = carol.KeyPackage();
  auto held = Must(KeyPackages(*carol));
  REQUIRE(held.size() == 1);
  CHECK(held[0].key_package == first);
  CHECK(held[0].state == KeyPackageState::reserved);
  CHECK_FALSE(held[0].last_resort);
  CHECK(held[0].not_after > carol.clock.now);
  Must(MarkPublished(*carol, held[0].ref));
  CHECK(Must(KeyPackages(*carol))[0].state == KeyPackageState::published);

  const Bytes old_resort = carol.KeyPackage({.last_resort = true});
  const Bytes new_resort = carol.KeyPackage({.last_resort = true});
  CHECK(Must(KeyPackages(*carol)).size() == 3);
  const auto add = [&](const Bytes& key_package) {
    return Commit(pair.room[0], {.add = {key_package}}, {pair.room[1]}).welcomes.front();
  };
  const auto remove = [&](Session& joined) {
    const LeafIndex leaf = joined.own_leaf();
    Must(carol->DeleteGroup(joined.group_id()));
    Commit(pair.room[0], {.remove = {leaf}}, {pair.room[1]});
  };
  // A join takes the private keys with it; but a last-resort package's stay.
  Session joined = carol.Join(add(first));
  CHECK(Must(KeyPackages(*carol)).size() == 2);
  remove(joined);
  for (int i = 0; i < 2; ++i) {
    joined = carol.Join(add(new_resort));
    CHECK(Must(KeyPackages(*carol)).size() == 2);
    remove(joined);
  }
  // One that has a successor is good for the Welcome that was on its way.
  joined = carol.Join(add(old_resort));
  held = Must(KeyPackages(*carol));
  REQUIRE(held.size() == 1);
  CHECK(held[0].key_package == new_resort);
  remove(joined);
  CHECK(KindOf(carol->ReadWelcome(add(old_resort))) == ErrorKind::kMissing);
  Must(DeleteKeyPackage(*carol, held[0].ref));
  CHECK(Must(KeyPackages(*carol)).empty());
  CHECK(KindOf(DeleteKeyPackage(*carol, held[0].ref)) == ErrorKind::kMissing);
  CHECK(KindOf(MarkPublished(*carol, held[0].ref)) == ErrorKind::kMissing);
}

// A storage that somebody else writes to while our first write is on its way.
class SharedStorage final : public Storage {
 public:
  explicit SharedStorage(std::function<void(Storage&)> other) : other_(std::move(other)) {}
  Result<void> Write(const WriteBatch& batch) override {
    if (other_) std::exchange(other_, nullptr)(below_);
    return below_.Write(batch);
  }
  Result<std::optional<Secret>> Read(BytesView key) const override { return below_.Read(key); }
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override {
    return below_.Scan(prefix, visitor);
  }

 private:
  std::function<void(Storage&)> other_;
  MemoryStorage below_;
};

TEST_CASE("Clients that begin with one empty storage at the same time do not hinder each other") {
  SettableClock clock;
  RecordingVerifier verifier;
  const auto create = [&](Storage& storage, std::string_view identity) {
    return Must(Client::Create({.identity = identity,
                                .crypto = test::Provider(),
                                .clock = clock,
                                .verifier = verifier,
                                .storage = storage}));
  };
  SECTION("of the same identity: they have the same key") {
    Bytes key;
    SharedStorage storage(
        [&](Storage& below) { key = ToBytes(create(below, "a").signature_key()); });
    CHECK(ToBytes(create(storage, "a").signature_key()) == key);
  }
  SECTION("of different identities") {
    Bytes key;
    SharedStorage storage(
        [&](Storage& below) { key = ToBytes(create(below, "b").signature_key()); });
    CHECK(ToBytes(create(storage, "a").signature_key()) != key);
    CHECK(ToBytes(create(storage, "b").signature_key()) == key);
  }
}

}  // namespace conclave::testing
