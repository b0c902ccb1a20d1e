#include "conclave/memory_storage.h"

#include <algorithm>
#include <utility>

namespace conclave {

namespace {

bool BeginsWith(const Bytes& key, BytesView prefix) {
  return key.size() >= prefix.size() &&
         std::ranges::equal(BytesView(key).first(prefix.size()), prefix);
}

}  // namespace

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
      std::erase_if(records_, [&operation](const auto& record) {
        return BeginsWith(record.first, operation.key);
      });
    }
  }
  return {};
}

Result<std::optional<Secret>> MemoryStorage::Read(BytesView key) const {
  const auto found = records_.find(ToBytes(key));
  if (found == records_.end()) return std::optional<Secret>();
  return std::optional<Secret>(found->second.Clone());
}

Result<std::vector<Bytes>> MemoryStorage::Keys(BytesView prefix) const {
  std::vector<Bytes> keys;
  for (auto it = records_.lower_bound(ToBytes(prefix)); it != records_.end(); ++it) {
    if (!BeginsWith(it->first, prefix)) break;
    keys.push_back(it->first);
  }
  return keys;
}

}  // namespace conclave
