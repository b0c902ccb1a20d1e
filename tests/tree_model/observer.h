// For tests: somebody who reads what a group sends in public messages and has no key of it. From
// the messages alone, the observer follows the group's tree in the model, and who knows which key
// (RFC 9420, sections 7.5, 7.6, 12.3 and 12.4).
#pragma once

#include <map>
#include <vector>

#include "conclave/session.h"
#include "rfc9420/framing.h"
#include "tree_model/knowledge.h"

namespace conclave::test {

class Observer {
 public:
  // `founder` is alone in its group.
  Observer(const Suite& suite, const Session& founder);

  const ReferenceTree& tree() const { return tree_; }
  const Knowledge& knowledge() const { return knowledge_; }

  // Reads a proposal, which a commit may name.
  void ReadProposal(BytesView message);
  // Follows a commit. Fails the test if its path has not the right number of nodes, or of
  // ciphertexts for one of them, or is not what the leaf's parent hash is of.
  void ReadCommit(BytesView message);

 private:
  struct Proposed {
    rfc9420::Proposal proposal;
    rfc9420::Sender sender;
  };

  std::vector<Proposed> ProposalsOf(const rfc9420::FramedContent& content) const;
  // Section 12.3. The leaves that are added.
  std::vector<LeafIndex> ApplyProposals(const std::vector<Proposed>& proposals);
  void MergePath(LeafIndex committer, const rfc9420::UpdatePath& path,
                 const std::vector<LeafIndex>& added);

  Suite suite_;
  ReferenceTree tree_;
  Knowledge knowledge_;
  std::map<Bytes, Proposed> proposals_;  // by reference, of this epoch
};

}  // namespace conclave::test
