#include "conclave/memory_storage.h"

#include <utility>

#include "storage/scan.h"

namespace conclave {

bool MemoryStorage::Holds(const WriteBatch::Operation& expectation) const {
  const auto found = records_.find(ToBytes(expectation.key));
  if (expectation.kind == WriteBatch::Kind::expect_absent) return found == records_.end();
  return found != records_.end() &&
         ConstantTimeEquals(found->second.ExposeForProvider(), expectation.value);
}

Result<void> MemoryStorage::Write(const WriteBatch& batch) {
  using Kind = WriteBatch::Kind;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto operation = batch[i];
    if (operation.kind != Kind::expect && operation.kind != Kind::expect_absent) continue;
    if (!Holds(operation)) return Error{ErrorKind::kStorage, kStorageConflict};
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto operation = batch[i];
    if (operation.kind == Kind::put) {
      records_[ToBytes(operation.key)] = Secret::CopyOf(operation.value);
    } else if (operation.kind == Kind::erase) {
      records_.erase(ToBytes(operation.key));
    } else if (operation.kind == Kind::erase_prefix) {
      const auto first = records_.lower_bound(ToBytes(operation.key));
      auto last = first;
      while (last != records_.end() && BeginsWith(last->first, operation.key)) ++last;
      records_.erase(first, last);
    }
  }
  return {};
}

Result<std::optional<Secret>> MemoryStorage::Read(BytesView key) const {
  const auto found = records_.find(ToBytes(key));
  if (found == records_.end()) return std::optional<Secret>();
  return std::optional<Secret>(found->second.Clone());
}

Result<void> MemoryStorage::Scan(BytesView prefix, RecordVisitor& visitor) const {
  for (auto it = records_.lower_bound(ToBytes(prefix)); it != records_.end(); ++it) {
    if (!BeginsWith(it->first, prefix)) break;
    visitor.Visit(it->first, it->second.ExposeForProvider());
  }
  return {};
}

}  // namespace conclave
