#include "sqlite/rows.h"

#include <utility>

#include "base/result_macros.h"
#include "sqlite/format.h"
#include "storage/scan.h"

namespace conclave::sqlite {

namespace {

using Purpose = Sealing::Purpose;

constexpr Error kSealingChanged = {ErrorKind::kStorage,
                                   "sqlite: the sealing key of the file was changed"};

// The least of the keys that are greater than all that begin with `prefix`; nothing if there is
// none.
std::optional<Bytes> EndOf(BytesView prefix) {
  Bytes end = ToBytes(prefix);
  while (!end.empty() && end.back() == 0xff) end.pop_back();
  if (end.empty()) return std::nullopt;
  ++end.back();
  return end;
}

Result<void> CheckKey(const Sealing& sealing, BytesView check) {
  if (sealing.has_key() && check.empty()) {
    return Error{ErrorKind::kStorage,
                 "sqlite: a sealing key was given, but the file is not sealed"};
  }
  if (!sealing.has_key() && !check.empty()) {
    return Error{ErrorKind::kStorage, "sqlite: the file is sealed, but no sealing key was given"};
  }
  if (!sealing.Open(Purpose::key_check, {}, check).ok()) {
    return Error{ErrorKind::kStorage, "sqlite: the file is sealed under another key"};
  }
  return {};
}

}  // namespace

Result<Rows> Rows::Open(Database database, Sealing sealing) {
  const Secret check = sealing.Seal(Purpose::key_check, {}, {});
  CONCLAVE_RETURN_IF_ERROR(EnsureTables(database, check.ExposeForProvider()));
  Rows rows(std::move(database), std::move(sealing));
  CONCLAVE_RETURN_IF_ERROR(rows.Prepare());
  CONCLAVE_ASSIGN_OR_RETURN(rows.check_, rows.SealingOfFile());
  CONCLAVE_RETURN_IF_ERROR(CheckKey(rows.sealing_, rows.check_.ExposeForProvider()));
  return rows;
}

Result<void> Rows::Prepare() {
  const std::pair<Statement*, const char*> statements[] = {
      // With each value, how the file is sealed, as of the same moment.
      {&read_,
       "SELECT value, (SELECT value FROM meta WHERE name = 'sealing') FROM record WHERE key = ?"},
      {&read_check_, "SELECT value FROM meta WHERE name = 'sealing'"},
      {&next_, "SELECT key, value FROM record WHERE key >= ? ORDER BY key LIMIT 1"},
      {&insert_, "INSERT INTO record(key, value) VALUES(?, ?)"},
      {&update_, "UPDATE record SET value = ? WHERE key = ?"},
      {&update_check_, "UPDATE meta SET value = ? WHERE name = 'sealing'"},
      {&erase_, "DELETE FROM record WHERE key = ?"},
      {&erase_range_, "DELETE FROM record WHERE key >= ? AND key < ?"},
      {&erase_from_, "DELETE FROM record WHERE key >= ?"},
  };
  for (const auto& [statement, sql] : statements) {
    CONCLAVE_ASSIGN_OR_RETURN(*statement, database_.Prepare(sql));
  }
  return {};
}

Result<Secret> Rows::SealingOfFile() const {
  Run run(read_check_);
  CONCLAVE_ASSIGN_OR_RETURN(const bool there, run.Next());
  if (!there) return ErrorOf(SQLITE_CORRUPT);
  return Secret::CopyOf(run.Blob(0));
}

Result<void> Rows::RequireSameSealing() const {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret check, SealingOfFile());
  if (!ConstantTimeEquals(check, check_)) return kSealingChanged;
  return {};
}

Result<Secret> Rows::OpenValue(BytesView key, BytesView stored, BytesView sealing_of_file) const {
  if (!ConstantTimeEquals(sealing_of_file, check_.ExposeForProvider())) return kSealingChanged;
  return sealing_.Open(Purpose::record, key, stored);
}

Result<std::optional<Secret>> Rows::Read(BytesView key) const {
  Run run(read_);
  run.Bind(key);
  CONCLAVE_ASSIGN_OR_RETURN(const bool there, run.Next());
  if (!there) return std::optional<Secret>();
  CONCLAVE_ASSIGN_OR_RETURN(Secret value, OpenValue(key, run.Blob(0), run.Blob(1)));
  return std::optional<Secret>(std::move(value));
}

Result<void> Rows::Scan(BytesView prefix, RecordVisitor& visitor) const {
  // Prepared each time, so that a visitor may scan.
  CONCLAVE_ASSIGN_OR_RETURN(
      const Statement scan,
      database_.Prepare("SELECT key, value, (SELECT value FROM meta WHERE name = 'sealing') "
                        "FROM record WHERE key >= ? ORDER BY key"));
  Run run(scan);
  run.Bind(prefix);
  while (true) {
    CONCLAVE_ASSIGN_OR_RETURN(const bool there, run.Next());
    if (!there || !BeginsWith(run.Blob(0), prefix)) return {};
    CONCLAVE_ASSIGN_OR_RETURN(const Secret value, OpenValue(run.Blob(0), run.Blob(1), run.Blob(2)));
    visitor.Visit(run.Blob(0), value.ExposeForProvider());
  }
}

Result<bool> Rows::Put(BytesView key, BytesView value) const {
  const Secret sealed = sealing_.Seal(Purpose::record, key, value);
  {
    Run run(update_);
    run.Bind(sealed.ExposeForProvider()).Bind(key);
    CONCLAVE_RETURN_IF_ERROR(run.Finish());
    if (database_.changed_rows() > 0) return true;
  }
  Run run(insert_);
  run.Bind(key).Bind(sealed.ExposeForProvider());
  CONCLAVE_RETURN_IF_ERROR(run.Finish());
  return false;
}

Result<bool> Rows::Erase(BytesView key) const {
  Run run(erase_);
  run.Bind(key);
  CONCLAVE_RETURN_IF_ERROR(run.Finish());
  return database_.changed_rows() > 0;
}

Result<bool> Rows::ErasePrefix(BytesView prefix) const {
  const std::optional<Bytes> end = EndOf(prefix);
  Run run(end.has_value() ? erase_range_ : erase_from_);
  run.Bind(prefix);
  if (end.has_value()) run.Bind(*end);
  CONCLAVE_RETURN_IF_ERROR(run.Finish());
  return database_.changed_rows() > 0;
}

Result<Rows::Resealed> Rows::Reseal(Sealing sealing) const {
  Bytes from;  // the least key that is not yet done
  while (true) {
    Secret value;
    Bytes key;
    {
      Run run(next_);
      run.Bind(from);
      CONCLAVE_ASSIGN_OR_RETURN(const bool there, run.Next());
      if (!there) break;
      key = ToBytes(run.Blob(0));
      CONCLAVE_ASSIGN_OR_RETURN(value, sealing_.Open(Purpose::record, key, run.Blob(1)));
    }
    const Secret sealed = sealing.Seal(Purpose::record, key, value.ExposeForProvider());
    Run run(update_);
    run.Bind(sealed.ExposeForProvider()).Bind(key);
    CONCLAVE_RETURN_IF_ERROR(run.Finish());
    from = std::move(key);
    from.push_back(0);
  }
  Secret check = sealing.Seal(Purpose::key_check, {}, {});
  Run run(update_check_);
  run.Bind(check.ExposeForProvider());
  CONCLAVE_RETURN_IF_ERROR(run.Finish());
  return Resealed{std::move(sealing), std::move(check)};
}

void Rows::Adopt(Resealed resealed) {
  sealing_ = std::move(resealed.sealing);
  check_ = std::move(resealed.check);
}

}  // namespace conclave::sqlite
