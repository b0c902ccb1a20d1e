// Stories of a storage in an SQLite file.
#include <conclave/c_sqlite.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capi/runner.h"

static char directory[] = "/tmp/conclave-capi-XXXXXX";
static char path[64];

static const uint8_t kKey[CONCLAVE_SEALING_KEY_SIZE] = {1, 2, 3};
static const uint8_t kOther[CONCLAVE_SEALING_KEY_SIZE] = {3, 2, 1};

static void RemoveFiles(void) {
  static const char* const kSuffixes[] = {"", "-wal", "-shm"};
  char name[80];
  size_t i;
  for (i = 0; i < 3; ++i) {
    snprintf(name, sizeof name, "%s%s", path, kSuffixes[i]);
    remove(name);
  }
  rmdir(directory);
}

static void NewFile(void) {
  memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
  REQUIRE(mkdtemp(directory) != NULL);
  snprintf(path, sizeof path, "%s/alice", directory);
}

static conclave_error OpenWith(const uint8_t* key, conclave_storage** storage,
                               const char** detail) {
  const conclave_sqlite_options options = {
      .size = sizeof options, .path = path, .sealing_key = {key, key != NULL ? sizeof kKey : 0}};
  return conclave_storage_open_sqlite(&options, storage, detail);
}

static void FileHoldsGroup(void) {
  NewFile();
  conclave_storage* storage = NULL;
  MUST(OpenWith(kKey, &storage, NULL));
  party* alice = NewPartyOver("alice", storage);
  party* bob = NewParty("bob");
  conclave_session* nobody[] = {NULL};
  conclave_session* at_alice = NewGroup(alice, "room");
  conclave_session* at_bob = Add(at_alice, bob, nobody);
  const conclave_bytes message = Protect(at_bob, "monday");

  // The file cannot be opened without its key, nor with another.
  conclave_storage* again = NULL;
  const char* detail = NULL;
  EXPECT(CONCLAVE_ERROR_STORAGE, OpenWith(NULL, &again, &detail));
  REQUIRE(detail != NULL && detail[0] != 0);
  EXPECT(CONCLAVE_ERROR_STORAGE, OpenWith(kOther, &again, NULL));
  MUST(conclave_storage_rekey_sqlite(alice->storage, kOther, sizeof kOther, NULL));
  EXPECT(CONCLAVE_ERROR_STORAGE, OpenWith(kKey, &again, NULL));
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_storage_rekey_sqlite(alice->storage, kKey, 5, NULL));
  REQUIRE(again == NULL);

  // Another connection goes on.
  MUST(OpenWith(kOther, &again, NULL));
  party* reborn = NewPartyOver("alice", again);
  const conclave_bytes id = Text("room");
  conclave_session* reopened = NULL;
  MUST(conclave_client_open_group(reborn->client, id.data, id.size, NULL, &reopened, NULL));
  Own(reopened);
  RequireHeard(reopened, message, "monday");
  conclave_session* both[] = {reopened, at_bob, NULL};
  RequireHealthy(both);
  RemoveFiles();
}

static void OptionsAreChecked(void) {
  NewFile();
  conclave_sqlite_options options = {.size = sizeof options, .path = NULL};
  conclave_storage *storage = NULL, *memory = NULL;
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_storage_open_sqlite(&options, &storage, NULL));
  options.path = "";
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_storage_open_sqlite(&options, &storage, NULL));
  options.path = path;
  options.sealing_key.data = kKey;
  options.sealing_key.size = 5;
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_storage_open_sqlite(&options, &storage, NULL));
  options.sealing_key.size = 0;
  options.vfs = "there is no such file system";
  EXPECT(CONCLAVE_ERROR_STORAGE, conclave_storage_open_sqlite(&options, &storage, NULL));
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_storage_open_sqlite(NULL, &storage, NULL));
  options.vfs = NULL;
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_storage_open_sqlite(&options, NULL, NULL));
  options.size = 0;
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_storage_open_sqlite(&options, &storage, NULL));
  REQUIRE(storage == NULL);
  MUST(conclave_storage_in_memory(&memory));
  const conclave_error of_memory = conclave_storage_rekey_sqlite(memory, kKey, sizeof kKey, NULL);
  conclave_storage_free(memory);
  EXPECT(CONCLAVE_ERROR_MISUSE, of_memory);
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_storage_rekey_sqlite(NULL, kKey, sizeof kKey, NULL));
  RemoveFiles();
}

const test kSqliteTests[] = {
    {"A file holds a group, sealed, and another connection goes on", FileHoldsGroup},
    {"The options of a file are checked", OptionsAreChecked},
    {NULL, NULL}};
