// Database and Transaction: a connection to an SQLite file, and a change of the file that happens
// whole or not at all.
#pragma once

#include <sqlite3.h>

#include <memory>

#include "conclave/result.h"
#include "sqlite/statement.h"
#include "sqlite/unused_space.h"

namespace conclave::sqlite {

class Database {
 public:
  // The file must exist. It is opened for reading and writing, and nothing is read yet. `vfs` may
  // be null.
  static Result<Database> Open(const char* path, const char* vfs);

  // Runs SQL that gives no rows.
  Result<void> Execute(const char* sql) const;
  Result<Statement> Prepare(const char* sql) const { return Statement::Prepare(get(), sql); }

  // How many rows the last statement changed.
  int changed_rows() const { return sqlite3_changes(get()); }

  sqlite3* get() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
  };

  Database(std::unique_ptr<GapZeroingWrites> writes, std::unique_ptr<sqlite3, Close> connection)
      : writes_(std::move(writes)), connection_(std::move(connection)) {}

  std::unique_ptr<GapZeroingWrites> writes_;  // outlives the connection
  std::unique_ptr<sqlite3, Close> connection_;
};

// The calls of one thread; those of other threads wait while this lives.
class Turn {
 public:
  explicit Turn(const Database& database) : mutex_(sqlite3_db_mutex(database.get())) {
    sqlite3_mutex_enter(mutex_);
  }
  ~Turn() { sqlite3_mutex_leave(mutex_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  sqlite3_mutex* const mutex_;
};

// Rolled back when it dies, unless it was committed.
class Transaction {
 public:
  explicit Transaction(const Database& database) : database_(database) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Takes the right to write at once, since a transaction that finds out later that another one has
  // it cannot wait and must begin again.
  Result<void> Begin() { return database_.Execute("BEGIN IMMEDIATE"); }
  Result<void> Commit() { return database_.Execute("COMMIT"); }

 private:
  const Database& database_;
};

}  // namespace conclave::sqlite
