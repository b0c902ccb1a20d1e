// Creating the file of a database, readable by its owner alone.
#pragma once

#include <string>

#include "conclave/result.h"

namespace conclave::sqlite {

// Makes an empty file at `path` unless something is there. SQLite would create it with a mode that
// depends on the umask.
Result<void> CreatePrivateFile(const std::string& path);

}  // namespace conclave::sqlite
