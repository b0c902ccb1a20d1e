#include "session/load_group.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "storage/record_key.h"
#include "storage/scan.h"
#include "tree/tree_delta.h"
#include "tree/tree_records.h"

namespace conclave {

using record_key::EpochPart;
using record_key::Part;

namespace {

Error Broken() { return {ErrorKind::kStorage, "storage:group-records-decode"}; }

template <class Record>
Result<Record> ParseRecord(BytesView value) {
  Result<Record> record = wire::Parse<Record>(value, wire::Reader::Budget::paid);
  if (!record.ok()) return Broken();
  return record;
}

// The records of one epoch, as they come.
struct EpochParts {
  std::optional<CurrentEpochRecord> current;
  std::optional<PastEpochRecord> past;
  std::map<NodeIndex, Secret> secret_nodes;
  std::map<RatchetId, RatchetRecord> ratchets;
  std::map<RatchetId, std::vector<MessageKey>> retained;
  std::map<LeafIndex, std::optional<LeafRecord>> replaced;
  std::vector<ProposalRecord> proposals;
  std::vector<OwnUpdateRecord> own_updates;
  std::map<std::uint64_t, OfferRecord> offers;
};

// The records of one membership.
struct Parts {
  std::vector<NodeChange> nodes;
  std::map<Epoch, EpochParts> epochs;
  OwnMessages own_messages;
};

// Reads a number of a key.
template <class Number>
Number Next(wire::Reader& key) {
  Number number{};
  wire::Decode(key, number);
  return number;
}

Result<void> AddRatchetPart(EpochPart part, wire::Reader& key, BytesView value, EpochParts& parts) {
  RatchetId id;
  id.type = Next<RatchetType>(key);
  id.sender = Next<LeafIndex>(key);
  if (part == EpochPart::ratchet) {
    CONCLAVE_ASSIGN_OR_RETURN(parts.ratchets[id], ParseRecord<RatchetRecord>(value));
    return {};
  }
  const auto generation = Next<std::uint32_t>(key);
  CONCLAVE_ASSIGN_OR_RETURN(RetainedKeyRecord kept, ParseRecord<RetainedKeyRecord>(value));
  parts.retained[id].push_back({generation, std::move(kept.key), std::move(kept.nonce)});
  return {};
}

Result<void> AddEpochPart(wire::Reader& key, BytesView value, EpochParts& parts) {
  const auto part = Next<EpochPart>(key);
  switch (part) {
    case EpochPart::current: {
      CONCLAVE_ASSIGN_OR_RETURN(parts.current, ParseRecord<CurrentEpochRecord>(value));
      return {};
    }
    case EpochPart::past: {
      CONCLAVE_ASSIGN_OR_RETURN(parts.past, ParseRecord<PastEpochRecord>(value));
      return {};
    }
    case EpochPart::secret_node:
      parts.secret_nodes.emplace(NodeIndex{Next<std::uint32_t>(key)}, Secret::CopyOf(value));
      return {};
    case EpochPart::ratchet:
    case EpochPart::retained_key:
      return AddRatchetPart(part, key, value, parts);
    case EpochPart::replaced_leaf:
      parts.replaced[Next<LeafIndex>(key)] =
          value.empty() ? std::nullopt : std::optional(LeafRecord::FromStorage(value));
      return {};
    case EpochPart::proposal: {
      CONCLAVE_ASSIGN_OR_RETURN(ProposalRecord proposal, ParseRecord<ProposalRecord>(value));
      Next<std::uint32_t>(key);
      parts.proposals.push_back(std::move(proposal));
      return {};
    }
    case EpochPart::own_update: {
      CONCLAVE_ASSIGN_OR_RETURN(OwnUpdateRecord update, ParseRecord<OwnUpdateRecord>(value));
      Next<std::uint32_t>(key);
      parts.own_updates.push_back(std::move(update));
      return {};
    }
    case EpochPart::offer: {
      CONCLAVE_ASSIGN_OR_RETURN(parts.offers[Next<std::uint64_t>(key)],
                                ParseRecord<OfferRecord>(value));
      return {};
    }
  }
  return Broken();
}

// `key` begins behind the membership's prefix.
Result<void> AddPart(wire::Reader& key, BytesView value, Parts& parts) {
  switch (Next<Part>(key)) {
    case Part::node: {
      CONCLAVE_ASSIGN_OR_RETURN(NodeChange node,
                                ChangeTo(NodeIndex{Next<std::uint32_t>(key)}, value));
      parts.nodes.push_back(std::move(node));
      return {};
    }
    case Part::epoch:
      return AddEpochPart(key, value, parts.epochs[Next<Epoch>(key)]);
    case Part::own_message:
      parts.own_messages.next = Next<std::uint64_t>(key) + 1;
      parts.own_messages.hashes.push_back(ToBytes(value));
      return {};
    case Part::welcomes:  // read when they are asked for
      Next<std::uint64_t>(key);
      return {};
  }
  return Broken();
}

Result<Parts> ReadParts(const Storage& storage, const record_key::Membership& keys) {
  Parts parts;
  const std::size_t prefix = keys.prefix().size();
  const auto add = [&parts, prefix](BytesView key, BytesView value) -> Result<void> {
    wire::Reader reader(key.subspan(prefix));
    CONCLAVE_RETURN_IF_ERROR(AddPart(reader, value, parts));
    if (!reader.ok() || !reader.empty()) return Broken();
    return {};
  };
  CONCLAVE_RETURN_IF_ERROR(ScanRecords(storage, keys.prefix(), add));
  return parts;
}

bool IsWidth(std::uint32_t width) {
  return width != 0 && width <= kMaxTreeWidth && WidthFor(width) == width;
}

// Whether each leaf's keys are there once: in its ratchets, or to be derived from one node.
bool CoversAllLeaves(std::uint32_t width, const EpochParts& parts) {
  std::map<std::uint32_t, std::uint32_t> spans;  // by the first leaf
  for (const auto& [node, secret] : parts.secret_nodes) {
    if (node.value >= NodeCount(width) ||
        !spans.emplace(FirstLeaf(node).value, LeafSpan(node)).second) {
      return false;
    }
  }
  for (const auto& [id, record] : parts.ratchets) {
    if (id.type == RatchetType::application && !spans.emplace(id.sender.value, 1).second)
      return false;
  }
  std::uint64_t next = 0;
  for (const auto& [first, span] : spans) {
    if (first != next) return false;
    next += span;
  }
  return next == width;
}

enum class Handshake { read, forgotten };

// A leaf that has one ratchet has both, unless the epoch is past.
bool RatchetsArePaired(Handshake handshake, const EpochParts& parts) {
  return std::ranges::all_of(parts.ratchets, [&](const auto& entry) {
    const auto& [id, record] = entry;
    if (record.head > HashRatchet::kUsedUp) return false;
    if (handshake == Handshake::forgotten) return id.type == RatchetType::application;
    const RatchetType other =
        id.type == RatchetType::application ? RatchetType::handshake : RatchetType::application;
    return parts.ratchets.contains({id.sender, other});
  });
}

Result<SecretTree> SecretTreeOf(std::uint32_t width, Handshake handshake, EpochParts& parts) {
  CONCLAVE_RETURN_IF_ERROR(
      Rule("storage:secret-tree-is-whole", ErrorKind::kStorage,
           IsWidth(width) && CoversAllLeaves(width, parts) && RatchetsArePaired(handshake, parts)));
  std::map<RatchetId, HashRatchet> ratchets;
  for (auto& [id, record] : parts.ratchets) {
    ratchets.emplace(
        id, HashRatchet(record.head, std::move(record.secret), std::move(parts.retained[id])));
  }
  SecretTree tree(width, std::move(parts.secret_nodes), std::move(ratchets));
  if (handshake == Handshake::forgotten) tree.ForgetHandshake();
  return tree;
}

const Signer* FindSigner(const ClientState& client, Signers signers, BytesView public_key) {
  if (std::ranges::equal(client.signer->public_key(), public_key)) return client.signer;
  for (const Signer* signer : signers) {
    if (std::ranges::equal(signer->public_key(), public_key)) return signer;
  }
  return nullptr;
}

PrivatePath PathOf(PathRecord record) {
  PrivatePath path(record.leaf, std::move(record.leaf_key));
  for (NodeKeyRecord& known : record.node_keys) path.SetKey({known.node}, std::move(known.key));
  return path;
}

bool IsAbove(const PathRecord& path, std::uint32_t node) {
  return !IsLeaf({node}) && IsInSubtree(path.leaf, {node});
}

// The epoch of a record, whose GroupContext is `context`, on its tree.
Result<EpochState> EpochOf(const ClientState& client, Signers signers, CurrentEpochRecord record,
                           rfc9420::GroupContext context, RatchetTree tree,
                           SecretTree secret_tree) {
  CONCLAVE_RETURN_IF_ERROR(Rule("storage:tree-is-the-groups", ErrorKind::kStorage,
                                std::ranges::equal(context.tree_hash, tree.TreeHash())));
  const LeafRecord* own = tree.leaf(record.path.leaf);
  const auto is_above = [&record](const NodeKeyRecord& known) {
    return known.node < NodeCount(record.width) && IsAbove(record.path, known.node);
  };
  CONCLAVE_RETURN_IF_ERROR(
      Rule("storage:path-is-of-our-leaf", ErrorKind::kStorage,
           own != nullptr && std::ranges::all_of(record.path.node_keys, is_above)));
  const Signer* signer = FindSigner(client, signers, own->signature_key());
  CONCLAVE_RETURN_IF_ERROR(
      Rule("session:signer-of-our-leaf", ErrorKind::kMissing, signer != nullptr));
  CONCLAVE_ASSIGN_OR_RETURN(PublicGroup group,
                            PublicGroup::Create(client.suite, std::move(context), std::move(tree),
                                                std::move(record.confirmation_tag)));
  return EpochState{std::move(group), PathOf(std::move(record.path)), std::move(record.secrets),
                    std::move(secret_tree), signer};
}

Result<Offer> OfferOf(const ClientState& client, Signers signers, const EpochState& current,
                      std::uint64_t id, OfferRecord record) {
  std::vector<NodeChange> changes;
  for (const NodeRecord& node : record.nodes) {
    CONCLAVE_ASSIGN_OR_RETURN(NodeChange change, ChangeTo({node.index}, node.content));
    changes.push_back(std::move(change));
  }
  const std::uint32_t width = record.next.width;
  CONCLAVE_RETURN_IF_ERROR(
      Rule("storage:offers-tree-is-one", ErrorKind::kStorage,
           IsWidth(width) && std::ranges::is_sorted(changes, {}, &NodeChange::index)));
  CONCLAVE_ASSIGN_OR_RETURN(
      RatchetTree tree, PatchTree(client.suite, current.group.tree(), width, std::move(changes)));
  Offer offer;
  offer.id = id;
  offer.message = std::move(record.message);
  offer.welcomes = std::move(record.welcomes);
  offer.staged.summary = std::move(record.summary);
  offer.staged.delta = DifferenceOf(current.group.tree(), tree);
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::GroupContext context,
                            ParseRecord<rfc9420::GroupContext>(record.next.context));
  CONCLAVE_ASSIGN_OR_RETURN(
      offer.staged.next,
      EpochOf(client, signers, std::move(record.next), std::move(context), std::move(tree),
              SecretTree(std::move(record.encryption_secret), width)));
  return offer;
}

Result<PastEpoch> PastOf(Epoch epoch, EpochParts parts) {
  PastEpochRecord& record = *parts.past;
  CONCLAVE_ASSIGN_OR_RETURN(SecretTree secret_tree,
                            SecretTreeOf(record.width, Handshake::forgotten, parts));
  return PastEpoch{epoch,
                   std::move(record.context),
                   record.own_leaf,
                   std::move(record.sender_data_secret),
                   std::move(secret_tree),
                   std::move(parts.replaced)};
}

// Whether whoever sent a proposal, and whomever it is about, is there.
bool IsOfGroup(const PublicGroup& group, const ProposalRecord& record) {
  const auto* member = record.sender.GetIf<rfc9420::MemberSender>();
  if (member != nullptr && group.tree().leaf(member->leaf_index) == nullptr) return false;
  const auto* external = record.sender.GetIf<rfc9420::ExternalSenderIndex>();
  if (external != nullptr && external->sender_index >= group.extensions().external_senders.size()) {
    return false;
  }
  if (record.proposal.Is<rfc9420::Update>() && member == nullptr) return false;
  const auto* remove = record.proposal.GetIf<rfc9420::Remove>();
  return remove == nullptr || group.tree().leaf(remove->removed) != nullptr;
}

// The proposals and the offers of the epoch that we are in.
Result<void> AddPending(const ClientState& client, Signers signers, EpochParts parts,
                        GroupState& state) {
  for (ProposalRecord& proposal : parts.proposals) {
    CONCLAVE_RETURN_IF_ERROR(Rule("storage:proposals-are-of-the-group", ErrorKind::kStorage,
                                  IsOfGroup(state.epoch.group, proposal)));
    state.proposals.Add({std::move(proposal.ref), proposal.sender, std::move(proposal.proposal)});
  }
  for (OwnUpdateRecord& update : parts.own_updates) {
    const Signer* signer = FindSigner(client, signers, update.signature_key);
    CONCLAVE_RETURN_IF_ERROR(
        Rule("session:signer-of-our-update", ErrorKind::kMissing, signer != nullptr));
    state.proposals.AddOwnUpdate(
        {std::move(update.encryption_key), std::move(update.private_key), signer});
  }
  for (auto& [id, record] : parts.offers) {
    CONCLAVE_ASSIGN_OR_RETURN(Offer offer,
                              OfferOf(client, signers, state.epoch, id, std::move(record)));
    state.offers.push_back(std::move(offer));
  }
  return {};
}

Result<EpochState> CurrentEpoch(const ClientState& client, Signers signers, EpochParts& parts,
                                std::vector<NodeChange> nodes) {
  CONCLAVE_RETURN_IF_ERROR(Rule("storage:current-epoch-is-there", ErrorKind::kStorage,
                                parts.current.has_value() && IsWidth(parts.current->width)));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::GroupContext context,
                            ParseRecord<rfc9420::GroupContext>(parts.current->context));
  CONCLAVE_RETURN_IF_ERROR(Rule("session:group-is-of-our-suite", ErrorKind::kMisuse,
                                context.cipher_suite == client.suite.id()));
  const std::uint32_t width = parts.current->width;
  CONCLAVE_RETURN_IF_ERROR(Rule("storage:nodes-are-of-the-tree", ErrorKind::kStorage,
                                nodes.empty() || nodes.back().index.value < NodeCount(width)));
  CONCLAVE_ASSIGN_OR_RETURN(SecretTree secret_tree, SecretTreeOf(width, Handshake::read, parts));
  CONCLAVE_ASSIGN_OR_RETURN(RatchetTree tree, MakeTree(client.suite, width, std::move(nodes)));
  return EpochOf(client, signers, std::move(*parts.current), std::move(context), std::move(tree),
                 std::move(secret_tree));
}

}  // namespace

Result<std::optional<GroupHead>> ReadGroupHead(const Storage& storage, BytesView group_id) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<Secret> stored,
                            storage.Read(record_key::Group(group_id)));
  if (!stored.has_value()) return std::optional<GroupHead>();
  const auto head = wire::Parse<GroupHead>(stored->ExposeForProvider());
  CONCLAVE_RETURN_IF_ERROR(Rule("storage:group-record-decodes", ErrorKind::kStorage, head.ok()));
  return std::optional<GroupHead>(*head);
}

Result<std::optional<LoadedGroup>> LoadGroup(const ClientState& client, BytesView group_id,
                                             Signers signers) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<GroupHead> head,
                            ReadGroupHead(client.storage, group_id));
  if (!head.has_value()) return std::optional<LoadedGroup>();
  CONCLAVE_ASSIGN_OR_RETURN(
      Parts parts, ReadParts(client.storage, record_key::Membership(group_id, head->membership)));
  // Somebody who wrote in between may have shown us half of what was written.
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<GroupHead> head_now,
                            ReadGroupHead(client.storage, group_id));
  if (!head_now.has_value() || head_now->version != head->version) {
    return Error{ErrorKind::kStorage, kStorageConflict};
  }

  EpochParts& current = parts.epochs[head->epoch];
  std::optional<rfc9420::ReInit> closed_by;
  if (current.current.has_value()) closed_by = current.current->closed_by;
  CONCLAVE_ASSIGN_OR_RETURN(EpochState epoch,
                            CurrentEpoch(client, signers, current, std::move(parts.nodes)));
  LoadedGroup loaded{*head, GroupState{std::move(epoch)}};
  GroupState& state = loaded.state;
  state.reinit = std::move(closed_by);
  state.next_offer = head->next_offer;
  state.messages_sent = head->messages_sent;
  state.own_messages = std::move(parts.own_messages);
  for (auto& [number, past] : parts.epochs) {
    if (!past.past.has_value()) continue;
    CONCLAVE_ASSIGN_OR_RETURN(PastEpoch restored, PastOf(number, std::move(past)));
    state.past_epochs.Restore(std::move(restored));
  }
  CONCLAVE_RETURN_IF_ERROR(AddPending(client, signers, std::move(current), state));
  return std::optional<LoadedGroup>(std::move(loaded));
}

Result<EpochState> LoadPendingEpoch(const ClientState& client, BytesView group_id,
                                    std::uint64_t membership, Epoch epoch) {
  CONCLAVE_ASSIGN_OR_RETURN(
      Parts parts, ReadParts(client.storage, record_key::Membership(group_id, membership)));
  return CurrentEpoch(client, {}, parts.epochs[epoch], std::move(parts.nodes));
}

}  // namespace conclave
