// Deletion is real: after each call that uses a secret up, the secret is neither in the database
// nor in its log; and a session that is opened from there finds that it has been used.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "conclave/external_join.h"
#include "conclave/group_info.h"
#include "conclave/offers.h"
#include "durability/held_secrets.h"
#include "session/session_state.h"
#include "support/must.h"

namespace conclave::testing {
namespace {

using test::KindOf;
using test::Must;

constexpr LeafIndex kBob{1};

// That all of `names` are among what was lost.
void RequireNamed(const NamedSecrets& lost, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    INFO(name);
    REQUIRE(lost.contains(name));
  }
}

std::string InEpoch(Epoch epoch, const std::string& name) {
  return std::to_string(epoch) + ": " + name;
}

// The key and the nonce that will open a message of bob's.
NamedSecrets KeyOf(const SecretTree& tree, const Suite& suite, RatchetType type,
                   std::uint32_t generation) {
  const OpeningKey key = Must(tree.PrepareOpening(suite, kBob, type, generation, {}));
  return {{"message key", BytesOf(key.key())}, {"message nonce", BytesOf(key.nonce())}};
}
NamedSecrets KeyOf(Session& session, RatchetType type, std::uint32_t generation) {
  const EpochState& epoch = Must(SessionAccess::Of(session).member())->epoch();
  return KeyOf(epoch.secret_tree, epoch.group.suite(), type, generation);
}

// A session that is opened from the store refuses a message that was read.
void RequireReplayRefused(AliceOnDisk& alice, const Cast& cast, BytesView message) {
  const auto another = alice.Another();
  REQUIRE(KindOf(Must(another->Open(cast.group()))->Receive(message)) == ErrorKind::kAlreadyUsed);
}

std::vector<Bytes> BobSends(Cast& cast, int count) {
  std::vector<Bytes> messages;
  for (int i = 0; i < count; ++i) {
    messages.push_back(Must(cast.peers[0].get().Protect(AsBytes("text " + std::to_string(i)))));
  }
  return messages;
}

// Nothing of the epochs that were left may read anything, or lead anywhere.
constexpr const char* kNeverKept[] = {"exporter_secret",    "external_secret", "confirmation_key",
                                      "membership_key",     "init_secret",     "resumption_psk",
                                      "epoch_authenticator"};

void RequireEpochLost(const NamedSecrets& lost, Epoch epoch) {
  for (const char* name : kNeverKept) RequireNamed(lost, {InEpoch(epoch, name)});
}

}  // namespace

TEST_CASE("The keys of messages that were read are not on the disk") {
  Cast cast({});
  cast.Found();
  AliceOnDisk alice(cast);
  const std::vector<Bytes> messages = BobSends(cast, 4);
  Session& session = alice.session();
  const auto read = [&](std::uint32_t generation) {
    const NamedSecrets lost =
        alice.LostBy([&] { ReceiveApplication(session, messages[generation]); },
                     KeyOf(session, RatchetType::application, generation));
    RequireNamed(lost, {"message key", "message nonce"});
    RequireReplayRefused(alice, cast, messages[generation]);
    return lost;
  };
  // The first takes the way from the root to its sender's leaf, the next one the ratchet's step.
  NamedSecrets lost = read(0);
  RequireNamed(lost, {InEpoch(cast.epoch, "secret node 3")});
  lost = read(3);
  RequireNamed(lost, {InEpoch(cast.epoch, "ratchet 1")});
  // Those that were overtaken are kept, and each goes when it is used.
  for (const std::uint32_t late : {2U, 1U}) {
    lost = read(late);
    RequireNamed(lost, {InEpoch(cast.epoch, "ratchet 1 key " + std::to_string(late))});
  }
  lost = alice.LostBy([&] { Must(session.Protect(AsBytes("ours"))); });
  REQUIRE(!lost.empty());
  lost = alice.LostBy([&] { Must(session.Protect(AsBytes("ours"))); });
  RequireNamed(lost, {InEpoch(cast.epoch, "ratchet 0")});
}

TEST_CASE("The keys of late messages, of skipped ones beyond the window, and of proposals go too") {
  Cast cast({.max_retained_keys = 2, .past_epochs = 2});
  cast.Found();
  AliceOnDisk alice(cast);
  Session& session = alice.session();
  const std::vector<Bytes> messages = BobSends(cast, 6);
  ReceiveApplication(session, messages[3]);
  const NamedSecrets forgotten = alice.LostBy([&] { ReceiveApplication(session, messages[5]); });
  RequireNamed(forgotten, {InEpoch(cast.epoch, "ratchet 1 key 1")});

  const Bytes proposal = Must(ProposeUpdate(cast.peers[0]));
  const NamedSecrets lost = alice.LostBy([&] { ReceiveProposal(session, proposal); },
                                         KeyOf(session, RatchetType::handshake, 0));
  RequireNamed(lost, {"message key", InEpoch(cast.epoch, "handshake ratchet 1")});
  RequireReplayRefused(alice, cast, proposal);

  ReceiveProposal(cast.peers[1], proposal);
  const Bytes commit = Must(cast.peers[1].get().CreateCommit({})).commit;
  ReceiveAndApply(session, commit);
  const PastEpoch& past =
      Must(SessionAccess::Of(session).member())->state().past_epochs.all().back();
  const NamedSecrets late =
      alice.LostBy([&] { ReceiveApplication(session, messages[4]); },
                   KeyOf(past.secret_tree, SessionAccess::Of(session).public_group().suite(),
                         RatchetType::application, 4));
  RequireNamed(late, {"message key", "past " + std::to_string(cast.epoch) + ": ratchet 1 key 4"});
  RequireReplayRefused(alice, cast, messages[4]);
}

TEST_CASE("Nothing is left on the disk of an epoch that was left, but what reads late messages") {
  const std::size_t past_epochs = GENERATE(0U, 1U);
  Cast cast({.past_epochs = past_epochs, .resumption_psks = 0});
  cast.Found();
  AliceOnDisk alice(cast);
  Session& session = alice.session();
  ReceiveApplication(session, BobSends(cast, 2)[1]);
  const Bytes proposal = Must(ProposeUpdate(session));
  DeliverProposal(cast.peers, proposal);
  const std::string own_key = InEpoch(cast.epoch, "key of our update");
  REQUIRE(alice.held().contains(own_key));

  // An offer of ours loses to bob's commit, which takes our update.
  const OutgoingCommit offer = Must(session.CreateCommit({}));
  const Bytes commit = cast.BobCommits();
  NamedSecrets lost = alice.LostBy([&] { ReceiveAndApply(session, commit); });
  RequireEpochLost(lost, cast.epoch);
  RequireNamed(lost, {InEpoch(cast.epoch, "leaf key"), InEpoch(cast.epoch, "handshake ratchet 1"),
                      "offer " + std::to_string(offer.id.value) + ": leaf key",
                      "offer " + std::to_string(offer.id.value) + ": init_secret"});
  const bool is_past_kept = past_epochs > 0;
  for (const char* name : {"sender_data_secret", "ratchet 1", "ratchet 1 key 0"}) {
    REQUIRE(lost.contains(InEpoch(cast.epoch, name)) == !is_past_kept);
  }
  // One epoch further, that has gone as well. The commit is our own, in which all our keys are new.
  const NamedSecrets before = alice.held();
  const OutgoingCommit own = Must(session.CreateCommit({.path = PathPolicy::always}));
  lost = alice.LostBy([&] { ReceiveAndApply(session, own.commit); });
  RequireEpochLost(lost, cast.epoch + 1);
  RequireNamed(lost, {InEpoch(cast.epoch + 1, "leaf key")});
  for (const auto& [name, secret] : before) {
    if (name.starts_with("past")) RequireNamed(lost, {name});
  }
  DeliverCommit(cast.peers, own.commit);
  RequireHealthy({session, cast.peers[0], cast.peers[1]});
}

TEST_CASE("A withdrawn offer, and what was planted, are gone from the disk") {
  Cast cast({});
  cast.Found();
  AliceOnDisk alice(cast);
  Session& session = alice.session();
  const OutgoingCommit offer = Must(session.CreateCommit({}));
  const NamedSecrets lost = alice.LostBy([&] { Must(Withdraw(session, offer.id)); });
  RequireNamed(lost, {"offer 2: leaf key", "offer 2: init_secret"});

  const Bytes psk = ToBytes("a pre-shared key that was planted");
  Must(alice->client().AddPsk(AsBytes("planted"), Secret::CopyOf(psk)));
  REQUIRE(alice.IsOnDisk(psk));
  Must(alice->client().RemovePsk(AsBytes("planted")));
  REQUIRE(!alice.IsOnDisk(psk));

  const std::vector<AppRow> inbox = {{ToBytes("in"), {}, AppRowContent::value_and_output}};
  const std::vector<AppRow> erase = {{ToBytes("in"), {}, AppRowContent::none}};
  const std::string text = "a plaintext that is erased later";
  Must(session.Receive(Must(cast.peers[0].get().Protect(AsBytes(text))), inbox));
  REQUIRE(alice.IsOnDisk(AsBytes(text)));
  Must(session.Receive(Must(cast.peers[0].get().Protect(AsBytes("next"))), erase));
  REQUIRE(!alice.IsOnDisk(AsBytes(text)));
}

TEST_CASE("A key package's private keys are gone when it was used, deleted, or has expired") {
  Cast cast({});
  cast.FoundWithoutAlice();
  const Bytes used = cast.alice.KeyPackage();
  cast.alice.KeyPackage({.lifetime = 3600});
  AliceOnDisk alice(cast);
  const OutgoingCommit commit = Must(cast.peers[0].get().CreateCommit({.add = {used}}));
  const Bytes welcome = ReceiveAndApply(cast.peers[0], commit.commit).welcomes.front();
  NamedSecrets lost = alice.LostBy([&] { Must(alice->Join(cast.group(), welcome)); });
  // The leaf's goes into the group.
  REQUIRE(lost.size() == 1);
  REQUIRE(lost.begin()->first.ends_with("init key"));
  REQUIRE(KindOf(alice.Another()->client().ReadWelcome(welcome)) == ErrorKind::kMissing);

  cast.alice.clock.now += 7200;
  lost = alice.LostBy([&] { REQUIRE(Must(alice->client().PurgeExpiredKeyPackages()) == 1); });
  REQUIRE(lost.size() == 2);
  Must(alice->client().NewKeyPackage());
  const auto held = Must(KeyPackages(alice->client()));
  lost = alice.LostBy([&] { Must(DeleteKeyPackage(alice->client(), held.front().ref)); });
  REQUIRE(lost.size() == 2);
}

TEST_CASE("A join that was abandoned, and a membership that was replaced, are gone") {
  Cast cast({.resumption_psks = 0});
  cast.Found();
  AliceOnDisk alice(cast);
  const Bytes info = Must(MakeGroupInfo(cast.peers[0]));
  const auto start = [&] {
    return Must(StartExternalJoin(alice->client(), info, {.replace = LeafIndex{0}}));
  };
  ReceiveApplication(alice.session(), BobSends(cast, 1)[0]);
  const PendingJoin first = start();
  NamedSecrets lost = alice.LostBy([&] { (void)start(); });
  RequireNamed(lost, {"join: leaf key", "join: init_secret"});
  lost = alice.LostBy([&] { Must(AbandonExternalJoin(alice->client(), cast.group())); });
  RequireNamed(lost, {"join: leaf key", "join: init_secret"});

  PendingJoin join = start();
  lost = alice.LostBy([&] {
    DeliverCommit(cast.peers, join.commit());
    alice->Keep(Must(EnterExternally(alice->client(), std::move(join))));
  });
  RequireNamed(lost, {InEpoch(cast.epoch, "leaf key"), InEpoch(cast.epoch, "init_secret"),
                      InEpoch(cast.epoch, "sender_data_secret"), InEpoch(cast.epoch, "ratchet 1")});
  RequireHealthy({alice.session(), cast.peers[0], cast.peers[1]});
}

TEST_CASE("Of a group that was deleted, or that we were removed from, nothing is left") {
  const bool is_removed = GENERATE(false, true);
  Cast cast({.past_epochs = 2});
  cast.Found();
  AliceOnDisk alice(cast);
  Session& session = alice.session();
  ReceiveApplication(session, BobSends(cast, 2)[1]);
  ReceiveAndApply(session, cast.BobCommits());
  Must(session.CreateCommit({}));
  const std::size_t before = alice.held().size();
  REQUIRE(before > 20);
  const Bytes removal = cast.BobCommits({.remove = {LeafIndex{0}}});
  const NamedSecrets lost = alice.LostBy([&] {
    if (is_removed) {
      ReceiveAndApply(session, removal);
    } else {
      Must(alice->client().DeleteGroup(cast.group()));
    }
  });
  REQUIRE(lost.size() == before);
}

}  // namespace conclave::testing
