#include "model/observe.h"

#include <algorithm>
#include <cstring>

#include "model/disagreement.h"
#include "storage/scan.h"
#include "wire/parse.h"

namespace conclave::testing::model {

namespace {

class Digest {
 public:
  Digest& Add(BytesView bytes) {
    Add(bytes.size());
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, &bytes[at], sizeof(word));
      Mix(word);
    }
    for (; at < bytes.size(); ++at) Mix(bytes[at]);
    return *this;
  }
  Digest& Add(const Secret& secret) { return Add(secret.ExposeForProvider()); }
  Digest& Add(std::uint64_t number) {
    Mix(number);
    return *this;
  }
  std::uint64_t value() const { return value_; }

 private:
  void Mix(std::uint64_t word) {
    value_ = (value_ ^ word) * 0x9e3779b97f4a7c15;
    value_ ^= value_ >> 29;
  }

  std::uint64_t value_ = 0x243f6a8885a308d3;
};

void AddSecretTree(const SecretTree& tree, Digest& digest) {
  digest.Add(tree.width());
  for (const auto& [node, secret] : tree.nodes()) digest.Add(node.value).Add(secret);
  for (const auto& [id, ratchet] : tree.ratchets()) {
    digest.Add(id.sender.value).Add(static_cast<std::uint64_t>(id.type));
    digest.Add(ratchet.head()).Add(ratchet.secret());
    for (const MessageKey& kept : ratchet.retained()) {
      digest.Add(kept.generation).Add(kept.key).Add(kept.nonce);
    }
  }
}

void AddEpoch(const EpochState& epoch, Digest& digest) {
  digest.Add(epoch.group.serialized_context()).Add(epoch.group.confirmation_tag());
  digest.Add(epoch.group.interim_transcript_hash()).Add(epoch.signer->public_key());
  digest.Add(epoch.path.leaf().value).Add(epoch.path.leaf_key());
  for (const auto& known : epoch.path.node_keys()) digest.Add(known.node.value).Add(known.key);
  const EpochSecrets& secrets = epoch.secrets;
  digest.Add(secrets.sender_data_secret).Add(secrets.exporter_secret).Add(secrets.external_secret);
  digest.Add(secrets.confirmation_key).Add(secrets.membership_key).Add(secrets.resumption_psk);
  digest.Add(secrets.epoch_authenticator).Add(secrets.init_secret.value);
  AddSecretTree(epoch.secret_tree, digest);
}

// Adds secrets of one kind to a list.
class Collector {
 public:
  Collector(bool is_current, std::vector<HeldSecret>& secrets)
      : is_current_(is_current), secrets_(secrets) {}

  void Add(SecretKind kind, const Secret& secret) {
    if (secret.empty()) return;
    secrets_.push_back({kind, is_current_, ToBytes(secret.ExposeForProvider())});
  }
  void Tree(const SecretTree& tree) {
    for (const auto& [node, secret] : tree.nodes()) Add(SecretKind::message, secret);
    for (const auto& [id, ratchet] : tree.ratchets()) {
      Add(SecretKind::message, ratchet.secret());
      for (const MessageKey& kept : ratchet.retained()) Add(SecretKind::message, kept.key);
    }
  }
  void Epoch(const EpochState& epoch) {
    Add(SecretKind::tree, epoch.path.leaf_key());
    for (const auto& known : epoch.path.node_keys()) Add(SecretKind::tree, known.key);
    const EpochSecrets& secrets = epoch.secrets;
    Add(SecretKind::late, secrets.sender_data_secret);
    Add(SecretKind::epoch, secrets.exporter_secret);
    Add(SecretKind::epoch, secrets.external_secret);
    Add(SecretKind::epoch, secrets.confirmation_key);
    Add(SecretKind::epoch, secrets.membership_key);
    Add(SecretKind::epoch, secrets.epoch_authenticator);
    Add(SecretKind::epoch, secrets.init_secret.value);
    Add(SecretKind::resumption, secrets.resumption_psk);
    Tree(epoch.secret_tree);
  }

 private:
  bool is_current_;
  std::vector<HeldSecret>& secrets_;
};

}  // namespace

std::uint64_t DigestOf(const Storage& storage) {
  Digest digest;
  Need(ScanRecords(storage, {},
                   [&digest](BytesView key, BytesView value) { digest.Add(key).Add(value); }),
       "the storage cannot be read");
  return digest.value();
}

std::uint64_t DigestOf(const GroupState& state) {
  Digest digest;
  AddEpoch(state.epoch, digest);
  digest.Add(state.next_offer).Add(state.messages_sent).Add(state.own_messages.next);
  for (const Bytes& hash : state.own_messages.hashes) digest.Add(hash);
  for (const StoredProposal& proposal : state.proposals.all()) digest.Add(proposal.ref.value);
  for (const OwnUpdate& update : state.proposals.own_updates()) digest.Add(update.private_key);
  for (const Offer& offer : state.offers) {
    digest.Add(offer.id).Add(offer.message);
    AddEpoch(*offer.staged.next, digest);
  }
  for (const PastEpoch& past : state.past_epochs.all()) {
    digest.Add(past.epoch).Add(past.serialized_context).Add(past.own_leaf.value);
    digest.Add(past.sender_data_secret);
    AddSecretTree(past.secret_tree, digest);
    for (const auto& [leaf, record] : past.replaced) {
      digest.Add(leaf.value).Add(record.has_value() ? record->wire() : BytesView());
    }
  }
  if (state.reinit.has_value()) digest.Add(wire::Serialize(*state.reinit));
  return digest.value();
}

std::vector<HeldSecret> SecretsOf(const EpochState& epoch) {
  std::vector<HeldSecret> secrets;
  Collector(true, secrets).Epoch(epoch);
  return secrets;
}

std::vector<HeldSecret> SecretsOf(const GroupState& state) {
  std::vector<HeldSecret> secrets = SecretsOf(state.epoch);
  Collector others(false, secrets);
  for (const PastEpoch& past : state.past_epochs.all()) {
    others.Add(SecretKind::late, past.sender_data_secret);
    others.Tree(past.secret_tree);
  }
  for (const Offer& offer : state.offers) others.Epoch(*offer.staged.next);
  for (const OwnUpdate& update : state.proposals.own_updates()) {
    others.Add(SecretKind::tree, update.private_key);
  }
  return secrets;
}

std::uint64_t Vault::PrefixOf(const std::uint8_t* bytes) {
  std::uint64_t prefix = 0;
  std::memcpy(&prefix, bytes, kPrefix);
  return prefix;
}

void Vault::Add(const HeldSecret& secret, std::optional<PointId> point) {
  const std::uint64_t prefix = PrefixOf(secret.bytes.data());
  std::vector<Known>& bucket = by_prefix_[prefix];
  const auto known = std::ranges::find(bucket, secret.bytes, &Known::bytes);
  if (known == bucket.end()) {
    bucket.push_back({secret.bytes, secret.kind, point});
    filter_[FilterBit(prefix)] = true;
  } else if (point.has_value()) {
    Require(!known->point.has_value() || known->point == point, "two epochs share a secret");
    known->point = point;
  }
}

const Vault::Known* Vault::Find(BytesView secret) const {
  const auto bucket = by_prefix_.find(PrefixOf(secret.data()));
  if (bucket == by_prefix_.end()) return nullptr;
  const auto known = std::ranges::find_if(
      bucket->second, [secret](const Known& one) { return std::ranges::equal(one.bytes, secret); });
  return known == bucket->second.end() ? nullptr : &*known;
}

void Vault::Search(BytesView content, const std::function<void(const Known&)>& found) const {
  for (std::size_t at = 0; at + kPrefix <= content.size(); ++at) {
    const std::uint64_t prefix = PrefixOf(&content[at]);
    if (!filter_[FilterBit(prefix)]) continue;
    const auto bucket = by_prefix_.find(prefix);
    if (bucket == by_prefix_.end()) continue;
    for (const Known& known : bucket->second) {
      const BytesView here = content.subspan(at);
      if (here.size() >= known.bytes.size() &&
          std::ranges::equal(here.first(known.bytes.size()), known.bytes)) {
        found(known);
      }
    }
  }
}

}  // namespace conclave::testing::model
