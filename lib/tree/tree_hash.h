// Tree hashes (RFC 9420, section 7.8), each over its parts where they lie.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "tree/parent_record.h"
#include "tree/tree_math.h"

namespace conclave {

// A hash held in place. Of size 0 until it is computed.
struct TreeHashValue {
  std::array<std::uint8_t, kMaxHashSize> bytes{};
  std::uint8_t size = 0;

  BytesView view() const { return {bytes.data(), size}; }
};

// The hash of a leaf that holds the LeafNode `wire`.
Result<void> HashLeaf(const Suite& suite, LeafIndex index, BytesView wire, TreeHashValue& out);

// The hash of a parent, which may be blank, over its children's. `unmerged_leaves` stands for the
// record's own, which may be the same.
Result<void> HashParent(const Suite& suite, const ParentRecord& record,
                        std::span<const LeafIndex> unmerged_leaves, BytesView left, BytesView right,
                        TreeHashValue& out);

// The hash of the subtree under `top` if all of it is blank. Takes a hash for each of its nodes,
// since the hash of a blank leaf depends on its index.
Result<void> HashBlankSubtree(const Suite& suite, NodeIndex top, TreeHashValue& out);

}  // namespace conclave
