#include "conclave/external_join.h"

#include <algorithm>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "framing/content_auth.h"
#include "framing/public_message.h"
#include "group/create_commit.h"
#include "group/join.h"
#include "session/load_group.h"
#include "session/pending_join.h"
#include "session/request.h"
#include "wire/parse.h"

namespace conclave {

namespace {

Result<KnownGroup> ReadGroupInfo(const ClientState& client, BytesView group_info,
                                 BytesView ratchet_tree) {
  CONCLAVE_RETURN_IF_ERROR(Rule("2.1.2:group-info-within-limit", ErrorKind::kRejectedByPolicy,
                                group_info.size() <= client.policy.max_message_size));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::GroupInfo info, ParseGroupInfoMessage(group_info));
  return CheckGroupInfo(client.suite, client.environment(), std::move(info), ratchet_tree);
}

Result<Bytes> ExternalPubOf(const rfc9420::GroupInfo& info) {
  const auto* extension = rfc9420::FindExtension(info.extensions, ExtensionType::external_pub);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.2:group-info-has-external-pub", ErrorKind::kMissing, extension != nullptr));
  CONCLAVE_ASSIGN_OR_RETURN(auto external_pub,
                            wire::Parse<rfc9420::ExternalPub>(extension->extension_data));
  return std::move(external_pub.external_pub);
}

}  // namespace

Result<PendingJoin> StartExternalJoin(Client& client, BytesView group_info,
                                      const ExternalJoinOptions& options) {
  const std::shared_ptr<ClientState>& shared = ClientAccess::State(client);
  const ClientState& state = *shared;
  const Environment environment = state.environment();
  CONCLAVE_ASSIGN_OR_RETURN(KnownGroup known,
                            ReadGroupInfo(state, group_info, options.ratchet_tree));
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<GroupHead> left,
                            ReadGroupHead(state.storage, known.group.group_id()));
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.2:group-id-unique", ErrorKind::kMisuse,
                                !left.has_value() || options.replace.has_value()));

  std::deque<rfc9420::Proposal> proposals;
  if (options.replace.has_value()) {
    proposals.push_back(rfc9420::Proposal::Of(rfc9420::Remove{*options.replace}));
  }
  for (const PskId& psk : options.psks) {
    CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PreSharedKeyID id, NewPskId(state.suite, psk));
    proposals.push_back(rfc9420::Proposal::Of(rfc9420::PreSharedKey{std::move(id)}));
  }
  ExternalCommitPlan plan;
  for (const rfc9420::Proposal& proposal : proposals) {
    plan.list.push_back(
        {.proposal = &proposal, .sender = rfc9420::Sender::Of(rfc9420::NewMemberCommit{})});
    CONCLAVE_RETURN_IF_ERROR(CheckProposal(known.group, environment, CommitPurpose::external,
                                           CredentialMoment::received_add, plan.list.back()));
  }
  plan.profile = state.profile;
  plan.signer = state.signer;
  plan.authenticated_data = options.authenticated_data;
  CONCLAVE_ASSIGN_OR_RETURN(plan.external_pub, ExternalPubOf(known.info));
  CONCLAVE_ASSIGN_OR_RETURN(CreatedExternalCommit created,
                            CreateExternalCommit(known.group, known.index, environment, plan));
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint64_t membership, NewMembership(state));
  PendingJoinAccess::Impl join{shared,
                               known.group.group_id(),
                               membership,
                               std::move(created.staged),
                               wire::Serialize(created.message),
                               std::move(known.expired),
                               options.replace.has_value(),
                               std::move(known.group),
                               std::move(known.index)};
  WriteBatch batch;
  CONCLAVE_RETURN_IF_ERROR(RecordPendingJoin(join, batch));
  CONCLAVE_RETURN_IF_ERROR(state.storage.Write(batch));
  return PendingJoinAccess::Make(std::move(join));
}

Result<Bytes> RequestToJoin(Client& client, BytesView group_info, BytesView key_package,
                            BytesView ratchet_tree) {
  const ClientState& state = *ClientAccess::State(client);
  CONCLAVE_ASSIGN_OR_RETURN(const KnownGroup known, ReadGroupInfo(state, group_info, ratchet_tree));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::KeyPackage parsed, ParseKeyPackageMessage(key_package));
  rfc9420::FramedContent content;
  content.group_id = known.group.group_id();
  content.epoch = known.group.epoch();
  content.sender = rfc9420::Sender::Of(rfc9420::NewMemberProposal{});
  content.content = rfc9420::Content::Of(rfc9420::Proposal::Of(rfc9420::Add{std::move(parsed)}));
  //= rfc9420#12.1.8
  //# An external proposal MUST be sent as a PublicMessage object, since the sender will not have
  //# the keys necessary to construct a PrivateMessage object.
  CONCLAVE_ASSIGN_OR_RETURN(
      rfc9420::AuthenticatedContent signed_content,
      SignContent(*state.signer, rfc9420::WireFormat::mls_public_message, std::move(content), {}));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PublicMessage message,
                            ProtectPublic(state.suite, std::move(signed_content), Secret{}, {}));
  return WrapMessage(std::move(message));
}

}  // namespace conclave
