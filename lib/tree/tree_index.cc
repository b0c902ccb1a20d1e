#include "tree/tree_index.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "rfc9420/registries.h"
#include "tree/tree_node.h"

namespace conclave {

namespace {

BytesView EncryptionKeyOf(const RatchetTree& tree, NodeIndex node) {
  return tree.EncryptionKey(node);
}
BytesView SignatureKeyOf(const RatchetTree& tree, NodeIndex node) {
  return tree.leaf(ToLeaf(node))->signature_key();
}

// How many leaves of the final tree there are of a type.
template <class Type>
std::uint32_t FinalCount(const std::map<Type, std::uint32_t>& held,
                         const std::map<Type, std::uint32_t>& removed,
                         const std::map<Type, std::uint32_t>& inserted, Type type) {
  return CountOf(held, type) - CountOf(removed, type) + CountOf(inserted, type);
}

// Whether the member whose leaf was taken out is still in the group, with a new leaf in the old
// place. A leaf from a KeyPackage is somebody who was added there.
bool IsUpdatedIn(const RatchetTree& after, LeafIndex index) {
  const LeafRecord* leaf = after.leaf(index);
  return leaf != nullptr &&
         leaf->Parse().leaf_node_source.tag() != rfc9420::LeafNodeSource::key_package;
}

}  // namespace

// Whether each key of one kind is still there once.
struct TreeIndex::Uniqueness {
  const KeyTable& table;
  const RatchetTree& before;
  const RatchetTree& after;
  const KeyChanges& changes;
  BytesView (*key_of)(const RatchetTree& tree, NodeIndex node);

  bool Holds() const {
    return std::ranges::none_of(changes.inserted,
                                [this](const HashedKey& key) { return IsHeld(key); }) &&
           InsertedAreDistinct();
  }

  // Whether a node that stays has the key.
  bool IsHeld(const HashedKey& inserted) const {
    return table.AnyOf(inserted.hash, [&](NodeIndex node) {
      return !std::ranges::binary_search(changes.removed, node, {}, &HashedKey::node) &&
             std::ranges::equal(key_of(before, node), key_of(after, inserted.node));
    });
  }

  bool InsertedAreDistinct() const {
    std::vector<HashedKey> keys = changes.inserted;
    std::ranges::sort(keys, {}, &HashedKey::hash);
    for (auto a = keys.begin(); a != keys.end(); ++a) {
      for (auto b = a + 1; b != keys.end() && b->hash == a->hash; ++b) {
        if (std::ranges::equal(key_of(after, a->node), key_of(after, b->node))) return false;
      }
    }
    return true;
  }
};

Result<TreeIndex> TreeIndex::Of(const Suite& suite, const RatchetTree& tree) {
  CONCLAVE_ASSIGN_OR_RETURN(const KeyHasher hash_key, KeyHasher::Create(suite.provider()));
  TreeIndex index(hash_key);
  // The step from a tree without nodes to this one.
  Change change;
  VisitNodes(*tree.root(), Root(tree.width()), [&](NodeIndex at, const TreeNode& node) {
    if (const LeafTreeNode* leaf = AsLeaf(node)) {
      const LeafRecord& record = leaf->record;
      change.encryption_keys_.inserted.push_back({hash_key(record.encryption_key()), at});
      change.signature_keys_.inserted.push_back({hash_key(record.signature_key()), at});
      change.inserted_.Add(record.Parse());
    } else {
      const ParentRecord& record = AsParent(node)->record;
      change.encryption_keys_.inserted.push_back({hash_key(record.encryption_key()), at});
    }
  });
  CONCLAVE_RETURN_IF_ERROR(index.CheckKeys(tree, tree, change));
  index.Apply(std::move(change));
  return index;
}

Result<TreeIndex::Change> TreeIndex::Check(const RatchetTree& before, const RatchetTree& after,
                                           const TreeDelta& delta,
                                           const TreeDemands& demands) const {
  Change change = MakeChange(before, after, delta);
  CONCLAVE_RETURN_IF_ERROR(CheckKeys(before, after, change));
  CONCLAVE_RETURN_IF_ERROR(CheckCredentialTypes(after, change));
  CONCLAVE_RETURN_IF_ERROR(CheckDemands(after, change, demands));
  CONCLAVE_RETURN_IF_ERROR(CheckCustomProposals(before, after, delta, demands.custom_proposals));
  return change;
}

void TreeIndex::Apply(Change&& change) {
  ApplyTo(encryption_keys_, change.encryption_keys_);
  ApplyTo(signature_keys_, change.signature_keys_);
  counts_.Add(change.inserted_);
  counts_.Subtract(change.removed_);
}

bool TreeIndex::HasEncryptionKey(const RatchetTree& current, BytesView key) const {
  return encryption_keys_.AnyOf(hash_key_(key), [&](NodeIndex node) {
    return !current.IsBlank(node) && std::ranges::equal(EncryptionKeyOf(current, node), key);
  });
}

TreeIndex::Change TreeIndex::MakeChange(const RatchetTree& before, const RatchetTree& after,
                                        const TreeDelta& delta) const {
  Change change;
  const auto add = [&](const RatchetTree& tree, NodeIndex node,
                       std::vector<HashedKey> KeyChanges::* list, CapabilityCounts& counts) {
    (change.encryption_keys_.*list).push_back({hash_key_(EncryptionKeyOf(tree, node)), node});
    if (!IsLeaf(node)) return;
    (change.signature_keys_.*list).push_back({hash_key_(SignatureKeyOf(tree, node)), node});
    counts.Add(tree.leaf(ToLeaf(node))->Parse());
  };
  for (const NodeIndex node : delta.removed) {
    add(before, node, &KeyChanges::removed, change.removed_);
  }
  for (const NodeIndex node : delta.inserted) {
    add(after, node, &KeyChanges::inserted, change.inserted_);
  }
  return change;
}

//= rfc9420#16.7
//# The encryption and signature keys stored in the `encryption_key` and `signature_key` fields of
//# ratchet tree nodes MUST be distinct from one another.
Result<void> TreeIndex::CheckKeys(const RatchetTree& before, const RatchetTree& after,
                                  const Change& change) const {
  const Uniqueness encryption_keys{encryption_keys_, before, after, change.encryption_keys_,
                                   EncryptionKeyOf};
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.3:encryption-key-unique", ErrorKind::kInvalidCommit, encryption_keys.Holds()));
  const Uniqueness signature_keys{signature_keys_, before, after, change.signature_keys_,
                                  SignatureKeyOf};
  return Rule("7.3:signature-key-unique", ErrorKind::kInvalidCommit, signature_keys.Holds());
}

// "Verify that the credential type is supported by all members of the group [...] and that the
// capabilities field of this LeafNode indicates support for all the credential types currently in
// use by other members."
Result<void> TreeIndex::CheckCredentialTypes(const RatchetTree& after, const Change& change) const {
  const CapabilityCounts& removed = change.removed_;
  const CapabilityCounts& inserted = change.inserted_;
  const auto supported_by_all = [&](CredentialType type) {
    return FinalCount(counts_.credentials, removed.credentials, inserted.credentials, type) ==
           after.member_count();
  };
  const auto stays_in_use = [&](CredentialType type) {
    return CountOf(counts_.credentials_in_use, type) > CountOf(removed.credentials_in_use, type);
  };
  for (const auto& [type, count] : inserted.credentials_in_use) {
    CONCLAVE_RETURN_IF_ERROR(Rule("7.3:credential-type-supported-by-all", ErrorKind::kInvalidCommit,
                                  stays_in_use(type) || supported_by_all(type)));
  }
  for (const auto& [type, count] : counts_.credentials_in_use) {
    CONCLAVE_RETURN_IF_ERROR(Rule("7.3:supports-credential-types-in-use", ErrorKind::kInvalidCommit,
                                  !stays_in_use(type) || supported_by_all(type)));
  }
  return {};
}

Result<void> TreeIndex::CheckDemands(const RatchetTree& after, const Change& change,
                                     const TreeDemands& demands) const {
  const auto all_support = [&](auto kind, const auto& types) {
    return std::ranges::all_of(types, [&](auto type) {
      if constexpr (requires { rfc9420::IsDefault(type); }) {
        if (rfc9420::IsDefault(type)) return true;
      }
      return FinalCount(counts_.*kind, change.removed_.*kind, change.inserted_.*kind, type) ==
             after.member_count();
    });
  };
  // "the required extensions, proposals, and credential types MUST be listed in the LeafNode's
  // capabilities field": of all members, since the demand may be new in this commit.
  const RequiredCapabilities& required = demands.required;
  CONCLAVE_RETURN_IF_ERROR(
      Rule("11.1:required-capabilities-met", ErrorKind::kInvalidCommit,
           all_support(&CapabilityCounts::extensions, required.extension_types) &&
               all_support(&CapabilityCounts::proposals, required.proposal_types) &&
               all_support(&CapabilityCounts::credentials, required.credential_types)));
  //= rfc9420#13.4
  //# The `capabilities` field MUST indicate support for each extension in the GroupContext.
  return Rule("13.4:context-extensions-supported", ErrorKind::kInvalidCommit,
              all_support(&CapabilityCounts::extensions, demands.context_extensions));
}

//= rfc9420#13.2
//# As discussed in Section 12.4, Proposals with a non-default proposal type MUST NOT be included in
//# a commit unless the proposal type is supported by all the members of the group that will process
//# the Commit.
Result<void> TreeIndex::CheckCustomProposals(const RatchetTree& before, const RatchetTree& after,
                                             const TreeDelta& delta,
                                             const std::vector<ProposalType>& types) const {
  if (types.empty()) return {};
  // "members being added or removed by the Commit do not need to support the proposal type"
  CapabilityCounts leaving;
  std::uint32_t staying = before.member_count();
  for (const NodeIndex node : delta.removed) {
    if (!IsLeaf(node) || IsUpdatedIn(after, ToLeaf(node))) continue;
    leaving.Add(before.leaf(ToLeaf(node))->Parse());
    --staying;
  }
  return Rule("12.2:custom-proposal-supported", ErrorKind::kInvalidCommit,
              std::ranges::all_of(types, [&](ProposalType type) {
                return rfc9420::IsDefault(type) ||
                       CountOf(counts_.proposals, type) - CountOf(leaving.proposals, type) ==
                           staying;
              }));
}

void TreeIndex::ApplyTo(KeyTable& table, const KeyChanges& changes) {
  for (const HashedKey& key : changes.removed) table.Erase(key.hash, key.node);
  for (const HashedKey& key : changes.inserted) table.Insert(key.hash, key.node);
}

}  // namespace conclave
