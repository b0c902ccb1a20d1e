// Stories of a storage of the application's own, behind callbacks, which may fail.
#include <stdlib.h>
#include <string.h>

#include "capi/runner.h"

typedef struct record {
  uint8_t *key, *value;
  size_t key_size, value_size;
} record;

// Records in the order of their keys, in an array; and what is to go wrong.
typedef struct shelf {
  record* records;
  size_t count;
  int write_answer, read_answer, scan_answer;
  size_t writes, released;
} shelf;

static int Compare(const record* entry, const uint8_t* key, size_t size) {
  const size_t common = entry->key_size < size ? entry->key_size : size;
  const int order = common == 0 ? 0 : memcmp(entry->key, key, common);
  if (order != 0) return order;
  return entry->key_size < size ? -1 : entry->key_size > size;
}

// Where a key is, or belongs.
static size_t PlaceOf(const shelf* all, const uint8_t* key, size_t size) {
  size_t place = 0;
  while (place < all->count && Compare(&all->records[place], key, size) < 0) ++place;
  return place;
}

static record* Find(const shelf* all, const uint8_t* key, size_t size) {
  const size_t place = PlaceOf(all, key, size);
  if (place == all->count || Compare(&all->records[place], key, size) != 0) return NULL;
  return &all->records[place];
}

static bool BeginsWith(const record* entry, conclave_bytes prefix) {
  return entry->key_size >= prefix.size &&
         (prefix.size == 0 || memcmp(entry->key, prefix.data, prefix.size) == 0);
}

static void Remove(shelf* all, size_t place) {
  free(all->records[place].key);
  free(all->records[place].value);
  --all->count;
  memmove(&all->records[place], &all->records[place + 1],
          (all->count - place) * sizeof *all->records);
}

static uint8_t* Duplicate(conclave_bytes bytes) {
  uint8_t* copy = malloc(bytes.size + 1);
  if (copy == NULL) abort();
  if (bytes.size != 0) memcpy(copy, bytes.data, bytes.size);
  return copy;
}

static void Put(shelf* all, conclave_bytes key, conclave_bytes value) {
  record* entry = Find(all, key.data, key.size);
  if (entry == NULL) {
    const size_t place = PlaceOf(all, key.data, key.size);
    all->records = realloc(all->records, (all->count + 1) * sizeof *all->records);
    if (all->records == NULL) abort();
    entry = &all->records[place];
    memmove(entry + 1, entry, (all->count - place) * sizeof *entry);
    ++all->count;
    entry->key = Duplicate(key);
    entry->key_size = key.size;
  } else {
    free(entry->value);
  }
  entry->value = Duplicate(value);
  entry->value_size = value.size;
}

static bool Holds(const shelf* all, const conclave_operation* operation) {
  const record* entry = Find(all, operation->key.data, operation->key.size);
  if (operation->kind == CONCLAVE_EXPECT_ABSENT) return entry == NULL;
  if (operation->kind != CONCLAVE_EXPECT) return true;
  return entry != NULL && entry->value_size == operation->value.size &&
         memcmp(entry->value, operation->value.data, entry->value_size) == 0;
}

static int Write(void* context, const conclave_operation* operations, size_t count) {
  shelf* all = context;
  size_t i, j;
  if (all->write_answer != CONCLAVE_WRITTEN) return all->write_answer;
  for (i = 0; i < count; ++i) {
    if (!Holds(all, &operations[i])) return CONCLAVE_WRITE_CONFLICT;
  }
  for (i = 0; i < count; ++i) {
    const conclave_operation* operation = &operations[i];
    if (operation->kind == CONCLAVE_PUT) Put(all, operation->key, operation->value);
    for (j = all->count; j-- > 0;) {
      const bool erased =
          operation->kind == CONCLAVE_ERASE
              ? Compare(&all->records[j], operation->key.data, operation->key.size) == 0
              : operation->kind == CONCLAVE_ERASE_PREFIX &&
                    BeginsWith(&all->records[j], operation->key);
      if (erased) Remove(all, j);
    }
  }
  ++all->writes;
  return CONCLAVE_WRITTEN;
}

static int Read(void* context, const uint8_t* key, size_t key_size, conclave_value* value) {
  const shelf* all = context;
  const record* entry = Find(all, key, key_size);
  if (all->read_answer != 0) return all->read_answer;
  if (entry == NULL) return 0;
  return conclave_value_set(value, entry->value, entry->value_size) == CONCLAVE_OK ? 0 : 1;
}

static int Scan(void* context, const uint8_t* prefix, size_t prefix_size,
                conclave_visitor* visitor) {
  const shelf* all = context;
  const conclave_bytes beginning = {prefix, prefix_size};
  size_t i;
  if (all->scan_answer != 0) return all->scan_answer;
  for (i = 0; i < all->count; ++i) {
    const record* entry = &all->records[i];
    if (!BeginsWith(entry, beginning)) continue;
    if (conclave_visit(visitor, entry->key, entry->key_size, entry->value, entry->value_size) !=
        CONCLAVE_OK) {
      return 1;
    }
  }
  return 0;
}

static void Release(void* context) {
  shelf* all = context;
  while (all->count != 0) Remove(all, all->count - 1);
  free(all->records);
  all->records = NULL;
  ++all->released;
}

static conclave_storage* StorageOn(shelf* all) {
  const conclave_storage_callbacks callbacks = {.size = sizeof callbacks,
                                                .context = all,
                                                .write = Write,
                                                .read = Read,
                                                .scan = Scan,
                                                .release = Release};
  conclave_storage* storage = NULL;
  MUST(conclave_storage_of_callbacks(&callbacks, &storage));
  return storage;
}

// Alice, over a shelf, in a group with bob.
typedef struct stage {
  shelf* all;
  party *alice, *bob;
  conclave_session *at_alice, *at_bob;
} stage;

static stage NewStage(void) {
  stage made = {.all = Allocate(sizeof(shelf))};
  made.alice = NewPartyOver("alice", StorageOn(made.all));
  made.bob = NewParty("bob");
  made.at_alice = NewGroup(made.alice, "room");
  conclave_session* nobody[] = {NULL};
  made.at_bob = Add(made.at_alice, made.bob, nobody);
  return made;
}

static void HoldsGroupOverRestart(void) {
  stage made = NewStage();
  conclave_session* both[] = {made.at_alice, made.at_bob, NULL};
  RequireHealthy(both);
  Restart(made.alice);
  const conclave_bytes id = Text("room");
  conclave_session* reopened = NULL;
  MUST(conclave_client_open_group(made.alice->client, id.data, id.size, NULL, &reopened, NULL));
  both[0] = Own(reopened);
  RequireHealthy(both);
}

static void WritesOncePerCall(void) {
  stage made = NewStage();
  size_t before = made.all->writes;
  Protect(made.at_alice, "one");
  REQUIRE(made.all->writes == before + 1);
  const outgoing offer = CreateCommit(made.at_alice, NULL);
  REQUIRE(made.all->writes == before + 2);
  ReceiveAndApply(made.at_alice, offer.commit);
  REQUIRE(made.all->writes == before + 3);
}

static void FailedWriteChangesNothing(void) {
  static const int kAnswers[] = {CONCLAVE_WRITE_FAILED, 99, -1};
  stage made = NewStage();
  size_t i;
  for (i = 0; i < 3; ++i) {
    const outgoing offer = CreateCommit(made.at_bob, NULL);
    const conclave_bytes message = Protect(made.at_bob, "hello");
    conclave_event* commit = Receive(made.at_alice, offer.commit, CONCLAVE_EVENT_COMMIT);
    const conclave_bytes authenticator = AuthenticatorOf(made.at_alice);
    conclave_bytes shown = {NULL, 0};
    outgoing none = {.offer = 0};
    const char* detail = NULL;

    made.all->write_answer = kAnswers[i];
    EXPECT(CONCLAVE_ERROR_STORAGE, conclave_session_protect(made.at_alice, NULL, 0, NULL, 0, NULL,
                                                            0, Keep, &shown, &detail));
    REQUIRE(shown.data == NULL && detail[0] != 0);
    EXPECT(CONCLAVE_ERROR_STORAGE, ErrorOfReceiving(made.at_alice, message));
    EXPECT(CONCLAVE_ERROR_STORAGE,
           conclave_session_create_commit(made.at_alice, NULL, KeepOutgoing, &none, NULL));
    EXPECT(CONCLAVE_ERROR_STORAGE,
           conclave_client_new_key_package(made.alice->client, NULL, Keep, &shown, NULL));
    REQUIRE(shown.data == NULL && none.commit.data == NULL);
    // The commit was staged before a write failed, so the session was loaded anew meanwhile: it is
    // received again.
    REQUIRE(conclave_session_apply(made.at_alice, commit, NULL, 0, NULL, NULL, NULL) !=
            CONCLAVE_OK);
    made.all->write_answer = CONCLAVE_WRITTEN;

    REQUIRE(Same(AuthenticatorOf(made.at_alice), authenticator));
    RequireHeard(made.at_alice, message, "hello");
    ReceiveAndApply(made.at_alice, offer.commit);
    ReceiveAndApply(made.at_bob, offer.commit);
    conclave_session* both[] = {made.at_alice, made.at_bob, NULL};
    RequireHealthy(both);
  }
}

static void FailedReadIsReported(void) {
  stage made = NewStage();
  const conclave_bytes id = Text("room");
  conclave_session* session = NULL;
  conclave_bytes shown = {NULL, 0};
  size_t count = 0;
  made.all->read_answer = 1;
  made.all->scan_answer = 1;
  EXPECT(CONCLAVE_ERROR_STORAGE,
         conclave_client_open_group(made.alice->client, id.data, id.size, NULL, &session, NULL));
  EXPECT(CONCLAVE_ERROR_STORAGE,
         conclave_client_pending_joins(made.alice->client, CountBytes, &count, NULL));
  EXPECT(CONCLAVE_ERROR_STORAGE,
         conclave_storage_read(made.alice->storage, id.data, id.size, Keep, &shown, NULL));
  REQUIRE(session == NULL && shown.data == NULL && count == 0);
  conclave_client* client = NULL;
  const conclave_client_options options = OptionsOf(made.alice);
  EXPECT(CONCLAVE_ERROR_STORAGE, conclave_client_create(&options, &client, NULL));
  made.all->read_answer = 0;
  made.all->scan_answer = 0;
  conclave_session* both[] = {made.at_alice, made.at_bob, NULL};
  RequireHealthy(both);
}

static void ConflictIsToldApart(void) {
  stage made = NewStage();
  conclave_bytes shown = {NULL, 0};
  const char* detail = NULL;
  made.all->write_answer = CONCLAVE_WRITE_CONFLICT;
  EXPECT(CONCLAVE_ERROR_STORAGE,
         conclave_session_protect(made.at_alice, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, &detail));
  REQUIRE(strcmp(detail, CONCLAVE_STORAGE_CONFLICT) == 0);
  made.all->write_answer = CONCLAVE_WRITTEN;
  conclave_session* both[] = {made.at_alice, made.at_bob, NULL};
  RequireHealthy(both);
}

static void ReleasedOnce(void) {
  stage made = NewStage();
  EndParty(made.alice);
  // The session still needs it.
  REQUIRE(made.all->released == 0);
  RequireHeard(made.at_bob, Protect(made.at_alice, "still here"), "still here");
}

const test kOwnStorageTests[] = {
    {"A storage behind callbacks holds a group over a restart", HoldsGroupOverRestart},
    {"Each call that changes something makes one write", WritesOncePerCall},
    {"When a write fails, nothing has happened, and the same works later",
     FailedWriteChangesNothing},
    {"When the storage cannot be read, it is said", FailedReadIsReported},
    {"A conflict is told apart from other failures", ConflictIsToldApart},
    {"A storage that was let go is kept for the sessions that need it", ReleasedOnce},
    {NULL, NULL}};
