// SqliteStorage: a Storage in one SQLite file. Link conclave::sqlite.
//
//   auto disk = conclave::SqliteStorage::Open({.path = "ada.conclave"});
//
// Durable: a Write() that has returned is on the disk, whatever happens next, and one that has not
// is there whole or not at all. (Write-ahead log, synchronous=FULL; the settings are read back when
// the file is opened, and if SQLite did not take one of them it is not opened.)
//
// Erased is gone: after a Write() that replaced or erased a value, neither the file nor its
// companions `-wal` and `-shm` hold its bytes. Where another connection is reading the log
// meanwhile, that is made up for by the next Write(), or when the last connection closes the file.
// What a file system or a flash disk keeps of blocks that were overwritten is beyond SQLite;
// sealing is for that.
//
// Private: the file is created with mode 0600, whatever the umask, and SQLite gives its companions
// the mode of the file. A file that exists keeps the mode that it has.
//
// Sealed, if a sealing key is given: each value is encrypted with XChaCha20-Poly1305 under a nonce
// of its own, and with the key of its row as associated data, so that a value that was changed, or
// moved to another row, does not open. Keys of rows, and how long values are, stay in the clear;
// and an older copy of a row, or of the file, opens. What the application keeps the sealing key in
// (the keystore of the platform) decides what it is worth.
//
// Several connections, in one process or in many, may have one file open; one writes at a time. A
// second waits for `busy_timeout_ms` and then fails with the detail kSqliteBusy. They see each
// other's rows at once, so a session belongs to one of them: see WriteBatch::Expect(). An object
// must not be used on both sides of a fork().
//
// Thread rule: any number of threads may use one object; its calls take turns. A visitor of Scan()
// may Read() and Scan() the same storage.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "conclave/bytes.h"
#include "conclave/export.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "conclave/storage.h"

namespace conclave {

inline constexpr std::size_t kSealingKeySize = 32;

// The `detail` of a kStorage error: another connection was writing for all of `busy_timeout_ms`.
// Nothing was written.
inline constexpr char kSqliteBusy[] = "sqlite: another connection is writing";

struct SqliteStorageOptions {
  std::string path;  // of the file, which is created if it is not there

  // Random, kSealingKeySize bytes; none: values are stored as they are. Copied.
  const Secret* sealing_key = nullptr;

  std::uint32_t busy_timeout_ms = 5000;

  // One of SQLite's registered file systems; empty: its default.
  std::string vfs = {};
};

class CONCLAVE_EXPORT SqliteStorage final : public Storage {
 public:
  // Opens the file, or makes an empty one. A file that another application or a later version made
  // is refused and not touched: kStorage, and kUnsupported. kStorage too if the sealing key is not
  // the file's, or is given for a file that is not sealed, or missing for one that is. kMisuse:
  // there is no path, or the sealing key has the wrong size.
  static Result<std::unique_ptr<SqliteStorage>> Open(const SqliteStorageOptions& options);

  ~SqliteStorage() override;
  SqliteStorage(const SqliteStorage&) = delete;
  SqliteStorage& operator=(const SqliteStorage&) = delete;

  Result<void> Write(const WriteBatch& batch) override;
  Result<std::optional<Secret>> Read(BytesView key) const override;
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override;

  // Seals every value under `new_key`, or under none, in one transaction: a crash leaves the file
  // sealed as it was, or as it is to be. Other connections to the file fail from then on (kStorage)
  // until they are opened with the new key. kMisuse: the key has the wrong size.
  Result<void> Rekey(const Secret* new_key);

 private:
  class Connection;
  explicit SqliteStorage(std::unique_ptr<Connection> connection);

  const std::unique_ptr<Connection> connection_;
};

}  // namespace conclave
