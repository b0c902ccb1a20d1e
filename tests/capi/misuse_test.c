// What makes no sense is refused before anything is done.
#include <string.h>

#include "capi/runner.h"

#define REFUSED(call) EXPECT(CONCLAVE_ERROR_MISUSE, call)

static const conclave_bytes kBroken = {NULL, 5};
static const size_t kTooLong = (size_t)1 << 30;

static void BytesAreChecked(void) {
  room group = NewRoom(2);
  conclave_bytes shown = {NULL, 0};
  conclave_event* event = NULL;
  const char* detail = NULL;
  const uint8_t byte = 0;
  REFUSED(
      conclave_session_protect(group.at_alice, NULL, 5, NULL, 0, NULL, 0, Keep, &shown, &detail));
  REQUIRE(detail != NULL && detail[0] != 0);
  REFUSED(conclave_session_protect(group.at_alice, &byte, kTooLong, NULL, 0, NULL, 0, Keep, &shown,
                                   NULL));
  REFUSED(conclave_session_protect(group.at_alice, NULL, 0, NULL, 1, NULL, 0, Keep, &shown, NULL));
  REFUSED(conclave_session_protect(group.at_alice, NULL, 0, NULL, 0, NULL, 1, Keep, &shown, NULL));
  REFUSED(conclave_session_receive(group.at_alice, &byte, kTooLong, NULL, 0, NULL, &event, NULL));
  REFUSED(conclave_client_add_psk(group.alice->client, NULL, 1, &byte, 1, NULL));
  REFUSED(conclave_client_add_psk(group.alice->client, &byte, 1, NULL, 1, NULL));
  REFUSED(conclave_client_add_psk(group.alice->client, &byte, kTooLong, &byte, 1, NULL));
  REFUSED(conclave_session_export_secret(group.at_alice, "label", NULL, 0, NULL, 16, NULL));
  const conclave_row broken = {CONCLAVE_ROW_VALUE, kBroken, {NULL, 0}};
  const conclave_row unknown = {3, Text("key"), {NULL, 0}};
  REFUSED(
      conclave_session_protect(group.at_alice, NULL, 0, NULL, 0, &broken, 1, Keep, &shown, NULL));
  REFUSED(
      conclave_session_protect(group.at_alice, NULL, 0, NULL, 0, &unknown, 1, Keep, &shown, NULL));
  REQUIRE(shown.data == NULL && event == NULL);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

static conclave_error Requests(conclave_session* session, const conclave_commit_request* request) {
  outgoing none = {.offer = 0};
  const conclave_error error =
      conclave_session_create_commit(session, request, KeepOutgoing, &none, NULL);
  CHECK(none.commit.data == NULL);
  return error;
}

static void RequestsAreChecked(void) {
  room group = NewRoom(2);
  const uint32_t leaf = 1;
  conclave_commit_request request = EmptyRequest();
  request.size = 0;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  request.path = 2;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  request.add_count = 1;
  REFUSED(Requests(group.at_alice, &request));
  request.add = &kBroken;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  request.remove_count = 1;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  conclave_psk_id psk = {.kind = 0};
  request.psks = &psk;
  request.psk_count = 1;
  REFUSED(Requests(group.at_alice, &request));
  psk.kind = CONCLAVE_PSK_EXTERNAL;
  psk.id = kBroken;
  REFUSED(Requests(group.at_alice, &request));
  request.psks = NULL;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  const conclave_extension broken_extension = {1, kBroken};
  conclave_extension_list list = {&broken_extension, 1};
  request.extensions = &list;
  REFUSED(Requests(group.at_alice, &request));
  list.items = NULL;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  const conclave_reinit reinit = {.group_id = kBroken};
  request.reinit = &reinit;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  const conclave_identity nobody = {.signer = NULL};
  request.new_identity = &nobody;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  const conclave_custom_proposal custom = {0xf0f0, kBroken};
  request.custom = &custom;
  request.custom_count = 1;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  request.exclude = &kBroken;
  request.exclude_count = 1;
  REFUSED(Requests(group.at_alice, &request));
  request = EmptyRequest();
  request.authenticated_data = kBroken;
  REFUSED(Requests(group.at_alice, &request));
  // The library's own rules speak after that.
  request = EmptyRequest();
  request.remove = &leaf;
  request.remove_count = 1;
  EXPECT(CONCLAVE_ERROR_INVALID_COMMIT, Requests(group.at_bob, &request));
  const conclave_bytes junk = Text("junk");
  request = EmptyRequest();
  request.add = &junk;
  request.add_count = 1;
  EXPECT(CONCLAVE_ERROR_MALFORMED, Requests(group.at_alice, &request));
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

static conclave_error Creates(const conclave_client_options* options) {
  conclave_client* client = NULL;
  const conclave_error error = conclave_client_create(options, &client, NULL);
  CHECK((client != NULL) == (error == CONCLAVE_OK));
  conclave_client_free(client);
  return error;
}

static void ClientsAreChecked(void) {
  party* alice = NewParty("alice");
  const conclave_client_options good = OptionsOf(alice);
  conclave_client_options options = good;
  MUST(Creates(&options));
  options.size = 8;
  REFUSED(Creates(&options));
  options = good;
  options.crypto = NULL;
  REFUSED(Creates(&options));
  options = good;
  options.storage = NULL;
  REFUSED(Creates(&options));
  options = good;
  options.clock = NULL;
  REFUSED(Creates(&options));
  options = good;
  options.verifier = NULL;
  REFUSED(Creates(&options));
  options = good;
  options.identity = kBroken;
  REFUSED(Creates(&options));
  options = good;
  const conclave_credential credential = {.credential_type = CONCLAVE_CREDENTIAL_BASIC};
  options.credential = &credential;  // and an identity too
  REFUSED(Creates(&options));
  options = good;
  options.extension_count = 1;
  REFUSED(Creates(&options));
  options = good;
  options.proposal_count = 1;
  REFUSED(Creates(&options));
  options = good;
  options.credential_count = 1;
  REFUSED(Creates(&options));
  options = good;
  options.leaf_extensions.count = 1;
  REFUSED(Creates(&options));

  options = good;
  conclave_clock clock = *good.clock;
  clock.now = NULL;
  options.clock = &clock;
  REFUSED(Creates(&options));
  clock = *good.clock;
  clock.size = 0;
  REFUSED(Creates(&options));
  options = good;
  conclave_verifier verifier = *good.verifier;
  verifier.verify = NULL;
  options.verifier = &verifier;
  REFUSED(Creates(&options));
  options = good;
  const conclave_executor executor = {.size = sizeof executor};
  options.executor = &executor;
  REFUSED(Creates(&options));
}

static void PoliciesAreChecked(void) {
  party* alice = NewParty("alice");
  conclave_client_options options = OptionsOf(alice);
  conclave_policy policy = DefaultPolicy();
  options.policy = &policy;
  MUST(Creates(&options));
  uint32_t* const fields[] = {&policy.handshakes,
                              &policy.padding,
                              &policy.accept_expired_leaves,
                              &policy.tree_in_welcome,
                              &policy.grease,
                              &policy.allow_external_commits,
                              &policy.allow_resync,
                              &policy.resync_requires_psk};
  size_t i;
  for (i = 0; i < sizeof fields / sizeof fields[0]; ++i) {
    const uint32_t before = *fields[i];
    *fields[i] = 3;
    REFUSED(Creates(&options));
    *fields[i] = before;
  }
  policy.pathless_proposal_count = 1;
  REFUSED(Creates(&options));
  policy.pathless_proposal_count = 0;
  policy.external_proposal_count = 1;
  REFUSED(Creates(&options));
  policy.external_proposal_count = 0;
  policy.size = 0;
  REFUSED(Creates(&options));
  // A policy of zeros is none that one would want, but harmless.
  memset(&policy, 0, sizeof policy);
  policy.size = sizeof policy;
  MUST(Creates(&options));
}

static void OptionsAreChecked(void) {
  room group = NewRoom(2);
  conclave_session* session = NULL;
  conclave_staged_join* staged = NULL;
  conclave_pending_join* pending = NULL;
  conclave_bytes shown = {NULL, 0};
  const conclave_bytes id = Text("room");
  conclave_client* alice = group.alice->client;

  conclave_group_options of_group = {.size = sizeof of_group, .id = kBroken};
  REFUSED(conclave_client_create_group(alice, &of_group, &session, NULL));
  conclave_key_package_options of_package = {.size = sizeof of_package, .last_resort = 2};
  REFUSED(conclave_client_new_key_package(alice, &of_package, Keep, &shown, NULL));
  conclave_open_options of_open = {.size = sizeof of_open, .from_backup = 2};
  REFUSED(conclave_client_open_group(alice, id.data, id.size, &of_open, &session, NULL));
  of_open.from_backup = 0;
  of_open.signer_count = 1;
  REFUSED(conclave_client_open_group(alice, id.data, id.size, &of_open, &session, NULL));
  const conclave_signer* const nobody[] = {NULL};
  of_open.signers = nobody;
  REFUSED(conclave_client_open_group(alice, id.data, id.size, &of_open, &session, NULL));
  conclave_join_options of_join = {.size = sizeof of_join, .ratchet_tree = kBroken};
  REFUSED(conclave_client_read_welcome(alice, id.data, id.size, &of_join, &staged, NULL));
  conclave_external_join_options of_external = {.size = 1};
  REFUSED(
      conclave_client_start_external_join(alice, id.data, id.size, &of_external, &pending, NULL));
  conclave_group_info_options of_info = {.size = sizeof of_info, .without_external_pub = 9};
  REFUSED(conclave_session_group_info(group.at_alice, &of_info, Keep, &shown, NULL));
  conclave_proposal_options of_proposal = {.size = sizeof of_proposal, .row_count = 3};
  REFUSED(conclave_session_propose_update(group.at_alice, NULL, &of_proposal, Keep, &shown, NULL));
  const conclave_inbox inbox = {.size = sizeof inbox};
  conclave_event* event = NULL;
  REFUSED(
      conclave_session_receive(group.at_alice, id.data, id.size, NULL, 0, &inbox, &event, NULL));
  const conclave_operation unknown = {5, Text("key"), {NULL, 0}};
  REFUSED(conclave_storage_write(group.alice->storage, &unknown, 1, NULL));
  const conclave_signer_callbacks no_sign = {.size = sizeof no_sign};
  conclave_signer* signer = NULL;
  REFUSED(conclave_signer_of_callbacks(&no_sign, id.data, id.size, &signer));
  const conclave_storage_callbacks no_write = {.size = sizeof no_write};
  conclave_storage* storage = NULL;
  REFUSED(conclave_storage_of_callbacks(&no_write, &storage));
  REQUIRE(session == NULL && staged == NULL && pending == NULL && shown.data == NULL);
  REQUIRE(event == NULL && signer == NULL && storage == NULL);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

const test kMisuseTests[] = {
    {"Bytes that are not there, or too long, are refused", BytesAreChecked},
    {"A request that makes no sense is refused, and nothing is offered", RequestsAreChecked},
    {"A client is made of all that it needs, or not at all", ClientsAreChecked},
    {"A policy has numbers that mean something", PoliciesAreChecked},
    {"Options are checked before anything is done", OptionsAreChecked},
    {NULL, NULL}};
