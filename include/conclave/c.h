// The C API: the library for C, and for whatever can call C.
//
// It is the C++ API under other names. What a call does, costs and stores is told in the C++ header
// that each part of this one names; here is what is different in C. The conventions:
//
//  1. Handles. `conclave_client`, `conclave_session` and the like are opaque. Whoever gets one
//     through a pointer frees it, once, with the function of its name; freeing NULL does nothing.
//     They may be freed in any order: what one of them needs of another, it holds on to.
//  2. Errors. A function that can fail returns a conclave_error, whose numbers are those of
//     ErrorKind (conclave/result.h), and CONCLAVE_OK is 0. Where `detail` is the last parameter, it
//     may be NULL; if it is not, it is set to a static string for logs: the rule that was broken,
//     or
//     "" if there was none. In comments _STORAGE is short for CONCLAVE_ERROR_STORAGE, and so on;
//     every function may also fail with _MISUSE, as these conventions say. After an error
//     everything is as it was before, as conclave/session.h says it, and nothing was given out: a
//     pointer to be written to keeps what it had.
//  3. Bytes that go in are a pointer and a length, or a conclave_bytes. They are borrowed until the
//     call returns. A length of 0 may come with NULL. No byte string of MLS is longer than 2^30 - 1
//     bytes, and one that is longer is CONCLAVE_ERROR_MISUSE.
//  4. What comes out is shown to a *view callback*: once, before the call returns, and only if it
//     succeeds; of a list, once for each item. The callback gets the `context` that was given with
//     it, and a view that is good until the callback returns: it copies what it wants to keep.
//     Numbers are written where a pointer says, and secrets into the caller's buffer. So nobody
//     frees what somebody else allocated.
//  5. NULL is allowed where it is said, and nowhere else: CONCLAVE_ERROR_MISUSE, and nothing
//     happens. So is a number that is none of those listed.
//  6. A struct that begins with `size` is filled by the caller, who sets everything in it to zero
//     and `size` to its sizeof. Zero is always the default. Such structs may grow at their end in
//     later versions; a caller who does not know the new fields gets their defaults.
//     A struct that the library shows by a pointer to one may grow at its end too. All others
//     (conclave_bytes, conclave_member, ...) are never changed.
//  7. Strings that are a `const char*` end with a zero byte.
//  8. Callbacks are called on the thread that called the library, unless it is said otherwise, and
//     before that call returns. They must not call the library with a handle that is in use by that
//     call, except where it is said. They return: a jump or an exception out of a callback would go
//     through the library, whose functions let nothing through. An exception that tries ends the
//     process.
//  9. Threads. A client, its sessions and what comes of them (events, joins) are used by one thread
//     at a time; freeing counts as using. Different clients share nothing but what they were given:
//     a conclave_crypto or a conclave_signer that comes with the library may be shared by any
//     number of threads; each storage says what it allows. Functions that are given no handle may
//     be called from any thread at any time.
// 10. No function reads or changes anything global. The library starts no thread, reads no clock,
//     opens no file and writes no log, unless a function says that it does.
//
// The functions of the library conclave_boringssl are in conclave/c_boringssl.h, those of
// conclave_sqlite in conclave/c_sqlite.h. A program in C is linked with the C++ compiler, or with
// the C++ standard library.
#pragma once

#include "conclave/c_client.h"
#include "conclave/c_environment.h"
#include "conclave/c_groups.h"
#include "conclave/c_session.h"
#include "conclave/c_types.h"
