#include "support/session_parts.h"

#include <cstdint>
#include <utility>

#include "session/session_state.h"
#include "support/conversation.h"
#include "support/group_secrets.h"
#include "wire/parse.h"

namespace conclave::testing {

namespace {

Bytes Number(std::uint64_t number) { return wire::Serialize(number); }

// Adds parts under names that begin with `where`.
class Collector {
 public:
  Collector(std::string where, NamedParts& parts) : where_(std::move(where)), parts_(parts) {}

  void Add(const std::string& name, Bytes value) { parts_[where_ + name] = std::move(value); }
  void Public(const SecretTree& tree) {
    for (const auto& [id, ratchet] : tree.ratchets()) {
      Add(NameOf(id) + " head", Number(ratchet.head()));
    }
  }
  void Public(const PublicGroup& group) {
    Add("context", ToBytes(group.serialized_context()));
    Add("confirmation tag", group.confirmation_tag());
    Add("interim transcript hash", ToBytes(group.interim_transcript_hash()));
    Add("tree", group.tree().SerializeRatchetTree());
    Add("tree hash", ToBytes(group.tree().TreeHash()));
  }
  void Public(const EpochState& epoch) {
    Public(epoch.group);
    Public(epoch.secret_tree);
    Add("own leaf", Number(epoch.own_leaf().value));
    Add("signer", ToBytes(epoch.signer->public_key()));
  }
  void Public(const ProposalStore& proposals) {
    std::size_t number = 0;
    for (const StoredProposal& stored : proposals.all()) {
      const std::string name = "proposal " + std::to_string(++number);
      Add(name, wire::Serialize(stored.proposal));
      Add(name + " sender", wire::Serialize(stored.sender));
      Add(name + " ref", stored.ref.value);
    }
    number = 0;
    for (const OwnUpdate& update : proposals.own_updates()) {
      const std::string name = "our update " + std::to_string(++number);
      Add(name, update.encryption_key);
      if (update.signer != nullptr) Add(name + " signer", ToBytes(update.signer->public_key()));
    }
  }
  void Public(const PastEpoch& past) {
    Add("context", past.serialized_context);
    Add("own leaf", Number(past.own_leaf.value));
    Public(past.secret_tree);
    for (const auto& [index, leaf] : past.replaced) {
      Add("replaced leaf " + std::to_string(index.value),
          leaf.has_value() ? ToBytes(leaf->wire()) : Bytes{});
    }
  }
  void Public(const Offer& offer) {
    Add("message", offer.message);
    Add("summary", wire::Serialize(offer.staged.summary));
    Add("welcomes", wire::Serialize(offer.welcomes));
    if (offer.staged.next.has_value()) Public(*offer.staged.next);
  }

 private:
  static std::string NameOf(const RatchetId& id) {
    const bool is_handshake = id.type == RatchetType::handshake;
    return (is_handshake ? "handshake ratchet " : "ratchet ") + std::to_string(id.sender.value);
  }

  std::string where_;
  NamedParts& parts_;
};

std::string Now(const GroupState& group) {
  return std::to_string(group.epoch.group.epoch()) + ": ";
}
std::string Past(const PastEpoch& past) { return "past " + std::to_string(past.epoch) + ": "; }
std::string OfOffer(const Offer& offer) { return "offer " + std::to_string(offer.id) + ": "; }

void AddPublicParts(const GroupState& group, NamedParts& parts) {
  Collector now(Now(group), parts);
  now.Public(group.epoch);
  now.Public(group.proposals);
  for (const PastEpoch& past : group.past_epochs.all()) Collector(Past(past), parts).Public(past);
  for (const Offer& offer : group.offers) Collector(OfOffer(offer), parts).Public(offer);
  Collector all("", parts);
  all.Add("next offer", Number(group.next_offer));
  all.Add("messages sent", Number(group.messages_sent));
  all.Add("own messages", Number(group.own_messages.next));
  std::uint64_t number = group.own_messages.first();
  for (const Bytes& hash : group.own_messages.hashes) {
    all.Add("own message " + std::to_string(number++), hash);
  }
  if (group.reinit.has_value()) all.Add("reinit", wire::Serialize(*group.reinit));
}

}  // namespace

NamedParts PartsOf(const Session& session) {
  const auto& impl = SessionAccess::Of(session);
  NamedParts parts;
  if (const Group* group = std::get_if<Group>(&impl.state)) {
    VisitSecrets(group->state(), [&parts](const std::string& name, const Secret& secret) {
      parts[name] = BytesOf(secret);
    });
    AddPublicParts(group->state(), parts);
  } else {
    Collector("left: ", parts).Public(impl.public_group());
  }
  Collector all("", parts);
  all.Add("head", wire::Serialize(impl.head));
  all.Add("state", Number(impl.state.index()));
  all.Add("loads", Number(impl.loads));
  all.Add("signers", Number(impl.signers.size()));
  all.Add("leased until", Number(impl.recorded.leased_until));
  all.Add("recorded proposals", Number(impl.recorded.proposals));
  all.Add("recorded updates", Number(impl.recorded.own_updates));
  all.Add("recorded own messages", Number(impl.recorded.next_own_message));
  return parts;
}

}  // namespace conclave::testing
