#include "sqlite/format.h"

#include <algorithm>
#include <string_view>

#include "base/result_macros.h"
#include "conclave/sqlite_storage.h"
#include "sqlite/private_file.h"

namespace conclave::sqlite {

namespace {

constexpr std::uint32_t kMostMilliseconds = 1'000'000'000;  // twelve days; SQLite takes an int

// In the order of their names.
constexpr const char* kTables[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE record(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
};

// As it is set, and as it is read back.
struct Setting {
  const char* name;
  const char* value;
  const char* read_back;
};

constexpr Setting kSettings[] = {
    // What is deleted is overwritten: before anything is written at all.
    {"secure_delete", "ON", "1"},
    // Scratch tables, which would hold values, stay in memory.
    {"temp_store", "MEMORY", "2"},
    // A commit is on the disk when it returns. fsync() alone does not reach the disk on Apple's
    // systems; elsewhere the latter two change nothing.
    {"synchronous", "FULL", "2"},
    {"fullfsync", "ON", "1"},
    {"checkpoint_fullfsync", "ON", "1"},
    // The file is not trusted: it may be damaged, or made by an attacker.
    {"cell_size_check", "ON", "1"},
    {"trusted_schema", "OFF", "0"},
    {"foreign_keys", "ON", "1"},
    // So that a page of no table begins with a byte 0 or 1; see GapOf().
    {"auto_vacuum", "NONE", "0"},
    {"max_page_count", "33554431", "33554431"},
};
// The first that writes to a new file.
constexpr Setting kWriteAheadLog = {"journal_mode", "WAL", "wal"};

Result<std::string> ValueOf(const Database& database, const std::string& pragma) {
  CONCLAVE_ASSIGN_OR_RETURN(const Statement query, database.Prepare(("PRAGMA " + pragma).c_str()));
  Run run(query);
  CONCLAVE_ASSIGN_OR_RETURN(const bool has_value, run.Next());
  return has_value ? std::string(run.Text(0)) : std::string();
}

Result<void> Apply(const Database& database, const Setting& setting) {
  const std::string name = setting.name;
  CONCLAVE_RETURN_IF_ERROR(database.Execute(("PRAGMA " + name + "=" + setting.value).c_str()));
  CONCLAVE_ASSIGN_OR_RETURN(const std::string value, ValueOf(database, name));
  if (value != setting.read_back) {
    return Error{ErrorKind::kStorage, "sqlite: SQLite, or the file, does not take a setting"};
  }
  return {};
}

Result<bool> IsNew(const Database& database) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::string application, ValueOf(database, "application_id"));
  CONCLAVE_ASSIGN_OR_RETURN(const std::string version, ValueOf(database, "user_version"));
  return application == "0" && version == "0";
}

// Of all statements this one alone does not wait for its lock, so that somebody else who creates
// the same file would fail it.
Result<void> ApplyPatiently(const Database& database, const Setting& setting, int wait_ms) {
  constexpr int kPauseMs = 5;
  for (int waited = 0;; waited += kPauseMs) {
    const auto applied = Apply(database, setting);
    const bool is_busy = !applied.ok() && std::string_view(applied.error().detail) == kSqliteBusy;
    if (!is_busy || waited >= wait_ms) return applied;
    sqlite3_sleep(kPauseMs);
  }
}

// Whether the schema is what this format says, or nothing at all: nobody has added a trigger that
// keeps what is deleted.
Result<void> CheckSchema(const Database& database, bool is_new) {
  constexpr Error kOther = {ErrorKind::kStorage, "sqlite: the tables are not of this format"};
  CONCLAVE_ASSIGN_OR_RETURN(const Statement query,
                            database.Prepare("SELECT sql FROM sqlite_schema ORDER BY name"));
  Run run(query);
  if (!is_new) {
    for (const char* const table : kTables) {
      CONCLAVE_ASSIGN_OR_RETURN(const bool there, run.Next());
      if (!there || run.Text(0) != table) return kOther;
    }
  }
  CONCLAVE_ASSIGN_OR_RETURN(const bool more, run.Next());
  if (more) return kOther;
  return {};
}

// Reads alone, so that a file that is not ours stays as it is.
Result<void> CheckIdentity(const Database& database) {
  CONCLAVE_ASSIGN_OR_RETURN(const bool is_new, IsNew(database));
  if (!is_new) {
    CONCLAVE_ASSIGN_OR_RETURN(const std::string application, ValueOf(database, "application_id"));
    CONCLAVE_ASSIGN_OR_RETURN(const std::string version, ValueOf(database, "user_version"));
    if (application != std::to_string(kApplicationId)) {
      return Error{ErrorKind::kStorage, "sqlite: the file is another application's"};
    }
    if (version != std::to_string(kFormatVersion)) {
      return Error{ErrorKind::kUnsupported, "sqlite: the file has a format of another version"};
    }
  }
  return CheckSchema(database, is_new);
}

Result<void> CreateTables(const Database& database, BytesView sealing) {
  for (const char* const table : kTables) CONCLAVE_RETURN_IF_ERROR(database.Execute(table));
  CONCLAVE_ASSIGN_OR_RETURN(const Statement insert,
                            database.Prepare("INSERT INTO meta(name, value) VALUES('sealing', ?)"));
  Run run(insert);
  run.Bind(sealing);
  CONCLAVE_RETURN_IF_ERROR(run.Finish());
  const std::string id = "PRAGMA application_id=" + std::to_string(kApplicationId);
  CONCLAVE_RETURN_IF_ERROR(database.Execute(id.c_str()));
  const std::string version = "PRAGMA user_version=" + std::to_string(kFormatVersion);
  return database.Execute(version.c_str());
}

// A path that SQLite does not take for a URI or for one of its special names.
std::string PlainPath(const std::string& path) {
  const bool is_special = path.starts_with(':') || path.starts_with("file:");
  return is_special ? "./" + path : path;
}

}  // namespace

Result<Database> OpenFile(const FileOptions& options) {
  if (options.path.empty() || options.path.find('\0') != std::string::npos) {
    return Error{ErrorKind::kMisuse, "sqlite: a storage needs the path of a file"};
  }
  const std::string path = PlainPath(options.path);
  CONCLAVE_RETURN_IF_ERROR(CreatePrivateFile(path));
  const char* const vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  CONCLAVE_ASSIGN_OR_RETURN(Database database, Database::Open(path.c_str(), vfs));
  const int wait_ms = static_cast<int>(std::min(options.busy_timeout_ms, kMostMilliseconds));
  sqlite3_busy_timeout(database.get(), wait_ms);
  {
    const Transaction at_one_moment(database);
    CONCLAVE_RETURN_IF_ERROR(database.Execute("BEGIN"));
    CONCLAVE_RETURN_IF_ERROR(CheckIdentity(database));
  }
  for (const Setting& setting : kSettings) CONCLAVE_RETURN_IF_ERROR(Apply(database, setting));
  CONCLAVE_RETURN_IF_ERROR(ApplyPatiently(database, kWriteAheadLog, wait_ms));
  return database;
}

Result<void> EnsureTables(const Database& database, BytesView sealing) {
  CONCLAVE_ASSIGN_OR_RETURN(bool is_new, IsNew(database));
  if (!is_new) return {};
  Transaction transaction(database);
  CONCLAVE_RETURN_IF_ERROR(transaction.Begin());
  // Somebody else may have been faster.
  CONCLAVE_ASSIGN_OR_RETURN(is_new, IsNew(database));
  if (is_new) CONCLAVE_RETURN_IF_ERROR(CreateTables(database, sealing));
  return transaction.Commit();
}

}  // namespace conclave::sqlite
