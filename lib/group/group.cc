#include "group/group.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"
#include "framing/content_auth.h"
#include "framing/private_message.h"
#include "framing/public_message.h"
#include "group/describe.h"
#include "group/padding.h"
#include "group/sender.h"
#include "labeled/labeled.h"
#include "wire/parse.h"

namespace conclave {

namespace {

using rfc9420::AuthenticatedContent;
using rfc9420::ContentType;
using rfc9420::MLSMessage;
using rfc9420::WireFormat;

RatchetWindow WindowOf(const Policy& policy) {
  return {policy.max_forward_generations, policy.max_retained_keys};
}

template <class T>
Bytes Wrap(T message) {
  MLSMessage wrapped;
  wrapped.message = decltype(wrapped.message)::Of(std::move(message));
  return wire::Serialize(wrapped);
}

rfc9420::FramedContent Frame(const EpochState& epoch, Bytes authenticated_data,
                             rfc9420::Content content) {
  return {.group_id = epoch.group.group_id(),
          .epoch = epoch.group.epoch(),
          .sender = rfc9420::Sender::Of(rfc9420::MemberSender{epoch.own_leaf()}),
          .authenticated_data = std::move(authenticated_data),
          .content = std::move(content)};
}

// `leaf` is the sender's, as of the message's epoch.
OpenedApplication DescribeApplication(AuthenticatedContent content, const LeafRecord& leaf) {
  const auto* sender = content.content.sender.GetIf<rfc9420::MemberSender>();
  auto* data = content.content.content.GetIf<rfc9420::ApplicationData>();
  CONCLAVE_CHECK(sender != nullptr && data != nullptr);
  return {MemberAt(sender->leaf_index, leaf), content.content.epoch,
          std::move(data->application_data), std::move(content.content.authenticated_data)};
}

// An epoch, as whoever reads a private message needs it.
struct ReadableEpoch {
  const Secret& sender_data_secret;
  const SecretTree& secret_tree;
  LeafIndex own_leaf;
  BytesView context;
};

// A private message that is authentic, and the leaf of its sender as of its epoch.
struct ReadMessage {
  OpenedPrivate opened;
  const LeafRecord* sender;
};

Result<bool> IsOwnMessage(const Suite& suite, const OwnMessages& own, BytesView wire) {
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes hash, Hash(suite, wire));
  return std::ranges::find(own.hashes, hash) != own.hashes.end();
}

// Reads a message of `epoch`, in which `find_leaf(index)` gives a leaf, or null if it is blank.
// Nothing if the message is one of `own`.
template <class FindLeaf>
Result<std::optional<ReadMessage>> Read(const Suite& suite, const Policy& policy,
                                        const rfc9420::PrivateMessage& message, BytesView wire,
                                        const OwnMessages& own, const ReadableEpoch& epoch,
                                        const FindLeaf& find_leaf) {
  CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::SenderData sender,
                            OpenSenderData(suite, message, epoch.sender_data_secret));
  const LeafRecord* leaf = find_leaf(sender.leaf_index);
  //= rfc9420#6.3.2
  //# When parsing a SenderData struct as part of message decryption, the recipient MUST verify that
  //# the leaf index indicated in the `leaf_index` field identifies a non-blank node.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6.3.2:sender-leaf-exists", ErrorKind::kNotAuthentic, leaf != nullptr));
  if (sender.leaf_index == epoch.own_leaf) {
    CONCLAVE_ASSIGN_OR_RETURN(const bool is_own, IsOwnMessage(suite, own, wire));
    if (is_own) return std::optional<ReadMessage>();
  }
  CONCLAVE_ASSIGN_OR_RETURN(
      OpenedPrivate opened,
      UnprotectPrivate(suite, message, sender, epoch.secret_tree, WindowOf(policy)));
  CONCLAVE_RETURN_IF_ERROR(
      VerifyContentSignature(suite, leaf->signature_key(), opened.content, epoch.context));
  return std::optional(ReadMessage{std::move(opened), leaf});
}

}  // namespace

Group::Group(GroupState state, std::optional<GroupIndex> index)
    : state_(std::move(state)), index_(std::move(index)) {}

Result<const GroupIndex*> Group::Index(const Environment& environment) {
  if (!index_.has_value()) {
    const PublicGroup& group = state_.epoch.group;
    CONCLAVE_ASSIGN_OR_RETURN(index_,
                              GroupIndex::Of(group.suite(), group.tree(), environment.verifier));
  }
  return &*index_;
}

const Offer* Group::FindOffer(std::uint64_t id) const {
  const auto found = std::ranges::find(state_.offers, id, &Offer::id);
  return found == state_.offers.end() ? nullptr : &*found;
}

Result<Bytes> Group::SendPrivate(const Environment& environment,
                                 const AuthenticatedContent& content) {
  const Suite& suite = state_.epoch.group.suite();
  const std::size_t size =
      rfc9420::SerializePrivateMessageContent(content.content.content, content.auth, 0).size();
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PrivateMessage message,
                            ProtectPrivate(suite, content, state_.epoch.secret_tree,
                                           state_.epoch.secrets.sender_data_secret,
                                           PaddingFor(environment.policy, size)));
  Bytes wire = Wrap(std::move(message));
  CONCLAVE_RETURN_IF_ERROR(RememberOwnMessage(environment, wire));
  ++state_.messages_sent;
  return wire;
}

Result<Bytes> Group::Seal(const Environment& environment, BytesView plaintext,
                          BytesView authenticated_data) {
  //= rfc9420#12.4.2
  //# If the Commit included a ReInit proposal, the client MUST NOT use the group to send messages
  //# anymore.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.2:closed-group-is-silent", ErrorKind::kGroupClosed, !state_.reinit.has_value()));
  //= rfc9420#12.4
  //# A group member that has observed one or more valid proposals within an epoch MUST send a
  //# Commit message before sending application data.
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4:commit-before-application-data", ErrorKind::kCommitFirst,
                                state_.proposals.all().empty()));
  //= rfc9420#15.2
  //# During each epoch, senders MUST NOT encrypt more data than permitted by the security bounds of
  //# the AEAD scheme used
  CONCLAVE_RETURN_IF_ERROR(Rule("15.2:messages-within-limit", ErrorKind::kCommitFirst,
                                state_.messages_sent < environment.policy.max_messages_per_epoch));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("2.1.2:message-within-limit", ErrorKind::kRejectedByPolicy,
           plaintext.size() <= environment.policy.max_message_size &&
               authenticated_data.size() <= environment.policy.max_message_size));
  CONCLAVE_ASSIGN_OR_RETURN(
      const AuthenticatedContent content,
      SignContent(*state_.epoch.signer, WireFormat::mls_private_message,
                  Frame(state_.epoch, ToBytes(authenticated_data),
                        rfc9420::Content::Of(rfc9420::ApplicationData{ToBytes(plaintext)})),
                  state_.epoch.group.serialized_context()));
  return SendPrivate(environment, content);
}

Result<Bytes> Group::Propose(const Environment& environment, rfc9420::Proposal proposal,
                             Bytes authenticated_data, std::optional<OwnUpdate> update) {
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.2:closed-group-takes-no-proposals", ErrorKind::kGroupClosed,
                                !state_.reinit.has_value()));
  const ListedProposal listed{&proposal,
                              rfc9420::Sender::Of(rfc9420::MemberSender{state_.epoch.own_leaf()})};
  CONCLAVE_RETURN_IF_ERROR(CheckProposal(state_.epoch.group, environment, CommitPurpose::regular,
                                         CredentialMoment::key_package_to_add, listed));
  const bool is_public = environment.policy.handshakes == HandshakeFraming::public_message;
  CONCLAVE_ASSIGN_OR_RETURN(
      AuthenticatedContent content,
      SignContent(
          *state_.epoch.signer,
          is_public ? WireFormat::mls_public_message : WireFormat::mls_private_message,
          Frame(state_.epoch, std::move(authenticated_data), rfc9420::Content::Of(proposal)),
          state_.epoch.group.serialized_context()));
  CONCLAVE_ASSIGN_OR_RETURN(ProposalRef ref,
                            MakeProposalRef(state_.epoch.group.suite(), wire::Serialize(content)));
  Bytes wire;
  if (is_public) {
    CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PublicMessage message,
                              ProtectPublic(state_.epoch.group.suite(), std::move(content),
                                            state_.epoch.secrets.membership_key,
                                            state_.epoch.group.serialized_context()));
    wire = Wrap(std::move(message));
  } else {
    CONCLAVE_ASSIGN_OR_RETURN(wire, SendPrivate(environment, content));
  }
  if (update.has_value()) state_.proposals.AddOwnUpdate(std::move(*update));
  state_.proposals.Add({std::move(ref), listed.sender, std::move(proposal)});
  return wire;
}

Result<Opened> Group::Open(const Environment& environment, BytesView wire) {
  CONCLAVE_RETURN_IF_ERROR(Rule("2.1.2:received-within-limit", ErrorKind::kRejectedByPolicy,
                                wire.size() <= environment.policy.max_message_size));
  const auto offered = std::ranges::find_if(state_.offers, [wire](const Offer& offer) {
    return std::ranges::equal(offer.message, wire);
  });
  if (offered != state_.offers.end()) return Opened(OpenedOwnOffer{offered->id});

  CONCLAVE_ASSIGN_OR_RETURN(MLSMessage message, wire::Parse<MLSMessage>(wire));
  CONCLAVE_RETURN_IF_ERROR(Rule("6:message-version", ErrorKind::kUnsupported,
                                message.version == ProtocolVersion::mls10));
  if (auto* public_message = message.message.GetIf<rfc9420::PublicMessage>()) {
    return OpenPublic(environment, std::move(*public_message));
  }
  if (const auto* private_message = message.message.GetIf<rfc9420::PrivateMessage>()) {
    return OpenPrivate(environment, *private_message, wire);
  }
  return Error{ErrorKind::kMisuse, "6:message-of-a-group"};
}

namespace {

// Whether a message is for this group and epoch.
Result<void> CheckAddress(const PublicGroup& group, const GroupId& group_id, Epoch epoch) {
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6:group-id", ErrorKind::kWrongGroup, group_id == group.group_id()));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.2:epoch-not-ahead", ErrorKind::kEpochInFuture, epoch <= group.epoch()));
  return Rule("12.4.2:epoch-not-past", ErrorKind::kEpochTooOld, epoch >= group.epoch());
}

}  // namespace

Result<Opened> Group::OpenPublic(const Environment& environment, rfc9420::PublicMessage message) {
  const PublicGroup& group = state_.epoch.group;
  CONCLAVE_RETURN_IF_ERROR(CheckAddress(group, message.content.group_id, message.content.epoch));
  CONCLAVE_ASSIGN_OR_RETURN(
      const AuthenticatedContent content,
      UnprotectPublic(group.suite(), std::move(message), &state_.epoch.secrets.membership_key,
                      group.serialized_context()));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes key,
                            SignatureKeyOf(group, environment.policy, content.content));
  CONCLAVE_RETURN_IF_ERROR(
      VerifyContentSignature(group.suite(), key, content, group.serialized_context()));
  return Accept(environment, content);
}

Result<Opened> Group::OpenPrivate(const Environment& environment,
                                  const rfc9420::PrivateMessage& message, BytesView wire) {
  const PublicGroup& group = state_.epoch.group;
  const auto address = CheckAddress(group, message.group_id, message.epoch);
  if (!address.ok() && address.error().kind == ErrorKind::kEpochTooOld &&
      message.content_type == ContentType::application) {
    return OpenLate(environment, message, wire);
  }
  CONCLAVE_RETURN_IF_ERROR(address);
  CONCLAVE_ASSIGN_OR_RETURN(
      std::optional<ReadMessage> read,
      Read(group.suite(), environment.policy, message, wire, state_.own_messages,
           {state_.epoch.secrets.sender_data_secret, state_.epoch.secret_tree,
            state_.epoch.own_leaf(), group.serialized_context()},
           [&group](LeafIndex leaf) { return group.tree().leaf(leaf); }));
  if (!read.has_value()) return Opened(OpenedOwnMessage{});
  OpenedPrivate& opened = read->opened;
  if (message.content_type == ContentType::application) {
    state_.epoch.secret_tree.Install(std::move(opened.key));
    return Opened(DescribeApplication(std::move(opened.content), *read->sender));
  }
  CONCLAVE_ASSIGN_OR_RETURN(Opened accepted, Accept(environment, opened.content));
  // The key of a commit goes with its whole epoch, in Enter(): until then the same bytes may have
  // to be opened again.
  if (message.content_type == ContentType::proposal) {
    state_.epoch.secret_tree.Install(std::move(opened.key));
  }
  return accepted;
}

Result<Opened> Group::OpenLate(const Environment& environment,
                               const rfc9420::PrivateMessage& message, BytesView wire) {
  PastEpoch* past = state_.past_epochs.Find(message.epoch);
  CONCLAVE_RETURN_IF_ERROR(Rule("15.3:past-epoch-kept", ErrorKind::kEpochTooOld, past != nullptr));
  const PublicGroup& now = state_.epoch.group;
  CONCLAVE_ASSIGN_OR_RETURN(
      std::optional<ReadMessage> read,
      Read(now.suite(), environment.policy, message, wire, state_.own_messages,
           {past->sender_data_secret, past->secret_tree, past->own_leaf, past->serialized_context},
           [&](LeafIndex leaf) { return state_.past_epochs.FindLeaf(*past, leaf, now.tree()); }));
  if (!read.has_value()) return Opened(OpenedOwnMessage{});
  past->secret_tree.Install(std::move(read->opened.key));
  return Opened(DescribeApplication(std::move(read->opened.content), *read->sender));
}

Result<Opened> Group::Accept(const Environment& environment, const AuthenticatedContent& content) {
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.2:closed-group-changes-no-more", ErrorKind::kGroupClosed,
                                !state_.reinit.has_value()));
  if (content.content.content.Is<rfc9420::Commit>()) {
    // A commit of ours is one of our offers, recognised by its bytes; or it was withdrawn, or made
    // by a copy of our state that we do not have.
    const auto* member = content.content.sender.GetIf<rfc9420::MemberSender>();
    CONCLAVE_RETURN_IF_ERROR(
        Rule("14:own-commit-is-an-offer", ErrorKind::kMissing,
             member == nullptr || member->leaf_index != state_.epoch.own_leaf()));
    CONCLAVE_ASSIGN_OR_RETURN(const GroupIndex* index, Index(environment));
    CONCLAVE_ASSIGN_OR_RETURN(
        StagedEpoch staged,
        ProcessCommit(state_.epoch, *index, state_.proposals, environment, content));
    return Opened(std::move(staged));
  }
  return AcceptProposal(environment, content);
}

//= rfc9420#12.1
//# On receiving a FramedContent containing a Proposal, a client MUST verify the signature inside
//# FramedContentAuthData and that the `epoch` field of the enclosing FramedContent is equal to the
//# `epoch` field of the current GroupContext object.
Result<Opened> Group::AcceptProposal(const Environment& environment,
                                     const AuthenticatedContent& content) {
  const auto* proposal = content.content.content.GetIf<rfc9420::Proposal>();
  CONCLAVE_CHECK(proposal != nullptr);
  CONCLAVE_ASSIGN_OR_RETURN(ProposalRef ref,
                            MakeProposalRef(state_.epoch.group.suite(), wire::Serialize(content)));
  ListedProposal listed{proposal, content.content.sender, ref};
  // One that we have, our own among them, is as valid as it was.
  if (state_.proposals.Find(ref) == nullptr) {
    CONCLAVE_RETURN_IF_ERROR(
        Rule("15.3:pending-proposals-within-limit", ErrorKind::kRejectedByPolicy,
             state_.proposals.all().size() < environment.policy.max_pending_proposals));
    CONCLAVE_RETURN_IF_ERROR(CheckProposal(state_.epoch.group, environment, CommitPurpose::regular,
                                           CredentialMoment::received_add, listed));
    state_.proposals.Add({std::move(ref), content.content.sender, *proposal});
  }
  return Opened(DescribeProposal(state_.epoch.group, listed));
}

//= rfc9420#14
//# The generation of Commit messages MUST NOT modify a client's state, since the client doesn't
//# know at that time whether the changes implied by the Commit message will conflict with another
//# Commit or not.
Result<const Offer*> Group::Stage(const Environment& environment, const CommitPlan& plan) {
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.2:closed-group-takes-no-commits", ErrorKind::kGroupClosed,
                                !state_.reinit.has_value()));
  CONCLAVE_RETURN_IF_ERROR(Rule("14:offers-within-limit", ErrorKind::kMisuse,
                                state_.offers.size() < environment.policy.max_offers));
  CONCLAVE_ASSIGN_OR_RETURN(const GroupIndex* index, Index(environment));
  CONCLAVE_ASSIGN_OR_RETURN(CreatedCommit created,
                            CreateCommit(state_.epoch, *index, environment, plan));
  std::vector<Bytes> welcomes;
  welcomes.reserve(created.welcomes.size());
  for (rfc9420::Welcome& welcome : created.welcomes) welcomes.push_back(Wrap(std::move(welcome)));
  state_.offers.push_back({state_.next_offer++, wire::Serialize(created.message),
                           std::move(created.staged), std::move(welcomes)});
  return &state_.offers.back();
}

bool Group::Withdraw(std::uint64_t id) {
  return std::erase_if(state_.offers, [id](const Offer& offer) { return offer.id == id; }) != 0;
}

StagedEpoch Group::TakeOffer(std::uint64_t id) {
  const auto found = std::ranges::find(state_.offers, id, &Offer::id);
  CONCLAVE_CHECK(found != state_.offers.end());
  StagedEpoch staged = std::move(found->staged);
  state_.offers.erase(found);
  return staged;
}

void Group::Enter(const Environment& environment, StagedEpoch staged) {
  CONCLAVE_CHECK(staged.next.has_value());
  if (index_.has_value() && staged.index_change.has_value()) {
    index_->Follow(state_.epoch.group.tree(), staged, environment.verifier);
  } else {
    index_.reset();
  }
  if (staged.summary.reinit.has_value()) {
    const ProposedReInit& reinit = *staged.summary.reinit;
    state_.reinit = {reinit.group_id, reinit.version, reinit.cipher_suite, reinit.extensions};
  }
  //= rfc9420#9.2
  //# As soon as a group member consumes a value, they MUST immediately delete (all representations
  //# of) that value.
  state_.past_epochs.Push(std::exchange(state_.epoch, std::move(*staged.next)), staged.delta,
                          environment.policy.past_epochs);
  state_.proposals = {};
  state_.offers.clear();
  state_.messages_sent = 0;
}

Result<void> Group::RememberOwnMessage(const Environment& environment, BytesView wire) {
  CONCLAVE_ASSIGN_OR_RETURN(Bytes hash, Hash(state_.epoch.group.suite(), wire));
  state_.own_messages.Add(std::move(hash), environment.policy.max_own_messages);
  return {};
}

}  // namespace conclave
