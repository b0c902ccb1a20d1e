// What makes a leaf valid on its own (RFC 9420, sections 7.2 and 7.3). What it must agree on with
// the rest of the group is in tree/tree_index.h, and whom it names is for the CredentialVerifier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "rfc9420/nodes.h"

namespace conclave {

// Where the leaf stands, which decides what its signature covers and what its source must be.
struct LeafPlace {
  rfc9420::LeafNodeSource source{};
  BytesView group_id = {};    // for update and commit
  LeafIndex leaf_index = {};  // for update and commit
};

// Signature, source, capabilities that cover the leaf's own version, suite, credential and
// extensions, no extension twice, keys of the suite's sizes, an encryption key to which something
// can be sealed, and, for an X.509 credential, that the first certificate holds the leaf's
// signature key. A failure is kNotAuthentic if it is the signature's, else kInvalidCommit for a
// leaf made by a commit and kInvalidProposal for others.
Result<void> CheckLeafNode(const Suite& suite, const rfc9420::LeafNode& leaf,
                           const LeafPlace& place);

// The same for leaves of a tree that we receive, whose own source says where they were made; but
// not whether something can be sealed to their keys, which members found out when the leaves came,
// and which may cost as much as their signatures do. On the suite's executor, if there are
// many. Of several leaves that are not valid, which one is reported does not depend on the
// executor.
struct LeafInTree {
  LeafIndex index;
  rfc9420::LeafNode leaf;
};
Result<void> CheckLeafNodesInTree(const Suite& suite, std::span<const LeafInTree> leaves,
                                  BytesView group_id);

// Section 7.2: `now` lies within the lifetime, and the lifetime is not longer than `max_lifetime`
// seconds. Holds for leaves of other sources than key_package.
Result<void> CheckLifetime(const rfc9420::LeafNode& leaf, std::uint64_t now,
                           std::uint64_t max_lifetime);

// A size that no valid leaf of the suite is below: that of its keys and its signature.
std::size_t MinLeafSize(const Suite& suite);

// Whether the capabilities list the value; or all of the values that are required, but for those
// that need not be listed.
bool Supports(const Capabilities& capabilities, CredentialType type);
bool Meets(const Capabilities& capabilities, const RequiredCapabilities& required);

}  // namespace conclave
