// A storage some of whose rows are damaged, gone or out of place: opening it, and going on with
// what can be opened, gives errors and never ends the program. The input is a list of Damages.
#include <iterator>
#include <optional>
#include <utility>

#include "conclave/external_join.h"
#include "conclave/key_packages.h"
#include "conclave/offers.h"
#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"

namespace conclave::fuzz {

namespace {

constexpr std::uint64_t kOpeningSeed = 6;

struct Damage {
  std::uint16_t row = 0;  // counted from the first
  std::uint8_t how = 0;
  std::uint16_t at = 0;
  Bytes bytes;
};
using Damages = std::vector<Damage>;
constexpr std::uint8_t kHows = 6;

// A member with proposals, offers and past epochs, who has key packages, has made a commit with a
// Welcome, and waits to be let into another group.
const Rows& Whole() {
  static const Rows rows = [] {
    const Scene& scene = Scene::Unchecked();
    scene.crypto().Restart(kOpeningSeed);
    Party stranger("stranger", scene.crypto());
    Session elsewhere = Must(stranger->CreateGroup({.id = ToBytes("elsewhere")}));
    Party alice("alice", scene.crypto(), UsualPolicy(), scene.alice());
    Must(alice->NewKeyPackage());
    Must(alice->NewKeyPackage({.last_resort = true}));
    (void)Must(StartExternalJoin(alice.client, Must(MakeGroupInfo(elsewhere))));
    Session another = Must(alice->CreateGroup({.id = ToBytes("another")}));
    const auto offer = Must(another.CreateCommit({.add = {Must(stranger->NewKeyPackage())}}));
    (void)ReceiveAndCheck(alice, another, offer.commit);
    return alice.storage.rows;
  }();
  return rows;
}

void Apply(const Damage& damage, Rows& rows) {
  if (rows.empty()) return;
  auto row = std::next(rows.begin(), static_cast<std::ptrdiff_t>(damage.row % rows.size()));
  Bytes value = row->second;
  const std::size_t at = value.empty() ? 0 : damage.at % value.size();
  switch (damage.how % kHows) {
    case 0:
      rows.erase(row);
      return;
    case 1:
      row->second = damage.bytes;
      return;
    case 2:
      value.resize(at);
      break;
    case 3:
      for (std::size_t i = 0; i < damage.bytes.size() && at + i < value.size(); ++i) {
        value[at + i] = damage.bytes[i];
      }
      break;
    case 4:
      value.insert(value.begin() + static_cast<std::ptrdiff_t>(at), damage.bytes.begin(),
                   damage.bytes.end());
      break;
    default: {
      // Under another key, which differs in one byte.
      Bytes key = row->first;
      if (!damage.bytes.empty()) key[damage.at % key.size()] = damage.bytes.front();
      rows.erase(row);
      rows[key] = std::move(value);
      return;
    }
  }
  row->second = std::move(value);
}

// What an application could do with a session that was opened. Everything may fail.
void GoOn(Session session) {
  const Scene& scene = Scene::Unchecked();
  for (const Member& member : session.members()) (void)session.FindMember(member.leaf);
  (void)session.pending_proposals();
  (void)Offers(session);
  (void)Undelivered(session);
  (void)session.closed_by();
  for (const auto* messages : {&scene.private_messages(), &scene.public_messages()}) {
    for (std::size_t i = 0; i < messages->size(); i += 5) {
      (void)session.Receive((*messages)[i].input);
    }
  }
  (void)MakeGroupInfo(session);
  (void)session.Protect(AsBytes("hello"));
  const auto offer = session.CreateCommit({});
  if (!offer.ok()) return;
  auto own = session.Receive(offer->commit);
  if (!own.ok() || !std::holds_alternative<StagedCommit>(*own)) return;
  (void)session.Apply(std::move(std::get<StagedCommit>(*own)));
  (void)session.Protect(AsBytes("hello again"));
}

bool Run(BytesView input) {
  const auto damages = wire::Parse<Damages>(input);
  if (!damages.ok() || damages->size() > 16) return false;
  const Scene& scene = Scene::Unchecked();
  Lent lent;
  lent.storage.rows = Whole();
  for (const Damage& damage : *damages) Apply(damage, lent.storage.rows);
  scene.crypto().Restart(kOpeningSeed);
  auto client = Client::Create(OptionsFor("alice", scene.crypto(), UsualPolicy(), lent));
  if (!client.ok()) return false;

  (void)KeyPackages(*client);
  (void)client->PurgeExpiredKeyPackages();
  (void)client->Groups();
  const auto pending = PendingJoins(*client);
  if (pending.ok()) {
    for (const GroupId& group_id : *pending) {
      auto join = ResumeExternalJoin(*client, group_id);
      if (join.ok()) (void)EnterExternally(*client, std::move(*join));
    }
  }
  std::size_t opened = 0;
  for (const GroupId& group_id : {scene.group_id(), ToBytes("another"), ToBytes("elsewhere")}) {
    auto session = client->OpenGroup(group_id);
    if (!session.ok()) continue;
    ++opened;
    GoOn(std::move(*session));
  }
  return opened == 3;
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds = {{"whole", wire::Serialize(Damages{})}};
  // Each row once: gone, empty, cut, changed in the middle, longer, elsewhere.
  const std::size_t count = Whole().size();
  for (std::size_t row = 0; row < count; ++row) {
    const auto how = static_cast<std::uint8_t>(row % kHows);
    const Damage damage{static_cast<std::uint16_t>(row), how, static_cast<std::uint16_t>(row * 7),
                        how == 1 ? Bytes() : Bytes{0x5a}};
    seeds.push_back({"row_" + std::to_string(row), wire::Serialize(Damages{damage}), std::nullopt});
  }
  return seeds;
}

const Registration kTarget({"storage_rows", Run, Seeds, MutateInput<Damages>});

}  // namespace

}  // namespace conclave::fuzz
