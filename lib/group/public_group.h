// PublicGroup: what everybody who follows a group knows about one epoch of it
// (RFC 9420, sections 8.1 and 8.2). An immutable value: copying it copies a pointer.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "conclave/member.h"
#include "conclave/result.h"
#include "crypto/cipher_suite.h"
#include "group/group_extensions.h"
#include "rfc9420/group_context.h"
#include "tree/ratchet_tree.h"

namespace conclave {

class PublicGroup {
 public:
  // The group whose context is `context`; its tree hash must be the tree's. Computes the interim
  // transcript hash. kInvalidCommit if the context's extensions are not well formed.
  static Result<PublicGroup> Create(const Suite& suite, rfc9420::GroupContext context,
                                    RatchetTree tree, Bytes confirmation_tag);

  const Suite& suite() const { return state_->suite; }
  const rfc9420::GroupContext& context() const { return state_->context; }
  const GroupId& group_id() const { return state_->context.group_id; }
  Epoch epoch() const { return state_->context.epoch; }
  // The GroupContext as it is signed, sealed and hashed; serialized once.
  BytesView serialized_context() const { return state_->serialized_context; }
  const GroupExtensions& extensions() const { return state_->extensions; }
  const RatchetTree& tree() const { return state_->tree; }
  const Bytes& confirmation_tag() const { return state_->confirmation_tag; }
  BytesView interim_transcript_hash() const { return state_->interim_transcript_hash; }

  // The member at `leaf`, or nothing if the leaf is blank.
  std::optional<Member> FindMember(LeafIndex leaf) const;

 private:
  struct State {
    Suite suite;
    rfc9420::GroupContext context;
    Bytes serialized_context;
    GroupExtensions extensions;
    RatchetTree tree;
    Bytes confirmation_tag;
    Bytes interim_transcript_hash;
  };
  explicit PublicGroup(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  std::shared_ptr<const State> state_;
};

// All members, in leaf order. O(N): for looking at a group before joining it.
std::vector<Member> MembersOf(const PublicGroup& group);

// The member that a leaf is.
Member MemberAt(LeafIndex index, const LeafRecord& leaf);
Member MemberAt(LeafIndex index, const rfc9420::LeafNode& leaf);

}  // namespace conclave
