// Stories of what outlives the process: sessions, offers, Welcomes, an application's own rows.
#include <string.h>

#include "capi/runner.h"

static conclave_session* Open(party* someone, const conclave_open_options* options) {
  const conclave_bytes id = Text("room");
  conclave_session* session = NULL;
  MUST(conclave_client_open_group(someone->client, id.data, id.size, options, &session, NULL));
  return Own(session);
}

static void GoesOnAfterRestart(void) {
  room group = NewRoom(2);
  const conclave_bytes skipped = Protect(group.at_alice, "skipped");
  const conclave_bytes read = Protect(group.at_alice, "read");
  RequireHeard(group.at_bob, read, "read");
  const conclave_bytes authenticator = AuthenticatorOf(group.at_bob);
  // Bob's program ends without a word; the old handles are never used again.
  Restart(group.bob);
  conclave_session* at_bob = Open(group.bob, NULL);
  REQUIRE(Same(AuthenticatorOf(at_bob), authenticator));
  RequireHeard(at_bob, skipped, "skipped");
  EXPECT(CONCLAVE_ERROR_ALREADY_USED, ErrorOfReceiving(at_bob, read));
  conclave_session* both[] = {group.at_alice, at_bob, NULL};
  RequireHealthy(both);
  // The old session must not repeat a key: it is told that somebody else has written.
  conclave_bytes shown = {NULL, 0};
  const char* detail = NULL;
  EXPECT(CONCLAVE_ERROR_STORAGE,
         conclave_session_protect(group.at_bob, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, &detail));
  REQUIRE(strcmp(detail, CONCLAVE_STORAGE_CONFLICT) == 0 && shown.data == NULL);
}

static void OfferOutlivesProcess(void) {
  room group = NewRoom(2);
  const conclave_bytes key_package = KeyPackageOf(group.carol);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  const outgoing made = CreateCommit(group.at_alice, &request);
  Restart(group.alice);
  conclave_session* at_alice = Open(group.alice, NULL);
  const todo left = ReceiveAndApply(at_alice, made.commit);
  REQUIRE(left.has_offer && left.offer == made.offer && left.welcome_count == 1);
  ReceiveAndApply(group.at_bob, made.commit);
  conclave_session* everybody[] = {at_alice, group.at_bob, Join(group.carol, left.welcomes[0]),
                                   NULL};
  RequireHealthy(everybody);
}

typedef struct mail {
  size_t count;
  uint64_t offer;
  conclave_bytes welcome;
} mail;

static void KeepUndelivered(void* context, const conclave_undelivered* undelivered) {
  mail* kept = context;
  CHECK(undelivered->welcome_count == 1);
  ++kept->count;
  kept->offer = undelivered->offer;
  kept->welcome = Copy(undelivered->welcomes[0].data, undelivered->welcomes[0].size);
}

static void WelcomesWaitForDelivery(void) {
  room group = NewRoom(2);
  mail before = {.count = 0}, after = {.count = 0};
  // The Welcome for bob has been waiting since alice added him.
  MUST(conclave_session_undelivered(group.at_alice, KeepUndelivered, &before, NULL));
  REQUIRE(before.count == 1);
  MUST(conclave_session_delivered(group.at_alice, before.offer, NULL));
  MUST(conclave_session_undelivered(group.at_alice, KeepUndelivered, &after, NULL));
  REQUIRE(after.count == 0);
}

static void CountGroup(void* context, const conclave_group* group) {
  CHECK(IsText(group->id, "room") && group->epoch == 1);
  ++*(size_t*)context;
}

static void GroupsAreListed(void) {
  room group = NewRoom(2);
  size_t count = 0;
  const conclave_bytes id = Text("room"), other = Text("other");
  MUST(conclave_client_groups(group.bob->client, CountGroup, &count, NULL));
  REQUIRE(count == 1);
  conclave_session* session = NULL;
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER, conclave_client_open_group(group.bob->client, other.data,
                                                               other.size, NULL, &session, NULL));
  MUST(conclave_client_delete_group(group.bob->client, id.data, id.size, NULL));
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER,
         conclave_client_open_group(group.bob->client, id.data, id.size, NULL, &session, NULL));
  count = 0;
  MUST(conclave_client_groups(group.bob->client, CountGroup, &count, NULL));
  REQUIRE(count == 0);
  // A session of it finds out when it writes.
  conclave_bytes shown = {NULL, 0};
  EXPECT(CONCLAVE_ERROR_STORAGE,
         conclave_session_protect(group.at_bob, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, NULL));
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER,
         conclave_session_protect(group.at_bob, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, NULL));
  REQUIRE(shown.data == NULL);
  // The id is taken only where the group still is.
  const conclave_group_options options = {.size = sizeof options, .id = id};
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_client_create_group(group.alice->client, &options, &session, NULL));
}

static void BackupSendsNothing(void) {
  room group = NewRoom(2);
  uint64_t version = 0;
  bool restored = true;
  MUST(conclave_session_version(group.at_bob, &version));
  MUST(conclave_session_is_restored(group.at_bob, &restored));
  REQUIRE(!restored);
  Restart(group.bob);
  const conclave_open_options backup = {.size = sizeof backup, .from_backup = 1};
  conclave_session* at_bob = Open(group.bob, &backup);
  MUST(conclave_session_is_restored(at_bob, &restored));
  REQUIRE(restored);
  conclave_bytes shown = {NULL, 0};
  EXPECT(CONCLAVE_ERROR_COMMIT_FIRST,
         conclave_session_protect(at_bob, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, NULL));
  RequireHeard(at_bob, Protect(group.at_alice, "still here?"), "still here?");
  // A commit of ours ends it.
  conclave_session* alice[] = {group.at_alice, NULL};
  Commit(at_bob, NULL, alice);
  conclave_session* both[] = {group.at_alice, at_bob, NULL};
  RequireHealthy(both);

  // So it is when the version that was seen is higher than the storage's.
  Restart(group.alice);
  const conclave_open_options behind = {.size = sizeof behind, .expected_version = 1000};
  conclave_session* at_alice = Open(group.alice, &behind);
  MUST(conclave_session_is_restored(at_alice, &restored));
  REQUIRE(restored);
}

// -- An application's own rows.

typedef struct row_list {
  size_t count;
  conclave_bytes keys[8], values[8];
} row_list;

static void KeepRow(void* context, conclave_bytes key, conclave_bytes value) {
  row_list* rows = context;
  if (rows->count == 8) return;
  rows->keys[rows->count] = Copy(key.data, key.size);
  rows->values[rows->count] = Copy(value.data, value.size);
  ++rows->count;
}

static row_list RowsOf(const party* someone) {
  static const uint8_t kPrefix[] = {CONCLAVE_ROWS};
  row_list rows = {.count = 0};
  MUST(conclave_storage_scan(someone->storage, kPrefix, 1, KeepRow, &rows, NULL));
  return rows;
}

static void RowsForMessage(void* context, const conclave_application_message* message,
                           conclave_rows* rows) {
  conclave_row row = {.content = CONCLAVE_ROW_VALUE_AND_OUTPUT, .key = Text("inbox")};
  conclave_row bad = {.content = 77};
  conclave_error error;
  row.value = message->sender.credential.data;
  error = conclave_rows_add(rows, &row);
  CHECK(error == CONCLAVE_OK);
  error = conclave_rows_add(rows, &bad);
  CHECK(error == CONCLAVE_ERROR_MISUSE);
  error = conclave_rows_add(NULL, &row);
  CHECK(error == CONCLAVE_ERROR_MISUSE);
  ++*(size_t*)context;
}

static void RowsAreOneStep(void) {
  room group = NewRoom(2);
  const conclave_row outbox = {CONCLAVE_ROW_VALUE_AND_OUTPUT, Text("outbox"), Text("to bob: ")};
  const conclave_bytes text = Text("hello");
  conclave_bytes message = {NULL, 0};
  MUST(conclave_session_protect(group.at_alice, text.data, text.size, NULL, 0, &outbox, 1, Keep,
                                &message, NULL));
  row_list rows = RowsOf(group.alice);
  REQUIRE(rows.count == 1 && rows.keys[0].size == 7 && rows.keys[0].data[0] == CONCLAVE_ROWS);
  REQUIRE(rows.values[0].size == 8 + message.size);
  REQUIRE(memcmp(rows.values[0].data + 8, message.data, message.size) == 0);

  size_t asked = 0;
  const conclave_inbox inbox = {
      .size = sizeof inbox, .context = &asked, .rows_for = RowsForMessage};
  const conclave_row seen = {CONCLAVE_ROW_VALUE, Text("seen"), Text("1")};
  conclave_event* event = NULL;
  MUST(conclave_session_receive(group.at_bob, message.data, message.size, &seen, 1, &inbox, &event,
                                NULL));
  conclave_event_free(event);
  rows = RowsOf(group.bob);
  REQUIRE(asked == 1 && rows.count == 2);
  REQUIRE(IsText(rows.values[0], "alicehello") && IsText(rows.values[1], "1"));
  // What changes nothing writes nothing.
  const conclave_row again = {CONCLAVE_ROW_VALUE, Text("seen"), Text("2")};
  EXPECT(CONCLAVE_ERROR_ALREADY_USED,
         conclave_session_receive(group.at_bob, message.data, message.size, &again, 1, &inbox,
                                  &event, NULL));
  REQUIRE(asked == 1 && IsText(RowsOf(group.bob).values[1], "1"));

  // A row goes with a commit, and with a proposal.
  const conclave_row gone = {CONCLAVE_ROW_NONE, Text("outbox"), {NULL, 0}};
  const outgoing made = CreateCommit(group.at_bob, NULL);
  event = Receive(group.at_alice, made.commit, CONCLAVE_EVENT_COMMIT);
  MUST(conclave_session_apply(group.at_alice, event, &gone, 1, NULL, NULL, NULL));
  REQUIRE(RowsOf(group.alice).count == 0);
  conclave_proposal_options options = {.size = sizeof options, .rows = &outbox, .row_count = 1};
  conclave_bytes update = {NULL, 0};
  MUST(conclave_session_propose_update(group.at_alice, NULL, &options, Keep, &update, NULL));
  rows = RowsOf(group.alice);
  REQUIRE(rows.count == 1 && rows.values[0].size == 8 + update.size);
}

static void ApplicationWritesItsRows(void) {
  party* alice = NewParty("alice");
  static const uint8_t kA[] = {CONCLAVE_ROWS, 'a'}, kB[] = {CONCLAVE_ROWS, 'b'};
  const conclave_operation two[] = {{CONCLAVE_PUT, {kA, 2}, Text("1")},
                                    {CONCLAVE_PUT, {kB, 2}, Text("2")}};
  MUST(conclave_storage_write(alice->storage, two, 2, NULL));
  conclave_bytes value = {NULL, 0}, none = {NULL, 0};
  MUST(conclave_storage_read(alice->storage, kB, 2, Keep, &value, NULL));
  REQUIRE(IsText(value, "2"));
  // All or nothing.
  const conclave_operation conflict[] = {{CONCLAVE_ERASE, {kA, 2}, {NULL, 0}},
                                         {CONCLAVE_EXPECT, {kB, 2}, Text("3")}};
  const char* detail = NULL;
  EXPECT(CONCLAVE_ERROR_STORAGE, conclave_storage_write(alice->storage, conflict, 2, &detail));
  REQUIRE(strcmp(detail, CONCLAVE_STORAGE_CONFLICT) == 0);
  REQUIRE(RowsOf(alice).count == 2);
  const conclave_operation clear[] = {{CONCLAVE_EXPECT_ABSENT, {kA, 1}, {NULL, 0}},
                                      {CONCLAVE_ERASE_PREFIX, {kA, 1}, {NULL, 0}}};
  MUST(conclave_storage_write(alice->storage, clear, 2, &detail));
  REQUIRE(detail[0] == 0 && RowsOf(alice).count == 0);
  EXPECT(CONCLAVE_ERROR_MISSING,
         conclave_storage_read(alice->storage, kB, 2, Keep, &none, &detail));
  REQUIRE(none.data == NULL && detail[0] != 0);
}

static void IdentityIsOpenedWithItsSigner(void) {
  room group = NewRoom(2);
  conclave_bytes private_key = {NULL, 0};
  conclave_signer* signer = NULL;
  MUST(conclave_generate_signature_key(Crypto(), CONCLAVE_ED25519, Keep, &private_key, NULL));
  MUST(conclave_signer_of_key(Crypto(), CONCLAVE_ED25519, private_key.data, private_key.size,
                              &signer, NULL));
  conclave_identity identity = {.signer = signer};
  identity.credential.credential_type = CONCLAVE_CREDENTIAL_BASIC;
  identity.credential.data = Text("bob at work");
  conclave_commit_request request = EmptyRequest();
  request.new_identity = &identity;
  conclave_session* alice[] = {group.at_alice, NULL};
  Commit(group.at_bob, &request, alice);
  Restart(group.bob);
  const conclave_bytes id = Text("room");
  conclave_session* session = NULL;
  const conclave_error without =
      conclave_client_open_group(group.bob->client, id.data, id.size, NULL, &session, NULL);
  const conclave_signer* const signers[] = {signer};
  const conclave_open_options options = {
      .size = sizeof options, .signers = signers, .signer_count = 1};
  conclave_session* at_bob = without == CONCLAVE_OK ? NULL : Open(group.bob, &options);
  conclave_signer_free(signer);
  REQUIRE(without == CONCLAVE_ERROR_MISSING);
  conclave_session* both[] = {group.at_alice, at_bob, NULL};
  RequireHealthy(both);
}

const test kStorageTests[] = {
    {"A session goes on after a restart where the last one stopped", GoesOnAfterRestart},
    {"An offer outlives its process and wins", OfferOutlivesProcess},
    {"Welcomes wait in the storage until they are delivered", WelcomesWaitForDelivery},
    {"Groups are listed, opened and deleted", GroupsAreListed},
    {"A storage that comes out of a backup sends nothing before a commit", BackupSendsNothing},
    {"An application's rows are written in one step with a message", RowsAreOneStep},
    {"An application writes, reads and erases rows of its own", ApplicationWritesItsRows},
    {"A session of a new identity is opened with its signer, and not without",
     IdentityIsOpenedWithItsSigner},
    {NULL, NULL}};
