#include "tree/parent_record.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace conclave {

ParentRecord::ParentRecord(BytesView encryption_key, BytesView parent_hash,
                           std::vector<LeafIndex> unmerged_leaves)
    : key_and_hash_(encryption_key.size() + parent_hash.size()),
      key_size_(static_cast<std::uint32_t>(encryption_key.size())) {
  CONCLAVE_CHECK(!encryption_key.empty());
  const auto rest = std::ranges::copy(encryption_key, key_and_hash_.mutable_view().begin()).out;
  std::ranges::copy(parent_hash, rest);
  if (!unmerged_leaves.empty()) {
    unmerged_leaves_ = std::make_unique<std::vector<LeafIndex>>(std::move(unmerged_leaves));
  }
}

ParentRecord::ParentRecord(const ParentRecord& other)
    : key_and_hash_(other.key_and_hash_),
      key_size_(other.key_size_),
      unmerged_leaves_(other.unmerged_leaves_ == nullptr
                           ? nullptr
                           : std::make_unique<std::vector<LeafIndex>>(*other.unmerged_leaves_)) {}

ParentRecord& ParentRecord::operator=(ParentRecord other) noexcept {
  key_and_hash_ = std::move(other.key_and_hash_);
  key_size_ = other.key_size_;
  unmerged_leaves_ = std::move(other.unmerged_leaves_);
  return *this;
}

std::span<const LeafIndex> ParentRecord::unmerged_leaves() const {
  if (unmerged_leaves_ == nullptr) return {};
  return *unmerged_leaves_;
}

//= rfc9420#7.1
//# The entries in the `unmerged_leaves` vector MUST be sorted in increasing order.
void ParentRecord::AddUnmerged(LeafIndex leaf) {
  if (unmerged_leaves_ == nullptr) unmerged_leaves_ = std::make_unique<std::vector<LeafIndex>>();
  unmerged_leaves_->insert(std::ranges::upper_bound(*unmerged_leaves_, leaf), leaf);
}

rfc9420::ParentNode ParentRecord::ToParentNode() const {
  const std::span<const LeafIndex> unmerged = unmerged_leaves();
  return {ToBytes(encryption_key()), ToBytes(parent_hash()), {unmerged.begin(), unmerged.end()}};
}

}  // namespace conclave
