#include "conclave/sqlite_storage.h"

#include <utility>

#include "base/result_macros.h"
#include "sqlite/database.h"
#include "sqlite/format.h"
#include "sqlite/rows.h"
#include "sqlite/sealing.h"

namespace conclave {

using sqlite::Rows;
using sqlite::Sealing;
using sqlite::Transaction;
using sqlite::Turn;
using Kind = WriteBatch::Kind;

namespace {

// Whether a value was replaced or erased.
Result<bool> Perform(const Rows& rows, const WriteBatch::Operation& operation) {
  switch (operation.kind) {
    case Kind::put:
      return rows.Put(operation.key, operation.value);
    case Kind::erase:
      return rows.Erase(operation.key);
    case Kind::erase_prefix:
      return rows.ErasePrefix(operation.key);
    case Kind::expect:
    case Kind::expect_absent:
      return false;  // judged before
  }
  return false;
}

}  // namespace

class CONCLAVE_HIDDEN SqliteStorage::Connection {
 public:
  explicit Connection(Rows opened) : rows(std::move(opened)) {}

  // All of a batch, or none of it.
  Result<void> Write(const WriteBatch& batch);

  // Every value sealed anew, or none.
  Result<void> Rekey(Sealing sealing);

  // Moves the write-ahead log into the file and empties it, if there may be values in it that were
  // replaced or erased. Where another connection is in the way, a later call does it.
  void EmptyLog();

  Rows rows;
  // A process that was killed may have left some.
  bool log_has_old_values = true;

 private:
  Result<void> RequireExpected(const WriteBatch& batch) const;
  Result<void> Change(const WriteBatch& batch);
};

Result<void> SqliteStorage::Connection::RequireExpected(const WriteBatch& batch) const {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch[i];
    if (operation.kind != Kind::expect && operation.kind != Kind::expect_absent) continue;
    CONCLAVE_ASSIGN_OR_RETURN(const auto found, rows.Read(operation.key));
    const bool holds =
        operation.kind == Kind::expect
            ? found.has_value() && ConstantTimeEquals(found->ExposeForProvider(), operation.value)
            : !found.has_value();
    if (!holds) return Error{ErrorKind::kStorage, kStorageConflict};
  }
  return {};
}

Result<void> SqliteStorage::Connection::Change(const WriteBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    CONCLAVE_ASSIGN_OR_RETURN(const bool lost_a_value, Perform(rows, batch[i]));
    log_has_old_values = log_has_old_values || lost_a_value;
  }
  return {};
}

Result<void> SqliteStorage::Connection::Write(const WriteBatch& batch) {
  Transaction transaction(rows.database());
  CONCLAVE_RETURN_IF_ERROR(transaction.Begin());
  CONCLAVE_RETURN_IF_ERROR(rows.RequireSameSealing());
  CONCLAVE_RETURN_IF_ERROR(RequireExpected(batch));
  auto written = Change(batch);
  if (written.ok()) written = transaction.Commit();
  // What did not become a commit may be in the log all the same.
  if (!written.ok()) log_has_old_values = true;
  return written;
}

Result<void> SqliteStorage::Connection::Rekey(Sealing sealing) {
  Transaction transaction(rows.database());
  CONCLAVE_RETURN_IF_ERROR(transaction.Begin());
  CONCLAVE_RETURN_IF_ERROR(rows.RequireSameSealing());
  log_has_old_values = true;
  CONCLAVE_ASSIGN_OR_RETURN(Rows::Resealed resealed, rows.Reseal(std::move(sealing)));
  CONCLAVE_RETURN_IF_ERROR(transaction.Commit());
  rows.Adopt(std::move(resealed));
  return {};
}

void SqliteStorage::Connection::EmptyLog() {
  if (!log_has_old_values) return;
  const int code = sqlite3_wal_checkpoint_v2(rows.database().get(), "main",
                                             SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  log_has_old_values = code != SQLITE_OK;
}

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::Open(const SqliteStorageOptions& options) {
  CONCLAVE_ASSIGN_OR_RETURN(Sealing sealing, Sealing::Create(options.sealing_key));
  CONCLAVE_ASSIGN_OR_RETURN(sqlite::Database database,
                            sqlite::OpenFile({options.path, options.vfs, options.busy_timeout_ms}));
  CONCLAVE_ASSIGN_OR_RETURN(Rows rows, Rows::Open(std::move(database), std::move(sealing)));
  auto connection = std::make_unique<Connection>(std::move(rows));
  connection->EmptyLog();
  return std::unique_ptr<SqliteStorage>(new SqliteStorage(std::move(connection)));
}

SqliteStorage::SqliteStorage(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

SqliteStorage::~SqliteStorage() = default;

Result<void> SqliteStorage::Write(const WriteBatch& batch) {
  const Turn turn(connection_->rows.database());
  if (batch.empty()) return {};
  auto written = connection_->Write(batch);
  connection_->EmptyLog();
  return written;
}

Result<std::optional<Secret>> SqliteStorage::Read(BytesView key) const {
  const Turn turn(connection_->rows.database());
  return connection_->rows.Read(key);
}

Result<void> SqliteStorage::Scan(BytesView prefix, RecordVisitor& visitor) const {
  const Turn turn(connection_->rows.database());
  return connection_->rows.Scan(prefix, visitor);
}

Result<void> SqliteStorage::Rekey(const Secret* new_key) {
  CONCLAVE_ASSIGN_OR_RETURN(Sealing sealing, Sealing::Create(new_key));
  const Turn turn(connection_->rows.database());
  auto rekeyed = connection_->Rekey(std::move(sealing));
  connection_->EmptyLog();
  return rekeyed;
}

}  // namespace conclave
