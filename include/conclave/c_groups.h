// The other ways into a group, in the C API: external commits, successors and branches, and
// proposals from outside (conclave/external_join.h, successor.h and external_sender.h). The
// conventions are in conclave/c.h.
//
// Thread rule of this header: a client, its sessions and its joins are used by one thread at a
// time. Functions without a handle of these may be called from any thread.
#pragma once

#include "conclave/c_client.h"

#ifdef __cplusplus
extern "C" {
#endif

// -- Joining by an external commit (RFC 9420, section 12.4.3.2), and coming back the same way after
// losing our state.

// A join that the group has been offered and has not decided on. It is in the storage from the
// moment that it is made: freeing it changes nothing, and conclave_client_resume_external_join()
// finds it again.
typedef struct conclave_pending_join conclave_pending_join;

typedef struct conclave_external_join_options {
  size_t size;                  // sizeof(conclave_external_join_options)
  conclave_bytes ratchet_tree;  // if the GroupInfo does not carry it
  const uint32_t* replace;      // our former leaf, for a resync; or NULL
  const conclave_psk_id* psks;
  size_t psk_count;
  conclave_bytes authenticated_data;
} conclave_external_join_options;

// With a GroupInfo, an MLSMessage. `options` may be NULL. _MISSING if it has no external_pub, or
// the tree or a PSK is not there; _MISUSE if it is no GroupInfo, or we are in the group and
// `replace` says nothing; _INVALID_PROPOSAL if nobody sits there; whatever else can be wrong with
// it has its error. Another pending join of the same group is abandoned.
CONCLAVE_C conclave_error conclave_client_start_external_join(
    conclave_client* client, const uint8_t* group_info, size_t group_info_size,
    const conclave_external_join_options* options, conclave_pending_join** pending,
    const char** detail) CONCLAVE_NOEXCEPT;

// The ids of the groups that we have offered to join and have neither entered nor abandoned.
// _STORAGE.
CONCLAVE_C conclave_error conclave_client_pending_joins(const conclave_client* client,
                                                        conclave_view view, void* context,
                                                        const char** detail) CONCLAVE_NOEXCEPT;

// One such join, as it was when it was made. _MISSING if there is none; _STORAGE.
CONCLAVE_C conclave_error conclave_client_resume_external_join(
    conclave_client* client, const uint8_t* group_id, size_t group_id_size,
    conclave_pending_join** pending, const char** detail) CONCLAVE_NOEXCEPT;

// Erases a pending join, whose commit has lost. It need not be there. _STORAGE.
CONCLAVE_C conclave_error
conclave_client_abandon_external_join(conclave_client* client, const uint8_t* group_id,
                                      size_t group_id_size, const char** detail) CONCLAVE_NOEXCEPT;

// The MLSMessage to send to the group. This and the summary answer after the join was entered too.
CONCLAVE_C conclave_error conclave_pending_join_commit(const conclave_pending_join* pending,
                                                       conclave_view view,
                                                       void* context) CONCLAVE_NOEXCEPT;

// What the commit does, borrowed from `pending`; NULL for NULL.
CONCLAVE_EXPORT const conclave_commit_summary* conclave_pending_join_summary(
    const conclave_pending_join* pending) CONCLAVE_NOEXCEPT;

// Whether `message` is our commit, back from the delivery service: then
// conclave_client_enter_externally() is due. If another commit of the epoch came first, this join
// has lost.
CONCLAVE_C conclave_error conclave_pending_join_is_ours(const conclave_pending_join* pending,
                                                        const uint8_t* message, size_t message_size,
                                                        bool* is_ours) CONCLAVE_NOEXCEPT;

// The id of the group; the members that the GroupInfo named, before we join, in leaf order; and
// those of them whose leaf's lifetime is over. _MISUSE once it has been entered.
CONCLAVE_C conclave_error conclave_pending_join_group_id(const conclave_pending_join* pending,
                                                         conclave_view view,
                                                         void* context) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_pending_join_members(const conclave_pending_join* pending,
                                                        conclave_member_view view,
                                                        void* context) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_pending_join_expired(const conclave_pending_join* pending,
                                                        conclave_member_view view,
                                                        void* context) CONCLAVE_NOEXCEPT;

// Joins, once the delivery service has accepted the commit. The join is taken out of `pending`,
// whatever comes of it: after an error conclave_client_resume_external_join() finds it again.
// _MISUSE if it has been abandoned or entered, or is another client's; _STORAGE.
CONCLAVE_C conclave_error conclave_client_enter_externally(conclave_client* client,
                                                           conclave_pending_join* pending,
                                                           conclave_session** session,
                                                           const char** detail) CONCLAVE_NOEXCEPT;

CONCLAVE_EXPORT void conclave_pending_join_free(conclave_pending_join* pending) CONCLAVE_NOEXCEPT;

// Shows a proposal to add us, signed by our own key package (RFC 9420, section 12.1.8). Members
// decide. The tree is that of the GroupInfo, if it does not carry it; else its length is 0.
// _MISUSE, _MALFORMED: so are the messages; _NOT_AUTHENTIC, _MISSING: so is the GroupInfo.
CONCLAVE_C conclave_error conclave_client_request_to_join(
    conclave_client* client, const uint8_t* group_info, size_t group_info_size,
    const uint8_t* key_package, size_t key_package_size, const uint8_t* ratchet_tree,
    size_t ratchet_tree_size, conclave_view view, void* context,
    const char** detail) CONCLAVE_NOEXCEPT;

// -- Groups that come out of other groups (RFC 9420, sections 11.2 and 11.3).

typedef struct conclave_new_group {
  const conclave_bytes* welcomes;  // MLSMessages for the others
  size_t welcome_count;
  uint64_t offer;  // what they are called by conclave_session_undelivered() and _delivered()
} conclave_new_group;
typedef void (*conclave_new_group_view)(void* context, const conclave_new_group* group);

// The successor of `closed`, a group that a ReInit has closed. `client` has the suite that the
// ReInit names; `key_packages` are MLSMessages of all other members, who pass their own session in
// `closed` as conclave_join_options.origin. `view` may be NULL. _MISUSE if the group was not
// closed, or the suite is another; _INVALID_COMMIT if somebody is missing or too much.
CONCLAVE_C conclave_error conclave_client_create_successor(
    conclave_client* client, const conclave_session* closed, const conclave_bytes* key_packages,
    size_t key_package_count, conclave_session** session, conclave_new_group_view view,
    void* context, const char** detail) CONCLAVE_NOEXCEPT;

// A new group of some members of `origin`, with its version and suite. `options` and `view` may be
// NULL. Errors as above.
CONCLAVE_C conclave_error conclave_client_create_branch(
    conclave_client* client, const conclave_session* origin, const conclave_group_options* options,
    const conclave_bytes* key_packages, size_t key_package_count, conclave_session** session,
    conclave_new_group_view view, void* context, const char** detail) CONCLAVE_NOEXCEPT;

// -- Parties outside a group that make proposals to it (RFC 9420, section 12.1.8.1): the group's
// external_senders extension names their keys.

typedef struct conclave_external_sender {
  conclave_credential credential;
  conclave_bytes signature_key;
} conclave_external_sender;

// Shows the external_senders extension that names them.
CONCLAVE_C conclave_error conclave_external_senders(const conclave_external_sender* senders,
                                                    size_t count, conclave_extension_view view,
                                                    void* context) CONCLAVE_NOEXCEPT;

typedef struct conclave_required_capabilities {
  size_t size;  // sizeof(conclave_required_capabilities)
  const uint16_t* extensions;
  size_t extension_count;
  const uint16_t* proposals;
  size_t proposal_count;
  const uint16_t* credentials;
  size_t credential_count;
} conclave_required_capabilities;

// Shows the required_capabilities extension (RFC 9420, section 11.1).
CONCLAVE_C conclave_error
conclave_require_capabilities(const conclave_required_capabilities* required,
                              conclave_extension_view view, void* context) CONCLAVE_NOEXCEPT;

// What an external sender proposes: exactly one of these.
typedef struct conclave_external_proposal {
  size_t size;             // sizeof(conclave_external_proposal)
  conclave_bytes add;      // a key package, as an MLSMessage
  const uint32_t* remove;  // a leaf
  const conclave_psk_id* psk;
  const conclave_reinit* reinit;
  const conclave_extension_list* group_context_extensions;
  const conclave_custom_proposal* custom;
} conclave_external_proposal;

// Shows the proposal as an MLSMessage, for the group and epoch of `group_info`, an MLSMessage.
// `signer` is the key of entry `sender_index` of the group's external_senders: _MISUSE if it is
// not. _MALFORMED, _UNSUPPORTED: so is the GroupInfo or the key package.
CONCLAVE_C conclave_error conclave_propose_externally(
    const conclave_crypto* crypto, const conclave_signer* signer, uint32_t sender_index,
    const uint8_t* group_info, size_t group_info_size, const conclave_external_proposal* proposal,
    conclave_view view, void* context, const char** detail) CONCLAVE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
