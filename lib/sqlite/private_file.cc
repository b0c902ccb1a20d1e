#include "sqlite/private_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sqlite/statement.h"

namespace conclave::sqlite {

namespace {

// POSIX drops all locks that a process has on a file when it closes any descriptor of it. So nobody
// in this process may get to open and lock the new file before the one that created it is closed.
class CreationTurn {
 public:
  CreationTurn() : mutex_(sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP3)) {
    sqlite3_mutex_enter(mutex_);
  }
  ~CreationTurn() { sqlite3_mutex_leave(mutex_); }
  CreationTurn(const CreationTurn&) = delete;
  CreationTurn& operator=(const CreationTurn&) = delete;

 private:
  sqlite3_mutex* const mutex_;
};

}  // namespace

Result<void> CreatePrivateFile(const std::string& path) {
  if (sqlite3_initialize() != SQLITE_OK) return ErrorOf(SQLITE_ERROR);
  const CreationTurn turn;
  constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (file < 0) {
    if (errno == EEXIST) return {};
    return ErrorOf(SQLITE_CANTOPEN);
  }
  // The umask may have taken more away.
  const bool ours = fchmod(file, kOwnerOnly) == 0;
  close(file);
  if (!ours) return ErrorOf(SQLITE_PERM);
  return {};
}

}  // namespace conclave::sqlite
