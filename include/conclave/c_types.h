// Values of the C API: errors, bytes, and who and what there is in a group (conclave/result.h,
// types.h, credential.h, member.h and commit_summary.h). The conventions are in conclave/c.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conclave/export.h"

// CONCLAVE_C stands before a function whose answer must be looked at, CONCLAVE_NOEXCEPT behind
// every function: none lets an exception out.
#if defined(__cplusplus)
#define CONCLAVE_C [[nodiscard]] CONCLAVE_EXPORT
#define CONCLAVE_NOEXCEPT noexcept
#elif defined(__GNUC__)
#define CONCLAVE_C __attribute__((warn_unused_result)) CONCLAVE_EXPORT
#define CONCLAVE_NOEXCEPT
#else
#define CONCLAVE_C CONCLAVE_EXPORT
#define CONCLAVE_NOEXCEPT
#endif

#ifdef __cplusplus
extern "C" {
#endif

// The version of this interface. It grows with every function or field that is added.
#define CONCLAVE_C_VERSION 1

// The CONCLAVE_C_VERSION of the library that is linked. A program that was compiled with a lower
// one runs with it.
CONCLAVE_EXPORT uint32_t conclave_c_version(void) CONCLAVE_NOEXCEPT;

// -- Errors.

// What the caller should do. The numbers are those of ErrorKind, and only ever appended to.
typedef enum conclave_error {
  CONCLAVE_OK = 0,
  CONCLAVE_ERROR_MALFORMED = 1,            // drop the message
  CONCLAVE_ERROR_NOT_AUTHENTIC = 2,        // drop and count: a bad signature, tag or decryption
  CONCLAVE_ERROR_WRONG_GROUP = 3,          // route it elsewhere
  CONCLAVE_ERROR_EPOCH_TOO_OLD = 4,        // drop
  CONCLAVE_ERROR_EPOCH_IN_FUTURE = 5,      // keep it until the missing commit arrives
  CONCLAVE_ERROR_ALREADY_USED = 6,         // drop: a replay, or beyond the window
  CONCLAVE_ERROR_INVALID_PROPOSAL = 7,     // report the committer
  CONCLAVE_ERROR_INVALID_COMMIT = 8,       // report the committer
  CONCLAVE_ERROR_UNSUPPORTED = 9,          // update the application
  CONCLAVE_ERROR_REJECTED_BY_POLICY = 10,  // the application's own verifier or policy said no
  CONCLAVE_ERROR_NOT_MEMBER = 11,          // we were removed, or never joined
  CONCLAVE_ERROR_MISSING = 12,             // fetch what it names, then give the same bytes again
  CONCLAVE_ERROR_COMMIT_FIRST = 13,        // commit, then try again
  CONCLAVE_ERROR_GROUP_CLOSED = 14,        // go to the successor: the group was re-initialised
  CONCLAVE_ERROR_UNAVAILABLE = 15,         // retry: the application's verifier could not say yet
  CONCLAVE_ERROR_STORAGE = 16,             // retry, or surface: the storage failed
  CONCLAVE_ERROR_CRYPTO = 17,              // retry, or surface: the crypto provider failed
  CONCLAVE_ERROR_MISUSE = 18               // fix the calling code
} conclave_error;

// The name of an error for logs, such as "NotAuthentic"; "Ok"; and "Unknown" for other numbers. A
// static string.
CONCLAVE_EXPORT const char* conclave_error_name(conclave_error error) CONCLAVE_NOEXCEPT;

// -- Bytes.

typedef struct conclave_bytes {
  const uint8_t* data;
  size_t size;
} conclave_bytes;

// Is shown bytes, which are good until it returns.
typedef void (*conclave_view)(void* context, const uint8_t* data, size_t size);

// Where a callback of the application's puts the bytes that it answers with.
typedef struct conclave_value conclave_value;

// Gives `value` these bytes, which are copied; a second time replaces them. For callbacks only,
// with the conclave_value that they were given.
CONCLAVE_C conclave_error conclave_value_set(conclave_value* value, const uint8_t* data,
                                             size_t size) CONCLAVE_NOEXCEPT;

// -- Code points of RFC 9420, section 17. Numbers that have no name here are legal in messages, and
// are passed on.

enum { CONCLAVE_MLS_1_0 = 1 };

enum {
  CONCLAVE_MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 = 1,
  CONCLAVE_MLS_128_DHKEMP256_AES128GCM_SHA256_P256 = 2,
  CONCLAVE_MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519 = 3,
  CONCLAVE_MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448 = 4,
  CONCLAVE_MLS_256_DHKEMP521_AES256GCM_SHA512_P521 = 5,
  CONCLAVE_MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448 = 6,
  CONCLAVE_MLS_256_DHKEMP384_AES256GCM_SHA384_P384 = 7
};

enum {
  CONCLAVE_EXTENSION_APPLICATION_ID = 1,
  CONCLAVE_EXTENSION_RATCHET_TREE = 2,
  CONCLAVE_EXTENSION_REQUIRED_CAPABILITIES = 3,
  CONCLAVE_EXTENSION_EXTERNAL_PUB = 4,
  CONCLAVE_EXTENSION_EXTERNAL_SENDERS = 5
};

enum {
  CONCLAVE_PROPOSAL_ADD = 1,
  CONCLAVE_PROPOSAL_UPDATE = 2,
  CONCLAVE_PROPOSAL_REMOVE = 3,
  CONCLAVE_PROPOSAL_PSK = 4,
  CONCLAVE_PROPOSAL_REINIT = 5,
  CONCLAVE_PROPOSAL_EXTERNAL_INIT = 6,
  CONCLAVE_PROPOSAL_GROUP_CONTEXT_EXTENSIONS = 7
};

enum { CONCLAVE_CREDENTIAL_BASIC = 1, CONCLAVE_CREDENTIAL_X509 = 2 };

// RFC 8446, section 4.2.3: the signature schemes of the suites.
enum {
  CONCLAVE_ECDSA_SECP256R1_SHA256 = 0x0403,
  CONCLAVE_ECDSA_SECP384R1_SHA384 = 0x0503,
  CONCLAVE_ECDSA_SECP521R1_SHA512 = 0x0603,
  CONCLAVE_ED25519 = 0x0807,
  CONCLAVE_ED448 = 0x0808
};

// -- Who and what there is in a group. The library reads and shows the same structs.

// RFC 9420, section 5.3. `data` is the identity of a basic credential, and the content of one of a
// type that RFC 9420 does not define. An X.509 credential has certificates in DER instead, the
// client's own first.
typedef struct conclave_credential {
  uint16_t credential_type;
  conclave_bytes data;
  const conclave_bytes* certificates;
  size_t certificate_count;
} conclave_credential;

// RFC 9420, section 7.2.
typedef struct conclave_extension {
  uint16_t extension_type;
  conclave_bytes extension_data;
} conclave_extension;

typedef struct conclave_extension_list {
  const conclave_extension* items;
  size_t count;
} conclave_extension_list;

// Somebody in a group as of one epoch; `leaf` counts from the left.
typedef struct conclave_member {
  uint32_t leaf;
  conclave_credential credential;
  conclave_bytes signature_key;
} conclave_member;

// One leaf before and after.
typedef struct conclave_member_change {
  conclave_member before;
  conclave_member after;
} conclave_member_change;

// Somebody who asks to be added, or who joins by an external commit.
typedef struct conclave_newcomer {
  conclave_credential credential;
  conclave_bytes signature_key;
} conclave_newcomer;

// Who made a proposal or a commit.
enum {
  CONCLAVE_SENDER_MEMBER = 1,    // `index` is the leaf
  CONCLAVE_SENDER_EXTERNAL = 2,  // `index` is the entry of the group's external_senders
  CONCLAVE_SENDER_NEWCOMER = 3   // `index` is 0
};
typedef struct conclave_sender {
  uint32_t kind;
  uint32_t index;
  conclave_credential credential;
  conclave_bytes signature_key;
} conclave_sender;

// The name of a pre-shared key (RFC 9420, section 8.4): one that the application distributed, whose
// name is `id`; or that of the epoch `epoch` of the group `id`.
enum { CONCLAVE_PSK_EXTERNAL = 1, CONCLAVE_PSK_RESUMPTION = 2 };
typedef struct conclave_psk_id {
  uint32_t kind;
  conclave_bytes id;
  uint64_t epoch;
} conclave_psk_id;

// What a ReInit proposal asks for (RFC 9420, section 12.1.5). When the library reads it, version 0
// is MLS 1.0.
typedef struct conclave_reinit {
  conclave_bytes group_id;
  uint16_t version;
  uint16_t cipher_suite;
  conclave_extension_list extensions;
} conclave_reinit;

// A proposal of a type that RFC 9420 does not define.
typedef struct conclave_custom_proposal {
  uint16_t proposal_type;
  conclave_bytes data;
} conclave_custom_proposal;

// A proposal, and who made it. Which of the pointers is there follows from `proposal_type`; the
// others are NULL.
typedef struct conclave_proposal {
  conclave_bytes ref;  // RFC 9420, section 5.2; empty for one that only a commit carries
  conclave_sender sender;
  uint16_t proposal_type;
  const conclave_newcomer* add;
  const conclave_member_change* update;
  const conclave_member* remove;
  const conclave_psk_id* psk;
  const conclave_reinit* reinit;
  const conclave_extension_list* group_context_extensions;  // would replace the group's
  const conclave_custom_proposal* custom;
} conclave_proposal;

// Everything that a commit does (conclave/commit_summary.h).
typedef struct conclave_commit_summary {
  uint64_t epoch;  // that the commit leads to
  conclave_sender committer;
  uint32_t committer_leaf;
  bool is_ours;
  bool removes_us;
  bool has_path;                 // whether the committer's keys are new
  const conclave_member* added;  // as of the new epoch
  size_t added_count;
  const conclave_member* removed;  // as of the old one
  size_t removed_count;
  const conclave_member_change* updated;  // the committer's own leaf among them
  size_t updated_count;
  const conclave_extension_list* extensions;  // the group's new ones; NULL if they stay
  const conclave_psk_id* psks;
  size_t psk_count;
  const conclave_reinit* reinit;  // the group closes; else NULL
  const conclave_proposal* proposals;
  size_t proposal_count;
  conclave_bytes authenticated_data;
} conclave_commit_summary;

// -- What else is shown to view callbacks (convention 4).

typedef void (*conclave_credential_view)(void* context, const conclave_credential* credential);
typedef void (*conclave_extension_view)(void* context, const conclave_extension* extension);
typedef void (*conclave_member_view)(void* context, const conclave_member* member);
typedef void (*conclave_proposal_view)(void* context, const conclave_proposal* proposal);
typedef void (*conclave_reinit_view)(void* context, const conclave_reinit* reinit);

#ifdef __cplusplus
}
#endif
