// The other ways into a group, and proposals from outside (conclave/c_groups.h).
#include <utility>
#include <vector>

#include "capi/call.h"
#include "capi/client_handles.h"
#include "capi/handles.h"
#include "capi/inputs.h"
#include "capi/views.h"
#include "conclave/c_groups.h"
#include "conclave/external_join.h"
#include "conclave/external_sender.h"
#include "conclave/successor.h"

namespace conclave::capi {

namespace {

conclave_error GivePending(Call& call, const conclave_client& client, Result<PendingJoin> made,
                           conclave_pending_join** pending) {
  if (!made.ok()) return call.Fail(made.error());
  *pending = new conclave_pending_join(client.lent, std::move(made).value());
  return CONCLAVE_OK;
}

conclave_error GiveNewGroup(Call& call, const conclave_client& client, Result<NewGroup> made,
                            conclave_session** session, conclave_new_group_view view,
                            void* context) {
  if (!made.ok()) return call.Fail(made.error());
  Views views;
  conclave_new_group shown{};
  views.List(made->welcomes, shown.welcomes, shown.welcome_count);
  shown.offer = made->offer.value;
  *session = new conclave_session{client.lent, std::move(made->session)};
  if (view != nullptr) view(context, &shown);
  return CONCLAVE_OK;
}

void ShowExtension(const Extension& extension, conclave_extension_view view, void* context) {
  Views views;
  const conclave_extension shown = views.Of(extension);
  view(context, &shown);
}

// Whether the join is still to be entered.
void NeedPending(Call& call, const conclave_pending_join* pending) {
  call.Need(pending);
  if (pending != nullptr) call.Require(pending->pending.has_value(), "join: it was entered");
}

}  // namespace

}  // namespace conclave::capi

using namespace conclave;  // the functions themselves stand in no namespace
using namespace conclave::capi;

conclave_error conclave_client_start_external_join(conclave_client* client,
                                                   const uint8_t* group_info,
                                                   size_t group_info_size,
                                                   const conclave_external_join_options* options,
                                                   conclave_pending_join** pending,
                                                   const char** detail) noexcept {
  Call call(detail);
  call.Need(client, pending);
  const BytesView info = call.Bytes(group_info, group_info_size);
  const ExternalJoinOptions made = ExternalJoinOptionsFromC(call, options);
  if (!call.ok()) return call.Failed();
  return GivePending(call, *client, StartExternalJoin(client->client, info, made), pending);
}

conclave_error conclave_client_pending_joins(const conclave_client* client, conclave_view view,
                                             void* context, const char** detail) noexcept {
  Call call(detail);
  call.Need(client, view);
  if (!call.ok()) return call.Failed();
  const auto groups = PendingJoins(client->client);
  if (!groups.ok()) return call.Fail(groups.error());
  for (const GroupId& id : *groups) view(context, id.data(), id.size());
  return CONCLAVE_OK;
}

conclave_error conclave_client_resume_external_join(conclave_client* client,
                                                    const uint8_t* group_id, size_t group_id_size,
                                                    conclave_pending_join** pending,
                                                    const char** detail) noexcept {
  Call call(detail);
  call.Need(client, pending);
  const BytesView id = call.Bytes(group_id, group_id_size);
  if (!call.ok()) return call.Failed();
  return GivePending(call, *client, ResumeExternalJoin(client->client, id), pending);
}

conclave_error conclave_client_abandon_external_join(conclave_client* client,
                                                     const uint8_t* group_id, size_t group_id_size,
                                                     const char** detail) noexcept {
  Call call(detail);
  call.Need(client);
  const BytesView id = call.Bytes(group_id, group_id_size);
  if (!call.ok()) return call.Failed();
  return call.End(AbandonExternalJoin(client->client, id));
}

conclave_error conclave_pending_join_commit(const conclave_pending_join* pending,
                                            conclave_view view, void* context) noexcept {
  Call call;
  call.Need(pending, view);
  if (!call.ok()) return call.Failed();
  view(context, pending->commit.data(), pending->commit.size());
  return CONCLAVE_OK;
}

const conclave_commit_summary* conclave_pending_join_summary(
    const conclave_pending_join* pending) noexcept {
  return pending != nullptr ? &pending->shown : nullptr;
}

conclave_error conclave_pending_join_is_ours(const conclave_pending_join* pending,
                                             const uint8_t* message, size_t message_size,
                                             bool* is_ours) noexcept {
  Call call;
  call.Need(is_ours);
  NeedPending(call, pending);
  const BytesView bytes = call.Bytes(message, message_size);
  if (!call.ok()) return call.Failed();
  *is_ours = pending->pending->IsOurs(bytes);
  return CONCLAVE_OK;
}

conclave_error conclave_pending_join_group_id(const conclave_pending_join* pending,
                                              conclave_view view, void* context) noexcept {
  Call call;
  call.Need(view);
  NeedPending(call, pending);
  if (!call.ok()) return call.Failed();
  const GroupId& id = pending->pending->group_id();
  view(context, id.data(), id.size());
  return CONCLAVE_OK;
}

conclave_error conclave_pending_join_members(const conclave_pending_join* pending,
                                             conclave_member_view view, void* context) noexcept {
  Call call;
  call.Need(view);
  NeedPending(call, pending);
  if (!call.ok()) return call.Failed();
  ShowEach(pending->pending->members(), view, context);
  return CONCLAVE_OK;
}

conclave_error conclave_pending_join_expired(const conclave_pending_join* pending,
                                             conclave_member_view view, void* context) noexcept {
  Call call;
  call.Need(view);
  NeedPending(call, pending);
  if (!call.ok()) return call.Failed();
  ShowEach(pending->pending->expired(), view, context);
  return CONCLAVE_OK;
}

conclave_error conclave_client_enter_externally(conclave_client* client,
                                                conclave_pending_join* pending,
                                                conclave_session** session,
                                                const char** detail) noexcept {
  Call call(detail);
  call.Need(client, session);
  NeedPending(call, pending);
  if (!call.ok()) return call.Failed();
  PendingJoin join = std::move(*pending->pending);
  pending->pending.reset();
  return GiveSession(call, *client, EnterExternally(client->client, std::move(join)), session);
}

void conclave_pending_join_free(conclave_pending_join* pending) noexcept { delete pending; }

conclave_error conclave_client_request_to_join(conclave_client* client, const uint8_t* group_info,
                                               size_t group_info_size, const uint8_t* key_package,
                                               size_t key_package_size, const uint8_t* ratchet_tree,
                                               size_t ratchet_tree_size, conclave_view view,
                                               void* context, const char** detail) noexcept {
  Call call(detail);
  call.Need(client, view);
  const BytesView info = call.Bytes(group_info, group_info_size);
  const BytesView package = call.Bytes(key_package, key_package_size);
  const BytesView tree = call.Bytes(ratchet_tree, ratchet_tree_size);
  if (!call.ok()) return call.Failed();
  return call.Show(RequestToJoin(client->client, info, package, tree), view, context);
}

// -- Groups that come out of other groups.

conclave_error conclave_client_create_successor(
    conclave_client* client, const conclave_session* closed, const conclave_bytes* key_packages,
    size_t key_package_count, conclave_session** session, conclave_new_group_view view,
    void* context, const char** detail) noexcept {
  Call call(detail);
  call.Need(client, closed, session);
  const std::vector<Bytes> others = ListFromC(call, key_packages, key_package_count);
  if (!call.ok()) return call.Failed();
  return GiveNewGroup(call, *client, CreateSuccessor(client->client, closed->session, others),
                      session, view, context);
}

conclave_error conclave_client_create_branch(
    conclave_client* client, const conclave_session* origin, const conclave_group_options* options,
    const conclave_bytes* key_packages, size_t key_package_count, conclave_session** session,
    conclave_new_group_view view, void* context, const char** detail) noexcept {
  Call call(detail);
  call.Need(client, origin, session);
  const GroupOptions made = GroupOptionsFromC(call, options);
  const std::vector<Bytes> others = ListFromC(call, key_packages, key_package_count);
  if (!call.ok()) return call.Failed();
  return GiveNewGroup(call, *client, CreateBranch(client->client, origin->session, made, others),
                      session, view, context);
}

// -- Parties outside a group.

conclave_error conclave_external_senders(const conclave_external_sender* senders, size_t count,
                                         conclave_extension_view view, void* context) noexcept {
  Call call;
  call.Need(view);
  const std::vector<ExternalSenderEntry> entries = ArrayFromC(call, senders, count);
  if (!call.ok()) return call.Failed();
  ShowExtension(MakeExternalSenders(entries), view, context);
  return CONCLAVE_OK;
}

conclave_error conclave_require_capabilities(const conclave_required_capabilities* required,
                                             conclave_extension_view view, void* context) noexcept {
  Call call;
  call.Need(required, view);
  const conclave_required_capabilities given = call.Filled(required);
  const RequiredCapabilities made{
      CodePointsFromC<ExtensionType>(call, given.extensions, given.extension_count),
      CodePointsFromC<ProposalType>(call, given.proposals, given.proposal_count),
      CodePointsFromC<CredentialType>(call, given.credentials, given.credential_count)};
  if (!call.ok()) return call.Failed();
  ShowExtension(MakeRequiredCapabilities(made), view, context);
  return CONCLAVE_OK;
}

conclave_error conclave_propose_externally(const conclave_crypto* crypto,
                                           const conclave_signer* signer, uint32_t sender_index,
                                           const uint8_t* group_info, size_t group_info_size,
                                           const conclave_external_proposal* proposal,
                                           conclave_view view, void* context,
                                           const char** detail) noexcept {
  Call call(detail);
  call.Need(crypto, signer, view);
  const BytesView info = call.Bytes(group_info, group_info_size);
  const ExternalProposal made = ExternalProposalFromC(call, proposal);
  if (!call.ok()) return call.Failed();
  return call.Show(ProposeExternally(*crypto->provider, *signer->signer, sender_index, info, made),
                   view, context);
}
