#include "session/records.h"

#include <algorithm>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "storage/record_key.h"
#include "wire/parse.h"

namespace conclave {

namespace {

void PutResumptionPsk(const EpochState& epoch, WriteBatch& batch) {
  batch.Put(record_key::ResumptionPsk(epoch.group.group_id(), epoch.group.epoch()),
            epoch.secrets.resumption_psk.ExposeForProvider());
}

}  // namespace

Result<std::optional<KeyPackageRecord>> ReadKeyPackage(const Storage& storage,
                                                       const KeyPackageRef& ref) {
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<Secret> stored,
                            storage.Read(record_key::KeyPackage(ref)));
  if (!stored.has_value()) return std::optional<KeyPackageRecord>();
  auto record = wire::Parse<KeyPackageRecord>(stored->ExposeForProvider());
  CONCLAVE_RETURN_IF_ERROR(Rule("storage:key-package-record-decodes", ErrorKind::kStorage,
                                record.ok() && record->format == 1));
  return std::optional<KeyPackageRecord>(std::move(record).value());
}

Result<void> RecordKeyPackageUse(const Storage& storage, const KeyPackageRef& ref,
                                 WriteBatch& batch) {
  const Bytes key = record_key::KeyPackage(ref);
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<Secret> stored, storage.Read(key));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("16.8:key-package-used-once", ErrorKind::kMissing, stored.has_value()));
  batch.Expect(key, stored->ExposeForProvider());
  batch.Erase(key);
  return {};
}

Result<Secret> StoredPsks::Find(const PskId& id) const {
  Bytes key;
  if (const auto* external = std::get_if<ExternalPskId>(&id)) {
    key = record_key::Psk(external->id);
  } else {
    const auto& resumption = std::get<ResumptionPskId>(id);
    key = record_key::ResumptionPsk(resumption.group_id, resumption.epoch);
  }
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<Secret> psk, storage_.Read(key));
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.2:psk-available", ErrorKind::kMissing, psk.has_value()));
  return std::move(*psk);
}

void RecordNewGroup(const EpochState& epoch, WriteBatch& batch) {
  const Bytes key = record_key::Group(epoch.group.group_id());
  batch.ExpectAbsent(key);
  batch.Put(key, wire::Serialize(epoch.group.epoch()));
  PutResumptionPsk(epoch, batch);
}

void RecordRejoinedGroup(const EpochState& epoch, Epoch left, const Policy& policy,
                         WriteBatch& batch) {
  const GroupId& group_id = epoch.group.group_id();
  const Bytes key = record_key::Group(group_id);
  batch.Expect(key, wire::Serialize(left));
  batch.Put(key, wire::Serialize(epoch.group.epoch()));
  const Epoch oldest_held = left - std::min<Epoch>(left, policy.resumption_psks);
  for (Epoch held = oldest_held; held <= left; ++held) {
    if (held + policy.resumption_psks < epoch.group.epoch()) {
      batch.Erase(record_key::ResumptionPsk(group_id, held));
    }
  }
  PutResumptionPsk(epoch, batch);
}

Result<std::optional<Epoch>> ReadGroupEpoch(const Storage& storage, BytesView group_id) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<Secret> stored,
                            storage.Read(record_key::Group(group_id)));
  if (!stored.has_value()) return std::optional<Epoch>();
  const auto epoch = wire::Parse<Epoch>(stored->ExposeForProvider());
  CONCLAVE_RETURN_IF_ERROR(Rule("storage:group-record-decodes", ErrorKind::kStorage, epoch.ok()));
  return std::optional<Epoch>(*epoch);
}

void RecordNextEpoch(const EpochState& next, const Policy& policy, WriteBatch& batch) {
  const GroupId& group_id = next.group.group_id();
  const Epoch epoch = next.group.epoch();
  const Bytes key = record_key::Group(group_id);
  batch.Expect(key, wire::Serialize(epoch - 1));
  batch.Put(key, wire::Serialize(epoch));
  PutResumptionPsk(next, batch);
  if (epoch > policy.resumption_psks) {
    batch.Erase(record_key::ResumptionPsk(group_id, epoch - policy.resumption_psks - 1));
  }
}

void RecordGroupEnd(BytesView group_id, WriteBatch& batch) {
  batch.Erase(record_key::Group(group_id));
  batch.ErasePrefix(record_key::ResumptionPsks(group_id));
}

void RecordDeparture(BytesView group_id, Epoch epoch, WriteBatch& batch) {
  batch.Expect(record_key::Group(group_id), wire::Serialize(epoch));
  RecordGroupEnd(group_id, batch);
}

}  // namespace conclave
