// What may be relied on about handles, views and structs that grow.
#include <string.h>

#include "capi/runner.h"

static void AnyOrder(void) {
  // Everything is freed before what stands on it.
  conclave_crypto* crypto = NULL;
  conclave_storage* storage = NULL;
  conclave_client* client = NULL;
  conclave_session* session = NULL;
  conclave_event* event = NULL;
  party someone = {.name = "alice", .now = 1800000000, .answer = CONCLAVE_ACCEPT};
  MUST(conclave_crypto_boringssl(&crypto));
  MUST(conclave_storage_in_memory(&storage));
  someone.storage = storage;
  conclave_client_options options = OptionsOf(&someone);
  options.crypto = crypto;
  MUST(conclave_client_create(&options, &client, NULL));
  conclave_crypto_free(crypto);
  conclave_storage_free(storage);
  MUST(conclave_client_create_group(client, NULL, &session, NULL));
  conclave_client_free(client);
  REQUIRE(someone.released == 0);
  const conclave_bytes commit = CreateCommit(session, NULL).commit;
  MUST(conclave_session_receive(session, commit.data, commit.size, NULL, 0, NULL, &event, NULL));
  Apply(session, event);
  REQUIRE(EpochOf(session) == 1);
  conclave_session_free(session);
  // What an event shows stays as long as it does.
  const bool ours = conclave_event_commit(event)->is_ours;
  REQUIRE(someone.released == 0);
  conclave_event_free(event);
  REQUIRE(ours && someone.released == 2);  // the clock and the verifier, once each
}

static void NullIsFreed(void) {
  conclave_crypto_free(NULL);
  conclave_signer_free(NULL);
  conclave_storage_free(NULL);
  conclave_client_free(NULL);
  conclave_session_free(NULL);
  conclave_event_free(NULL);
  conclave_staged_join_free(NULL);
  conclave_pending_join_free(NULL);
  conclave_x509_roots_free(NULL);
  REQUIRE(conclave_event_kind(NULL) == 0);
  REQUIRE(conclave_event_application(NULL) == NULL && conclave_event_proposal(NULL) == NULL);
  REQUIRE(conclave_event_commit(NULL) == NULL && conclave_staged_join_summary(NULL) == NULL);
  REQUIRE(conclave_pending_join_summary(NULL) == NULL);
}

static void NotReleasedOnFailure(void) {
  party* alice = NewParty("alice");
  const int before = alice->released;
  conclave_client* client = NULL;
  conclave_client_options options = OptionsOf(alice);
  options.suite = 99;
  EXPECT(CONCLAVE_ERROR_UNSUPPORTED, conclave_client_create(&options, &client, NULL));
  options.suite = 0x10001;
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_client_create(&options, &client, NULL));
  REQUIRE(alice->released == before && client == NULL);
}

static void AppliedOnce(void) {
  room group = NewRoom(2);
  const outgoing made = CreateCommit(group.at_alice, NULL);
  conclave_event* event = Receive(group.at_bob, made.commit, CONCLAVE_EVENT_COMMIT);
  Apply(group.at_bob, event);
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_session_apply(group.at_bob, event, NULL, 0, NULL, NULL, NULL));
  const conclave_bytes message = Protect(group.at_bob, "hello");
  ReceiveAndApply(group.at_alice, made.commit);
  conclave_event* heard = Receive(group.at_alice, message, CONCLAVE_EVENT_APPLICATION);
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_session_apply(group.at_alice, heard, NULL, 0, NULL, NULL, NULL));
  // A commit is of the session and the epoch that it was received in.
  const outgoing next = CreateCommit(group.at_alice, NULL);
  conclave_event* alices = Receive(group.at_alice, next.commit, CONCLAVE_EVENT_COMMIT);
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_session_apply(group.at_bob, alices, NULL, 0, NULL, NULL, NULL));
  conclave_event* late = Receive(group.at_bob, next.commit, CONCLAVE_EVENT_COMMIT);
  ReceiveAndApply(group.at_bob, next.commit);
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_session_apply(group.at_bob, late, NULL, 0, NULL, NULL, NULL));
  Apply(group.at_alice, alices);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

static void EnteredOnce(void) {
  room group = NewRoom(2);
  const conclave_bytes key_package = KeyPackageOf(group.carol);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  conclave_session* bob[] = {group.at_bob, NULL};
  const conclave_bytes welcome = Commit(group.at_alice, &request, bob).welcomes[0];
  conclave_client* carol = group.carol->client;
  conclave_staged_join* staged = NULL;
  conclave_session *session = NULL, *twice = NULL;
  size_t count = 0;
  MUST(conclave_client_read_welcome(carol, welcome.data, welcome.size, NULL, &staged, NULL));
  const conclave_error others = conclave_client_enter(group.bob->client, staged, &twice, NULL);
  const conclave_error first = conclave_client_enter(carol, staged, &session, NULL);
  const conclave_error second = conclave_client_enter(carol, staged, &twice, NULL);
  const conclave_error members = conclave_staged_join_members(staged, CountMember, &count);
  // What was shown stays.
  const bool shown = IsText(conclave_staged_join_summary(staged)->group_id, "room");
  conclave_staged_join_free(staged);
  MUST(first);
  Own(session);
  REQUIRE(others == CONCLAVE_ERROR_MISUSE && second == CONCLAVE_ERROR_MISUSE && twice == NULL);
  REQUIRE(members == CONCLAVE_ERROR_MISUSE && count == 0 && shown);
}

static void ExternalJoinEnteredOnce(void) {
  room group = NewRoom(2);
  conclave_bytes info = {NULL, 0}, commit = {NULL, 0}, id = {NULL, 0};
  MUST(conclave_session_group_info(group.at_alice, NULL, Keep, &info, NULL));
  conclave_client* carol = group.carol->client;
  conclave_pending_join* pending = NULL;
  conclave_session *session = NULL, *twice = NULL;
  bool ours = false;
  size_t count = 0;
  MUST(conclave_client_start_external_join(carol, info.data, info.size, NULL, &pending, NULL));
  const conclave_error first = conclave_client_enter_externally(carol, pending, &session, NULL);
  const conclave_error second = conclave_client_enter_externally(carol, pending, &twice, NULL);
  const conclave_error errors[] = {
      conclave_pending_join_group_id(pending, Keep, &id),
      conclave_pending_join_members(pending, CountMember, &count),
      conclave_pending_join_expired(pending, CountMember, &count),
      conclave_pending_join_is_ours(pending, info.data, info.size, &ours)};
  const conclave_error still = conclave_pending_join_commit(pending, Keep, &commit);
  const bool shown = conclave_pending_join_summary(pending)->is_ours;
  conclave_pending_join_free(pending);
  MUST(first);
  Own(session);
  REQUIRE(second == CONCLAVE_ERROR_MISUSE && twice == NULL);
  size_t i;
  for (i = 0; i < 4; ++i) REQUIRE(errors[i] == CONCLAVE_ERROR_MISUSE);
  MUST(still);
  REQUIRE(commit.size != 0 && shown && count == 0);
}

// A later version's options, with a field that this library does not know.
typedef struct later_group_options {
  conclave_group_options known;
  uint64_t unknown;
} later_group_options;

static void StructsMayGrow(void) {
  party* alice = NewParty("alice");
  conclave_session* session = NULL;
  later_group_options options = {.unknown = 0};
  options.known.size = sizeof options;
  options.known.id = Text("later");
  MUST(conclave_client_create_group(alice->client, &options.known, &session, NULL));
  conclave_session_free(session);
  session = NULL;
  options.known.id = Text("much later");
  options.unknown = 1;
  const char* detail = NULL;
  EXPECT(CONCLAVE_ERROR_UNSUPPORTED,
         conclave_client_create_group(alice->client, &options.known, &session, &detail));
  REQUIRE(session == NULL && detail[0] != 0);
  options.known.size = sizeof options.known - 1;
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_client_create_group(alice->client, &options.known, &session, NULL));

  options.known.size = SIZE_MAX;  // never set
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_client_create_group(alice->client, &options.known, &session, NULL));

  struct {
    conclave_policy known;
    uint64_t unknown;
  } policy;
  memset(&policy, 0xff, sizeof policy);
  MUST(conclave_policy_defaults(&policy.known, sizeof policy));
  REQUIRE(policy.unknown == 0 && policy.known.size == sizeof policy);
  REQUIRE(policy.known.past_epochs == 3 && policy.known.tree_in_welcome == 1);
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_policy_defaults(&policy.known, 8));
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_policy_defaults(NULL, sizeof policy));
}

static void ErrorsHaveNames(void) {
  REQUIRE(strcmp(conclave_error_name(CONCLAVE_OK), "Ok") == 0);
  REQUIRE(strcmp(conclave_error_name(CONCLAVE_ERROR_MALFORMED), "Malformed") == 0);
  REQUIRE(strcmp(conclave_error_name(CONCLAVE_ERROR_NOT_AUTHENTIC), "NotAuthentic") == 0);
  REQUIRE(strcmp(conclave_error_name(CONCLAVE_ERROR_MISUSE), "Misuse") == 0);
  REQUIRE(strcmp(conclave_error_name((conclave_error)31), "Unknown") == 0);
  REQUIRE(conclave_c_version() == CONCLAVE_C_VERSION);
}

const test kHandleTests[] = {
    {"Handles may be freed in any order, and callbacks are released once", AnyOrder},
    {"NULL may be freed, and is nothing", NullIsFreed},
    {"A client that was not made releases nothing", NotReleasedOnFailure},
    {"A commit is applied once, by its session, in its epoch", AppliedOnce},
    {"A join is entered once, by its client", EnteredOnce},
    {"An external join is entered once", ExternalJoinEnteredOnce},
    {"Structs of later versions are taken if what is new in them is zero", StructsMayGrow},
    {"Errors have names, and the interface has a version", ErrorsHaveNames},
    {NULL, NULL}};
