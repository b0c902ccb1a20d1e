// Stories of groups that come out of groups: re-initialisation and branches.
#include "capi/runner.h"

static void FreeClient(conclave_client** client) {
  conclave_client_free(*client);
  *client = NULL;
}

// Another client of the same person, over the same storage.
static conclave_client* InSuite(party* someone, uint32_t suite) {
  conclave_client* client = NULL;
  conclave_client_options options = OptionsOf(someone);
  options.suite = suite;
  MUST(conclave_client_create(&options, &client, NULL));
  return client;
}

static void KeepReInit(void* context, const conclave_reinit* reinit) {
  CHECK(IsText(reinit->group_id, "successor") && reinit->version == CONCLAVE_MLS_1_0);
  *(uint16_t*)context = reinit->cipher_suite;
}

static void KeepWelcome(void* context, const conclave_new_group* group) {
  CHECK(group->welcome_count == 1);
  Keep(context, group->welcomes[0].data, group->welcomes[0].size);
}

static void MovesToAnotherSuite(void) {
  room group = NewRoom(2);
  const conclave_reinit reinit = {.group_id = Text("successor"), .cipher_suite = 2};
  conclave_bytes proposal = {NULL, 0}, shown = {NULL, 0}, key_package = {NULL, 0};
  uint16_t suite = 0;
  MUST(conclave_session_closed_by(group.at_alice, KeepReInit, &suite));
  REQUIRE(suite == 0);
  MUST(conclave_session_propose_reinit(group.at_alice, &reinit, NULL, Keep, &proposal, NULL));
  const conclave_event* event = Receive(group.at_bob, proposal, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(conclave_event_proposal(event)->reinit->cipher_suite == 2);
  const outgoing made = CreateCommit(group.at_bob, NULL);
  event = Receive(group.at_alice, made.commit, CONCLAVE_EVENT_COMMIT);
  REQUIRE(conclave_event_commit(event)->reinit->cipher_suite == 2);
  ReceiveAndApply(group.at_alice, made.commit);
  ReceiveAndApply(group.at_bob, made.commit);
  MUST(conclave_session_closed_by(group.at_bob, KeepReInit, &suite));
  REQUIRE(suite == 2);
  EXPECT(CONCLAVE_ERROR_GROUP_CLOSED,
         conclave_session_protect(group.at_bob, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, NULL));

  conclave_client *new_alice = InSuite(group.alice, 2), *new_bob = InSuite(group.bob, 2);
  MUST(conclave_client_new_key_package(new_bob, NULL, Keep, &key_package, NULL));
  conclave_session *successor = NULL, *at_bob = NULL;
  // A client of the old suite cannot do it.
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_client_create_successor(group.alice->client, group.at_alice, &key_package, 1,
                                          &successor, NULL, NULL, NULL));
  conclave_bytes welcome = {NULL, 0};
  MUST(conclave_client_create_successor(new_alice, group.at_alice, &key_package, 1, &successor,
                                        KeepWelcome, &welcome, NULL));
  Own(successor);
  REQUIRE(EpochOf(successor) == 1);
  conclave_staged_join* staged = NULL;
  EXPECT(CONCLAVE_ERROR_MISSING,
         conclave_client_read_welcome(new_bob, welcome.data, welcome.size, NULL, &staged, NULL));
  const conclave_join_options options = {.size = sizeof options, .origin = group.at_bob};
  MUST(conclave_client_read_welcome(new_bob, welcome.data, welcome.size, &options, &staged, NULL));
  const conclave_error error = conclave_client_enter(new_bob, staged, &at_bob, NULL);
  conclave_staged_join_free(staged);
  FreeClient(&new_alice);
  FreeClient(&new_bob);
  MUST(error);
  conclave_session* both[] = {successor, Own(at_bob), NULL};
  RequireHealthy(both);
}

static void CloseByValue(void) {
  room group = NewRoom(2);
  const conclave_reinit reinit = {.group_id = Text("successor"), .cipher_suite = 1};
  conclave_commit_request request = EmptyRequest();
  request.reinit = &reinit;
  conclave_session* bob[] = {group.at_bob, NULL};
  Commit(group.at_alice, &request, bob);
  uint16_t suite = 0;
  MUST(conclave_session_closed_by(group.at_bob, KeepReInit, &suite));
  REQUIRE(suite == 1);
  outgoing none = {.offer = 0};
  EXPECT(CONCLAVE_ERROR_GROUP_CLOSED,
         conclave_session_create_commit(group.at_bob, NULL, KeepOutgoing, &none, NULL));
}

static void Branches(void) {
  room group = NewRoom(3);
  const conclave_bytes key_package = KeyPackageOf(group.bob);
  const conclave_group_options options = {.size = sizeof options, .id = Text("branch")};
  conclave_session *branch = NULL, *at_bob = NULL;
  conclave_bytes welcome = {NULL, 0};
  MUST(conclave_client_create_branch(group.alice->client, group.at_alice, &options, &key_package, 1,
                                     &branch, KeepWelcome, &welcome, NULL));
  Own(branch);
  REQUIRE(MemberCount(branch) == 2);
  const conclave_join_options join = {.size = sizeof join, .origin = group.at_bob};
  conclave_staged_join* staged = NULL;
  MUST(conclave_client_read_welcome(group.bob->client, welcome.data, welcome.size, &join, &staged,
                                    NULL));
  const bool names_psk =
      conclave_staged_join_summary(staged)->psk_count == 1 &&
      conclave_staged_join_summary(staged)->psks[0].kind == CONCLAVE_PSK_RESUMPTION;
  const conclave_error error = conclave_client_enter(group.bob->client, staged, &at_bob, NULL);
  conclave_staged_join_free(staged);
  MUST(error);
  conclave_session* both[] = {branch, Own(at_bob), NULL};
  RequireHealthy(both);
  REQUIRE(names_psk);
  // The group goes on beside it.
  conclave_session* everybody[] = {group.at_alice, group.at_bob, group.at_carol, NULL};
  RequireHealthy(everybody);
}

const test kGroupTests[] = {
    {"A group moves to another suite, and its members with it", MovesToAnotherSuite},
    {"A commit closes a group by value", CloseByValue},
    {"Some members branch off, and the group goes on", Branches},
    {NULL, NULL}};
