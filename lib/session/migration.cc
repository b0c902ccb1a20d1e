#include "session/migration.h"

#include <optional>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "session/records.h"
#include "storage/record_key.h"
#include "storage/scan.h"

namespace conclave {

namespace {

// The private half of a key package in format 1.
struct KeyPackageRecord1 {
  std::uint8_t format = 1;
  std::uint8_t last_resort = 0;
  Bytes key_package;
  Secret init_private_key;
  Secret leaf_private_key;
};

// Key packages get a state. Of groups, whose sessions were lost with the process, only the
// resumption PSKs are of use: with one, a client can prove that it was there when it joins again.
Result<void> MigrateFrom1(const Storage& storage, WriteBatch& batch) {
  const auto add = [&batch](BytesView key, BytesView value) {
    auto old = wire::Parse<KeyPackageRecord1>(value);
    if (!old.ok()) return batch.Erase(key);
    const KeyPackageRecord record{KeyPackageState::published, old->last_resort,
                                  std::move(old->key_package), std::move(old->init_private_key),
                                  std::move(old->leaf_private_key)};
    PutRecord(key, record, batch);
  };
  CONCLAVE_RETURN_IF_ERROR(ScanRecords(storage, record_key::KeyPackages(), add));
  batch.ErasePrefix(record_key::Groups());
  return {};
}

}  // namespace

Result<void> Migrate(const Storage& storage, WriteBatch& batch) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<Secret> stored, storage.Read(record_key::Format()));
  if (stored.has_value()) {
    const auto format = wire::Parse<std::uint16_t>(stored->ExposeForProvider());
    CONCLAVE_RETURN_IF_ERROR(
        Rule("storage:format-record-decodes", ErrorKind::kStorage, format.ok()));
    return Rule("storage:format-is-known", ErrorKind::kUnsupported, *format == kStorageFormat);
  }
  batch.ExpectAbsent(record_key::Format());
  batch.Put(record_key::Format(), wire::Serialize(kStorageFormat));
  return MigrateFrom1(storage, batch);
}

}  // namespace conclave
