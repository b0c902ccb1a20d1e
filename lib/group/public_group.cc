#include "group/public_group.h"

#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "schedule/transcript_hash.h"
#include "wire/parse.h"

namespace conclave {

Result<PublicGroup> PublicGroup::Create(const Suite& suite, rfc9420::GroupContext context,
                                        RatchetTree tree, Bytes confirmation_tag) {
  CONCLAVE_CHECK(ConstantTimeEquals(context.tree_hash, tree.TreeHash()));
  CONCLAVE_ASSIGN_OR_RETURN(GroupExtensions extensions, ParseGroupExtensions(context.extensions));
  CONCLAVE_ASSIGN_OR_RETURN(
      Bytes interim,
      InterimTranscriptHash(suite, context.confirmed_transcript_hash, confirmation_tag));
  Bytes serialized = wire::Serialize(context);
  return PublicGroup(std::make_shared<const State>(
      State{suite, std::move(context), std::move(serialized), std::move(extensions),
            std::move(tree), std::move(confirmation_tag), std::move(interim)}));
}

std::optional<Member> PublicGroup::FindMember(LeafIndex leaf) const {
  const LeafRecord* record = tree().leaf(leaf);
  if (record == nullptr) return std::nullopt;
  return MemberAt(leaf, *record);
}

std::vector<Member> MembersOf(const PublicGroup& group) {
  std::vector<Member> members;
  members.reserve(group.tree().member_count());
  for (auto leaf = group.tree().NextMember({0}); leaf.has_value();
       leaf = group.tree().NextMember({leaf->value + 1})) {
    members.push_back(MemberAt(*leaf, *group.tree().leaf(*leaf)));
  }
  return members;
}

Member MemberAt(LeafIndex index, const LeafRecord& leaf) {
  return {index, leaf.credential(), ToBytes(leaf.signature_key())};
}

Member MemberAt(LeafIndex index, const rfc9420::LeafNode& leaf) {
  return {index, leaf.credential.value, leaf.signature_key};
}

}  // namespace conclave
