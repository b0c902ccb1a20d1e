#include "sqlite/database.h"

#include <utility>

#include "base/result_macros.h"

namespace conclave::sqlite {

Result<Database> Database::Open(const char* path, const char* vfs) {
  // FULLMUTEX gives the connection the mutex that Turn holds.
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_PRIVATECACHE;
  auto writes = std::make_unique<GapZeroingWrites>();
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path, &opened, kFlags, vfs);
  std::unique_ptr<sqlite3, Close> connection(opened);
  if (code != SQLITE_OK) return ErrorOf(code);
  // SQLite opens what it may only read for reading, rather than fail.
  if (sqlite3_db_readonly(opened, "main") != 0) return ErrorOf(SQLITE_READONLY);
  CONCLAVE_RETURN_IF_ERROR(writes->Attach(opened));
  return Database(std::move(writes), std::move(connection));
}

Result<void> Database::Execute(const char* sql) const {
  const int code = sqlite3_exec(get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return ErrorOf(code);
  return {};
}

Transaction::~Transaction() {
  // Some errors have rolled back already.
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    [[maybe_unused]] const auto rolled_back = database_.Execute("ROLLBACK");
  }
}

}  // namespace conclave::sqlite
