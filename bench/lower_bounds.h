// How much of its cryptography RFC 9420 makes unavoidable for each operation, counted on the tree
// at hand and for the places of committer and receiver in it. docs/performance.md derives the
// counts; floor.h measures what they take.
//
// A count says what every implementation has to do, however it keeps its state. Left out is what
// an implementation may choose: indexes of keys, hashes of sent messages, keys derived early.
#pragma once

#include <vector>

#include "conclave/types.h"
#include "crypto/cipher_suite.h"
#include "floor.h"
#include "group/group.h"
#include "tree/ratchet_tree.h"

namespace conclave::bench {

// Random key pairs for the leaf and the init key, two signatures, the reference under which the
// private keys are kept.
Primitives LowerBoundOfKeyPackage(const Suite& suite, std::size_t size);

// Section 11: a leaf, its hash, the secrets of a random epoch secret, the confirmation tag.
Primitives LowerBoundOfNewGroup(const Suite& suite, const RatchetTree& tree);

// A commit, as far as its cost depends on it.
struct CommitFacts {
  const Suite& suite;
  RatchetTree before;
  RatchetTree after;
  std::size_t context_size = 0;  // of the serialized GroupContext
  LeafIndex committer;
  std::vector<LeafIndex> added;  // by Add proposals
  std::vector<LeafIndex> removed;
  bool has_path = false;
  bool is_external = false;
  std::size_t message_size = 0;
  std::vector<std::size_t> key_packages = {};  // the sizes of those that are added
  std::vector<std::size_t> sealed_infos = {};  // of the encrypted GroupInfos, one a Welcome
};

// Of an offer that a member of `before` has made.
CommitFacts FactsOf(const PublicGroup& before, const Offer& offer);

// The Welcomes are part of it.
Primitives LowerBoundOfCreating(const CommitFacts& commit);
Primitives LowerBoundOfProcessing(const CommitFacts& commit, LeafIndex receiver);

// Section 12.4.3.1: every leaf's signature, every node's hash, every populated parent's parent
// hash, and the joiner's secrets. The original hashes of subtrees with unmerged leaves come on top.
struct JoinFacts {
  const Suite& suite;
  RatchetTree tree;
  std::size_t context_size = 0;
  std::size_t signed_info_size = 0;  // of the GroupInfo, with what is inside
};
Primitives LowerBoundOfJoining(const JoinFacts& join, std::size_t sealed_info_size);
// Checks the group as a joiner does, and makes `commit`, which is external.
Primitives LowerBoundOfJoiningExternally(const JoinFacts& join, const CommitFacts& commit);

// Section 6.3 and 9: a signature, the ratchet's key, nonce and next secret, the sender data's key
// and nonce, and two AEADs. The first message of a sender goes down the secret tree of `width`
// leaves; a message from further along its ratchet takes a step for each skipped generation.
struct MessageFacts {
  const Suite& suite;
  std::size_t context_size = 0;
  std::size_t size = 0;  // of the plaintext
  std::size_t first_below_width = 0;
  std::size_t skipped = 0;
};
Primitives LowerBoundOfProtecting(const MessageFacts& message);
Primitives LowerBoundOfUnprotecting(const MessageFacts& message);

// Section 8.5.
Primitives LowerBoundOfExporting(std::size_t context_size);

}  // namespace conclave::bench
