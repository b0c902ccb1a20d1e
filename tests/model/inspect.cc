// What must be so after each operation of the model.
#include <algorithm>
#include <set>
#include <utility>

#include "model/world.h"
#include "session/pending_join.h"
#include "session/session_state.h"
#include "storage/record_key.h"
#include "storage/scan.h"

namespace conclave::testing::model {

namespace {

const GroupState& StateOf(const Session& session) {
  return Need(SessionAccess::Of(session).member(), "not a member")->state();
}

bool IsAmong(const std::vector<HeldSecret>& held, BytesView secret) {
  return std::ranges::any_of(
      held, [secret](const HeldSecret& one) { return std::ranges::equal(one.bytes, secret); });
}

}  // namespace

void World::Inspect(Party& party, Number group) {
  Session* session = party.FindSession(group);
  bool has_moved = session == nullptr;
  if (session != nullptr) {
    const Seat* seat = party.FindSeat(group);
    Require(seat != nullptr, "a session without a seat");
    InspectSeat(party, *session, *seat);
    has_moved = party.model.been.insert(seat->point()).second;
    if (has_moved) InspectPoint(*session, seat->point());
    Remember(party, group, *session);
  }
  // The resumption PSKs of the group are those of the last epochs.
  std::vector<Bytes> kept;
  for (const auto& [key, point] : party.model.resumption) {
    if (key.first == group) kept.push_back(record_key::ResumptionPsk(IdOf(group), key.second));
  }
  Require(Need(party.storage.Keys(record_key::ResumptionPsks(IdOf(group))), "no keys") == kept,
          "other resumption PSKs than those of the last epochs");
  if (has_moved || now_ % 3 == 0) InspectStorage(party);
}

void World::InspectAll(Party& party) {
  for (auto& [group, session] : party.sessions) Remember(party, group, session);
  for (auto& [group, session] : party.sessions) Inspect(party, group);
}

void World::InspectSeat(Party& party, const Session& session, const Seat& seat) {
  const Point& point = history_[seat.point()];
  Require(session.is_member(), "not a member");
  Require(session.group_id() == IdOf(point.group), "another group");
  Require(session.epoch() == point.epoch, "another epoch");
  Require(session.own_leaf() == seat.leaf(), "another leaf");
  Require(session.member_count() == point.members.size(), "another number of members");
  Require(session.is_restored() == seat.restored.has_value(), "not as restored as it should be");
  Require(session.closed_by().has_value() == point.successor.has_value(), "not as closed");

  std::vector<ProposalRef> pending;
  for (const ReceivedProposal& proposal : session.pending_proposals()) {
    pending.push_back(proposal.ref);
  }
  const auto reference = [this](Number mail) { return mails_.at(mail).reference; };
  Require(std::ranges::equal(pending, seat.pending, {}, {}, reference), "other proposals pending");
  const auto bytes = [this](Number mail) { return mails_.at(mail).bytes; };
  Require(std::ranges::equal(Offers(session), seat.offers, {}, &OfferSummary::commit, bytes),
          "other offers");
  std::vector<std::uint64_t> waiting;
  for (const UndeliveredWelcomes& one : Need(Undelivered(session), "no Welcomes")) {
    waiting.push_back(one.offer.value);
  }
  Require(waiting.size() == seat.undelivered.size(), "other Welcomes undelivered");
  Require(StateOf(session).past_epochs.all().size() + 1 == seat.readings.size(),
          "another number of past epochs");
  party.versions[point.group] = session.version();
}

// What is looked at when an epoch is entered.
void World::InspectPoint(const Session& session, PointId id) {
  const Point& point = history_[id];
  std::vector<Member> expected;
  for (const auto& [leaf, person] : point.members) expected.push_back(MemberAt(id, leaf));
  Require(std::ranges::equal(session.members(), expected), "other members");
  Require(session.extensions() == ExtensionsOf(point.extensions, external_senders_),
          "other extensions");
  const Secret exported =
      Need(session.ExportSecret("model", AsBytes("context"), 32), "nothing is exported");
  history_.Compare(id, {ToBytes(StateOf(session).epoch.group.serialized_context()),
                        session.EpochAuthenticator(), ToBytes(exported.ExposeForProvider())});
  InspectKeys(StateOf(session).epoch);
}

// Section 7.4: a member knows the private keys of its leaf and of all nodes above it, but for those
// to which it is unmerged and those that are blank.
void World::InspectKeys(const EpochState& epoch) {
  const RatchetTree& tree = epoch.group.tree();
  const Suite& suite = epoch.group.suite();
  const auto is_of = [&suite](const Secret& key, BytesView public_key) {
    const auto made = suite.provider().DhPublicKey(suite.kem(), key.ExposeForProvider());
    return made.ok() && std::ranges::equal(*made, public_key);
  };
  Require(is_of(epoch.path.leaf_key(), tree.leaf(epoch.own_leaf())->encryption_key()),
          "the leaf's private key is another's");
  std::size_t known = 0;
  for (const NodeIndex node : DirectPath(epoch.own_leaf(), tree.width())) {
    const ParentRecord* parent = tree.parent(node);
    const Secret* key = epoch.path.Find(node);
    const bool should_know = parent != nullptr && !std::ranges::binary_search(
                                                      parent->unmerged_leaves(), epoch.own_leaf());
    Require((key != nullptr) == should_know, "a node key is known that should not, or is not");
    if (key == nullptr) continue;
    ++known;
    if (now_ % 4 == 0) Require(is_of(*key, parent->encryption_key()), "a node key is another's");
  }
  Require(known == epoch.path.node_keys().size(), "a key of a node that is not above the leaf");
}

void World::Remember(Party& party, Number group, const Session& session) {
  std::vector<HeldSecret>& held = party.held[group];
  held = SecretsOf(StateOf(session));
  const PointId point = party.model.seats.at(group).point();
  for (const HeldSecret& secret : held) {
    const bool is_the_points = secret.is_current && (secret.kind == SecretKind::epoch ||
                                                     secret.kind == SecretKind::resumption);
    vault_.Add(secret, is_the_points ? std::optional(point) : std::nullopt);
  }
}

// No secret is in the storage but for those that the client still has a use for.
void World::InspectStorage(Party& party) {
  const auto look = [&](BytesView, BytesView value) {
    vault_.Search(value, [&](const Vault::Known& known) {
      Require(MayHold(party, known), "the storage has a secret that it should not have");
    });
  };
  Need(ScanRecords(party.storage, {}, look), "the storage cannot be read");
}

bool World::MayHold(Party& party, const Vault::Known& known) {
  for (const auto& [group, held] : party.held) {
    if (party.model.seats.contains(group) && IsAmong(held, known.bytes)) return true;
  }
  const bool is_resumption = known.kind == SecretKind::resumption && known.point.has_value();
  if (is_resumption && std::ranges::any_of(party.model.resumption, [&known](const auto& kept) {
        return kept.second == known.point;
      })) {
    return true;
  }
  for (const auto& [package, state] : party.model.packages) {
    const auto record =
        Need(ReadKeyPackage(party.storage, packages_.at(package).reference), "no key package");
    if (!record.has_value()) continue;
    const Secret& init = record->init_private_key;
    const Secret& leaf = record->leaf_private_key;
    if (std::ranges::equal(init.ExposeForProvider(), known.bytes) ||
        std::ranges::equal(leaf.ExposeForProvider(), known.bytes)) {
      return true;
    }
  }
  for (const auto& [group, join] : party.model.joins) {
    PendingJoin pending = Need(ResumeExternalJoin(*party.client, IdOf(group)), "no pending join");
    if (IsAmong(SecretsOf(*PendingJoinAccess::Of(pending).staged.next), known.bytes)) return true;
  }
  return false;
}

// Nobody who is not in the group at the point of `who` knows a secret of it, be it in the storage
// or in a copy that was kept.
Outcome World::Audit(const Operation& operation, Party& party) {
  const Session* session = FindSession(party, operation);
  if (session == nullptr) return {};
  const PointId id = party.model.seats.at(touched_).point();
  Vault secrets;
  for (const Party& other : parties_) {
    const Seat* seat = other.FindSeat(touched_);
    const auto held = other.held.find(touched_);
    if (seat == nullptr || seat->point() != id || held == other.held.end()) continue;
    for (const HeldSecret& secret : held->second) {
      if (secret.is_current) secrets.Add(secret, std::nullopt);
    }
  }
  const auto require_unknown = [](const Vault::Known&) {
    throw Disagreement{"somebody who is not in the group knows a secret of it"};
  };
  for (const Party& other : parties_) {
    if (history_[id].FindClient(other.number()).has_value()) continue;
    for (const auto& [key, value] : other.storage.Copy()) secrets.Search(value, require_unknown);
    for (const auto& [number, copy] : other.copies) {
      for (const auto& [key, value] : copy.rows) secrets.Search(value, require_unknown);
    }
  }
  return {Outcome::Kind::done, "nothing leaked"};
}

}  // namespace conclave::testing::model
