// Sessions: what they are in, messages and commits (conclave/c_session.h).
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "capi/call.h"
#include "capi/callbacks.h"
#include "capi/client_handles.h"
#include "capi/inputs.h"
#include "capi/views.h"
#include "conclave/c_session.h"
#include "conclave/session.h"

namespace conclave::capi {

namespace {

conclave_error ShowMember(const std::optional<Member>& member, conclave_member_view view,
                          void* context) {
  if (member.has_value()) {
    Views views;
    const conclave_member shown = views.Of(*member);
    view(context, &shown);
  }
  return CONCLAVE_OK;
}

}  // namespace

}  // namespace conclave::capi

using namespace conclave;  // the functions themselves stand in no namespace
using namespace conclave::capi;

void conclave_session_free(conclave_session* session) noexcept { delete session; }

// -- What a session is in.

conclave_error conclave_session_group_id(const conclave_session* session, conclave_view view,
                                         void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  const GroupId& id = session->session.group_id();
  view(context, id.data(), id.size());
  return CONCLAVE_OK;
}

conclave_error conclave_session_epoch(const conclave_session* session, uint64_t* epoch) noexcept {
  Call call;
  call.Need(session, epoch);
  if (!call.ok()) return call.Failed();
  *epoch = session->session.epoch();
  return CONCLAVE_OK;
}

conclave_error conclave_session_suite(const conclave_session* session, uint16_t* suite) noexcept {
  Call call;
  call.Need(session, suite);
  if (!call.ok()) return call.Failed();
  *suite = static_cast<std::uint16_t>(session->session.suite());
  return CONCLAVE_OK;
}

conclave_error conclave_session_own_leaf(const conclave_session* session, uint32_t* leaf) noexcept {
  Call call;
  call.Need(session, leaf);
  if (!call.ok()) return call.Failed();
  *leaf = session->session.own_leaf().value;
  return CONCLAVE_OK;
}

conclave_error conclave_session_extensions(const conclave_session* session,
                                           conclave_extension_view view, void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  ShowEach(session->session.extensions(), view, context);
  return CONCLAVE_OK;
}

conclave_error conclave_session_is_member(const conclave_session* session,
                                          bool* is_member) noexcept {
  Call call;
  call.Need(session, is_member);
  if (!call.ok()) return call.Failed();
  *is_member = session->session.is_member();
  return CONCLAVE_OK;
}

conclave_error conclave_session_is_restored(const conclave_session* session,
                                            bool* is_restored) noexcept {
  Call call;
  call.Need(session, is_restored);
  if (!call.ok()) return call.Failed();
  *is_restored = session->session.is_restored();
  return CONCLAVE_OK;
}

conclave_error conclave_session_version(const conclave_session* session,
                                        uint64_t* version) noexcept {
  Call call;
  call.Need(session, version);
  if (!call.ok()) return call.Failed();
  *version = session->session.version();
  return CONCLAVE_OK;
}

conclave_error conclave_session_closed_by(const conclave_session* session,
                                          conclave_reinit_view view, void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  if (const std::optional<ProposedReInit> reinit = session->session.closed_by()) {
    Views views;
    const conclave_reinit shown = views.Of(*reinit);
    view(context, &shown);
  }
  return CONCLAVE_OK;
}

// -- Who is in the group.

conclave_error conclave_session_members(const conclave_session* session, conclave_member_view view,
                                        void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  for (const Member& member : session->session.members()) {
    Views views;
    const conclave_member shown = views.Of(member);
    view(context, &shown);
  }
  return CONCLAVE_OK;
}

conclave_error conclave_session_member_count(const conclave_session* session,
                                             size_t* count) noexcept {
  Call call;
  call.Need(session, count);
  if (!call.ok()) return call.Failed();
  *count = session->session.member_count();
  return CONCLAVE_OK;
}

conclave_error conclave_session_find_member(const conclave_session* session, uint32_t leaf,
                                            conclave_member_view view, void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  return ShowMember(session->session.FindMember({leaf}), view, context);
}

conclave_error conclave_session_next_member(const conclave_session* session, uint32_t from,
                                            conclave_member_view view, void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  return ShowMember(session->session.NextMember({from}), view, context);
}

conclave_error conclave_session_pending_proposals(const conclave_session* session,
                                                  conclave_proposal_view view,
                                                  void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  ShowEach(session->session.pending_proposals(), view, context);
  return CONCLAVE_OK;
}

// -- Messages.

conclave_error conclave_session_protect(conclave_session* session, const uint8_t* plaintext,
                                        size_t plaintext_size, const uint8_t* authenticated_data,
                                        size_t authenticated_data_size, const conclave_row* rows,
                                        size_t row_count, conclave_view view, void* context,
                                        const char** detail) noexcept {
  Call call(detail);
  call.Need(session, view);
  const BytesView text = call.Bytes(plaintext, plaintext_size);
  const BytesView authenticated = call.Bytes(authenticated_data, authenticated_data_size);
  const std::vector<AppRow> app_rows = ArrayFromC(call, rows, row_count);
  if (!call.ok()) return call.Failed();
  return call.Show(session->session.Protect(text, authenticated, app_rows), view, context);
}

conclave_error conclave_rows_add(conclave_rows* rows, const conclave_row* row) noexcept {
  Call call;
  call.Need(rows, row);
  if (!call.ok()) return call.Failed();
  AppRow added = FromC(call, *row);
  if (!call.ok()) return call.Failed();
  rows->rows.push_back(std::move(added));
  return CONCLAVE_OK;
}

conclave_error conclave_session_receive(conclave_session* session, const uint8_t* message,
                                        size_t message_size, const conclave_row* rows,
                                        size_t row_count, const conclave_inbox* inbox,
                                        conclave_event** event, const char** detail) noexcept {
  Call call(detail);
  call.Need(session, event);
  const BytesView bytes = call.Bytes(message, message_size);
  const std::vector<AppRow> app_rows = ArrayFromC(call, rows, row_count);
  const conclave_inbox table = call.Filled(inbox);
  if (inbox != nullptr) call.Need(table.rows_for);
  if (!call.ok()) return call.Failed();
  CallbackInbox callback(table);
  Result<Event> received =
      session->session.Receive(bytes, app_rows, inbox != nullptr ? &callback : nullptr);
  if (!received.ok()) return call.Fail(received.error());
  *event = new conclave_event(session->lent, std::move(received).value());
  return CONCLAVE_OK;
}

uint32_t conclave_event_kind(const conclave_event* event) noexcept {
  return event != nullptr ? event->kind : 0;
}

const conclave_application_message* conclave_event_application(
    const conclave_event* event) noexcept {
  return conclave_event_kind(event) == CONCLAVE_EVENT_APPLICATION ? &event->shown_application
                                                                  : nullptr;
}

const conclave_proposal* conclave_event_proposal(const conclave_event* event) noexcept {
  return conclave_event_kind(event) == CONCLAVE_EVENT_PROPOSAL ? &event->shown_proposal : nullptr;
}

const conclave_commit_summary* conclave_event_commit(const conclave_event* event) noexcept {
  return conclave_event_kind(event) == CONCLAVE_EVENT_COMMIT ? &event->shown_commit : nullptr;
}

void conclave_event_free(conclave_event* event) noexcept { delete event; }

// -- Commits.

conclave_error conclave_session_create_commit(conclave_session* session,
                                              const conclave_commit_request* request,
                                              conclave_outgoing_view view, void* context,
                                              const char** detail) noexcept {
  Call call(detail);
  call.Need(session, view);
  const conclave_commit_request given = call.Filled(request);
  CommitRequest made = CommitRequestFromC(call, given);
  if (call.ok() && given.new_identity != nullptr) {
    made.new_identity = IdentityFromC(call, *session->lent, *given.new_identity);
  }
  if (!call.ok()) return call.Failed();
  const Result<OutgoingCommit> outgoing = session->session.CreateCommit(made);
  if (!outgoing.ok()) return call.Fail(outgoing.error());
  Views views;
  conclave_outgoing_commit shown{};
  shown.offer = outgoing->id.value;
  shown.commit = views.Of(outgoing->commit);
  views.List(outgoing->skipped, shown.skipped, shown.skipped_count);
  view(context, &shown);
  return CONCLAVE_OK;
}

conclave_error conclave_session_apply(conclave_session* session, conclave_event* event,
                                      const conclave_row* rows, size_t row_count,
                                      conclave_entered_view view, void* context,
                                      const char** detail) noexcept {
  Call call(detail);
  call.Need(session, event);
  const std::vector<AppRow> app_rows = ArrayFromC(call, rows, row_count);
  if (!call.ok()) return call.Failed();
  call.Require(event->staged.has_value(), "event: it is no commit, or was applied");
  call.Require(event->lent == session->lent, "event: it is of another client's session");
  if (!call.ok()) return call.Failed();
  StagedCommit staged = std::move(*event->staged);
  event->staged.reset();
  const Result<Entered> entered = session->session.Apply(std::move(staged), app_rows);
  if (!entered.ok()) return call.Fail(entered.error());
  if (view == nullptr) return CONCLAVE_OK;
  Views views;
  conclave_entered shown{};
  views.List(entered->welcomes, shown.welcomes, shown.welcome_count);
  shown.has_offer = entered->offer.has_value();
  if (entered->offer.has_value()) shown.offer = entered->offer->value;
  views.List(entered->left_out, shown.left_out, shown.left_out_count);
  view(context, &shown);
  return CONCLAVE_OK;
}

// -- Secrets of the epoch.

conclave_error conclave_session_export_secret(const conclave_session* session, const char* label,
                                              const uint8_t* export_context,
                                              size_t export_context_size, uint8_t* secret,
                                              size_t size, const char** detail) noexcept {
  Call call(detail);
  call.Need(session, label);
  const BytesView bytes = call.Bytes(export_context, export_context_size);
  call.Require(secret != nullptr || size == 0, "argument: nowhere to put the secret");
  if (!call.ok()) return call.Failed();
  const Result<Secret> exported =
      session->session.ExportSecret(std::string_view(label), bytes, size);
  if (!exported.ok()) return call.Fail(exported.error());
  std::ranges::copy(exported->ExposeForProvider(), secret);
  return CONCLAVE_OK;
}

conclave_error conclave_session_epoch_authenticator(const conclave_session* session,
                                                    conclave_view view, void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  return call.Show(session->session.EpochAuthenticator(), view, context);
}
