// Which node was made together with a parent: the node below it whose parent_hash is the parent's
// (RFC 9420, section 7.9). From leaf to root these links are the chains that commits have left.
#pragma once

#include <optional>

#include "crypto/cipher_suite.h"
#include "tree/ratchet_tree.h"

namespace conclave::inspector {

// The node D of section 7.9.2 for the parent P, which is not blank; nothing if P is not parent-hash
// valid.
std::optional<NodeIndex> LinkedFrom(const Suite& suite, const RatchetTree& tree, NodeIndex parent);

}  // namespace conclave::inspector
