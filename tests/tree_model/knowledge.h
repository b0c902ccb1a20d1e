// For tests: who can know which private key of a group's ratchet tree (RFC 9420, sections 4.2, 7.4,
// 7.5 and 12.4.3.1). What somebody was ever sent, or could derive from it, is known to them for
// good: nobody forgets anything, not even those who have left.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tree_model/reference_tree.h"

namespace conclave::test {

class Knowledge {
 public:
  // Whoever comes to sit at a leaf is somebody new, even if they were a member before.
  using Person = std::uint32_t;

  // Somebody sits down at a leaf of `tree` whose key is their own.
  void Join(const ReferenceTree& tree, LeafIndex leaf);
  // Whoever sits there has made a new key for the leaf.
  void Renew(const ReferenceTree& tree, LeafIndex leaf);
  void Leave(LeafIndex leaf);
  // `committer` has put a path into `tree` and sent its secrets: to the recipients of section 7.6,
  // and in Welcomes to those whom the commit adds.
  void SendPath(const ReferenceTree& tree, LeafIndex committer,
                const std::vector<LeafIndex>& added);

  // Who sits at a leaf that is not blank.
  Person PersonAt(LeafIndex leaf) const { return people_.at(leaf.value).value(); }
  bool Knows(Person person, const Bytes& encryption_key) const;

  // The tree invariant of section 4.2, for every node that is not blank: "The private key for a
  // node in the tree is known to a member of the group only if the node's subtree contains that
  // member's leaf", and to each of those who are not unmerged there. How it is broken, or "".
  std::string Violation(const ReferenceTree& tree) const;

 private:
  std::map<Bytes, std::vector<Person>> knowers_;  // by public key; sorted
  std::vector<std::optional<Person>> people_;     // by leaf
  Person next_ = 0;
};

}  // namespace conclave::test
