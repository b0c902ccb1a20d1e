// A whole ratchet tree that somebody sent us: decoding it as a stream, and what section 12.4.3.1 of
// RFC 9420 demands of it before we join.
#pragma once

#include <cstdint>

#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "tree/ratchet_tree.h"

namespace conclave {

// The tree of a ratchet_tree extension (section 12.4.3.3), hashed. kRejectedByPolicy if it is wider
// than `max_width`, which is checked before anything is made of a node that is too many. kMalformed
// if the bytes, the kinds of node at their places, the sizes of encryption keys, or a blank last
// node say so.
Result<RatchetTree> ParseRatchetTree(const Suite& suite, BytesView extension_data,
                                     std::uint32_t max_width);

// Structure (sections 7.9.2 and 12.4.3.1): every parent is parent-hash valid; unmerged_leaves are
// sorted, not blank, descendants, and listed by every non-blank node between; no parent's
// encryption key appears in another node. What a leaf must be is in tree/leaf_node_rules.h.
Result<void> CheckTreeStructure(const Suite& suite, const RatchetTree& tree);

}  // namespace conclave
