// SqliteStorage (conclave/c_sqlite.h). In the library conclave_sqlite.
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "capi/call.h"
#include "capi/handles.h"
#include "conclave/c_sqlite.h"
#include "conclave/sqlite_storage.h"

namespace conclave::capi {

// As all structs that callers fill (capi/inputs.cc).
static_assert(offsetof(conclave_sqlite_options, sealing_key) + sizeof(conclave_bytes) ==
              sizeof(conclave_sqlite_options));
static_assert(kSealingKeySize == CONCLAVE_SEALING_KEY_SIZE);
static_assert(std::string_view(kSqliteBusy) == CONCLAVE_SQLITE_BUSY);

namespace {

// No key for no bytes. Of another size than it should have, it is the storage's to refuse.
std::optional<Secret> SealingKey(BytesView bytes) {
  return bytes.empty() ? std::nullopt : std::optional(Secret::CopyOf(bytes));
}

const Secret* PointerTo(const std::optional<Secret>& key) {
  return key.has_value() ? &*key : nullptr;
}

}  // namespace

}  // namespace conclave::capi

using namespace conclave;  // the functions themselves stand in no namespace
using namespace conclave::capi;

conclave_error conclave_storage_open_sqlite(const conclave_sqlite_options* options,
                                            conclave_storage** storage,
                                            const char** detail) noexcept {
  Call call(detail);
  call.Need(options, storage);
  const conclave_sqlite_options given = call.Filled(options);
  call.Need(given.path);
  const std::optional<Secret> key = SealingKey(call.Bytes(given.sealing_key));
  if (!call.ok()) return call.Failed();
  SqliteStorageOptions made{.path = given.path, .sealing_key = PointerTo(key)};
  if (given.busy_timeout_ms != 0) made.busy_timeout_ms = given.busy_timeout_ms;
  if (given.vfs != nullptr) made.vfs = given.vfs;
  Result<std::unique_ptr<SqliteStorage>> opened = SqliteStorage::Open(made);
  if (!opened.ok()) return call.Fail(opened.error());
  Storage* sqlite = opened->get();
  *storage = new conclave_storage{std::move(opened).value(), sqlite};
  return CONCLAVE_OK;
}

conclave_error conclave_storage_rekey_sqlite(conclave_storage* storage, const uint8_t* sealing_key,
                                             size_t sealing_key_size,
                                             const char** detail) noexcept {
  Call call(detail);
  call.Need(storage);
  const std::optional<Secret> key = SealingKey(call.Bytes(sealing_key, sealing_key_size));
  if (!call.ok()) return call.Failed();
  call.Require(storage->sqlite != nullptr, "storage: it is in no SQLite file");
  if (!call.ok()) return call.Failed();
  return call.End(static_cast<SqliteStorage*>(storage->sqlite)->Rekey(PointerTo(key)));
}
