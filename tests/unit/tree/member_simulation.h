// For tests: a group whose members hold real keys and run TreeKEM among themselves (RFC 9420,
// sections 7.4 to 7.6): no messages, no key schedule.
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/signature_key.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "tree/leaf_node_rules.h"
#include "tree/tree_builder.h"
#include "tree/tree_index.h"
#include "tree/tree_rules.h"
#include "tree/update_path.h"
#include "unit/tree/tree_fixture.h"

namespace conclave::test {

inline Bytes TestGroupId() { return ToBytes("a group"); }

// A leaf that is valid for its place, with the keys to it.
struct OwnedLeaf {
  SoftwareSigner signer;
  Secret private_key;
  rfc9420::LeafNode leaf;

  static OwnedLeaf New(const Suite& suite) {
    OwnedLeaf made{Must(SoftwareSigner::Generate(suite.provider(), suite.signature())), {}, {}};
    made.leaf = NewLeaf();
    made.leaf.capabilities.cipher_suites = {suite.id()};
    made.leaf.signature_key = ToBytes(made.signer.public_key());
    made.ReplaceKey(suite);
    made.Sign({});
    return made;
  }
  void ReplaceKey(const Suite& suite) {
    KeyPair pair = Must(KemGenerateKeyPair(suite.provider(), suite.kem()));
    leaf.encryption_key = std::move(pair.public_key);
    private_key = std::move(pair.private_key);
  }
  void Sign(LeafIndex index) {
    leaf.signature = Must(SignWithLabel(signer, rfc9420::labels::kLeafNodeTBS,
                                        rfc9420::SerializeLeafNodeTBS(leaf, TestGroupId(), index)));
  }
};

class MemberSimulation {
 public:
  struct Member {
    SoftwareSigner signer;
    PrivatePath path;
  };

  // What went over the wire, so that a test can spoil it.
  struct Sent {
    LeafIndex committer;
    RatchetTree before;  // with the proposals applied
    rfc9420::UpdatePath path;
    Bytes context;
    std::vector<LeafIndex> added;
  };

  explicit MemberSimulation(const Suite& suite) : MemberSimulation(suite, OwnedLeaf::New(suite)) {}

  const RatchetTree& tree() const { return tree_; }
  const std::map<std::uint32_t, Member>& members() const { return members_; }
  std::map<std::uint32_t, Member>& members() { return members_; }
  const std::optional<Sent>& sent() const { return sent_; }

  void Commit(const TreeChange& change) {
    std::vector<OwnedLeaf> joiners;
    std::vector<LeafIndex> added;
    TreeBuilder builder(tree_);
    for (const std::uint32_t index : change.updates) Update(index, builder);
    for (const std::uint32_t index : change.removes) {
      builder.RemoveLeaf({index});
      members_.erase(index);
    }
    if (!change.removes.empty()) builder.Truncate();
    for (std::uint32_t i = 0; i < change.adds; ++i) {
      joiners.push_back(OwnedLeaf::New(suite_));
      added.push_back(builder.AddLeaf(LeafRecord(joiners.back().leaf)));
    }
    tree_ = Must(std::move(builder).Finish(suite_));
    for (auto& [index, member] : members_) member.path.ForgetBlank(tree_);
    std::optional<PreparedPath> prepared;
    if (change.committer.has_value()) {
      prepared = SendPath({*change.committer}, added, tree_.leaf({*change.committer})->Parse());
    }
    for (std::size_t i = 0; i < joiners.size(); ++i) {
      Join(std::move(joiners[i]), added[i], change.committer, prepared);
    }
    CheckState();
  }

  // Somebody who adds himself.
  LeafIndex CommitExternally() {
    OwnedLeaf joiner = OwnedLeaf::New(suite_);
    TreeBuilder builder(tree_);
    const LeafIndex index = builder.AddLeaf(LeafRecord(joiner.leaf));
    tree_ = Must(std::move(builder).Finish(suite_));
    members_.emplace(index.value, Member{std::move(joiner.signer),
                                         PrivatePath(index, std::move(joiner.private_key))});
    SendPath(index, {}, joiner.leaf);
    CheckState();
    return index;
  }

 private:
  MemberSimulation(const Suite& suite, OwnedLeaf founder)
      : suite_(suite), tree_(Must(RatchetTree::WithOneLeaf(suite, founder.leaf))) {
    members_.emplace(
        0, Member{std::move(founder.signer), PrivatePath({0}, std::move(founder.private_key))});
  }

  void Update(std::uint32_t index, TreeBuilder& builder) {
    Member& member = members_.at(index);
    OwnedLeaf updated{std::move(member.signer), {}, builder.leaf({index})->Parse()};
    updated.leaf.leaf_node_source =
        decltype(updated.leaf.leaf_node_source)::Of(rfc9420::NoLeafContext{});
    updated.ReplaceKey(suite_);
    updated.Sign({index});
    builder.UpdateLeaf({index}, LeafRecord(updated.leaf));
    member.signer = std::move(updated.signer);
    member.path.SetLeafKey(std::move(updated.private_key));
  }

  // The committer makes a path; every other member that is not new opens it.
  PreparedPath SendPath(LeafIndex committer, const std::vector<LeafIndex>& added,
                        rfc9420::LeafNode leaf) {
    PreparedPath prepared = Must(PreparePath(suite_, tree_, committer, std::move(leaf),
                                             TestGroupId(), members_.at(committer.value).signer));
    const Bytes context = ToBytes(prepared.tree.TreeHash());
    const rfc9420::UpdatePath path = Must(SealPath(suite_, prepared, context, added));
    Must(CheckLeafNode(suite_, path.leaf_node,
                       {rfc9420::LeafNodeSource::commit, TestGroupId(), committer}));
    const RatchetTree merged = Must(MergePath(suite_, tree_, committer, path, added));
    REQUIRE(ToBytes(merged.TreeHash()) == ToBytes(prepared.tree.TreeHash()));
    for (auto& [index, member] : members_) {
      if (index == committer.value) continue;
      OpenedPath opened =
          Must(OpenPath(suite_, merged, committer, path, context, added, member.path));
      REQUIRE(BytesOf(opened.commit_secret.value) == BytesOf(prepared.commit_secret.value));
      member.path = std::move(opened.private_path);
    }
    members_.at(committer.value).path = prepared.private_path.Clone();
    sent_ = Sent{committer, tree_, path, context, added};
    tree_ = merged;
    return prepared;
  }

  // A new member learns what a Welcome tells it.
  void Join(OwnedLeaf joiner, LeafIndex index, std::optional<std::uint32_t> committer,
            const std::optional<PreparedPath>& prepared) {
    PrivatePath path(index, std::move(joiner.private_key));
    if (prepared.has_value()) {
      const NodeIndex ancestor = CommonAncestor(index, {*committer});
      const auto node = std::ranges::find(prepared->nodes, ancestor, &PreparedPath::Node::index);
      REQUIRE(node != prepared->nodes.end());
      Must(ImplantPathSecret(suite_, tree_, {*committer}, node->path_secret.Clone(), path));
    }
    members_.emplace(index.value, Member{std::move(joiner.signer), std::move(path)});
  }

  // Who knows which private key: those under a node whose leaves are merged into it, and nobody
  // else (the tree invariant of section 4.2); and a joiner accepts the tree.
  void CheckState() const {
    REQUIRE(tree_.member_count() == members_.size());
    for (const auto& [index, member] : members_) {
      const LeafIndex leaf{index};
      for (NodeIndex node; node.value < NodeCount(tree_.width()); ++node.value) {
        bool knows = node == ToNode(leaf);
        if (const ParentRecord* parent = tree_.parent(node)) {
          const auto unmerged = parent->unmerged_leaves();
          knows = IsInSubtree(leaf, node) && std::ranges::find(unmerged, leaf) == unmerged.end();
        }
        const Secret* key = member.path.Find(node);
        REQUIRE((key != nullptr) == knows);
        if (key == nullptr) continue;
        REQUIRE(Must(KemPublicKey(suite_.provider(), suite_.kem(), *key)) ==
                ToBytes(tree_.EncryptionKey(node)));
      }
      const LeafInTree placed{leaf, tree_.leaf(leaf)->Parse()};
      Must(CheckLeafNodesInTree(suite_, {&placed, 1}, TestGroupId()));
    }
    Must(CheckTreeStructure(suite_, tree_));
    Must(TreeIndex::Of(suite_, tree_));
  }

  Suite suite_;
  RatchetTree tree_;
  std::map<std::uint32_t, Member> members_;
  std::optional<Sent> sent_;
};

}  // namespace conclave::test
