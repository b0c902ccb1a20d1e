#include "store.h"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "sqlite/format.h"
#include "sqlite/statement.h"
#include "storage/record_key.h"
#include "trouble.h"
#include "wire/reader.h"

namespace conclave::inspector {

namespace {

using record_key::EpochPart;
using record_key::Part;
using record_key::Table;

struct Close {
  void operator()(sqlite3* connection) const { sqlite3_close(connection); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

template <class T>
T OrTrouble(Result<T> result) {
  if (!result.ok()) {
    throw Trouble(Exit::malformed_input, std::string("not a store: ") + result.error().detail);
  }
  return std::move(result).value();
}

// The path as a URI that opens the file for reading alone. Where no other connection has left a
// log, the file is taken for one that does not change, so that SQLite makes no companions for it.
std::string UriOf(const std::string& path) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-~";
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  std::error_code ignored;
  const auto log_size = std::filesystem::file_size(path + "-wal", ignored);
  const bool has_log = !ignored && log_size > 0;
  return uri + (has_log ? "?mode=ro" : "?mode=ro&immutable=1");
}

Connection Open(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) {
    throw Trouble(Exit::no_input, "there is no such file");
  }
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(UriOf(path).c_str(), &opened,
                                   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
  Connection connection(opened);
  if (code != SQLITE_OK) throw Trouble(Exit::no_input, "the file cannot be opened");
  sqlite3_exec(opened, "PRAGMA trusted_schema=OFF", nullptr, nullptr, nullptr);
  return connection;
}

// Calls `row` for each row of a query.
template <class Row>
void ForEachRow(const Connection& connection, const char* sql, const Row& row) {
  const sqlite::Statement statement = OrTrouble(sqlite::Statement::Prepare(connection.get(), sql));
  sqlite::Run run(statement);
  while (OrTrouble(run.Next())) row(run);
}

std::int64_t IntegerOf(const Connection& connection, const char* sql) {
  std::int64_t value = 0;
  ForEachRow(connection, sql, [&value](const sqlite::Run& run) { value = run.Integer(0); });
  return value;
}

std::string NameOf(EpochPart part) {
  switch (part) {
    case EpochPart::current:
    case EpochPart::past:
      return "epochs";
    case EpochPart::secret_node:
      return "secret nodes";
    case EpochPart::ratchet:
      return "ratchets";
    case EpochPart::retained_key:
      return "skipped keys";
    case EpochPart::replaced_leaf:
      return "replaced leaves";
    case EpochPart::proposal:
      return "proposals";
    case EpochPart::own_update:
      return "own updates";
    case EpochPart::offer:
      return "offers";
  }
  return "unknown";
}

void AddOfEpoch(wire::Reader& key, std::size_t size, StoredMembership& membership) {
  const Epoch epoch = key.Uint(8);
  const auto part = static_cast<EpochPart>(key.Uint(1));
  if (part == EpochPart::current) membership.current_epoch = epoch;
  if (part == EpochPart::past) membership.past_epochs.insert(epoch);
  membership.parts[NameOf(part)].Add(size);
}

void AddOfMembership(wire::Reader& key, std::size_t size, StoredGroup& group) {
  StoredMembership& membership = group.memberships[key.Uint(8)];
  membership.all.Add(size);
  switch (static_cast<Part>(key.Uint(1))) {
    case Part::node:
      (key.Uint(4) % 2 == 0 ? membership.leaves : membership.parents).Add(size);
      return;
    case Part::epoch:
      return AddOfEpoch(key, size, membership);
    case Part::own_message:
      return membership.parts["own messages"].Add(size);
    case Part::welcomes:
      return membership.parts["welcomes"].Add(size);
  }
  membership.parts["unknown"].Add(size);
}

// The group whose id is next in a key.
StoredGroup& GroupIn(wire::Reader& key, Store& store) {
  return store.groups[ToBytes(key.Vector())];
}

void Add(BytesView bytes, std::size_t size, Store& store) {
  store.all.Add(size);
  wire::Reader key(bytes);
  const std::uint64_t table = key.Uint(1);
  if (!bytes.empty() && table >= 0x80) return store.app_rows.Add(size);
  switch (static_cast<Table>(table)) {
    case Table::format:
      return;
    case Table::signer:
      return store.signers.Add(size);
    case Table::key_package:
      return store.key_packages.Add(size);
    case Table::psk:
      return store.psks.Add(size);
    case Table::resumption_psk:
      ++GroupIn(key, store).resumption_psks;
      return;
    case Table::group:
      GroupIn(key, store).has_head = true;
      return;
    case Table::membership:
      return AddOfMembership(key, size, GroupIn(key, store));
    case Table::pending_join:
      GroupIn(key, store).is_pending = true;
      return;
  }
  store.unknown.Add(size);
}

}  // namespace

Store ReadStore(const std::string& path) {
  const Connection connection = Open(path);
  if (IntegerOf(connection, "PRAGMA application_id") != sqlite::kApplicationId) {
    throw Trouble(Exit::malformed_input, "an SQLite database, but not a store of this library");
  }
  if (IntegerOf(connection, "PRAGMA user_version") != sqlite::kFormatVersion) {
    throw Trouble(Exit::malformed_input, "a store of another version of the file format");
  }
  Store store;
  store.is_sealed =
      IntegerOf(connection, "SELECT length(value) FROM meta WHERE name = 'sealing'") > 0;
  if (!store.is_sealed) {
    // The one value that is read: the number of the format, under the key 00.
    ForEachRow(connection, "SELECT value FROM record WHERE key = x'00' AND length(value) = 2",
               [&store](const sqlite::Run& run) {
                 wire::Reader value(run.Blob(0));
                 store.format = static_cast<std::uint16_t>(value.Uint(2));
               });
  }
  ForEachRow(connection, "SELECT key, length(value) FROM record ORDER BY key",
             [&store](const sqlite::Run& run) {
               Add(run.Blob(0), static_cast<std::size_t>(run.Integer(1)), store);
             });
  return store;
}

}  // namespace conclave::inspector
