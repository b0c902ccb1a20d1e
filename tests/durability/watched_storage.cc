#include "durability/watched_storage.h"

#include <unistd.h>

#include <functional>
#include <string>

namespace conclave::testing {

std::uint64_t DigestOf(const Rows& rows) {
  std::uint64_t digest = 0;
  const auto add = [&digest](const std::string& text) {
    digest = (digest ^ std::hash<std::string>()(text)) * 0x9e3779b97f4a7c15 + text.size();
  };
  for (const auto& [key, value] : rows) {
    add(key);
    add(value);
  }
  return digest;
}

std::uint64_t DigestOf(const Storage& storage) { return DigestOf(RowsOf(storage).value()); }

WatchedStorage::WatchedStorage(Storage& below, Outside& outside)
    : below_(below), watch_(outside.store()) {
  WriteBatch batch;
  const Rows rows = RowsOf(below).value();
  for (const auto& [key, value] : rows) batch.Put(AsBytes(key), AsBytes(value));
  model_.Write(batch).value();
  watch_.calls = 0;
}

template <class Call>
auto WatchedStorage::Run(const Call& call) const -> decltype(call()) {
  ++watch_.calls;
  const bool is_now = watch_.calls == plan.call;
  const bool is_later = plan.call != 0 && watch_.calls > plan.call;
  if (is_now && plan.at == At::die_before) _exit(kDied);
  if ((is_now && plan.at == At::fail_once) || ((is_now || is_later) && plan.at == At::fail_from)) {
    failed_ = true;
    return Error{ErrorKind::kStorage, "told to fail"};
  }
  auto result = call();
  if (is_now && plan.at == At::die_after) _exit(kDied);
  return result;
}

Result<void> WatchedStorage::Write(const WriteBatch& batch) {
  return Run([&]() -> Result<void> {
    // An expectation that does not hold there does not hold here.
    const bool applies = model_.Write(batch).ok();
    watch_.after = DigestOf(model_);
    watch_.is_writing = true;
    const Result<void> written = below_.Write(batch);
    if (written.ok() != applies) _exit(1);
    watch_.before = watch_.after;
    watch_.is_writing = false;
    return written;
  });
}

Result<std::optional<Secret>> WatchedStorage::Read(BytesView key) const {
  return Run([&] { return below_.Read(key); });
}

Result<void> WatchedStorage::Scan(BytesView prefix, RecordVisitor& visitor) const {
  return Run([&] { return below_.Scan(prefix, visitor); });
}

}  // namespace conclave::testing
