// Parent hashes (RFC 9420, section 7.9): what ties a node's key to the path that made it.
#pragma once

#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "tree/ratchet_tree.h"

namespace conclave {

// The hash of a parent with these fields whose other child, on the copath, is `sibling` in `tree`,
// for a parent that has no unmerged leaves. `sibling` is not blank or has others under it.
Result<Bytes> ParentHashOf(const Suite& suite, BytesView encryption_key, BytesView parent_hash,
                           const RatchetTree& tree, NodeIndex sibling);

// Section 7.9.2: whether every parent of the tree is parent-hash valid. The unmerged_leaves of the
// tree have been checked; see CheckTreeStructure, which calls this. Hashes again only what unmerged
// leaves have changed, and that once for each set of them.
Result<void> CheckParentHashes(const Suite& suite, const RatchetTree& tree);

}  // namespace conclave
