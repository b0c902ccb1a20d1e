// What the session layer keeps in the storage beside the state of groups: records and batches for
// key packages, pre-shared keys and the list of groups.
#pragma once

#include <cstdint>
#include <optional>

#include "conclave/policy.h"
#include "conclave/result.h"
#include "conclave/storage.h"
#include "group/environment.h"
#include "group/epoch_state.h"
#include "rfc9420/key_package.h"

namespace conclave {

// The private half of a key package. Secret: encodes with SecretWriter only.
struct KeyPackageRecord {
  std::uint8_t format = 1;
  std::uint8_t last_resort = 0;
  Bytes key_package;  // serialized
  Secret init_private_key;
  Secret leaf_private_key;
};

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

// The epoch that we are in of a group, if we are in it.
Result<std::optional<Epoch>> ReadGroupEpoch(const Storage& storage, BytesView group_id);

// Adds to `batch` what beginning an epoch of a group means: its resumption PSK is kept, the oldest
// is not (RFC 9420, section 8.6), and the group's record says the epoch.
void RecordNewGroup(const EpochState& epoch, WriteBatch& batch);
// In place of a membership of the same group that got as far as `left`.
void RecordRejoinedGroup(const EpochState& epoch, Epoch left, const Policy& policy,
                         WriteBatch& batch);
void RecordNextEpoch(const EpochState& next, const Policy& policy, WriteBatch& batch);
// The end of a group: nothing of it stays.
void RecordGroupEnd(BytesView group_id, WriteBatch& batch);
// The same, for a session in `epoch`: not if the group has been joined again since.
void RecordDeparture(BytesView group_id, Epoch epoch, WriteBatch& batch);

}  // namespace conclave
