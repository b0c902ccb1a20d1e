// Scanning a storage with a lambda.
#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include "conclave/storage.h"

namespace conclave {

inline bool BeginsWith(BytesView key, BytesView prefix) {
  return key.size() >= prefix.size() && std::ranges::equal(key.first(prefix.size()), prefix);
}

namespace internal {

template <class Call>
class CallingVisitor final : public RecordVisitor {
 public:
  explicit CallingVisitor(Call call) : call_(std::move(call)) {}
  void Visit(BytesView key, BytesView value) override {
    if constexpr (std::is_void_v<std::invoke_result_t<Call&, BytesView, BytesView>>) {
      call_(key, value);
    } else if (visited_.ok()) {
      visited_ = call_(key, value);
    }
  }
  const Result<void>& visited() const { return visited_; }

 private:
  Call call_;
  Result<void> visited_;
};

}  // namespace internal

// Calls `visit(key, value)` for each record whose key begins with `prefix`, in order. It returns
// nothing, or a Result<void>: after an error it is not called again, and the error is the scan's.
template <class Visit>
Result<void> ScanRecords(const Storage& storage, BytesView prefix, Visit visit) {
  internal::CallingVisitor<Visit> visitor(std::move(visit));
  Result<void> scanned = storage.Scan(prefix, visitor);
  return scanned.ok() ? visitor.visited() : scanned;
}

}  // namespace conclave
