// A group of up to hundreds of thousands of members, of whom only those exist that a benchmark asks
// for. Its ratchet tree is grown (large_tree.h), not negotiated; everything else is the library's,
// and RequireJoinable() has a newcomer join it as one would join any group.
#pragma once

#include <compare>
#include <memory>
#include <string>

#include "large_tree.h"
#include "party.h"
#include "seeded_keys.h"
#include "tree_history.h"

namespace conclave::bench {

struct GroupKind {
  int suite = 1;  // the code point of RFC 9420, section 17.1
  std::uint32_t members = 1;
  TreeState state = TreeState::full;
  auto operator<=>(const GroupKind&) const = default;
};

Suite SuiteOf(int code_point, const CryptoProvider& provider);

// As it stands in the names of benchmarks: suite:1/state:full/n:1000.
std::string NameOf(const GroupKind& kind);

class LargeGroup {
 public:
  LargeGroup(const GroupKind& kind, const CryptoProvider& provider,
             LeafSignatures signatures = LeafSignatures::made);

  const GroupKind& kind() const { return kind_; }
  const Suite& suite() const { return suite_; }
  const RatchetTree& tree() const { return group_->tree(); }

  // A member, in the group's one epoch. May be called again for a second one of the same state.
  std::unique_ptr<Party> MemberAt(LeafIndex leaf, const Policy& policy = BenchPolicy()) const;

  // Brings back into that epoch a member who has gone on by one or more commits. Costs what they
  // have changed, and leaves the caches as a member finds them who was there all the time.
  void Rewind(Party& member) const;

  // The places that benchmarks speak of. Of two members, the neighbour is the far one.
  LeafIndex committer() const { return {0}; }
  LeafIndex neighbour() const { return {1}; }
  LeafIndex far() const { return {tree().width() / 2}; }  // the first in the other half of the tree
  // Who is removed: the first of the second quarter, in whose removal a committer seals twice to
  // nearly every level of the tree. Of two members, the other one.
  LeafIndex removed() const { return {kind_.members < 3 ? 1 : tree().width() / 4}; }

  // Ends the program unless a newcomer whom the committer adds can join by a Welcome, which makes
  // the library validate the whole tree, and they all agree.
  void RequireJoinable() const;

 private:
  PrivatePath KeysOf(LeafIndex leaf) const;
  EpochSecrets Secrets() const;

  GroupKind kind_;
  Suite suite_;
  TreeHistory history_;
  SeededKeys keys_;
  std::optional<PublicGroup> group_;
  std::optional<GroupIndex> index_;
};

}  // namespace conclave::bench
