// MemoryStorage: a Storage in RAM, for tests, examples and clients that need not survive.
//
// Thread rule: like a std::map. Clients on several threads need one each, or one that is locked.
#pragma once

#include <map>
#include <optional>

#include "conclave/storage.h"

namespace conclave {

class CONCLAVE_EXPORT MemoryStorage final : public Storage {
 public:
  Result<void> Write(const WriteBatch& batch) override;
  Result<std::optional<Secret>> Read(BytesView key) const override;
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override;

 private:
  bool Holds(const WriteBatch::Operation& expectation) const;

  std::map<Bytes, Secret> records_;
};

}  // namespace conclave
