#include "sqlite/statement.h"

#include "base/result_macros.h"
#include "conclave/sqlite_storage.h"

namespace conclave::sqlite {

namespace {

const char* DetailOf(int code) {
  switch (code & 0xff) {  // the plain code of an extended one
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return kSqliteBusy;
    case SQLITE_FULL:
      return "sqlite: the disk or the file is full";
    case SQLITE_CORRUPT:
      return "sqlite: the file is damaged";
    case SQLITE_NOTADB:
      return "sqlite: the file is no SQLite database";
    case SQLITE_READONLY:
      return "sqlite: the file, or its directory, may not be written";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "sqlite: the file, or one beside it, cannot be opened";
    case SQLITE_IOERR:
      return "sqlite: reading or writing the file failed";
    case SQLITE_NOMEM:
      return "sqlite: out of memory";
    case SQLITE_TOOBIG:
      return "sqlite: the value is too large";
    default:
      return "sqlite: unexpected error";
  }
}

}  // namespace

Error ErrorOf(int code) { return {ErrorKind::kStorage, DetailOf(code)}; }

Result<Statement> Statement::Prepare(sqlite3* connection, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return ErrorOf(code);
  return Statement(statement);
}

Run::~Run() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Run& Run::Bind(BytesView blob) {
  ++bound_;
  if (code_ != SQLITE_OK) return *this;
  // A null pointer would bind NULL.
  code_ = blob.empty()
              ? sqlite3_bind_zeroblob(statement_, bound_, 0)
              : sqlite3_bind_blob64(statement_, bound_, blob.data(), blob.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Run::Next() {
  if (code_ != SQLITE_OK) return ErrorOf(code_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return ErrorOf(code);
}

Result<void> Run::Finish() {
  bool more = true;
  while (more) {
    CONCLAVE_ASSIGN_OR_RETURN(more, Next());
  }
  return {};
}

BytesView Run::Blob(int column) const {
  const void* const data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

std::string_view Run::Text(int column) const {
  const unsigned char* const data = sqlite3_column_text(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

}  // namespace conclave::sqlite
