// What an application hands to a client, in the C API: crypto, signature keys, storage, clock,
// verifier, executor and policy (conclave/crypto_provider.h, storage.h, clock.h, credential.h,
// executor.h and policy.h). The conventions are in conclave/c.h.
//
// Tables of callbacks are copied, and the context is the application's. `release` may be NULL. If
// it is not, it is called once with the context, when nothing of the library can call the table any
// more: when the last handle that has to do with it is freed. If the call that was given a table
// fails, nothing of it is called from then on, `release` neither.
#pragma once

#include "conclave/c_types.h"

#ifdef __cplusplus
extern "C" {
#endif

// -- Crypto. conclave/c_boringssl.h makes the provider that comes with the library. (A provider of
// an application's own is written in C++.)
//
// Thread rule: any number of threads may use one.

typedef struct conclave_crypto conclave_crypto;

CONCLAVE_EXPORT void conclave_crypto_free(conclave_crypto* crypto) CONCLAVE_NOEXCEPT;

// Makes a signature key of a scheme (CONCLAVE_ED25519, ...) and shows its private key, in the form
// of RFC 9420, section 5.1.2: for conclave_signer_of_key(), and for the application to keep. Where
// it was shown it is wiped afterwards. _UNSUPPORTED if the provider lacks the scheme; _CRYPTO.
CONCLAVE_C conclave_error conclave_generate_signature_key(const conclave_crypto* crypto,
                                                          uint16_t scheme, conclave_view view,
                                                          void* context,
                                                          const char** detail) CONCLAVE_NOEXCEPT;

// -- Signers: signature keys that the application keeps.
//
// Thread rule: any number of threads may use one of conclave_signer_of_key(); of one of
// conclave_signer_of_callbacks(), `sign` is called by every thread that uses a client with it.

typedef struct conclave_signer conclave_signer;

typedef struct conclave_signer_callbacks {
  size_t size;  // sizeof(conclave_signer_callbacks)
  void* context;
  // Signs `message` and gives the signature to conclave_value_set(). Answers CONCLAVE_OK, or an
  // error, with which the call that needs the signature fails; _UNAVAILABLE asks for it to be
  // repeated. Any other number is CONCLAVE_ERROR_CRYPTO.
  int (*sign)(void* context, const uint8_t* message, size_t message_size,
              conclave_value* signature);
  void (*release)(void* context);
} conclave_signer_callbacks;

// A key behind callbacks: in a keystore, in hardware. `public_key` is in the form of RFC 9420,
// section 5.1.1, and is copied.
CONCLAVE_C conclave_error conclave_signer_of_callbacks(const conclave_signer_callbacks* callbacks,
                                                       const uint8_t* public_key,
                                                       size_t public_key_size,
                                                       conclave_signer** signer) CONCLAVE_NOEXCEPT;

// A private key in memory, which is copied, and wiped when the last handle that uses it is freed.
// The caller wipes its own. _MALFORMED if it is none of the scheme's; _UNSUPPORTED; _CRYPTO.
CONCLAVE_C conclave_error conclave_signer_of_key(const conclave_crypto* crypto, uint16_t scheme,
                                                 const uint8_t* private_key,
                                                 size_t private_key_size, conclave_signer** signer,
                                                 const char** detail) CONCLAVE_NOEXCEPT;

CONCLAVE_C conclave_error conclave_signer_public_key(const conclave_signer* signer,
                                                     conclave_view view,
                                                     void* context) CONCLAVE_NOEXCEPT;

CONCLAVE_EXPORT void conclave_signer_free(conclave_signer* signer) CONCLAVE_NOEXCEPT;

// -- Storage: where a client keeps what must outlive the process. conclave/c_sqlite.h opens one in
// an SQLite file.
//
// The library makes exactly one write in each call that changes anything. Records are opaque, small
// and keyed; keys are ordered bytewise. Those of the library begin with a byte below 0x80; those of
// conclave_row with CONCLAVE_ROWS. Values hold secrets: encryption at rest is the storage's
// business, and so is that what is deleted is gone.
//
// Thread rule: a storage in memory is used by one thread at a time; one of callbacks as they say;
// one in an SQLite file by any number of threads.

typedef struct conclave_storage conclave_storage;

#define CONCLAVE_ROWS 0x80

// The `detail` of a write whose expectations did not hold: somebody else wrote, or an older copy
// was restored. Compare with strcmp(); nothing was written.
#define CONCLAVE_STORAGE_CONFLICT "storage: expectation failed"

enum {
  CONCLAVE_PUT = 0,           // store `value` under `key`
  CONCLAVE_ERASE = 1,         // delete `key`, which may be absent
  CONCLAVE_ERASE_PREFIX = 2,  // delete every key that begins with `key`
  CONCLAVE_EXPECT = 3,        // nothing is written unless `key` has exactly `value`
  CONCLAVE_EXPECT_ABSENT = 4  // nothing is written unless `key` is absent
};
typedef struct conclave_operation {
  uint32_t kind;
  conclave_bytes key;
  conclave_bytes value;  // empty where there is none
} conclave_operation;

// Where a callback shows the records that it finds.
typedef struct conclave_visitor conclave_visitor;

// Shows one record to whoever scans. For `scan` only, with the conclave_visitor that it was given.
CONCLAVE_C conclave_error conclave_visit(conclave_visitor* visitor, const uint8_t* key,
                                         size_t key_size, const uint8_t* value,
                                         size_t value_size) CONCLAVE_NOEXCEPT;

// What `write` answers; whatever is none of the three is a failure.
enum { CONCLAVE_WRITTEN = 0, CONCLAVE_WRITE_FAILED = 1, CONCLAVE_WRITE_CONFLICT = 2 };

typedef struct conclave_storage_callbacks {
  size_t size;  // sizeof(conclave_storage_callbacks)
  void* context;
  // All of the operations, in their order, durable when it returns: CONCLAVE_WRITTEN; or none of
  // them. Expectations are judged before anything is changed: CONCLAVE_WRITE_CONFLICT.
  int (*write)(void* context, const conclave_operation* operations, size_t count);
  // The value of a record, if it is there, to conclave_value_set(), and 0; anything else if that
  // could not be found out.
  int (*read)(void* context, const uint8_t* key, size_t key_size, conclave_value* value);
  // Every record whose key begins with `prefix`, in the order of the keys, to conclave_visit(), and
  // 0; anything else if it could not, perhaps after some records.
  int (*scan)(void* context, const uint8_t* prefix, size_t prefix_size, conclave_visitor* visitor);
  void (*release)(void* context);
} conclave_storage_callbacks;

// In memory, for tests and for clients that need not survive.
CONCLAVE_C conclave_error conclave_storage_in_memory(conclave_storage** storage) CONCLAVE_NOEXCEPT;

// The application's own. All three callbacks are needed.
CONCLAVE_C conclave_error conclave_storage_of_callbacks(
    const conclave_storage_callbacks* callbacks, conclave_storage** storage) CONCLAVE_NOEXCEPT;

// For an application's own rows, whose keys begin with CONCLAVE_ROWS: all of the operations or
// none. _STORAGE.
CONCLAVE_C conclave_error conclave_storage_write(conclave_storage* storage,
                                                 const conclave_operation* operations, size_t count,
                                                 const char** detail) CONCLAVE_NOEXCEPT;

// Shows the value of a record; where it was copied for that it is wiped afterwards. _MISSING if it
// is not there; _STORAGE.
CONCLAVE_C conclave_error conclave_storage_read(const conclave_storage* storage, const uint8_t* key,
                                                size_t key_size, conclave_view view, void* context,
                                                const char** detail) CONCLAVE_NOEXCEPT;

// Is shown one record.
typedef void (*conclave_record_view)(void* context, conclave_bytes key, conclave_bytes value);

// Shows every record whose key begins with `prefix`, in the order of the keys. The callback must
// not write to the storage. _STORAGE, perhaps after some records.
CONCLAVE_C conclave_error conclave_storage_scan(const conclave_storage* storage,
                                                const uint8_t* prefix, size_t prefix_size,
                                                conclave_record_view view, void* context,
                                                const char** detail) CONCLAVE_NOEXCEPT;

// Lets go of a storage. It is closed when the last client, session or join that uses it is freed.
CONCLAVE_EXPORT void conclave_storage_free(conclave_storage* storage) CONCLAVE_NOEXCEPT;

// A row of the application's, written in the same step as what a call changes: an outbox or an
// inbox, so that a message and the step of its ratchet are one fact. In the storage its key has
// CONCLAVE_ROWS in front. A call that changes nothing writes no row.
enum {
  CONCLAVE_ROW_VALUE = 0,             // `value`
  CONCLAVE_ROW_VALUE_AND_OUTPUT = 1,  // `value`, and behind it what the call makes
  CONCLAVE_ROW_NONE = 2               // the row is erased
};
typedef struct conclave_row {
  uint32_t content;
  conclave_bytes key;
  conclave_bytes value;
} conclave_row;

// -- Clock: what time it is. Called on the thread that called the library.

typedef struct conclave_clock {
  size_t size;  // sizeof(conclave_clock)
  void* context;
  uint64_t (*now)(void* context);  // seconds since the Unix epoch
  void (*release)(void* context);
} conclave_clock;

// The system's clock, as a `now`. `context` may be NULL.
//
// Thread rule: any thread.
CONCLAVE_EXPORT uint64_t conclave_system_now(void* context) CONCLAVE_NOEXCEPT;

// -- Verifier: the Authentication Service. MLS binds a signature key to whatever a credential says;
// whether that is true is for the application to know. Called on the thread that called the
// library.

// Why the verifier is asked (RFC 9420, section 5.3.1, in its order).
enum {
  CONCLAVE_KEY_PACKAGE_TO_ADD = 1,
  CONCLAVE_GROUP_INFO_TO_JOIN = 2,
  CONCLAVE_RECEIVED_ADD = 3,
  CONCLAVE_RECEIVED_UPDATE = 4,
  CONCLAVE_RECEIVED_UPDATE_PATH = 5,
  CONCLAVE_EXTERNAL_SENDER_ADDED = 6,
  CONCLAVE_EXTERNAL_SENDER_UPDATED = 7
};

// Does `signature_key` belong to whom `credential` names? All of it is borrowed.
typedef struct conclave_question {
  uint32_t moment;
  conclave_bytes group_id;  // empty where no group is concerned yet
  const conclave_credential* credential;
  conclave_bytes signature_key;
  const conclave_credential* replaces;  // the credential that this one replaces, or NULL
  uint64_t now;                         // the clock's time
} conclave_question;

// What `verify` answers. Any other number is a rejection, 0 too.
enum {
  CONCLAVE_ACCEPT = 1,
  CONCLAVE_REJECT = 2,      // the call fails with CONCLAVE_ERROR_REJECTED_BY_POLICY
  CONCLAVE_CANNOT_SAY = 3,  // the call fails with CONCLAVE_ERROR_UNAVAILABLE and can be repeated
};

typedef struct conclave_verifier {
  size_t size;  // sizeof(conclave_verifier)
  void* context;
  int (*verify)(void* context, const conclave_question* question);
  // Which client a credential names, to conclave_value_set(): no group holds one client twice.
  // NULL, or setting nothing: signature keys tell clients apart within a group, and equal
  // credentials between groups.
  void (*client_id)(void* context, const conclave_credential* credential, conclave_value* id);
  void (*release)(void* context);
} conclave_verifier;

// -- Executor: the application's threads, lent for work that falls into independent parts.

typedef void (*conclave_job)(void* job_context, size_t index);

typedef struct conclave_executor {
  size_t size;  // sizeof(conclave_executor)
  void* context;
  // Calls job(job_context, i) once for each i below `count`, in any order and on any threads, and
  // returns when all calls have returned. A job may be called from several threads at once.
  void (*run)(void* context, size_t count, conclave_job job, void* job_context);
  void (*release)(void* context);
} conclave_executor;

// -- Policy: limits and habits of a client; conclave/policy.h explains each. Here zero is not the
// default: start with conclave_policy_defaults(). Flags are 0 or 1.

enum { CONCLAVE_HANDSHAKES_PRIVATE = 0, CONCLAVE_HANDSHAKES_PUBLIC = 1 };
enum { CONCLAVE_PADDING_NONE = 0, CONCLAVE_PADDING_BLOCK = 1, CONCLAVE_PADDING_PADME = 2 };

typedef struct conclave_policy {
  size_t size;  // set by conclave_policy_defaults()
  // What is accepted from others.
  size_t max_message_size;
  size_t max_extensions_size;
  size_t max_pending_proposals;
  uint32_t max_group_size;
  uint32_t accept_expired_leaves;
  // Out-of-order messages.
  uint32_t max_forward_generations;
  uint32_t max_retained_keys;
  size_t past_epochs;
  size_t max_own_messages;
  // What we send.
  uint32_t handshakes;
  uint32_t padding;
  size_t padding_block;
  uint32_t tree_in_welcome;
  uint32_t sending_lease;
  uint32_t grease;
  // Commits.
  uint32_t allow_external_commits;
  uint32_t allow_resync;
  uint32_t resync_requires_psk;
  size_t max_offers;
  size_t resumption_psks;
  const uint16_t* pathless_proposals;  // custom proposal types
  size_t pathless_proposal_count;
  const uint16_t* external_proposals;  // custom proposal types
  size_t external_proposal_count;
  uint64_t max_key_package_lifetime;  // seconds; of others
  uint64_t key_package_lifetime;      // seconds; of ours
  uint64_t max_messages_per_epoch;
} conclave_policy;

// Writes the defaults to a policy of `size` bytes, its sizeof, and sets policy->size.
//
// Thread rule: any thread.
CONCLAVE_C conclave_error conclave_policy_defaults(conclave_policy* policy,
                                                   size_t size) CONCLAVE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
