#include "conclave/key_packages.h"

#include <algorithm>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "labeled/labeled.h"
#include "session/client_state.h"
#include "storage/record_key.h"
#include "storage/scan.h"

namespace conclave {

namespace {

// A record of the inventory, with what it is about.
struct Held {
  Bytes key;
  KeyPackageRecord record;
  rfc9420::KeyPackage key_package;

  bool IsOf(const ClientState& client) const {
    return key_package.cipher_suite == client.suite.id() &&
           std::ranges::equal(key_package.leaf_node.signature_key, client.signer->public_key());
  }
  std::uint64_t not_after() const {
    const auto* lifetime = key_package.leaf_node.leaf_node_source.GetIf<Lifetime>();
    return lifetime != nullptr ? lifetime->not_after : UINT64_MAX;
  }
};

// All records that decode; the others are nobody's.
Result<std::vector<Held>> ReadInventory(const Storage& storage) {
  std::vector<Held> inventory;
  const auto add = [&inventory](BytesView key, BytesView value) {
    auto record = wire::Parse<KeyPackageRecord>(value);
    if (!record.ok()) return;
    auto key_package = wire::Parse<rfc9420::KeyPackage>(record->key_package);
    if (!key_package.ok()) return;
    inventory.push_back({ToBytes(key), std::move(*record), std::move(*key_package)});
  };
  CONCLAVE_RETURN_IF_ERROR(ScanRecords(storage, record_key::KeyPackages(), add));
  return inventory;
}

// The client's last-resort packages make way for a new one.
Result<void> Supersede(const ClientState& client, WriteBatch& batch) {
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<Held> inventory, ReadInventory(client.storage));
  for (Held& held : inventory) {
    if (held.record.last_resort == 0 || !held.IsOf(client)) continue;
    held.record.state = KeyPackageState::superseded;
    PutRecord(held.key, held.record, batch);
  }
  return {};
}

}  // namespace

Lifetime LifetimeFrom(std::uint64_t now, std::uint64_t seconds) {
  // An hour back, for clocks that are slow.
  const std::uint64_t slack = std::min<std::uint64_t>(now, 3600);
  return {now - slack, now + std::min(seconds, UINT64_MAX - now)};
}

Result<Bytes> Client::NewKeyPackage(const KeyPackageOptions& options) {
  ClientState& state = *impl_->state;
  const std::uint64_t seconds =
      options.lifetime != 0 ? options.lifetime : state.policy.key_package_lifetime;
  LeafProfile profile = state.profile;
  std::vector<Extension> extensions = options.extensions;
  if (state.policy.grease) {
    CONCLAVE_ASSIGN_OR_RETURN(Extension grease, GreaseExtension(state.crypto));
    extensions.push_back(std::move(grease));
  }
  for (const Extension& extension : extensions) {
    ListExtension(extension.extension_type, profile.capabilities);
  }
  CONCLAVE_ASSIGN_OR_RETURN(
      OwnKeyPackage made,
      MakeKeyPackage(state.suite, profile, *state.signer, LifetimeFrom(state.clock.Now(), seconds),
                     std::move(extensions)));
  KeyPackageRecord record;
  record.last_resort = options.last_resort ? 1 : 0;
  record.key_package = wire::Serialize(made.key_package);
  record.init_private_key = std::move(made.init_private_key);
  record.leaf_private_key = std::move(made.leaf_private_key);
  CONCLAVE_ASSIGN_OR_RETURN(const KeyPackageRef ref,
                            MakeKeyPackageRef(state.suite, record.key_package));
  WriteBatch batch;
  if (options.last_resort) CONCLAVE_RETURN_IF_ERROR(Supersede(state, batch));
  PutRecord(record_key::KeyPackage(ref), record, batch);
  CONCLAVE_RETURN_IF_ERROR(state.storage.Write(batch));
  return WrapMessage(std::move(made.key_package));
}

Result<std::size_t> Client::PurgeExpiredKeyPackages() {
  ClientState& state = *impl_->state;
  const std::uint64_t now = state.clock.Now();
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<Held> inventory, ReadInventory(state.storage));
  WriteBatch batch;
  for (const Held& held : inventory) {
    if (held.not_after() < now) batch.Erase(held.key);
  }
  if (!batch.empty()) CONCLAVE_RETURN_IF_ERROR(state.storage.Write(batch));
  return batch.size();
}

Result<std::vector<KeyPackageSummary>> KeyPackages(const Client& client) {
  const ClientState& state = *ClientAccess::State(client);
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<Held> inventory, ReadInventory(state.storage));
  std::vector<KeyPackageSummary> summaries;
  for (Held& held : inventory) {
    if (!held.IsOf(state)) continue;
    CONCLAVE_ASSIGN_OR_RETURN(KeyPackageRef ref,
                              MakeKeyPackageRef(state.suite, held.record.key_package));
    const std::uint64_t not_after = held.not_after();
    summaries.push_back({std::move(ref), WrapMessage(std::move(held.key_package)),
                         held.record.state, held.record.last_resort != 0, not_after});
  }
  return summaries;
}

Result<void> MarkPublished(Client& client, const KeyPackageRef& ref) {
  const ClientState& state = *ClientAccess::State(client);
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<KeyPackageRecord> record,
                            ReadKeyPackage(state.storage, ref));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("10:published-key-package-is-held", ErrorKind::kMissing, record.has_value()));
  if (record->state != KeyPackageState::reserved) return {};
  record->state = KeyPackageState::published;
  WriteBatch batch;
  PutRecord(record_key::KeyPackage(ref), *record, batch);
  return state.storage.Write(batch);
}

Result<void> DeleteKeyPackage(Client& client, const KeyPackageRef& ref) {
  const ClientState& state = *ClientAccess::State(client);
  WriteBatch batch;
  CONCLAVE_RETURN_IF_ERROR(RecordKeyPackageUse(state.storage, ref, batch));
  return state.storage.Write(batch);
}

}  // namespace conclave
