// From the storage of an earlier version to this one's (docs/storage_format.md).
#pragma once

#include "conclave/result.h"
#include "conclave/storage.h"

namespace conclave {

// The format that this version reads and writes. Format 1 had no format record, and kept no
// sessions.
inline constexpr std::uint16_t kStorageFormat = 2;

// Adds to `batch` what brings the storage to kStorageFormat; nothing if it is there.
// kUnsupported if a later version has written it; kStorage.
Result<void> Migrate(const Storage& storage, WriteBatch& batch);

}  // namespace conclave
