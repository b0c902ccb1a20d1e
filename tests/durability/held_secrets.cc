#include "durability/held_secrets.h"

#include <algorithm>

#include "conclave/external_join.h"
#include "durability/store_story.h"
#include "session/pending_join.h"
#include "session/session_state.h"
#include "storage/record_key.h"
#include "support/must.h"
#include "support/sqlite_file.h"

namespace conclave::testing {

using test::Must;

namespace {

// Adds secrets under names that begin with `where`.
class Collector {
 public:
  Collector(std::string where, NamedSecrets& secrets)
      : where_(std::move(where)), secrets_(secrets) {}

  void Add(const std::string& name, const Secret& secret) {
    if (!secret.empty()) secrets_[where_ + name] = BytesOf(secret);
  }

  void Tree(const SecretTree& tree) {
    for (const auto& [node, secret] : tree.nodes()) {
      Add("secret node " + std::to_string(node.value), secret);
    }
    for (const auto& [id, ratchet] : tree.ratchets()) {
      const bool is_handshake = id.type == RatchetType::handshake;
      const std::string name =
          (is_handshake ? "handshake ratchet " : "ratchet ") + std::to_string(id.sender.value);
      Add(name, ratchet.secret());
      for (const MessageKey& kept : ratchet.retained()) {
        Add(name + " key " + std::to_string(kept.generation), kept.key);
        Add(name + " nonce " + std::to_string(kept.generation), kept.nonce);
      }
    }
  }

  void Epoch(const EpochState& epoch) {
    Add("leaf key", epoch.path.leaf_key());
    for (const PrivatePath::NodeKey& known : epoch.path.node_keys()) {
      Add("node key " + std::to_string(known.node.value), known.key);
    }
    const EpochSecrets& secrets = epoch.secrets;
    Add("sender_data_secret", secrets.sender_data_secret);
    Add("exporter_secret", secrets.exporter_secret);
    Add("external_secret", secrets.external_secret);
    Add("confirmation_key", secrets.confirmation_key);
    Add("membership_key", secrets.membership_key);
    Add("resumption_psk", secrets.resumption_psk);
    Add("epoch_authenticator", secrets.epoch_authenticator);
    Add("init_secret", secrets.init_secret.value);
    Tree(epoch.secret_tree);
  }

 private:
  std::string where_;
  NamedSecrets& secrets_;
};

void CollectGroup(const GroupState& state, NamedSecrets& secrets) {
  const std::string epoch = std::to_string(state.epoch.group.epoch()) + ": ";
  Collector(epoch, secrets).Epoch(state.epoch);
  for (const PastEpoch& past : state.past_epochs.all()) {
    Collector of_past("past " + std::to_string(past.epoch) + ": ", secrets);
    of_past.Add("sender_data_secret", past.sender_data_secret);
    of_past.Tree(past.secret_tree);
  }
  for (const Offer& offer : state.offers) {
    Collector("offer " + std::to_string(offer.id) + ": ", secrets).Epoch(*offer.staged.next);
  }
  for (const OwnUpdate& update : state.proposals.own_updates()) {
    Collector(epoch, secrets).Add("key of our update", update.private_key);
  }
}

}  // namespace

AliceOnDisk::AliceOnDisk(Cast& cast) : cast_(cast), storage_(test::OpenStorage({.path = path_})) {
  const Rows rows = RowsOf(cast.alice.storage).value();
  WriteBatch batch;
  for (const auto& [key, value] : rows) batch.Put(AsBytes(key), AsBytes(value));
  Must(storage_->Write(batch));
  program_ = Must(Program::Start(cast, *storage_, outside_));
}

Session& AliceOnDisk::session() { return *Must(program_->Open(cast_.group())); }

std::unique_ptr<Program> AliceOnDisk::Another() {
  return Must(Program::Start(cast_, *storage_, outside_));
}

NamedSecrets AliceOnDisk::held() {
  NamedSecrets secrets;
  if (Must(program_->IsInGroup(cast_.group()))) {
    CollectGroup(Must(SessionAccess::Of(session()).member())->state(), secrets);
  }
  for (const KeyPackageSummary& one : Must(KeyPackages(program_->client()))) {
    const auto record = Must(ReadKeyPackage(*storage_, one.ref));
    Collector of_package("key package " + TextOf(one.ref.value) + ": ", secrets);
    of_package.Add("init key", record->init_private_key);
    of_package.Add("leaf key", record->leaf_private_key);
  }
  for (const GroupId& group : Must(PendingJoins(program_->client()))) {
    PendingJoin join = Must(ResumeExternalJoin(program_->client(), group));
    Collector("join: ", secrets).Epoch(*PendingJoinAccess::Of(join).staged.next);
  }
  return secrets;
}

bool AliceOnDisk::IsOnDisk(BytesView secret) const {
  return test::Contains(test::ContentOnDisk(path_), secret);
}

void AliceOnDisk::RequireOnDisk(const NamedSecrets& secrets) const {
  const std::string content = test::ContentOnDisk(path_);
  for (const auto& [name, secret] : secrets) {
    INFO(name);
    REQUIRE(test::Contains(content, secret));
  }
}

NamedSecrets AliceOnDisk::RequireLost(NamedSecrets before) {
  const std::string content = test::ContentOnDisk(path_);
  const NamedSecrets after = held();
  RequireOnDisk(after);
  std::erase_if(before, [&after](const auto& one) {
    return std::ranges::any_of(after,
                               [&one](const auto& kept) { return kept.second == one.second; });
  });
  for (const auto& [name, secret] : before) {
    INFO(name);
    REQUIRE(!test::Contains(content, secret));
  }
  return before;
}

}  // namespace conclave::testing
