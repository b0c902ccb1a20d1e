// A storage in an SQLite file, in the C API (conclave/sqlite_storage.h). Link conclave::sqlite. The
// conventions are in conclave/c.h.
//
// Durable: a write that has returned is on the disk. Erased is gone. Private: the file is made with
// mode 0600. Sealed, if a sealing key is given. Several connections, in one process or in many, may
// have one file open; a session belongs to one of them.
//
// Thread rule: any number of threads may use one; its calls take turns.
#pragma once

#include "conclave/c_environment.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CONCLAVE_SEALING_KEY_SIZE 32

// The `detail` of CONCLAVE_ERROR_STORAGE if another connection was writing for all of
// `busy_timeout_ms`. Compare with strcmp(); nothing was written.
#define CONCLAVE_SQLITE_BUSY "sqlite: another connection is writing"

typedef struct conclave_sqlite_options {
  size_t size;                 // sizeof(conclave_sqlite_options)
  uint32_t busy_timeout_ms;    // 0: 5000
  const char* path;            // of the file, which is made if it is not there
  const char* vfs;             // one of SQLite's file systems; NULL: its default
  conclave_bytes sealing_key;  // random, CONCLAVE_SEALING_KEY_SIZE bytes; empty: nothing is sealed
} conclave_sqlite_options;

// Opens the file, or makes an empty one. _STORAGE and _UNSUPPORTED: a file that another application
// or a later version made, which is not touched. _STORAGE too if the sealing key is not the file's,
// is missing, or is given for a file that is not sealed. The sealing key is copied; the caller
// wipes its own.
CONCLAVE_C conclave_error conclave_storage_open_sqlite(const conclave_sqlite_options* options,
                                                       conclave_storage** storage,
                                                       const char** detail) CONCLAVE_NOEXCEPT;

// Seals every value under a new key, or with a length of 0 under none, in one transaction. Other
// connections to the file fail from then on, until they are opened with the new key. _MISUSE if the
// storage is none of conclave_storage_open_sqlite(), or the key has the wrong size; _STORAGE.
CONCLAVE_C conclave_error conclave_storage_rekey_sqlite(conclave_storage* storage,
                                                        const uint8_t* sealing_key,
                                                        size_t sealing_key_size,
                                                        const char** detail) CONCLAVE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
