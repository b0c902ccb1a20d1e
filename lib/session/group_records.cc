#include "session/group_records.h"

#include <algorithm>
#include <utility>

#include "base/result_macros.h"
#include "session/records.h"
#include "session/request.h"
#include "tree/tree_delta.h"
#include "tree/tree_records.h"

namespace conclave {

using record_key::EpochPart;
using record_key::Membership;

namespace {

// An epoch on its way into a CurrentEpochRecord, field by field, without a second copy of its
// secrets.
struct EpochToStore {
  const EpochState& epoch;
  const std::optional<rfc9420::ReInit>& closed_by;
};
template <class W>
void EncodeWire(W& w, const EpochToStore& stored) {
  const EpochState& epoch = stored.epoch;
  wire::Encode(w, epoch.group.tree().width());
  w.VectorOf(epoch.group.serialized_context());
  wire::Encode(w, epoch.group.confirmation_tag());

  wire::Encode(w, epoch.path.leaf());
  wire::Encode(w, epoch.path.leaf_key());
  w.Vector([&] {
    for (const PrivatePath::NodeKey& known : epoch.path.node_keys()) {
      wire::Encode(w, known.node.value);
      wire::Encode(w, known.key);
    }
  });

  wire::Encode(w, epoch.secrets);
  wire::Encode(w, stored.closed_by);
}

// Into a RatchetRecord, and a RetainedKeyRecord.
struct RatchetToStore {
  const HashRatchet& ratchet;
};
template <class W>
void EncodeWire(W& w, const RatchetToStore& stored) {
  wire::Encode(w, stored.ratchet.head());
  wire::Encode(w, stored.ratchet.secret());
}
struct KeyToStore {
  const MessageKey& retained;
};
template <class W>
void EncodeWire(W& w, const KeyToStore& stored) {
  wire::Encode(w, stored.retained.key);
  wire::Encode(w, stored.retained.nonce);
}

// The ReInit with which a commit closes the group, if it does.
std::optional<rfc9420::ReInit> ClosedBy(const StagedEpoch& staged) {
  const auto& reinit = staged.summary.reinit;
  return reinit.has_value() ? std::optional(ToWire(*reinit)) : std::nullopt;
}

// Into an OfferRecord.
struct OfferToStore {
  const Offer& offer;
  const RatchetTree& current;
};
template <class W>
void EncodeWire(W& w, const OfferToStore& stored) {
  const Offer& offer = stored.offer;
  const EpochState& next = *offer.staged.next;
  const RatchetTree& tree = next.group.tree();
  wire::Encode(w, offer.message);
  wire::Encode(w, offer.welcomes);
  wire::Encode(w, offer.staged.summary);
  wire::Encode(w, EpochToStore{next, ClosedBy(offer.staged)});
  wire::Encode(w, next.secret_tree.nodes().begin()->second);
  w.Vector([&] {
    Bytes buffer;
    for (const NodeIndex node : ChangedNodes(stored.current, tree)) {
      wire::Encode(w, node.value);
      w.VectorOf(NodeContent(tree, node, buffer));
    }
  });
}

void PutEpoch(const Membership& keys, const EpochState& epoch,
              const std::optional<rfc9420::ReInit>& closed_by, WriteBatch& batch) {
  const Epoch number = epoch.group.epoch();
  PutRecord(keys.OfEpoch(number, EpochPart::current), EpochToStore{epoch, closed_by}, batch);
  for (const auto& [node, secret] : epoch.secret_tree.nodes()) {
    batch.Put(keys.OfEpoch(number, EpochPart::secret_node, node.value), secret.ExposeForProvider());
  }
}

void PutNode(const Membership& keys, const RatchetTree& tree, NodeIndex node, Bytes& buffer,
             WriteBatch& batch) {
  const BytesView content = NodeContent(tree, node, buffer);
  if (content.empty()) {
    batch.Erase(keys.Node(node.value));
  } else {
    batch.Put(keys.Node(node.value), content);
  }
}

Bytes RatchetKey(const Membership& keys, Epoch epoch, RatchetId id) {
  return keys.OfEpoch(epoch, EpochPart::ratchet, id.type, id.sender);
}

void RecordSecretTree(const Membership& keys, Epoch epoch, const SecretTree& tree,
                      const SecretTreeChanges& changes, WriteBatch& batch) {
  for (const NodeIndex node : changes.nodes) {
    const Bytes key = keys.OfEpoch(epoch, EpochPart::secret_node, node.value);
    const Secret* secret = tree.FindNode(node);
    secret != nullptr ? batch.Put(key, secret->ExposeForProvider()) : batch.Erase(key);
  }
  for (const RatchetId id : changes.ratchets) {
    const HashRatchet* ratchet = tree.FindRatchet(id);
    if (ratchet != nullptr) PutRecord(RatchetKey(keys, epoch, id), RatchetToStore{*ratchet}, batch);
  }
  for (const auto& [id, generation] : changes.retained) {
    const Bytes key = keys.OfEpoch(epoch, EpochPart::retained_key, id.type, id.sender, generation);
    const HashRatchet* ratchet = tree.FindRatchet(id);
    const MessageKey* kept = ratchet != nullptr ? ratchet->FindRetained(generation) : nullptr;
    if (kept != nullptr) {
      PutRecord(key, KeyToStore{*kept}, batch);
    } else {
      batch.Erase(key);
    }
  }
}

// Of our own application ratchet, the storage has one that is ahead by the lease: a crash skips
// what was reserved and not used, and repeats nothing.
Result<void> RecordLease(const Membership& keys, const EpochState& epoch, const Policy& policy,
                         SecretTreeChanges& changes, Recorded& recorded, WriteBatch& batch) {
  const RatchetId own{epoch.own_leaf(), RatchetType::application};
  if (policy.sending_lease <= 1 || std::erase(changes.ratchets, own) == 0) return {};
  const HashRatchet* ratchet = epoch.own_ratchet();
  const bool is_reserved = recorded.leased_until != 0 && ratchet->head() <= recorded.leased_until;
  if (is_reserved) return {};
  CONCLAVE_ASSIGN_OR_RETURN(const HashRatchet ahead,
                            ratchet->Ahead(epoch.group.suite(), policy.sending_lease - 1));
  recorded.leased_until = ahead.head();
  PutRecord(RatchetKey(keys, epoch.group.epoch(), own), RatchetToStore{ahead}, batch);
  return {};
}

void RecordProposals(const Membership& keys, const GroupState& state, Recorded& recorded,
                     WriteBatch& batch) {
  const Epoch epoch = state.epoch.group.epoch();
  const auto& proposals = state.proposals.all();
  for (; recorded.proposals < proposals.size(); ++recorded.proposals) {
    const StoredProposal& proposal = proposals[recorded.proposals];
    PutRecord(
        keys.OfEpoch(epoch, EpochPart::proposal, static_cast<std::uint32_t>(recorded.proposals)),
        ProposalRecord{proposal.ref, proposal.sender, proposal.proposal}, batch);
  }
  const auto& updates = state.proposals.own_updates();
  for (; recorded.own_updates < updates.size(); ++recorded.own_updates) {
    const OwnUpdate& update = updates[recorded.own_updates];
    const Signer& signer = update.signer != nullptr ? *update.signer : *state.epoch.signer;
    PutRecord(keys.OfEpoch(epoch, EpochPart::own_update,
                           static_cast<std::uint32_t>(recorded.own_updates)),
              OwnUpdateRecord{update.encryption_key, update.private_key.Clone(),
                              ToBytes(signer.public_key())},
              batch);
  }
}

void RecordOwnMessages(const Membership& keys, const OwnMessages& own, Recorded& recorded,
                       WriteBatch& batch) {
  for (; recorded.first_own_message < own.first(); ++recorded.first_own_message) {
    if (recorded.first_own_message >= recorded.next_own_message) continue;  // never recorded
    batch.Erase(keys.OwnMessage(recorded.first_own_message));
  }
  recorded.next_own_message = std::max(recorded.next_own_message, own.first());
  for (; recorded.next_own_message < own.next; ++recorded.next_own_message) {
    batch.Put(keys.OwnMessage(recorded.next_own_message),
              own.hashes[static_cast<std::size_t>(recorded.next_own_message - own.first())]);
  }
}

// Of the epoch that is left: what reads late messages, or nothing.
void RecordLeaving(const Membership& keys, const EpochState& left, const TreeDelta& delta,
                   WriteBatch& batch) {
  const Epoch epoch = left.group.epoch();
  batch.Erase(keys.OfEpoch(epoch, EpochPart::current));
  for (const EpochPart part : {EpochPart::ratchet, EpochPart::retained_key}) {
    batch.ErasePrefix(keys.OfEpoch(epoch, part, RatchetType::handshake));
  }
  for (const EpochPart part : {EpochPart::proposal, EpochPart::own_update, EpochPart::offer}) {
    batch.ErasePrefix(keys.OfEpoch(epoch, part));
  }
  PutRecord(keys.OfEpoch(epoch, EpochPart::past),
            PastEpochRecord{left.group.tree().width(), ToBytes(left.group.serialized_context()),
                            left.own_leaf(), left.secrets.sender_data_secret.Clone()},
            batch);
  for (const NodeIndex node : NodesOf(delta)) {
    if (!IsLeaf(node)) continue;
    const LeafRecord* leaf = left.group.tree().leaf(ToLeaf(node));
    batch.Put(keys.OfEpoch(epoch, EpochPart::replaced_leaf, ToLeaf(node).value),
              leaf != nullptr ? leaf->wire() : BytesView());
  }
}

void PutResumptionPsk(const EpochState& epoch, WriteBatch& batch) {
  batch.Put(record_key::ResumptionPsk(epoch.group.group_id(), epoch.group.epoch()),
            epoch.secrets.resumption_psk.ExposeForProvider());
}

}  // namespace

Recorded Recorded::Of(const GroupState& state) {
  return {state.proposals.all().size(), state.proposals.own_updates().size(),
          state.own_messages.first(), state.own_messages.next, 0};
}

void RecordHead(BytesView group_id, const GroupHead& before, const GroupHead& after,
                WriteBatch& batch) {
  const Bytes key = record_key::Group(group_id);
  batch.Expect(key, wire::Serialize(before));
  batch.Put(key, wire::Serialize(after));
}

void RecordMembership(const Membership& keys, const EpochState& epoch, WriteBatch& batch) {
  Bytes buffer;
  for (const NodeIndex node : NodesOf(epoch.group.tree())) {
    PutNode(keys, epoch.group.tree(), node, buffer, batch);
  }
  PutEpoch(keys, epoch, {}, batch);
}

void RecordJoin(const GroupHead& head, const EpochState& epoch, WriteBatch& batch) {
  const Bytes key = record_key::Group(epoch.group.group_id());
  batch.ExpectAbsent(key);
  batch.Put(key, wire::Serialize(head));
  PutResumptionPsk(epoch, batch);
}

void RecordRejoin(const GroupHead& left, const GroupHead& head, const EpochState& epoch,
                  const Policy& policy, WriteBatch& batch) {
  const GroupId& group_id = epoch.group.group_id();
  RecordHead(group_id, left, head, batch);
  batch.ErasePrefix(Membership(group_id, left.membership).prefix());
  const Epoch oldest_held = left.epoch - std::min<Epoch>(left.epoch, policy.resumption_psks);
  for (Epoch held = oldest_held; held <= left.epoch; ++held) {
    if (held + policy.resumption_psks < epoch.group.epoch()) {
      batch.Erase(record_key::ResumptionPsk(group_id, held));
    }
  }
  PutResumptionPsk(epoch, batch);
}

Result<void> RecordMessages(const Membership& keys, Group& group, const Policy& policy,
                            Recorded& recorded, WriteBatch& batch) {
  const GroupState& state = group.state();
  Result<void> leased;
  group.TakeSecretChanges([&](Epoch epoch, const SecretTree& tree, SecretTreeChanges changes) {
    if (&tree == &state.epoch.secret_tree) {
      leased = RecordLease(keys, state.epoch, policy, changes, recorded, batch);
    }
    RecordSecretTree(keys, epoch, tree, changes, batch);
  });
  CONCLAVE_RETURN_IF_ERROR(leased);
  RecordProposals(keys, state, recorded, batch);
  RecordOwnMessages(keys, state.own_messages, recorded, batch);
  return {};
}

void RecordOffer(const Membership& keys, const EpochState& current, const Offer& offer,
                 WriteBatch& batch) {
  PutRecord(keys.OfEpoch(current.group.epoch(), EpochPart::offer, offer.id),
            OfferToStore{offer, current.group.tree()}, batch);
}

void RecordNextEpoch(const Membership& keys, const Group& group, const StagedEpoch& staged,
                     const Offer* offer, const Policy& policy, WriteBatch& batch) {
  const EpochState& left = group.epoch();
  const EpochState& next = *staged.next;
  const Epoch epoch = next.group.epoch();
  Bytes buffer;
  for (const NodeIndex node : ChangedNodes(left.group.tree(), next.group.tree())) {
    PutNode(keys, next.group.tree(), node, buffer, batch);
  }
  if (policy.past_epochs == 0) {
    batch.ErasePrefix(keys.AllOfEpoch(left.group.epoch()));
  } else {
    RecordLeaving(keys, left, staged.delta, batch);
  }
  for (const Epoch dropped : group.state().past_epochs.DroppedByPush(policy.past_epochs)) {
    batch.ErasePrefix(keys.AllOfEpoch(dropped));
  }
  PutEpoch(keys, next, ClosedBy(staged), batch);

  PutResumptionPsk(next, batch);
  if (epoch > policy.resumption_psks) {
    batch.Erase(
        record_key::ResumptionPsk(next.group.group_id(), epoch - policy.resumption_psks - 1));
  }
  if (offer != nullptr && !offer->welcomes.empty()) {
    batch.Put(keys.Welcomes(offer->id), wire::Serialize(offer->welcomes));
  }
}

void RecordDeparture(const Membership& keys, const GroupHead& head, BytesView group_id,
                     WriteBatch& batch) {
  batch.Expect(record_key::Group(group_id), wire::Serialize(head));
  batch.Erase(record_key::Group(group_id));
  batch.ErasePrefix(record_key::ResumptionPsks(group_id));
  batch.ErasePrefix(keys.prefix());
}

void RecordGroupEnd(BytesView group_id, WriteBatch& batch) {
  batch.Erase(record_key::Group(group_id));
  batch.Erase(record_key::PendingJoin(group_id));
  batch.ErasePrefix(record_key::ResumptionPsks(group_id));
  batch.ErasePrefix(record_key::Key(record_key::Table::membership).Id(group_id).Take());
}

}  // namespace conclave
