// For tests: what conclave/storage.h demands of every Storage.
#pragma once

#include <optional>
#include <string_view>

#include "conclave/storage.h"

namespace conclave::test {

// The value of a record that can be read, if it is there.
std::optional<Bytes> ValueOf(const Storage& storage, std::string_view key);

// Adds to a batch.
void Put(WriteBatch& batch, std::string_view key, std::string_view value);

// Puts one record, in a batch of its own.
void PutNow(Storage& storage, std::string_view key, std::string_view value);

// To be called by a test case on a storage that is empty. Each rule is a section.
void RequireStorageContract(Storage& storage);

}  // namespace conclave::test
