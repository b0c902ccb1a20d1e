// For tests: leaves, and a ratchet tree that is changed side by side with the reference tree.
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "rfc9420/update_path.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "tree/ratchet_tree.h"
#include "tree/tree_builder.h"
#include "tree/tree_rules.h"
#include "tree/update_path.h"
#include "tree_model/reference_tree.h"

namespace conclave::test {

// Bytes that no other call returns.
inline Bytes UniqueBytes(std::size_t size) {
  static std::uint64_t count = 0;
  Bytes bytes(size, 0x55);
  ++count;
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(count >> (8 * i));
  return bytes;
}

// A leaf with keys of its own that nobody has the private keys of; not signed.
inline rfc9420::LeafNode NewLeaf() {
  rfc9420::LeafNode leaf;
  leaf.encryption_key = UniqueBytes(32);
  leaf.signature_key = UniqueBytes(32);
  leaf.credential.value = BasicCredential{UniqueBytes(8)};
  leaf.capabilities.versions = {ProtocolVersion::mls10};
  leaf.capabilities.cipher_suites = {CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519};
  leaf.capabilities.credentials = {CredentialType::basic};
  leaf.leaf_node_source =
      decltype(leaf.leaf_node_source)::Of(Lifetime{.not_before = 0, .not_after = 1000});
  leaf.signature = Bytes(64, 7);
  return leaf;
}

inline rfc9420::LeafNode NewLeafFromCommit(Bytes parent_hash) {
  rfc9420::LeafNode leaf = NewLeaf();
  leaf.leaf_node_source =
      decltype(leaf.leaf_node_source)::Of(rfc9420::ParentHash{std::move(parent_hash)});
  return leaf;
}

// A commit: proposals in the order of section 12.3, and a path if there is a committer.
struct TreeChange {
  std::vector<std::uint32_t> updates = {};
  std::vector<std::uint32_t> removes = {};
  std::uint32_t adds = 0;
  std::optional<std::uint32_t> committer = {};
};

// One tree, twice.
struct TreePair {
  RatchetTree tree;
  ReferenceTree reference;
  std::vector<LeafIndex> added = {};  // by the last change

  static TreePair New(const Suite& suite, Mistake mistake = Mistake::none) {
    const rfc9420::LeafNode leaf = NewLeaf();
    return {Must(RatchetTree::WithOneLeaf(suite, leaf)), ReferenceTree(suite, leaf, mistake)};
  }

  TreePair After(const Suite& suite, const TreeChange& change) const {
    TreePair next = *this;
    const std::string refusal = next.Apply(suite, change);
    if (!refusal.empty()) FAIL(refusal);
    return next;
  }

  // Changes both. What the library objects to in what the reference makes; "" if nothing.
  std::string Apply(const Suite& suite, const TreeChange& change) {
    TreeBuilder builder(tree);
    for (const std::uint32_t index : change.updates) {
      const rfc9420::LeafNode leaf = NewLeaf();
      builder.UpdateLeaf({index}, LeafRecord(leaf));
      reference.Update(index, leaf);
    }
    for (const std::uint32_t index : change.removes) {
      builder.RemoveLeaf({index});
      reference.Remove(index);
    }
    if (!change.removes.empty()) builder.Truncate();
    added.clear();
    for (std::uint32_t i = 0; i < change.adds; ++i) {
      const rfc9420::LeafNode leaf = NewLeaf();
      added.push_back(builder.AddLeaf(LeafRecord(leaf)));
      if (added.back().value != reference.Add(leaf)) return "a new leaf has another place";
    }
    tree = Must(std::move(builder).Finish(suite));
    return change.committer.has_value() ? MergeNewPath(suite, *change.committer) : "";
  }

 private:
  // A path of keys that nobody has, with ciphertexts that cannot be opened.
  std::string MergeNewPath(const Suite& suite, std::uint32_t committer) {
    rfc9420::UpdatePath path;
    std::vector<Bytes> keys;
    for (const auto& [node, copath_child] : reference.FilteredDirectPath(committer)) {
      const std::size_t recipients = reference.Recipients(copath_child, added).size();
      keys.push_back(UniqueBytes(32));
      path.nodes.push_back({keys.back(), {recipients, rfc9420::HPKECiphertext{}}});
    }
    path.leaf_node = NewLeafFromCommit(reference.SetPath(committer, keys));
    reference.SetLeaf(committer, path.leaf_node);
    const Result<RatchetTree> merged = MergePath(suite, tree, {committer}, path, added);
    if (!merged.ok()) return merged.error().detail;
    tree = *merged;
    return "";
  }
};

// A change that a group of these members could commit.
inline TreeChange RandomChange(const ReferenceTree& reference, std::mt19937& random,
                               std::uint32_t max_members) {
  std::vector<std::uint32_t> members = reference.Members();
  std::ranges::shuffle(members, random);
  const auto up_to = [&random](std::size_t limit) {
    return static_cast<std::uint32_t>(std::uniform_int_distribution<std::size_t>(0, limit)(random));
  };
  TreeChange change;
  const auto others = static_cast<std::uint32_t>(members.size() - 1);
  // A commit of each kind now and then, and all of them together. A small group grows.
  const std::uint32_t kind = 3 * members.size() < max_members ? 0 : up_to(4);
  if (kind == 0 || kind == 4) change.adds = 1 + up_to(3);
  const std::uint32_t removes = kind == 1 || kind == 4 ? std::min(others, 1 + up_to(3)) : 0;
  const std::uint32_t updates =
      kind == 2 || kind == 4 ? std::min(others - removes, 1 + up_to(2)) : 0;
  for (std::uint32_t i = 0; i < removes; ++i) change.removes.push_back(members[1 + i]);
  for (std::uint32_t i = 0; i < updates; ++i) change.updates.push_back(members[1 + removes + i]);
  if (members.size() + change.adds > max_members) change.adds = 0;
  if (kind != 0 || up_to(2) == 0) change.committer = members[0];
  return change;
}

// A tree that has seen some commits, with blank and unmerged leaves.
inline TreePair RandomPair(const Suite& suite, std::mt19937& random, std::uint32_t commits,
                           std::uint32_t max_members) {
  TreePair pair = TreePair::New(suite);
  pair = pair.After(suite, {.adds = max_members / 2, .committer = 0});
  for (std::uint32_t i = 0; i < commits; ++i) {
    pair = pair.After(suite, RandomChange(pair.reference, random, max_members));
  }
  return pair;
}

}  // namespace conclave::test
