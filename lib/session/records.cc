#include "session/records.h"

#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "storage/record_key.h"
#include "wire/parse.h"

namespace conclave {

Result<std::optional<KeyPackageRecord>> ReadKeyPackage(const Storage& storage,
                                                       const KeyPackageRef& ref) {
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<Secret> stored,
                            storage.Read(record_key::KeyPackage(ref)));
  if (!stored.has_value()) return std::optional<KeyPackageRecord>();
  auto record = wire::Parse<KeyPackageRecord>(stored->ExposeForProvider());
  CONCLAVE_RETURN_IF_ERROR(Rule("storage:key-package-record-decodes", ErrorKind::kStorage,
                                record.ok() && record->state <= KeyPackageState::superseded));
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

}  // namespace conclave
