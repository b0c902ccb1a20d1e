// Statement and Run: SQL that is prepared once, and one execution of it.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string_view>

#include "conclave/bytes.h"
#include "conclave/result.h"

namespace conclave::sqlite {

// What an SQLite result code, plain or extended, means to the caller of a storage.
Error ErrorOf(int code);

class Statement {
 public:
  // One that cannot be run, to be assigned to.
  Statement() = default;

  static Result<Statement> Prepare(sqlite3* connection, const char* sql);

  sqlite3_stmt* get() const { return statement_.get(); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// What is bound is borrowed by SQLite, not copied, and forgotten when the Run ends.
class Run {
 public:
  explicit Run(const Statement& statement) : statement_(statement.get()) {}
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // The value of the next parameter, which must outlive this object.
  Run& Bind(BytesView blob);

  // To the next row: whether there is one. An error of Bind() is reported here.
  Result<bool> Next();
  // To the end, where rows are of no interest.
  Result<void> Finish();

  // Of the row. Valid until the next call of Next().
  BytesView Blob(int column) const;
  std::string_view Text(int column) const;
  std::int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }

 private:
  sqlite3_stmt* const statement_;
  int bound_ = 0;
  int code_ = SQLITE_OK;
};

}  // namespace conclave::sqlite
