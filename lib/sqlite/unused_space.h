// Zeroing what lies unused in the pages of a database.
//
// secure_delete overwrites what is deleted. But when SQLite moves rows from one page to another to
// keep its tree balanced, the page that they leave may keep their bytes in the gap between its
// index and its rows, out of sight of every later deletion. Here each page is looked at on its way
// into the file, and the gap is written as zeros.
#pragma once

#include <sqlite3.h>

#include "conclave/bytes.h"
#include "conclave/result.h"

namespace conclave::sqlite {

// The gap of `page`, a part of it; empty if it is no page of a table. The first page of a file
// begins with a header of the file.
BytesView GapOf(BytesView page, bool is_first);

// Makes a connection zero the gaps of the pages that it writes to the file. In memory and in the
// write-ahead log, which does not last, they stay.
//
// It takes the place of the xWrite of the connection's file, since registering a file system of our
// own would change a list that is the process's. Must outlive the connection and stay where it is.
class GapZeroingWrites {
 public:
  GapZeroingWrites() = default;
  GapZeroingWrites(const GapZeroingWrites&) = delete;
  GapZeroingWrites& operator=(const GapZeroingWrites&) = delete;

  Result<void> Attach(sqlite3* connection);

 private:
  static int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset);

  // First, so that the file's pointer to it is one to this object.
  sqlite3_io_methods methods_ = {};
  const sqlite3_io_methods* original_ = nullptr;
};

}  // namespace conclave::sqlite
