// Clients in the C API: identities that make key packages, create groups, join them and open them
// again (conclave/client.h and key_packages.h). The conventions are in conclave/c.h.
//
// Thread rule of this header: a client, its sessions and its joins are used by one thread at a
// time. Different clients are independent, if what they were given is.
#pragma once

#include "conclave/c_environment.h"
#include "conclave/c_session.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct conclave_client conclave_client;

typedef struct conclave_client_options {
  size_t size;  // sizeof(conclave_client_options)
  // The first four are needed. There is no default verifier that accepts everybody, and no default
  // clock.
  const conclave_crypto* crypto;
  conclave_storage* storage;
  const conclave_clock* clock;        // copied
  const conclave_verifier* verifier;  // copied
  uint32_t suite;                     // 0: the first of RFC 9420
  conclave_bytes identity;            // of a basic credential; or else `credential`
  const conclave_credential* credential;
  // The key behind the credential. Without one, the client makes one and keeps it in the storage.
  const conclave_signer* signer;
  const conclave_policy* policy;      // NULL: the defaults
  const conclave_executor* executor;  // copied; NULL: everything on the calling thread
  // What the application understands beyond RFC 9420's defaults, and what it says in its leaves.
  const uint16_t* extensions;
  size_t extension_count;
  const uint16_t* proposals;
  size_t proposal_count;
  const uint16_t* credentials;
  size_t credential_count;
  conclave_extension_list leaf_extensions;
} conclave_client_options;

// Makes a client, or makes it again over the storage of an earlier process. It holds on to crypto,
// storage and signer. _UNSUPPORTED if the crypto lacks the suite, or a later version wrote the
// storage; _STORAGE; _CRYPTO.
CONCLAVE_C conclave_error conclave_client_create(const conclave_client_options* options,
                                                 conclave_client** client,
                                                 const char** detail) CONCLAVE_NOEXCEPT;

// Lets go of a client. Its sessions may still be used.
CONCLAVE_EXPORT void conclave_client_free(conclave_client* client) CONCLAVE_NOEXCEPT;

CONCLAVE_C conclave_error conclave_client_suite(const conclave_client* client,
                                                uint16_t* suite) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_client_credential(const conclave_client* client,
                                                     conclave_credential_view view,
                                                     void* context) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_client_signature_key(const conclave_client* client,
                                                        conclave_view view,
                                                        void* context) CONCLAVE_NOEXCEPT;

// -- Key packages (RFC 9420, sections 10 and 16.8).

typedef struct conclave_key_package_options {
  size_t size;           // sizeof(conclave_key_package_options)
  uint32_t last_resort;  // 1: its keys survive a join
  conclave_extension_list extensions;
  uint64_t lifetime;  // seconds; 0 for the policy's
} conclave_key_package_options;

// Shows a new key package as an MLSMessage, ready to publish. Its private keys are in the storage
// before it is shown. `options` may be NULL. _STORAGE, _CRYPTO, _UNAVAILABLE.
CONCLAVE_C conclave_error conclave_client_new_key_package(
    conclave_client* client, const conclave_key_package_options* options, conclave_view view,
    void* context, const char** detail) CONCLAVE_NOEXCEPT;

// Erases the private keys of key packages whose lifetime is over. `count`, how many there were, may
// be NULL. _STORAGE.
CONCLAVE_C conclave_error conclave_client_purge_expired_key_packages(
    conclave_client* client, size_t* count, const char** detail) CONCLAVE_NOEXCEPT;

// What became of a key package.
enum {
  CONCLAVE_KEY_PACKAGE_RESERVED = 0,   // made, and perhaps on its way to whoever publishes it
  CONCLAVE_KEY_PACKAGE_PUBLISHED = 1,  // conclave_client_mark_published() was called
  CONCLAVE_KEY_PACKAGE_SUPERSEDED = 2  // a last-resort package that has a successor
};
typedef struct conclave_key_package {
  conclave_bytes ref;          // RFC 9420, section 5.2
  conclave_bytes key_package;  // an MLSMessage, for publishing again
  uint32_t state;
  bool last_resort;
  uint64_t not_after;  // seconds since the Unix epoch
} conclave_key_package;
typedef void (*conclave_key_package_view)(void* context, const conclave_key_package* key_package);

// Those of this client, in no particular order. _STORAGE.
CONCLAVE_C conclave_error conclave_client_key_packages(const conclave_client* client,
                                                       conclave_key_package_view view,
                                                       void* context,
                                                       const char** detail) CONCLAVE_NOEXCEPT;
// Remembers that the delivery service has a key package. _MISSING if it is not there; _STORAGE.
CONCLAVE_C conclave_error conclave_client_mark_published(conclave_client* client,
                                                         const uint8_t* ref, size_t ref_size,
                                                         const char** detail) CONCLAVE_NOEXCEPT;
// Erases the private keys of a key package. _MISSING if it is not there; _STORAGE.
CONCLAVE_C conclave_error conclave_client_delete_key_package(conclave_client* client,
                                                             const uint8_t* ref, size_t ref_size,
                                                             const char** detail) CONCLAVE_NOEXCEPT;

// -- Groups.

typedef struct conclave_group_options {
  size_t size;                         // sizeof(conclave_group_options)
  conclave_bytes id;                   // empty: a random one
  conclave_extension_list extensions;  // of the GroupContext
} conclave_group_options;

// A group of ourselves alone, in epoch 0. `options` may be NULL. _MISUSE if we have a group of that
// id; _STORAGE.
CONCLAVE_C conclave_error conclave_client_create_group(conclave_client* client,
                                                       const conclave_group_options* options,
                                                       conclave_session** session,
                                                       const char** detail) CONCLAVE_NOEXCEPT;

// A group that the storage has.
typedef struct conclave_group {
  conclave_bytes id;
  uint64_t epoch;
} conclave_group;
typedef void (*conclave_group_view)(void* context, const conclave_group* group);

// The groups that the storage has, of all clients that share it. _STORAGE.
CONCLAVE_C conclave_error conclave_client_groups(const conclave_client* client,
                                                 conclave_group_view view, void* context,
                                                 const char** detail) CONCLAVE_NOEXCEPT;

typedef struct conclave_open_options {
  size_t size;           // sizeof(conclave_open_options)
  uint32_t from_backup;  // 1: the storage comes out of a backup, so keys may have been used since
  // Whose keys may speak for our leaf, beside the client's own signer: of identities that a session
  // has moved to. The session holds on to them.
  const conclave_signer* const* signers;
  size_t signer_count;
  uint64_t expected_version;  // the highest conclave_session_version() that was seen
} conclave_open_options;

// The session of a group, as the storage has it: where the last one stopped, be it by a crash.
// There should be one session of a group at a time. `options` may be NULL. _NOT_MEMBER if we are
// not in the group; _MISSING if no signer has the key of our leaf; _MISUSE if the group is of
// another suite; _STORAGE.
CONCLAVE_C conclave_error conclave_client_open_group(conclave_client* client,
                                                     const uint8_t* group_id, size_t group_id_size,
                                                     const conclave_open_options* options,
                                                     conclave_session** session,
                                                     const char** detail) CONCLAVE_NOEXCEPT;

// Erases everything that the storage has of a group. A session of it finds out when it writes.
// Tells nobody. _STORAGE.
CONCLAVE_C conclave_error conclave_client_delete_group(conclave_client* client,
                                                       const uint8_t* group_id,
                                                       size_t group_id_size,
                                                       const char** detail) CONCLAVE_NOEXCEPT;

// A pre-shared key of the application's (RFC 9420, section 8.4), which is copied, and its end.
// _STORAGE.
CONCLAVE_C conclave_error conclave_client_add_psk(conclave_client* client, const uint8_t* id,
                                                  size_t id_size, const uint8_t* psk,
                                                  size_t psk_size,
                                                  const char** detail) CONCLAVE_NOEXCEPT;
CONCLAVE_C conclave_error conclave_client_remove_psk(conclave_client* client, const uint8_t* id,
                                                     size_t id_size,
                                                     const char** detail) CONCLAVE_NOEXCEPT;

// -- Joining with a Welcome.

// A Welcome that was opened and found valid, before anything is consumed. Freeing it changes
// nothing.
typedef struct conclave_staged_join conclave_staged_join;

typedef struct conclave_join_options {
  size_t size;  // sizeof(conclave_join_options)
  // The content of a ratchet_tree extension, if the Welcome does not carry it.
  conclave_bytes ratchet_tree;
  // Our session in the group that this one succeeds or branches from, or NULL. _MISSING tells when
  // one is needed.
  const conclave_session* origin;
} conclave_join_options;

// Opens a Welcome, an MLSMessage, with the key package that it was made for, which is untouched.
// `options` may be NULL. _MISSING if it is for none of ours, or needs a PSK or a tree that is not
// there; _MISUSE if it is no Welcome, or we are in the group already; _REJECTED_BY_POLICY and
// _UNAVAILABLE: so the verifier says of a member; whatever else can be wrong with it has its error.
CONCLAVE_C conclave_error conclave_client_read_welcome(conclave_client* client,
                                                       const uint8_t* welcome, size_t welcome_size,
                                                       const conclave_join_options* options,
                                                       conclave_staged_join** staged,
                                                       const char** detail) CONCLAVE_NOEXCEPT;

typedef struct conclave_join_summary {
  conclave_bytes group_id;
  uint64_t epoch;
  uint32_t own_leaf;
  conclave_member inviter;                        // who vouches for the group's state
  conclave_extension_list extensions;             // of the GroupContext
  conclave_extension_list group_info_extensions;  // sent along, less the tree
  const conclave_member* expired;                 // members whose leaf's lifetime is over
  size_t expired_count;
  const conclave_psk_id* psks;
  size_t psk_count;
} conclave_join_summary;

// What it leads to, borrowed from `staged`; NULL for NULL.
CONCLAVE_EXPORT const conclave_join_summary* conclave_staged_join_summary(
    const conclave_staged_join* staged) CONCLAVE_NOEXCEPT;

// Everybody in the group, ourselves included, in leaf order. _MISUSE once it has been entered.
CONCLAVE_C conclave_error conclave_staged_join_members(const conclave_staged_join* staged,
                                                       conclave_member_view view,
                                                       void* context) CONCLAVE_NOEXCEPT;

// Joins, and erases the key package's private keys in the same write. The join is taken out of
// `staged`, whatever comes of it: after an error the Welcome is read again. _MISUSE if it was
// entered before; _MISSING if its key package has gone meanwhile; _STORAGE.
CONCLAVE_C conclave_error conclave_client_enter(conclave_client* client,
                                                conclave_staged_join* staged,
                                                conclave_session** session,
                                                const char** detail) CONCLAVE_NOEXCEPT;

CONCLAVE_EXPORT void conclave_staged_join_free(conclave_staged_join* staged) CONCLAVE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
