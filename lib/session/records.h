// What the session layer keeps in the storage beside the state of groups: records and batches for
// key packages and pre-shared keys (docs/storage_format.md).
#pragma once

#include <cstdint>
#include <optional>

#include "conclave/key_packages.h"
#include "conclave/result.h"
#include "conclave/storage.h"
#include "group/environment.h"
#include "rfc9420/key_package.h"
#include "wire/parse.h"

namespace conclave {

// The private half of a key package. Secret: encodes with SecretWriter only.
struct KeyPackageRecord {
  KeyPackageState state = KeyPackageState::reserved;
  std::uint8_t last_resort = 0;
  Bytes key_package;  // serialized
  Secret init_private_key;
  Secret leaf_private_key;
};

// Whether a join leaves it where it is: a last-resort package that has no successor.
inline bool IsReusable(const KeyPackageRecord& record) {
  return record.last_resort != 0 && record.state != KeyPackageState::superseded;
}

// Adds a record that may hold secrets.
template <class Record>
void PutRecord(BytesView key, const Record& record, WriteBatch& batch) {
  batch.Put(key, wire::SerializeSecret(record).ExposeForProvider());
}

// Reads one record that the storage may not have. kStorage if it has it and it does not decode.
Result<std::optional<KeyPackageRecord>> ReadKeyPackage(const Storage& storage,
                                                       const KeyPackageRef& ref);

// Adds to `batch` that a key package has been used, once: kMissing if it has been already.
Result<void> RecordKeyPackageUse(const Storage& storage, const KeyPackageRef& ref,
                                 WriteBatch& batch);

// Pre-shared keys, the application's and those of past epochs, from the storage.
class StoredPsks final : public PskSource {
 public:
  explicit StoredPsks(const Storage& storage) : storage_(storage) {}
  Result<Secret> Find(const PskId& id) const override;

 private:
  const Storage& storage_;
};

}  // namespace conclave
