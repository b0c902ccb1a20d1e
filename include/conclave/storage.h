// Storage: where a client keeps what must outlive the process. The application implements it, or
// takes conclave/sqlite_storage.h or conclave/memory_storage.h.
//
// The library computes, writes, changes its memory, and answers, in this order, and makes exactly
// one Write() in each public call that changes anything. So whatever a storage has is a state that
// was complete, and a crash leaves the old state or the new one.
//
// Records are opaque, small and keyed. Keys are ordered bytewise; those of the library begin with a
// byte below 0x80, those of the application (AppRow) with 0x80. Values hold secrets: encryption at
// rest is the storage's business, and so is that what is deleted is gone.
//
// Thread rule: one call at a time for each client; a storage that several clients share serializes
// their calls itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/export.h"
#include "conclave/result.h"
#include "conclave/secret.h"

namespace conclave {

// Changes that take effect together or not at all. Its bytes lie in a few blocks, which are wiped.
class CONCLAVE_EXPORT WriteBatch {
 public:
  enum class Kind : std::uint8_t {
    put,            // store `value` under `key`
    erase,          // delete `key`, which may be absent
    erase_prefix,   // delete every key that begins with `key`
    expect,         // the batch fails unless `key` has exactly `value`
    expect_absent,  // the batch fails unless `key` is absent
  };
  // Views are valid while the batch lives and is not added to.
  struct Operation {
    Kind kind{};
    BytesView key;
    BytesView value;
  };

  WriteBatch() = default;
  WriteBatch(const WriteBatch&) = delete;
  WriteBatch& operator=(const WriteBatch&) = delete;
  WriteBatch(WriteBatch&&) noexcept = default;
  WriteBatch& operator=(WriteBatch&&) noexcept = default;

  void Put(BytesView key, BytesView value);
  void Erase(BytesView key);
  void ErasePrefix(BytesView prefix);
  void Expect(BytesView key, BytesView value);
  void ExpectAbsent(BytesView key);
  // An operation of another batch, as it is.
  void Add(const Operation& operation) { Add(operation.kind, operation.key, operation.value); }

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  // In the order in which they were added, which is the order in which they apply. Expectations are
  // judged before anything is changed.
  Operation operator[](std::size_t index) const;

 private:
  struct Entry {
    Kind kind{};
    std::uint32_t block = 0;
    std::size_t offset = 0;  // of the key, which the value follows
    std::size_t key_size = 0;
    std::size_t value_size = 0;
  };
  void Add(Kind kind, BytesView key, BytesView value);

  std::vector<Entry> entries_;
  std::vector<Secret> blocks_;  // none is ever moved, so no copy of a secret is left behind
  std::size_t used_ = 0;        // of the last block
};

// The `detail` of the error of a Write() whose expectations did not hold: somebody else wrote, or
// an older copy was restored. Its kind is kStorage, and nothing was written.
inline constexpr char kStorageConflict[] = "storage: expectation failed";

// Looks at records one by one; see Storage::Scan().
class RecordVisitor {
 public:
  virtual ~RecordVisitor() = default;
  // Both views are valid during the call only.
  virtual void Visit(BytesView key, BytesView value) = 0;
};

class CONCLAVE_EXPORT Storage {
 public:
  virtual ~Storage() = default;

  // All of `batch`, durable when the call returns; or, on an error, none of it. kStorage.
  virtual Result<void> Write(const WriteBatch& batch) = 0;

  // The value of a record; nothing if it is not there. kStorage if that could not be found out.
  virtual Result<std::optional<Secret>> Read(BytesView key) const = 0;

  // Shows `visitor` every record whose key begins with `prefix`, in the order of the keys. The
  // storage is not written to meanwhile. kStorage, perhaps after some records.
  virtual Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const = 0;

  // The keys that begin with `prefix`, in order.
  Result<std::vector<Bytes>> Keys(BytesView prefix) const;
};

// A row of the application's, written in the batch of a call that changes a session: an outbox or
// an inbox, so that a message and the step of its ratchet are one fact. Its key in the storage is
// kAppRows and then `key`. A call that changes nothing writes no row.
enum class AppRowContent : std::uint8_t {
  value,             // `value`
  value_and_output,  // `value`, and behind it what the call makes: a ciphertext, or a plaintext
  none,              // the row is erased
};
struct AppRow {
  Bytes key;
  Bytes value = {};
  AppRowContent content = AppRowContent::value;
};
inline constexpr std::uint8_t kAppRows = 0x80;
inline Bytes AppRowKey(BytesView key) {
  Bytes whole = {kAppRows};
  whole.insert(whole.end(), key.begin(), key.end());
  return whole;
}

}  // namespace conclave
