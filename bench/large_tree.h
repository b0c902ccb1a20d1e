// The ratchet tree that a history ends in, made at once: each leaf is signed and each node's key
// derived one time, however many commits there were.
#pragma once

#include "conclave/bytes.h"
#include "crypto/cipher_suite.h"
#include "group/own_leaf.h"
#include "seeded_keys.h"
#include "tree_history.h"

namespace conclave::bench {

enum class LeafSignatures : std::uint8_t { made, left_out };

// What the leaves have in common.
struct LeafMould {
  Capabilities capabilities;
  Lifetime lifetime;
  Bytes group_id;
  LeafSignatures signatures = LeafSignatures::made;
};

// The identity of the member at a leaf: 16 bytes.
Bytes IdentityAt(LeafIndex leaf);

// The content of the ratchet_tree extension (section 12.4.3.3). With its signatures made, it is
// valid: a joiner accepts it.
Bytes GrowRatchetTree(const Suite& suite, const TreeHistory& history, const SeededKeys& keys,
                      const LeafMould& mould);

}  // namespace conclave::bench
