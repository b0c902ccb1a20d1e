// The format of the file: its identity, its tables, and the settings under which it is used.
#pragma once

#include <cstdint>
#include <string>

#include "conclave/result.h"
#include "sqlite/database.h"

namespace conclave::sqlite {

// Two tables: `record`, which has the rows of the storage, and `meta`, whose one row, 'sealing',
// says how values are sealed: it is a value that only the sealing key opens, or empty if there is
// none.

// PRAGMA application_id, "Conc", and PRAGMA user_version.
inline constexpr std::int64_t kApplicationId = 0x436f6e63;
inline constexpr std::int64_t kFormatVersion = 1;

struct FileOptions {
  std::string path;
  std::string vfs;  // empty: SQLite's default
  std::uint32_t busy_timeout_ms = 0;
};

// Opens a file of this format, with all settings made and read back. An empty file, or none, comes
// back without tables (see EnsureTables). Anything else is refused before anything is written to
// it.
Result<Database> OpenFile(const FileOptions& options);

// Makes the tables, unless they are there. `sealing` is then the value of 'sealing'.
Result<void> EnsureTables(const Database& database, BytesView sealing);

}  // namespace conclave::sqlite
