// Sessions in the C API: one client's membership in one group (conclave/session.h, proposals.h,
// offers.h and group_info.h). The conventions are in conclave/c.h.
//
// A session is always in exactly one epoch. Whatever can fail happens before the epoch changes:
// conclave_session_receive() checks a commit and stages the epoch it leads to;
// conclave_session_apply() enters that epoch, or does nothing. Every commit takes this one road,
// our own included. Each call that changes anything makes exactly one write to the client's
// storage, so that a crash leaves the state before the call or the one after it.
//
// Every function that takes a `detail` may fail with _NOT_MEMBER once a commit that removes us has
// been applied, and with _STORAGE when the storage fails: then the session is what the storage says
// it is, and goes on from there. _STORAGE with CONCLAVE_STORAGE_CONFLICT: somebody else has
// written.
//
// Thread rule of this header: a session, its client and its events are used by one thread at a
// time.
#pragma once

#include "conclave/c_environment.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct conclave_session conclave_session;

// Lets go of a session. What it had is in the storage: conclave_client_open_group() goes on from
// there.
CONCLAVE_EXPORT void conclave_session_free(conclave_session* session) CONCLAVE_NOEXCEPT;

// -- What a session is in. None of these fails but by misuse.

CONCLAVE_C conclave_error conclave_session_group_id(const conclave_session* session,
                                                    conclave_view view,
                                                    void* context) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_epoch(const conclave_session* session,
                                                 uint64_t* epoch) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_suite(const conclave_session* session,
                                                 uint16_t* suite) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_own_leaf(const conclave_session* session,
                                                    uint32_t* leaf) CONCLAVE_NOEXCEPT;
// The extensions of the GroupContext.
CONCLAVE_C conclave_error conclave_session_extensions(const conclave_session* session,
                                                      conclave_extension_view view,
                                                      void* context) CONCLAVE_NOEXCEPT;
// False once we were removed; what is left is the last epoch that we saw, without secrets.
CONCLAVE_C conclave_error conclave_session_is_member(const conclave_session* session,
                                                     bool* is_member) CONCLAVE_NOEXCEPT;
// Whether the storage was restored from a backup: then nothing may be sent that could repeat a key
// (Session::is_restored).
CONCLAVE_C conclave_error conclave_session_is_restored(const conclave_session* session,
                                                       bool* is_restored) CONCLAVE_NOEXCEPT;
// How often the storage's state of the group has changed (conclave_open_options.expected_version).
CONCLAVE_C conclave_error conclave_session_version(const conclave_session* session,
                                                   uint64_t* version) CONCLAVE_NOEXCEPT;
// The proposal that closed the group. Nothing is shown if it is open.
CONCLAVE_C conclave_error conclave_session_closed_by(const conclave_session* session,
                                                     conclave_reinit_view view,
                                                     void* context) CONCLAVE_NOEXCEPT;

// -- Who is in the group.

// All members, in leaf order.
CONCLAVE_C conclave_error conclave_session_members(const conclave_session* session,
                                                   conclave_member_view view,
                                                   void* context) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_member_count(const conclave_session* session,
                                                        size_t* count) CONCLAVE_NOEXCEPT;
// The member at a leaf. Nothing is shown if the leaf is blank or beyond the tree.
CONCLAVE_C conclave_error conclave_session_find_member(const conclave_session* session,
                                                       uint32_t leaf, conclave_member_view view,
                                                       void* context) CONCLAVE_NOEXCEPT;
// The first member at or right of a leaf; nothing if there is none.
CONCLAVE_C conclave_error conclave_session_next_member(const conclave_session* session,
                                                       uint32_t from, conclave_member_view view,
                                                       void* context) CONCLAVE_NOEXCEPT;
// What has been proposed in this epoch and not committed, in the order of arrival.
CONCLAVE_C conclave_error conclave_session_pending_proposals(const conclave_session* session,
                                                             conclave_proposal_view view,
                                                             void* context) CONCLAVE_NOEXCEPT;

// -- Messages.

// Encrypts for the group and shows the MLSMessage to send. The key is gone before it is shown.
// `rows` are written with it; the output of a row is the message. _COMMIT_FIRST while received
// proposals are waiting (RFC 9420, section 12.4); _GROUP_CLOSED; _REJECTED_BY_POLICY if it is too
// large.
CONCLAVE_C conclave_error conclave_session_protect(
    conclave_session* session, const uint8_t* plaintext, size_t plaintext_size,
    const uint8_t* authenticated_data, size_t authenticated_data_size, const conclave_row* rows,
    size_t row_count, conclave_view view, void* context, const char** detail) CONCLAVE_NOEXCEPT;

typedef struct conclave_application_message {
  conclave_member sender;  // as of that epoch
  uint64_t epoch;
  conclave_bytes plaintext;
  conclave_bytes authenticated_data;
} conclave_application_message;

// Where an inbox puts its rows.
typedef struct conclave_rows conclave_rows;

// Adds a row, which is copied. For `rows_for` only, with the conclave_rows that it was given.
CONCLAVE_C conclave_error conclave_rows_add(conclave_rows* rows,
                                            const conclave_row* row) CONCLAVE_NOEXCEPT;

// Makes rows of an application message that has been opened, when it is known what it says and who
// sent it. They are written in the batch in which the message's key goes, so that no crash comes
// between the message and its sender. Used during the call only.
typedef struct conclave_inbox {
  size_t size;  // sizeof(conclave_inbox)
  void* context;
  void (*rows_for)(void* context, const conclave_application_message* message, conclave_rows* rows);
} conclave_inbox;

// What a message was. What it shows is good until it is freed, whatever becomes of the session.
typedef struct conclave_event conclave_event;

enum {
  CONCLAVE_EVENT_APPLICATION = 1,  // conclave_event_application()
  CONCLAVE_EVENT_PROPOSAL = 2,     // conclave_event_proposal(); it is remembered
  CONCLAVE_EVENT_COMMIT = 3,       // conclave_event_commit(), and then conclave_session_apply()
  CONCLAVE_EVENT_OWN_MESSAGE = 4   // our own message came back
};

// Reads any message of this group. The event is the caller's to free; a commit changes nothing
// until it is applied. `rows`, and those of `inbox` (which may be NULL), are written with an
// application message, whose plaintext is the output, and `rows` with a proposal; what changes
// nothing writes none. Whatever can be wrong with a message has its error, from _MALFORMED to
// _GROUP_CLOSED; conclave_error says what to do. _MISSING if a commit names a proposal or a PSK
// that we lack: once it is there, the same bytes work.
CONCLAVE_C conclave_error conclave_session_receive(conclave_session* session,
                                                   const uint8_t* message, size_t message_size,
                                                   const conclave_row* rows, size_t row_count,
                                                   const conclave_inbox* inbox,
                                                   conclave_event** event,
                                                   const char** detail) CONCLAVE_NOEXCEPT;

// Which of the CONCLAVE_EVENT_s it is; 0 for NULL.
CONCLAVE_EXPORT uint32_t conclave_event_kind(const conclave_event* event) CONCLAVE_NOEXCEPT;

// What it is, borrowed from the event; NULL if it is of another kind, and for NULL.
CONCLAVE_EXPORT const conclave_application_message* conclave_event_application(
    const conclave_event* event) CONCLAVE_NOEXCEPT;
CONCLAVE_EXPORT const conclave_proposal* conclave_event_proposal(const conclave_event* event)
    CONCLAVE_NOEXCEPT;
CONCLAVE_EXPORT const conclave_commit_summary* conclave_event_commit(const conclave_event* event)
    CONCLAVE_NOEXCEPT;

CONCLAVE_EXPORT void conclave_event_free(conclave_event* event) CONCLAVE_NOEXCEPT;

// -- Commits.

// A credential and the key behind it.
typedef struct conclave_identity {
  conclave_credential credential;
  const conclave_signer* signer;
} conclave_identity;

enum { CONCLAVE_PATH_WHEN_REQUIRED = 0, CONCLAVE_PATH_ALWAYS = 1 };

// Changes to make in one commit. An empty request still refreshes our keys.
typedef struct conclave_commit_request {
  size_t size;                // sizeof(conclave_commit_request)
  uint32_t path;              // CONCLAVE_PATH_WHEN_REQUIRED or _ALWAYS
  const conclave_bytes* add;  // key packages, as MLSMessages
  size_t add_count;
  const uint32_t* remove;  // leaves
  size_t remove_count;
  const conclave_psk_id* psks;
  size_t psk_count;
  const conclave_extension_list* extensions;  // replaces the group's; NULL: they stay
  const conclave_reinit* reinit;              // closes the group; with nothing else
  const conclave_identity* new_identity;      // credential and signer to move to
  const conclave_custom_proposal* custom;
  size_t custom_count;
  const conclave_bytes* exclude;  // refs of received proposals to leave out
  size_t exclude_count;
  conclave_bytes authenticated_data;
  size_t joiners_per_welcome;  // 0: one Welcome for everybody
} conclave_commit_request;

// A received proposal that our commit leaves out, and the rule that it would have broken, for logs.
typedef struct conclave_skipped_proposal {
  conclave_bytes ref;
  const char* why;
} conclave_skipped_proposal;

typedef struct conclave_outgoing_commit {
  uint64_t offer;         // the name of this commit in this epoch
  conclave_bytes commit;  // an MLSMessage for every current member, ourselves included
  const conclave_skipped_proposal* skipped;
  size_t skipped_count;
} conclave_outgoing_commit;

typedef void (*conclave_outgoing_view)(void* context, const conclave_outgoing_commit* outgoing);

// Makes a commit to offer to the group: of the request (NULL: an empty one), and of the proposals
// received in this epoch. The offer is in the storage when it is shown; the group changes when one
// of our offers, or somebody else's commit, comes back through conclave_session_receive() and is
// applied. _MALFORMED, _UNSUPPORTED, _REJECTED_BY_POLICY and _UNAVAILABLE speak of the key
// packages; _MISSING of a PSK; _INVALID_PROPOSAL and _INVALID_COMMIT of what cannot be asked for.
CONCLAVE_C conclave_error conclave_session_create_commit(conclave_session* session,
                                                         const conclave_commit_request* request,
                                                         conclave_outgoing_view view, void* context,
                                                         const char** detail) CONCLAVE_NOEXCEPT;

// What entering an epoch leaves to be done.
typedef struct conclave_entered {
  const conclave_bytes* welcomes;  // MLSMessages, for those whom our commit added
  size_t welcome_count;
  bool has_offer;                     // whether it was our commit
  uint64_t offer;                     // its name, for conclave_session_delivered()
  const conclave_proposal* left_out;  // our proposals that it did not carry
  size_t left_out_count;
} conclave_entered;

typedef void (*conclave_entered_view)(void* context, const conclave_entered* entered);

// Enters the epoch that `event`, a commit, leads to, and erases the secrets of the one we leave.
// The commit is taken out of the event, whatever comes of it: after an error the message is
// received again. `rows` are written with it; `view` may be NULL. _MISUSE if the event is no commit
// or was applied before, or is not of this session and its epoch.
CONCLAVE_C conclave_error conclave_session_apply(conclave_session* session, conclave_event* event,
                                                 const conclave_row* rows, size_t row_count,
                                                 conclave_entered_view view, void* context,
                                                 const char** detail) CONCLAVE_NOEXCEPT;

// -- Secrets of the epoch.

// MLS-Exporter (RFC 9420, section 8.5): `size` bytes to `secret`, which the caller wipes. _MISUSE
// if the suite cannot give so many (255 times the size of its hash).
CONCLAVE_C conclave_error conclave_session_export_secret(const conclave_session* session,
                                                         const char* label,
                                                         const uint8_t* export_context,
                                                         size_t export_context_size,
                                                         uint8_t* secret, size_t size,
                                                         const char** detail) CONCLAVE_NOEXCEPT;

// Equal for all members who agree on everything up to this epoch (RFC 9420, section 8.7); empty if
// we are no member. Not secret: it is for comparing, out of band.
CONCLAVE_C conclave_error conclave_session_epoch_authenticator(const conclave_session* session,
                                                               conclave_view view,
                                                               void* context) CONCLAVE_NOEXCEPT;

// -- Proposals that travel on their own, for groups in which somebody else commits. Each function
// signs one, remembers it, and shows the MLSMessage to send. The proposal, and the private key of
// an update, are in the storage before it is shown, and `rows` with them, whose output is the
// message. _INVALID_PROPOSAL, _MISSING, _UNSUPPORTED: the group could not commit it; _COMMIT_FIRST:
// the storage was restored; _REJECTED_BY_POLICY and _UNAVAILABLE: so the verifier says.

// What goes with every proposal. NULL for nothing.
typedef struct conclave_proposal_options {
  size_t size;  // sizeof(conclave_proposal_options)
  conclave_bytes authenticated_data;
  const conclave_row* rows;
  size_t row_count;
} conclave_proposal_options;

// Of a key package, an MLSMessage.
CONCLAVE_C conclave_error conclave_session_propose_add(conclave_session* session,
                                                       const uint8_t* key_package,
                                                       size_t key_package_size,
                                                       const conclave_proposal_options* options,
                                                       conclave_view view, void* context,
                                                       const char** detail) CONCLAVE_NOEXCEPT;
// New keys for our leaf, and a new identity if one is given; it may be NULL. The old ones stay
// until it is committed.
CONCLAVE_C conclave_error conclave_session_propose_update(conclave_session* session,
                                                          const conclave_identity* new_identity,
                                                          const conclave_proposal_options* options,
                                                          conclave_view view, void* context,
                                                          const char** detail) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_propose_remove(conclave_session* session, uint32_t leaf,
                                                          const conclave_proposal_options* options,
                                                          conclave_view view, void* context,
                                                          const char** detail) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_propose_psk(conclave_session* session,
                                                       const conclave_psk_id* psk,
                                                       const conclave_proposal_options* options,
                                                       conclave_view view, void* context,
                                                       const char** detail) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_propose_reinit(conclave_session* session,
                                                          const conclave_reinit* reinit,
                                                          const conclave_proposal_options* options,
                                                          conclave_view view, void* context,
                                                          const char** detail) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_propose_extensions(
    conclave_session* session, const conclave_extension_list* extensions,
    const conclave_proposal_options* options, conclave_view view, void* context,
    const char** detail) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_propose_custom(conclave_session* session,
                                                          const conclave_custom_proposal* proposal,
                                                          const conclave_proposal_options* options,
                                                          conclave_view view, void* context,
                                                          const char** detail) CONCLAVE_NOEXCEPT;

// -- Our offers: commits that we have made in this epoch and the group has not decided on.

typedef struct conclave_offer {
  uint64_t offer;
  conclave_bytes commit;  // for sending again
} conclave_offer;
typedef void (*conclave_offer_view)(void* context, const conclave_offer* offer);

CONCLAVE_C conclave_error conclave_session_offers(const conclave_session* session,
                                                  conclave_offer_view view,
                                                  void* context) CONCLAVE_NOEXCEPT;

// Erases an offer that the delivery service refused. _MISUSE if there is none of that name.
CONCLAVE_C conclave_error conclave_session_withdraw(conclave_session* session, uint64_t offer,
                                                    const char** detail) CONCLAVE_NOEXCEPT;

// The Welcomes of a commit of ours that was accepted: in the storage from the moment that the
// commit is applied until conclave_session_delivered() says that they are out.
typedef struct conclave_undelivered {
  uint64_t offer;
  const conclave_bytes* welcomes;
  size_t welcome_count;
} conclave_undelivered;
typedef void (*conclave_undelivered_view)(void* context, const conclave_undelivered* undelivered);

CONCLAVE_C conclave_error conclave_session_undelivered(const conclave_session* session,
                                                       conclave_undelivered_view view,
                                                       void* context,
                                                       const char** detail) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_session_delivered(conclave_session* session, uint64_t offer,
                                                     const char** detail) CONCLAVE_NOEXCEPT;

// -- What may be published of a group.

typedef struct conclave_group_info_options {
  size_t size;                    // sizeof(conclave_group_info_options)
  uint32_t without_ratchet_tree;  // 1: it travels out of band
  uint32_t without_external_pub;  // 1: nobody can join with it by an external commit
  conclave_extension_list extensions;
} conclave_group_info_options;

// A GroupInfo of the session's epoch, as an MLSMessage. `options` may be NULL.
CONCLAVE_C conclave_error conclave_session_group_info(const conclave_session* session,
                                                      const conclave_group_info_options* options,
                                                      conclave_view view, void* context,
                                                      const char** detail) CONCLAVE_NOEXCEPT;

// The content of a ratchet_tree extension, for sending out of band.
CONCLAVE_C conclave_error conclave_session_ratchet_tree(const conclave_session* session,
                                                        conclave_view view, void* context,
                                                        const char** detail) CONCLAVE_NOEXCEPT;

// Commit, Welcomes and GroupInfo of an offer at once, for a delivery service that accepts them as
// one or not at all.
typedef struct conclave_bundle {
  conclave_bytes commit;
  const conclave_bytes* welcomes;
  size_t welcome_count;
  conclave_bytes group_info;  // of the epoch that the commit leads to
} conclave_bundle;
typedef void (*conclave_bundle_view)(void* context, const conclave_bundle* bundle);

// `options` may be NULL. _MISUSE if there is no such offer.
CONCLAVE_C conclave_error conclave_session_bundle(const conclave_session* session, uint64_t offer,
                                                  const conclave_group_info_options* options,
                                                  conclave_bundle_view view, void* context,
                                                  const char** detail) CONCLAVE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
