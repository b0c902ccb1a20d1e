// A parent of the ratchet tree as it is kept (RFC 9420, section 7.1): key and parent hash in one
// piece, and a list of unmerged leaves only where there are any.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "conclave/bytes.h"
#include "rfc9420/nodes.h"
#include "tree/compact_bytes.h"

namespace conclave {

class ParentRecord {
 public:
  // Of a blank node.
  ParentRecord() = default;
  // `encryption_key` is not empty.
  ParentRecord(BytesView encryption_key, BytesView parent_hash,
               std::vector<LeafIndex> unmerged_leaves = {});
  explicit ParentRecord(const rfc9420::ParentNode& parent)
      : ParentRecord(parent.encryption_key, parent.parent_hash, parent.unmerged_leaves) {}
  ParentRecord(const ParentRecord& other);
  ParentRecord(ParentRecord&&) noexcept = default;
  ParentRecord& operator=(ParentRecord other) noexcept;
  ~ParentRecord() = default;

  bool is_blank() const { return key_and_hash_.empty(); }
  BytesView encryption_key() const { return key_and_hash_.view().first(key_size_); }
  BytesView parent_hash() const { return key_and_hash_.view().subspan(key_size_); }
  std::span<const LeafIndex> unmerged_leaves() const;

  // Puts a leaf in its place in the list.
  void AddUnmerged(LeafIndex leaf);

  rfc9420::ParentNode ToParentNode() const;
  // Writes the ParentNode.
  template <class W>
  void EncodeTo(W& w) const {
    w.VectorOf(encryption_key());
    w.VectorOf(parent_hash());
    w.Vector([&] {
      for (const LeafIndex leaf : unmerged_leaves()) w.Uint(leaf.value, sizeof leaf.value);
    });
  }

 private:
  CompactBytes key_and_hash_;
  std::uint32_t key_size_ = 0;
  std::unique_ptr<std::vector<LeafIndex>> unmerged_leaves_;  // null if there are none
};

}  // namespace conclave
