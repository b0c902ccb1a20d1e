// Rows: the records in the file, each value sealed on its way in and opened on its way out.
#pragma once

#include <optional>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "conclave/storage.h"
#include "sqlite/database.h"
#include "sqlite/sealing.h"

namespace conclave::sqlite {

class Rows {
 public:
  // Of a file that OpenFile() opened. Its tables are made if they are not there. kStorage: the file
  // is sealed otherwise.
  static Result<Rows> Open(Database database, Sealing sealing);

  const Database& database() const { return database_; }

  Result<std::optional<Secret>> Read(BytesView key) const;
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const;

  // What follows is for a transaction.

  // kStorage: another connection has changed the sealing key.
  Result<void> RequireSameSealing() const;
  // Each says whether a value was replaced or erased.
  Result<bool> Put(BytesView key, BytesView value) const;
  Result<bool> Erase(BytesView key) const;
  Result<bool> ErasePrefix(BytesView prefix) const;

  // Seals everything anew. Gives what Adopt() wants when the transaction is committed.
  struct Resealed {
    Sealing sealing;
    Secret check;
  };
  Result<Resealed> Reseal(Sealing sealing) const;
  void Adopt(Resealed resealed);

 private:
  Rows(Database database, Sealing sealing)
      : database_(std::move(database)), sealing_(std::move(sealing)) {}

  Result<void> Prepare();
  Result<Secret> SealingOfFile() const;
  Result<Secret> OpenValue(BytesView key, BytesView stored, BytesView sealing_of_file) const;

  Database database_;
  Sealing sealing_;
  Secret check_;  // what the row 'sealing' of the table `meta` said when the file was opened

  Statement read_;
  Statement read_check_;
  Statement next_;
  Statement insert_;
  Statement update_;
  Statement update_check_;
  Statement erase_;
  Statement erase_range_;
  Statement erase_from_;
};

}  // namespace conclave::sqlite
