// For tests of SqliteStorage: what lies behind it, by another connection and byte by byte. Header
// only, so that the other tests do without SQLite.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/sqlite_storage.h"
#include "support/must.h"

namespace conclave::test {

inline std::unique_ptr<SqliteStorage> OpenStorage(const SqliteStorageOptions& options) {
  return Must(SqliteStorage::Open(options));
}

// A connection that knows nothing of Conclave.
class RawConnection {
 public:
  explicit RawConnection(const std::string& path) {
    REQUIRE(sqlite3_open(path.c_str(), &connection_) == SQLITE_OK);
  }
  ~RawConnection() { sqlite3_close(connection_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // Runs SQL and gives SQLite's result code.
  int Try(const std::string& sql) {
    return sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  }
  void Execute(const std::string& sql) {
    INFO(sql << ": " << sqlite3_errmsg(connection_));
    REQUIRE(Try(sql) == SQLITE_OK);
  }
  // The first column of all rows.
  std::vector<std::string> Query(const std::string& sql) {
    std::vector<std::string> values;
    const auto add = [](void* to, int, char** columns, char**) {
      static_cast<std::vector<std::string>*>(to)->emplace_back(columns[0] ? columns[0] : "NULL");
      return 0;
    };
    REQUIRE(sqlite3_exec(connection_, sql.c_str(), add, &values, nullptr) == SQLITE_OK);
    return values;
  }

 private:
  sqlite3* connection_ = nullptr;
};

inline std::string FileContent(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// All that is on the disk: the file, and its companions if they are there.
inline std::string ContentOnDisk(const std::string& path) {
  return FileContent(path) + FileContent(path + "-wal") + FileContent(path + "-shm");
}

inline bool Contains(const std::string& content, BytesView bytes) {
  return std::search(content.begin(), content.end(), bytes.begin(), bytes.end(),
                     [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }) !=
         content.end();
}
inline bool Contains(const std::string& content, std::string_view text) {
  return Contains(content, AsBytes(text));
}

}  // namespace conclave::test
