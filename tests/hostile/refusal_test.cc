// That nothing of a session can change without being seen: what the hostile tests compare before
// and after a refusal is all of it.
#include "hostile/refusal.h"

#include <catch2/catch_test_macros.hpp>

#include "hostile/forge.h"

namespace conclave::testing {
namespace {

using test::Must;

// A member with something of everything: a past epoch, keys that were skipped, a proposal, an
// Update of its own, an offer, messages of its own.
struct Rich {
  Rich() : room(4) {
    room.room().Commit(room[1], {.remove = {{3}}, .path = PathPolicy::always});
    static_cast<void>(Must(room[1].Protect(AsBytes("skipped"))));
    ReceiveApplication(room[0], Must(room[1].Protect(AsBytes("read"))));
    static_cast<void>(Must(room[0].Protect(AsBytes("sent"))));
    static_cast<void>(Must(room[0].CreateCommit({})));
    static_cast<void>(Must(ProposeUpdate(room[0])));
  }

  GroupState& state() {
    return const_cast<GroupState&>(Must(SessionAccess::Of(room[0]).member())->state());
  }
  EpochState& epoch() { return state().epoch; }

  HostileRoom room;
};

void Flip(Secret& secret) { secret.MutableForProvider().front() ^= 1; }

TEST_CASE("Whatever changes in a session or its storage is seen") {
  struct Change {
    const char* what;
    std::function<void(Rich&)> make;
  };
  const Change changes[] = {
      {"nothing", [](Rich&) {}},
      {"a sender data secret", [](Rich& rich) { Flip(rich.epoch().secrets.sender_data_secret); }},
      {"an exporter secret", [](Rich& rich) { Flip(rich.epoch().secrets.exporter_secret); }},
      {"an external secret", [](Rich& rich) { Flip(rich.epoch().secrets.external_secret); }},
      {"a confirmation key", [](Rich& rich) { Flip(rich.epoch().secrets.confirmation_key); }},
      {"a membership key", [](Rich& rich) { Flip(rich.epoch().secrets.membership_key); }},
      {"a resumption PSK", [](Rich& rich) { Flip(rich.epoch().secrets.resumption_psk); }},
      {"an init secret", [](Rich& rich) { Flip(rich.epoch().secrets.init_secret.value); }},
      {"our leaf's key", [](Rich& rich) { rich.epoch().path.SetLeafKey(Secret(32)); }},
      {"a node's key", [](Rich& rich) { rich.epoch().path.SetKey({3}, Secret(32)); }},
      {"a key that is taken",
       [](Rich& rich) {
         static_cast<void>(Must(
             rich.epoch().secret_tree.NextKey(rich.room.suite(), {0}, RatchetType::application)));
       }},
      {"a first key of a member",
       [](Rich& rich) {
         rich.epoch().secret_tree.Install(Must(rich.epoch().secret_tree.PrepareOpening(
             rich.room.suite(), {2}, RatchetType::application, 0, {})));
       }},
      {"a key of the past",
       [](Rich& rich) {
         PastEpoch* past = rich.state().past_epochs.Find(rich.room[0].epoch() - 1);
         past->secret_tree.Install(Must(past->secret_tree.PrepareOpening(
             rich.room.suite(), {2}, RatchetType::application, 0, {})));
       }},
      {"a secret of the past",
       [](Rich& rich) {
         Flip(rich.state().past_epochs.Find(rich.room[0].epoch() - 1)->sender_data_secret);
       }},
      {"a proposal that is gone", [](Rich& rich) { rich.state().proposals = {}; }},
      {"an offer's secret",
       [](Rich& rich) { Flip(rich.state().offers[0].staged.next->secrets.init_secret.value); }},
      {"an offer that is gone", [](Rich& rich) { rich.state().offers.clear(); }},
      {"the count of offers", [](Rich& rich) { ++rich.state().next_offer; }},
      {"the count of messages", [](Rich& rich) { ++rich.state().messages_sent; }},
      {"our own messages", [](Rich& rich) { rich.state().own_messages.hashes.clear(); }},
      {"the end of the group", [](Rich& rich) { rich.state().reinit.emplace(); }},
      {"the head", [](Rich& rich) { ++SessionAccess::Of(rich.room[0]).head.version; }},
      {"a row of the storage", [](Rich& rich) {
         WriteBatch batch;
         batch.Put(Bytes{0x80}, Bytes{1});
         Must(rich.room.client(0).storage.Write(batch));
       }}};
  for (const Change& change : changes) {
    INFO(change.what);
    Rich rich;
    const Observed before = Observe(rich.room[0], rich.room.client(0));
    change.make(rich);
    const bool seen = Observe(rich.room[0], rich.room.client(0)) != before;
    REQUIRE(seen == (std::string_view(change.what) != "nothing"));
  }
}

TEST_CASE("What a session holds is named by what it is, and each secret is among it") {
  Rich rich;
  const NamedParts parts = PartsOf(rich.room[0]);
  const std::string epoch = std::to_string(rich.room[0].epoch()) + ": ";
  for (const char* name :
       {"init_secret", "leaf key", "node key 3", "secret node 5", "ratchet 1", "ratchet 1 key 0",
        "proposal 1", "key of our update", "tree", "context"}) {
    INFO(name);
    REQUIRE(parts.contains(epoch + name));
  }
  REQUIRE(parts.contains("offer 2: init_secret"));
  REQUIRE(parts.contains("past 1: sender_data_secret"));
}

}  // namespace
}  // namespace conclave::testing
