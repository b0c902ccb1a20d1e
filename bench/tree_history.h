// What a group's ratchet tree has been through, without keys: which leaves have members, which
// member made each parent node, and who joined below it since (RFC 9420, sections 7.5, 7.7 and
// 12.1.1 to 12.1.3). A history of millions of changes takes a second; large_tree.h then makes the
// tree that it ends in.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "rfc9420/nodes.h"
#include "tree/tree_math.h"

namespace conclave::bench {

enum class TreeState : std::uint8_t {
  full,     // every parent with members on both sides is populated: all members have committed
  blank,    // no parent is: all members were added in one commit without a path
  churned,  // a random history: blank parents and unmerged leaves here and there
};

class TreeHistory {
 public:
  // The three states of a group whose members sit in the leaves from 0 to `members` - 1.
  static TreeHistory Of(TreeState state, std::uint32_t members);

  std::uint32_t width() const { return width_; }
  std::uint32_t members() const { return CountUnder(Root(width_)); }
  std::uint32_t CountUnder(NodeIndex node) const { return nodes_[node.value].members; }
  rfc9420::LeafNodeSource SourceOf(LeafIndex leaf) const { return nodes_[2 * leaf.value].source; }

  bool IsPopulated(NodeIndex parent) const { return nodes_[parent.value].is_populated; }
  // Of a populated parent: whose commit made it, and the members below who do not know its key.
  LeafIndex CommitterOf(NodeIndex parent) const { return nodes_[parent.value].committer; }
  const std::vector<LeafIndex>& UnmergedOf(NodeIndex parent) const {
    return nodes_[parent.value].unmerged;
  }

 private:
  // A leaf or a parent: what the other one needs stays empty.
  struct Node {
    std::uint32_t members = 0;  // leaves under it that are not blank
    rfc9420::LeafNodeSource source = rfc9420::LeafNodeSource::key_package;
    bool is_populated = false;
    LeafIndex committer = {};
    std::vector<LeafIndex> unmerged = {};
  };

  TreeHistory() : nodes_(1) {}
  void Add();
  void Remove(LeafIndex leaf);
  void Update(LeafIndex leaf);
  void Commit(LeafIndex committer);

  void CommitAll();
  void Churn(std::uint32_t changes);
  LeafIndex RandomMember(std::mt19937_64& random) const;
  LeafIndex LeftmostBlank() const;
  void BlankPath(LeafIndex leaf);

  std::uint32_t width_ = 1;
  std::vector<Node> nodes_;  // by node index
};

}  // namespace conclave::bench
