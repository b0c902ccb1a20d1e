// What must be unique across a ratchet tree, and what is counted over it (RFC 9420, sections 7.3,
// 11.1, 12.1.7 and 12.2), without looking at the whole tree again after each commit.
//
// The index belongs to the group, not to the tree: a staged commit carries a TreeDelta, judged
// against the index on the final tree (removing and adding one key in one commit is valid), and
// the change is applied when its epoch is entered. Its hashes are keyed with random bytes, since
// attackers choose the keys, and a hit is compared in full.
#pragma once

#include <cstdint>
#include <vector>

#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "tree/capability_counts.h"
#include "tree/key_hasher.h"
#include "tree/key_table.h"
#include "tree/ratchet_tree.h"
#include "tree/tree_delta.h"

namespace conclave {

// What the group demands of every member.
struct TreeDemands {
  RequiredCapabilities required;                  // section 11.1
  std::vector<ExtensionType> context_extensions;  // section 13.4
  // Types of custom proposals in the commit: every member who processes it must support them, which
  // those that it adds or removes do not (section 12.2).
  std::vector<ProposalType> custom_proposals;
};

class TreeIndex {
 public:
  // How the index changes with one commit; made by Check(), applied when the epoch is entered.
  class Change;

  // The index of a whole tree. kInvalidCommit (rules of section 7.3) if a key appears twice in it.
  static Result<TreeIndex> Of(const Suite& suite, const RatchetTree& tree);

  // Whether `after`, which differs from the indexed tree `before` by `delta`, still has every
  // encryption key and every signature key once, and every member meets `demands` and supports the
  // credential types in use. kInvalidCommit otherwise. Changes nothing; costs what the delta costs.
  // With two equal trees and an empty delta, checks the demands alone.
  Result<Change> Check(const RatchetTree& before, const RatchetTree& after, const TreeDelta& delta,
                       const TreeDemands& demands) const;

  // Follows the tree into the epoch of `after`.
  void Apply(Change&& change);

  // Section 12.4.2: whether an encryption key of `current`, which was made from the indexed tree by
  // changes that took nodes out or replaced them, is `key`. Nodes that are new in `current` are not
  // looked at: Check() compares those.
  bool HasEncryptionKey(const RatchetTree& current, BytesView key) const;

 private:
  struct HashedKey {
    KeyTable::Hash hash;
    NodeIndex node;
  };
  struct KeyChanges {
    std::vector<HashedKey> removed;  // from left to right
    std::vector<HashedKey> inserted;
  };
  struct Uniqueness;

  explicit TreeIndex(const KeyHasher& hash_key) : hash_key_(hash_key) {}
  Change MakeChange(const RatchetTree& before, const RatchetTree& after,
                    const TreeDelta& delta) const;
  Result<void> CheckKeys(const RatchetTree& before, const RatchetTree& after,
                         const Change& change) const;
  Result<void> CheckDemands(const RatchetTree& after, const Change& change,
                            const TreeDemands& demands) const;
  Result<void> CheckCredentialTypes(const RatchetTree& after, const Change& change) const;
  Result<void> CheckCustomProposals(const RatchetTree& before, const RatchetTree& after,
                                    const TreeDelta& delta,
                                    const std::vector<ProposalType>& types) const;
  static void ApplyTo(KeyTable& table, const KeyChanges& changes);

  KeyHasher hash_key_;
  KeyTable encryption_keys_;  // of leaves and parents
  KeyTable signature_keys_;   // of leaves
  CapabilityCounts counts_;
};

class TreeIndex::Change {
 public:
  Change() = default;

 private:
  friend class TreeIndex;

  KeyChanges encryption_keys_;
  KeyChanges signature_keys_;
  CapabilityCounts removed_;
  CapabilityCounts inserted_;
};

}  // namespace conclave
