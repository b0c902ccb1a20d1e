// Scanning a storage with a lambda.
#pragma once

#include <utility>

#include "conclave/storage.h"

namespace conclave {

namespace internal {

template <class Call>
class CallingVisitor final : public RecordVisitor {
 public:
  explicit CallingVisitor(Call call) : call_(std::move(call)) {}
  void Visit(BytesView key, BytesView value) override { call_(key, value); }

 private:
  Call call_;
};

}  // namespace internal

// Calls `visit(key, value)` for each record whose key begins with `prefix`, in order.
template <class Visit>
Result<void> ScanRecords(const Storage& storage, BytesView prefix, Visit visit) {
  internal::CallingVisitor<Visit> visitor(std::move(visit));
  return storage.Scan(prefix, visitor);
}

}  // namespace conclave
