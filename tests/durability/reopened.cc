#include "durability/reopened.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "durability/watched_storage.h"
#include "framing/private_message.h"
#include "session/session_state.h"
#include "support/must.h"
#include "wire/parse.h"

namespace conclave::testing {

using test::Must;

namespace {

// What a session keeps for reading who sent a message of an epoch, or null.
const Secret* SenderDataSecretOf(Session& session, const Address& address) {
  if (!session.is_member() || session.group_id() != address.group_id) return nullptr;
  const GroupState& state = Must(SessionAccess::Of(session).member())->state();
  if (session.epoch() == address.epoch) return &state.epoch.secrets.sender_data_secret;
  for (const PastEpoch& past : state.past_epochs.all()) {
    if (past.epoch == address.epoch) return &past.sender_data_secret;
  }
  return nullptr;
}

struct UsedKey {
  rfc9420::ContentType type{};
  rfc9420::SenderData sender;
};

// The key of a message that is sealed; nothing if it is not.
std::optional<UsedKey> KeyOf(BytesView message, const Sessions& knowing) {
  const auto parsed = Must(wire::Parse<rfc9420::MLSMessage>(message));
  const auto* sealed = parsed.message.GetIf<rfc9420::PrivateMessage>();
  if (sealed == nullptr) return std::nullopt;
  for (Session& session : knowing) {
    const Secret* secret = SenderDataSecretOf(session, {sealed->group_id, sealed->epoch});
    if (secret == nullptr) continue;
    const Suite& suite = SessionAccess::Of(session).public_group().suite();
    return UsedKey{sealed->content_type, Must(OpenSenderData(suite, *sealed, *secret))};
  }
  FAIL("nobody knows epoch " << sealed->epoch);
  return std::nullopt;
}

bool IsOfGroup(Sent kind) {
  return kind == Sent::message || kind == Sent::proposal || kind == Sent::commit;
}

void RequireKeyIsUsedUp(Session& session, BytesView message) {
  const std::optional<UsedKey> used = KeyOf(message, {session});
  if (!used.has_value()) return;
  const RatchetType type = used->type == rfc9420::ContentType::application
                               ? RatchetType::application
                               : RatchetType::handshake;
  REQUIRE(used->sender.leaf_index == session.own_leaf());
  const HashRatchet* ratchet = Must(SessionAccess::Of(session).member())
                                   ->epoch()
                                   .secret_tree.FindRatchet({used->sender.leaf_index, type});
  REQUIRE(ratchet != nullptr);
  REQUIRE(ratchet->head() > used->sender.generation);
}

bool Contains(const std::vector<SentItem>& sent, Sent kind, const Bytes& commit) {
  return std::ranges::any_of(
      sent, [&](const SentItem& item) { return item.kind == kind && item.bytes == commit; });
}

// An offer is there until it is withdrawn, and then no more. While it is being withdrawn it may be.
void RequireOfferIsKnown(const Session& session, const Bytes& commit,
                         const std::vector<SentItem>& sent) {
  const auto found = std::ranges::count(Offers(session), commit, &OfferSummary::commit);
  if (Contains(sent, Sent::gone, commit)) {
    REQUIRE(found == 0);
  } else if (!Contains(sent, Sent::withdrawn, commit)) {
    REQUIRE(found == 1);
  }
}

// Of a message of alice's: `session` is the one of its group.
void RequireKnown(Session& session, const SentItem& item, const std::vector<SentItem>& sent) {
  const Address address = AddressOf(item.bytes);
  REQUIRE(session.epoch() >= address.epoch);
  if (session.epoch() > address.epoch) return;
  RequireKeyIsUsedUp(session, item.bytes);
  if (item.kind == Sent::commit) RequireOfferIsKnown(session, item.bytes, sent);
  if (item.kind == Sent::proposal) REQUIRE(!session.pending_proposals().empty());
}

void RequireJoinIsKnown(Program& program, const SentItem& item) {
  const Address address = AddressOf(item.bytes);
  if (Must(program.IsInGroup(address.group_id)) &&
      Must(program.Open(address.group_id))->epoch() > address.epoch) {
    return;
  }
  REQUIRE(Must(ResumeExternalJoin(program.client(), address.group_id)).commit() == item.bytes);
}

void RequireRowOf(Program& program, const Bytes& shown) {
  const std::string text = TextOf(shown);
  const std::size_t split = text.find('=');
  REQUIRE(Must(program.Row(text.substr(0, split))) == text.substr(split + 1));
}

}  // namespace

void RequireRowsAreWhole(const Storage& storage, const StoreWatch& watch) {
  const std::uint64_t digest = DigestOf(storage);
  const bool is_new = watch.is_writing && digest == watch.after;
  REQUIRE((digest == watch.before || is_new));
}

void RequireNothingForgotten(Program& program, const std::vector<SentItem>& sent) {
  for (const GroupSummary& group : Must(program.client().Groups())) {
    REQUIRE(Must(program.Open(group.id))->epoch() == group.epoch);
  }
  for (const SentItem& item : sent) {
    if (item.kind == Sent::identity) {
      REQUIRE(std::ranges::equal(item.bytes, program.client().signature_key()));
    } else if (item.kind == Sent::shown) {
      RequireRowOf(program, item.bytes);
    } else if (item.kind == Sent::external_commit) {
      RequireJoinIsKnown(program, item);
    } else if (IsOfGroup(item.kind)) {
      const auto open = program.sessions().find(AddressOf(item.bytes).group_id);
      if (open != program.sessions().end()) RequireKnown(open->second, item, sent);
    }
  }
}

void RequireNoKeyUsedTwice(const Outside& outside, const Sessions& knowing) {
  std::map<std::tuple<GroupId, Epoch, int, LeafIndex, std::uint32_t>, Bytes> used_for;
  for (const SentItem& item : outside.items()) {
    if (!IsOfGroup(item.kind)) continue;
    const std::optional<UsedKey> used = KeyOf(item.bytes, knowing);
    if (!used.has_value()) continue;
    const Address address = AddressOf(item.bytes);
    const auto [entry, is_first] = used_for.try_emplace(
        {address.group_id, address.epoch, used->type == rfc9420::ContentType::application ? 1 : 2,
         used->sender.leaf_index, used->sender.generation},
        item.bytes);
    // The same bytes may be sent again.
    REQUIRE((is_first || entry->second == item.bytes));
  }
}

std::string OutcomeOf(Program& program) {
  std::string outcome;
  const auto add = [&outcome](const std::string& what, std::uint64_t number) {
    outcome += what + " " + std::to_string(number) + ", ";
  };
  for (const GroupSummary& group : Must(program.client().Groups())) {
    Session& session = *Must(program.Open(group.id));
    outcome += TextOf(group.id) + ": ";
    for (const std::string& name : NamesOf(session)) outcome += name + " ";
    add("epoch", session.epoch());
    add("pending", session.pending_proposals().size());
    add("offers", Offers(session).size());
    add("undelivered", Must(Undelivered(session)).size());
    outcome += session.closed_by().has_value() ? "closed, " : "";
    outcome += session.is_restored() ? "restored, " : "";
  }
  add("key packages", Must(KeyPackages(program.client())).size());
  add("joins", Must(PendingJoins(program.client())).size());
  return outcome;
}

}  // namespace conclave::testing
