#include "group/sender.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"

namespace conclave {

namespace {

using rfc9420::Commit;
using rfc9420::Proposal;

// Section 12.1.8, and the "Ext" column of section 17.4.
bool MayComeFromExternalSender(ProposalType type, const Policy& policy) {
  switch (type) {
    case ProposalType::add:
    case ProposalType::remove:
    case ProposalType::psk:
    case ProposalType::reinit:
    case ProposalType::group_context_extensions:
      return true;
    case ProposalType::update:
    case ProposalType::external_init:
      return false;
  }
  return std::ranges::find(policy.external_proposals, type) != policy.external_proposals.end();
}

Result<Bytes> KeyOfMember(const PublicGroup& group, LeafIndex index) {
  const LeafRecord* leaf = group.tree().leaf(index);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6:member-sender-exists", ErrorKind::kNotAuthentic, leaf != nullptr));
  return ToBytes(leaf->signature_key());
}

Result<Bytes> KeyOfExternalSender(const PublicGroup& group, const Policy& policy,
                                  std::uint32_t sender_index,
                                  const rfc9420::FramedContent& content) {
  const auto* proposal = content.content.GetIf<Proposal>();
  //= rfc9420#6.1
  //# The `content_type` of the message MUST be `proposal` and the `proposal_type` MUST be a value
  //# that is allowed for external senders.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6.1:external-sender-sends-proposals", ErrorKind::kMalformed, proposal != nullptr));
  //= rfc9420#12.1.8
  //# Messages from `external` senders containing proposal types other than the above MUST be
  //# rejected as malformed.
  CONCLAVE_RETURN_IF_ERROR(Rule("12.1.8:external-proposal-type", ErrorKind::kMalformed,
                                MayComeFromExternalSender(proposal->tag(), policy)));
  const auto& senders = group.extensions().external_senders;
  CONCLAVE_RETURN_IF_ERROR(Rule("12.1.8.1:external-sender-listed", ErrorKind::kNotAuthentic,
                                sender_index < senders.size()));
  return senders[sender_index].signature_key;
}

}  // namespace

//= rfc9420#6.1
//# The sender MUST use the private key corresponding to the following signature key depending on
//# the sender's `sender_type`:
Result<Bytes> SignatureKeyOf(const PublicGroup& group, const Policy& policy,
                             const rfc9420::FramedContent& content) {
  if (const auto* member = content.sender.GetIf<rfc9420::MemberSender>()) {
    return KeyOfMember(group, member->leaf_index);
  }
  if (const auto* external = content.sender.GetIf<rfc9420::ExternalSenderIndex>()) {
    return KeyOfExternalSender(group, policy, external->sender_index, content);
  }
  if (content.sender.Is<rfc9420::NewMemberProposal>()) {
    const auto* proposal = content.content.GetIf<Proposal>();
    const auto* add = proposal == nullptr ? nullptr : proposal->GetIf<rfc9420::Add>();
    //= rfc9420#6.1
    //# The `content_type` of the message MUST be `proposal` and the `proposal_type` of the Proposal
    //# MUST be `add`.
    CONCLAVE_RETURN_IF_ERROR(
        Rule("6.1:newcomer-proposes-add", ErrorKind::kMalformed, add != nullptr));
    return add->key_package.leaf_node.signature_key;
  }
  const auto* commit = content.content.GetIf<Commit>();
  //= rfc9420#12.4.3.2
  //# External Commits MUST be signed by the new member. In particular, the signature on the
  //# enclosing AuthenticatedContent MUST verify using the public key for the credential in the
  //# `leaf_node` of the `path` field.
  //= rfc9420#6.1
  //# The `content_type` of the message MUST be `commit`.
  CONCLAVE_RETURN_IF_ERROR(Rule("6.1:newcomer-commits-with-path", ErrorKind::kMalformed,
                                commit != nullptr && commit->path.has_value()));
  return commit->path->leaf_node.signature_key;
}

Sender DescribeSender(const PublicGroup& group, const rfc9420::Sender& sender,
                      const rfc9420::Proposal& proposal) {
  if (const auto* member = sender.GetIf<rfc9420::MemberSender>()) {
    const auto found = group.FindMember(member->leaf_index);
    CONCLAVE_CHECK(found.has_value());
    return *found;
  }
  if (const auto* external = sender.GetIf<rfc9420::ExternalSenderIndex>()) {
    const auto& senders = group.extensions().external_senders;
    CONCLAVE_CHECK(external->sender_index < senders.size());
    const rfc9420::ExternalSender& entry = senders[external->sender_index];
    return ExternalParty{external->sender_index, entry.credential.value, entry.signature_key};
  }
  const auto* add = proposal.GetIf<rfc9420::Add>();
  if (add == nullptr) return Newcomer{};
  const rfc9420::LeafNode& leaf = add->key_package.leaf_node;
  return Newcomer{leaf.credential.value, leaf.signature_key};
}

}  // namespace conclave
