// Every function that may fail is given NULL wherever that is not allowed, and does nothing.
#include "capi/runner.h"

// Whatever is not the NULL in question is in order, or would not be reached.
#define REFUSES(call) EXPECT(CONCLAVE_ERROR_MISUSE, call)

typedef struct things {
  room group;
  conclave_client* client;
  conclave_session* session;
  conclave_bytes some;
  conclave_bytes shown;
  size_t count;
  const char* detail;
} things;

static things NewThings(void) {
  things made = {.group = NewRoom(2)};
  made.client = made.group.alice->client;
  made.session = made.group.at_alice;
  made.some = Text("room");
  return made;
}

// Nothing was shown, and the group is as it was.
static void RequireUntouched(const things* all) {
  conclave_session* both[] = {all->group.at_alice, all->group.at_bob, NULL};
  size_t pending = 0;
  REQUIRE(all->shown.data == NULL && all->count == 0);
  REQUIRE(EpochOf(all->session) == 1);
  MUST(conclave_session_pending_proposals(all->session, CountProposal, &pending));
  REQUIRE(pending == 0);
  RequireHealthy(both);
}

static void OnCredential(void* context, const conclave_credential* credential) {
  CHECK(credential == NULL && context == NULL);
}
static void OnExtension(void* context, const conclave_extension* extension) {
  CHECK(extension == NULL && context == NULL);
}
static void OnReInit(void* context, const conclave_reinit* reinit) {
  CHECK(reinit == NULL && context == NULL);
}
static void OnRecord(void* context, conclave_bytes key, conclave_bytes value) {
  CHECK(key.size > value.size && context == NULL);
}
static void OnKeyPackage(void* context, const conclave_key_package* key_package) {
  CHECK(key_package == NULL && context == NULL);
}
static void OnGroup(void* context, const conclave_group* group) {
  CHECK(group == NULL && context == NULL);
}
static void OnOffer(void* context, const conclave_offer* offer) {
  CHECK(offer == NULL && context == NULL);
}
static void OnUndelivered(void* context, const conclave_undelivered* undelivered) {
  CHECK(undelivered == NULL && context == NULL);
}
static void OnBundle(void* context, const conclave_bundle* bundle) {
  CHECK(bundle == NULL && context == NULL);
}

static void Environment(void) {
  things all = NewThings();
  const uint8_t* some = all.some.data;
  const size_t size = all.some.size;
  conclave_storage* storage = all.group.alice->storage;
  const conclave_signer_callbacks callbacks = {.size = sizeof callbacks};
  const conclave_storage_callbacks of_storage = {.size = sizeof of_storage};
  conclave_signer* signer = NULL;
  conclave_storage* none = NULL;
  REFUSES(conclave_value_set(NULL, some, size));
  REFUSES(conclave_visit(NULL, some, size, some, size));
  REFUSES(conclave_rows_add(NULL, NULL));
  REFUSES(conclave_crypto_boringssl(NULL));
  REFUSES(conclave_generate_signature_key(NULL, CONCLAVE_ED25519, Keep, &all.shown, NULL));
  REFUSES(conclave_generate_signature_key(Crypto(), CONCLAVE_ED25519, NULL, NULL, NULL));
  REFUSES(conclave_signer_of_callbacks(NULL, some, size, &signer));
  REFUSES(conclave_signer_of_callbacks(&callbacks, some, size, NULL));
  REFUSES(conclave_signer_of_key(NULL, CONCLAVE_ED25519, some, size, &signer, NULL));
  REFUSES(conclave_signer_of_key(Crypto(), CONCLAVE_ED25519, some, size, NULL, NULL));
  REFUSES(conclave_signer_public_key(NULL, Keep, &all.shown));
  REFUSES(conclave_storage_in_memory(NULL));
  REFUSES(conclave_storage_of_callbacks(NULL, &none));
  REFUSES(conclave_storage_of_callbacks(&of_storage, NULL));
  REFUSES(conclave_storage_write(NULL, NULL, 0, NULL));
  REFUSES(conclave_storage_write(storage, NULL, 1, NULL));
  REFUSES(conclave_storage_read(NULL, some, size, Keep, &all.shown, NULL));
  REFUSES(conclave_storage_read(storage, some, size, NULL, NULL, NULL));
  REFUSES(conclave_storage_scan(NULL, some, size, OnRecord, NULL, NULL));
  REFUSES(conclave_storage_scan(storage, some, size, NULL, NULL, NULL));
  REFUSES(conclave_policy_defaults(NULL, sizeof(conclave_policy)));
  conclave_x509_roots* roots = NULL;
  REFUSES(conclave_x509_roots_create(NULL));
  REFUSES(conclave_x509_roots_add(NULL, some, size, NULL));
  REFUSES(conclave_x509_verify_chain(&all.some, 1, NULL, 0, some, size, NULL));
  MUST(conclave_x509_roots_create(&roots));
  const conclave_error no_chain =
      conclave_x509_verify_chain(NULL, 1, roots, 0, some, size, &all.detail);
  conclave_x509_roots_free(roots);
  REFUSES(no_chain);
  REQUIRE(signer == NULL && none == NULL && all.detail[0] != 0);
  RequireUntouched(&all);
}

static void Clients(void) {
  things all = NewThings();
  const uint8_t* some = all.some.data;
  const size_t size = all.some.size;
  const conclave_client_options options = OptionsOf(all.group.alice);
  conclave_client* client = NULL;
  conclave_session* session = NULL;
  conclave_staged_join* staged = NULL;
  uint16_t suite = 0;
  REFUSES(conclave_client_create(NULL, &client, NULL));
  REFUSES(conclave_client_create(&options, NULL, NULL));
  REFUSES(conclave_client_suite(NULL, &suite));
  REFUSES(conclave_client_suite(all.client, NULL));
  REFUSES(conclave_client_credential(NULL, OnCredential, NULL));
  REFUSES(conclave_client_credential(all.client, NULL, NULL));
  REFUSES(conclave_client_signature_key(NULL, Keep, &all.shown));
  REFUSES(conclave_client_signature_key(all.client, NULL, NULL));
  REFUSES(conclave_client_new_key_package(NULL, NULL, Keep, &all.shown, NULL));
  REFUSES(conclave_client_new_key_package(all.client, NULL, NULL, NULL, NULL));
  REFUSES(conclave_client_purge_expired_key_packages(NULL, &all.count, NULL));
  REFUSES(conclave_client_key_packages(NULL, OnKeyPackage, NULL, NULL));
  REFUSES(conclave_client_key_packages(all.client, NULL, NULL, NULL));
  REFUSES(conclave_client_mark_published(NULL, some, size, NULL));
  REFUSES(conclave_client_delete_key_package(NULL, some, size, NULL));
  REFUSES(conclave_client_create_group(NULL, NULL, &session, NULL));
  REFUSES(conclave_client_create_group(all.client, NULL, NULL, NULL));
  REFUSES(conclave_client_groups(NULL, OnGroup, NULL, NULL));
  REFUSES(conclave_client_groups(all.client, NULL, NULL, NULL));
  REFUSES(conclave_client_open_group(NULL, some, size, NULL, &session, NULL));
  REFUSES(conclave_client_open_group(all.client, NULL, size, NULL, &session, NULL));
  REFUSES(conclave_client_open_group(all.client, some, size, NULL, NULL, NULL));
  REFUSES(conclave_client_delete_group(NULL, some, size, NULL));
  REFUSES(conclave_client_delete_group(all.client, NULL, size, NULL));
  REFUSES(conclave_client_add_psk(NULL, some, size, some, size, NULL));
  REFUSES(conclave_client_remove_psk(NULL, some, size, NULL));
  REFUSES(conclave_client_remove_psk(all.client, NULL, size, NULL));
  REFUSES(conclave_client_read_welcome(NULL, some, size, NULL, &staged, NULL));
  REFUSES(conclave_client_read_welcome(all.client, NULL, size, NULL, &staged, NULL));
  REFUSES(conclave_client_read_welcome(all.client, some, size, NULL, NULL, NULL));
  REFUSES(conclave_staged_join_members(NULL, CountMember, &all.count));
  REFUSES(conclave_client_enter(NULL, NULL, &session, NULL));
  REFUSES(conclave_client_enter(all.client, NULL, &session, NULL));
  REQUIRE(client == NULL && session == NULL && staged == NULL && suite == 0);
  RequireUntouched(&all);
}

static void StateOfSessions(void) {
  things all = NewThings();
  conclave_session* session = all.session;
  uint64_t number = 77;
  uint16_t suite = 77;
  uint32_t leaf = 77;
  bool flag = true;
  REFUSES(conclave_session_group_id(NULL, Keep, &all.shown));
  REFUSES(conclave_session_group_id(session, NULL, NULL));
  REFUSES(conclave_session_epoch(NULL, &number));
  REFUSES(conclave_session_epoch(session, NULL));
  REFUSES(conclave_session_suite(NULL, &suite));
  REFUSES(conclave_session_suite(session, NULL));
  REFUSES(conclave_session_own_leaf(NULL, &leaf));
  REFUSES(conclave_session_own_leaf(session, NULL));
  REFUSES(conclave_session_extensions(NULL, OnExtension, NULL));
  REFUSES(conclave_session_extensions(session, NULL, NULL));
  REFUSES(conclave_session_is_member(NULL, &flag));
  REFUSES(conclave_session_is_member(session, NULL));
  REFUSES(conclave_session_is_restored(NULL, &flag));
  REFUSES(conclave_session_is_restored(session, NULL));
  REFUSES(conclave_session_version(NULL, &number));
  REFUSES(conclave_session_version(session, NULL));
  REFUSES(conclave_session_closed_by(NULL, OnReInit, NULL));
  REFUSES(conclave_session_closed_by(session, NULL, NULL));
  REFUSES(conclave_session_members(NULL, CountMember, &all.count));
  REFUSES(conclave_session_members(session, NULL, NULL));
  REFUSES(conclave_session_member_count(NULL, &all.count));
  REFUSES(conclave_session_member_count(session, NULL));
  REFUSES(conclave_session_find_member(NULL, 0, CountMember, &all.count));
  REFUSES(conclave_session_find_member(session, 0, NULL, NULL));
  REFUSES(conclave_session_next_member(NULL, 0, CountMember, &all.count));
  REFUSES(conclave_session_next_member(session, 0, NULL, NULL));
  REFUSES(conclave_session_pending_proposals(NULL, CountProposal, &all.count));
  REFUSES(conclave_session_pending_proposals(session, NULL, NULL));
  REFUSES(conclave_session_offers(NULL, OnOffer, NULL));
  REFUSES(conclave_session_offers(session, NULL, NULL));
  REFUSES(conclave_session_epoch_authenticator(NULL, Keep, &all.shown));
  REFUSES(conclave_session_epoch_authenticator(session, NULL, NULL));
  REQUIRE(number == 77 && suite == 77 && leaf == 77 && flag);
  RequireUntouched(&all);
}

static void Messages(void) {
  things all = NewThings();
  conclave_session* session = all.session;
  const uint8_t* some = all.some.data;
  const size_t size = all.some.size;
  const conclave_bytes message = Protect(all.group.at_bob, "hello");
  const outgoing made = CreateCommit(all.group.at_bob, NULL);
  conclave_event* commit = Receive(session, made.commit, CONCLAVE_EVENT_COMMIT);
  conclave_event* event = NULL;
  outgoing none = {.offer = 0};
  uint8_t secret[8] = {0};
  REFUSES(conclave_session_protect(NULL, some, size, NULL, 0, NULL, 0, Keep, &all.shown, NULL));
  REFUSES(conclave_session_protect(session, some, size, NULL, 0, NULL, 0, NULL, NULL, NULL));
  REFUSES(conclave_session_receive(NULL, message.data, message.size, NULL, 0, NULL, &event, NULL));
  REFUSES(conclave_session_receive(session, NULL, message.size, NULL, 0, NULL, &event, NULL));
  REFUSES(
      conclave_session_receive(session, message.data, message.size, NULL, 1, NULL, &event, NULL));
  REFUSES(conclave_session_receive(session, message.data, message.size, NULL, 0, NULL, NULL, NULL));
  REFUSES(conclave_session_create_commit(NULL, NULL, KeepOutgoing, &none, NULL));
  REFUSES(conclave_session_create_commit(session, NULL, NULL, NULL, NULL));
  REFUSES(conclave_session_apply(NULL, commit, NULL, 0, NULL, NULL, NULL));
  REFUSES(conclave_session_apply(session, NULL, NULL, 0, NULL, NULL, NULL));
  REFUSES(conclave_session_apply(session, commit, NULL, 1, NULL, NULL, NULL));
  REFUSES(conclave_session_export_secret(NULL, "label", NULL, 0, secret, 8, NULL));
  REFUSES(conclave_session_export_secret(session, NULL, NULL, 0, secret, 8, NULL));
  REFUSES(conclave_session_export_secret(session, "label", NULL, 1, secret, 8, NULL));
  REFUSES(conclave_session_export_secret(session, "label", NULL, 0, NULL, 8, NULL));
  REQUIRE(event == NULL && none.commit.data == NULL && secret[0] == 0 && secret[7] == 0);
  RequireUntouched(&all);
  // The message was not used up, and the commit neither.
  RequireHeard(session, message, "hello");
  Apply(session, commit);
}

static void Proposals(void) {
  things all = NewThings();
  conclave_session* session = all.session;
  const conclave_bytes package = KeyPackageOf(all.group.carol);
  const conclave_psk_id psk = {CONCLAVE_PSK_EXTERNAL, all.some, 0};
  const conclave_reinit reinit = {.group_id = all.some, .cipher_suite = 1};
  const conclave_extension_list list = {NULL, 0};
  const conclave_custom_proposal custom = {0xf0f0, all.some};
  conclave_bytes* shown = &all.shown;
  REFUSES(conclave_session_propose_add(NULL, package.data, package.size, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_add(session, NULL, package.size, NULL, Keep, shown, NULL));
  REFUSES(
      conclave_session_propose_add(session, package.data, package.size, NULL, NULL, NULL, NULL));
  REFUSES(conclave_session_propose_update(NULL, NULL, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_update(session, NULL, NULL, NULL, NULL, NULL));
  REFUSES(conclave_session_propose_remove(NULL, 1, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_remove(session, 1, NULL, NULL, NULL, NULL));
  REFUSES(conclave_session_propose_psk(NULL, &psk, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_psk(session, NULL, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_psk(session, &psk, NULL, NULL, NULL, NULL));
  REFUSES(conclave_session_propose_reinit(NULL, &reinit, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_reinit(session, NULL, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_reinit(session, &reinit, NULL, NULL, NULL, NULL));
  REFUSES(conclave_session_propose_extensions(NULL, &list, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_extensions(session, NULL, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_extensions(session, &list, NULL, NULL, NULL, NULL));
  REFUSES(conclave_session_propose_custom(NULL, &custom, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_custom(session, NULL, NULL, Keep, shown, NULL));
  REFUSES(conclave_session_propose_custom(session, &custom, NULL, NULL, NULL, NULL));
  RequireUntouched(&all);
}

static void Publishing(void) {
  things all = NewThings();
  conclave_session* session = all.session;
  const outgoing made = CreateCommit(session, NULL);
  REFUSES(conclave_session_withdraw(NULL, made.offer, NULL));
  REFUSES(conclave_session_undelivered(NULL, OnUndelivered, NULL, NULL));
  REFUSES(conclave_session_undelivered(session, NULL, NULL, NULL));
  REFUSES(conclave_session_delivered(NULL, made.offer, NULL));
  REFUSES(conclave_session_group_info(NULL, NULL, Keep, &all.shown, NULL));
  REFUSES(conclave_session_group_info(session, NULL, NULL, NULL, NULL));
  REFUSES(conclave_session_ratchet_tree(NULL, Keep, &all.shown, NULL));
  REFUSES(conclave_session_ratchet_tree(session, NULL, NULL, NULL));
  REFUSES(conclave_session_bundle(NULL, made.offer, NULL, OnBundle, NULL, NULL));
  REFUSES(conclave_session_bundle(session, made.offer, NULL, NULL, NULL, NULL));
  RequireUntouched(&all);
}

static void OtherWaysIn(void) {
  things all = NewThings();
  conclave_client* client = all.group.carol->client;
  const uint8_t* some = all.some.data;
  const size_t size = all.some.size;
  conclave_bytes info = {NULL, 0};
  conclave_pending_join *pending = NULL, *none = NULL;
  conclave_session* session = NULL;
  bool ours = false;
  MUST(conclave_session_group_info(all.session, NULL, Keep, &info, NULL));
  REFUSES(conclave_client_start_external_join(NULL, info.data, info.size, NULL, &none, NULL));
  REFUSES(conclave_client_start_external_join(client, NULL, info.size, NULL, &none, NULL));
  REFUSES(conclave_client_start_external_join(client, info.data, info.size, NULL, NULL, NULL));
  REFUSES(conclave_client_pending_joins(NULL, CountBytes, &all.count, NULL));
  REFUSES(conclave_client_pending_joins(client, NULL, NULL, NULL));
  REFUSES(conclave_client_resume_external_join(NULL, some, size, &none, NULL));
  REFUSES(conclave_client_resume_external_join(client, NULL, size, &none, NULL));
  REFUSES(conclave_client_resume_external_join(client, some, size, NULL, NULL));
  REFUSES(conclave_client_abandon_external_join(NULL, some, size, NULL));
  REFUSES(conclave_client_abandon_external_join(client, NULL, size, NULL));
  REFUSES(conclave_pending_join_commit(NULL, Keep, &all.shown));
  REFUSES(conclave_pending_join_is_ours(NULL, some, size, &ours));
  REFUSES(conclave_pending_join_group_id(NULL, Keep, &all.shown));
  REFUSES(conclave_pending_join_members(NULL, CountMember, &all.count));
  REFUSES(conclave_pending_join_expired(NULL, CountMember, &all.count));
  REFUSES(conclave_client_enter_externally(client, NULL, &session, NULL));
  MUST(conclave_client_start_external_join(client, info.data, info.size, NULL, &pending, NULL));
  const conclave_error errors[] = {conclave_pending_join_commit(pending, NULL, NULL),
                                   conclave_pending_join_is_ours(pending, some, size, NULL),
                                   conclave_pending_join_is_ours(pending, NULL, size, &ours),
                                   conclave_pending_join_group_id(pending, NULL, NULL),
                                   conclave_pending_join_members(pending, NULL, NULL),
                                   conclave_pending_join_expired(pending, NULL, NULL),
                                   conclave_client_enter_externally(NULL, pending, &session, NULL),
                                   conclave_client_enter_externally(client, pending, NULL, NULL)};
  // It can still be entered.
  const conclave_error entered = conclave_client_enter_externally(client, pending, &session, NULL);
  conclave_pending_join_free(pending);
  size_t i;
  for (i = 0; i < sizeof errors / sizeof errors[0]; ++i) REFUSES(errors[i]);
  MUST(entered);
  conclave_session_free(session);
  REQUIRE(none == NULL && !ours);
  RequireUntouched(&all);
}

static void OtherGroups(void) {
  things all = NewThings();
  conclave_client* client = all.client;
  const uint8_t* some = all.some.data;
  const size_t size = all.some.size;
  const conclave_bytes package = KeyPackageOf(all.group.carol);
  conclave_session* session = NULL;
  conclave_bytes info = {NULL, 0};
  MUST(conclave_session_group_info(all.session, NULL, Keep, &info, NULL));
  REFUSES(conclave_client_request_to_join(NULL, info.data, info.size, package.data, package.size,
                                          NULL, 0, Keep, &all.shown, NULL));
  REFUSES(conclave_client_request_to_join(client, info.data, info.size, package.data, package.size,
                                          NULL, 0, NULL, NULL, NULL));
  REFUSES(conclave_client_request_to_join(client, info.data, info.size, NULL, package.size, NULL, 0,
                                          Keep, &all.shown, NULL));
  REFUSES(conclave_client_request_to_join(client, info.data, info.size, package.data, package.size,
                                          NULL, 1, Keep, &all.shown, NULL));
  REFUSES(
      conclave_client_create_successor(NULL, all.session, &package, 1, &session, NULL, NULL, NULL));
  REFUSES(conclave_client_create_successor(client, NULL, &package, 1, &session, NULL, NULL, NULL));
  REFUSES(
      conclave_client_create_successor(client, all.session, NULL, 1, &session, NULL, NULL, NULL));
  REFUSES(
      conclave_client_create_successor(client, all.session, &package, 1, NULL, NULL, NULL, NULL));
  REFUSES(conclave_client_create_branch(NULL, all.session, NULL, &package, 1, &session, NULL, NULL,
                                        NULL));
  REFUSES(
      conclave_client_create_branch(client, NULL, NULL, &package, 1, &session, NULL, NULL, NULL));
  REFUSES(conclave_client_create_branch(client, all.session, NULL, NULL, 1, &session, NULL, NULL,
                                        NULL));
  REFUSES(conclave_client_create_branch(client, all.session, NULL, &package, 1, NULL, NULL, NULL,
                                        NULL));

  const conclave_required_capabilities required = {.size = sizeof required};
  const conclave_external_sender sender = {.signature_key = all.some};
  REFUSES(conclave_external_senders(&sender, 1, NULL, NULL));
  REFUSES(conclave_external_senders(NULL, 1, OnExtension, NULL));
  REFUSES(conclave_require_capabilities(NULL, OnExtension, NULL));
  REFUSES(conclave_require_capabilities(&required, NULL, NULL));
  conclave_bytes key = {NULL, 0};
  conclave_signer* signer = NULL;
  const uint32_t leaf = 1;
  const conclave_external_proposal removal = {.size = sizeof removal, .remove = &leaf};
  MUST(conclave_generate_signature_key(Crypto(), CONCLAVE_ED25519, Keep, &key, NULL));
  MUST(conclave_signer_of_key(Crypto(), CONCLAVE_ED25519, key.data, key.size, &signer, NULL));
  const conclave_error errors[] = {
      conclave_signer_public_key(signer, NULL, NULL),
      conclave_propose_externally(NULL, signer, 0, info.data, info.size, &removal, Keep, &all.shown,
                                  NULL),
      conclave_propose_externally(Crypto(), NULL, 0, info.data, info.size, &removal, Keep,
                                  &all.shown, NULL),
      conclave_propose_externally(Crypto(), signer, 0, NULL, info.size, &removal, Keep, &all.shown,
                                  NULL),
      conclave_propose_externally(Crypto(), signer, 0, some, size, NULL, Keep, &all.shown, NULL),
      conclave_propose_externally(Crypto(), signer, 0, some, size, &removal, NULL, NULL, NULL)};
  conclave_signer_free(signer);
  size_t i;
  for (i = 0; i < sizeof errors / sizeof errors[0]; ++i) REFUSES(errors[i]);
  REQUIRE(session == NULL);
  RequireUntouched(&all);
}

static void JoiningWithWelcome(void) {
  room group = NewRoom(2);
  const conclave_bytes package = KeyPackageOf(group.carol);
  conclave_commit_request request = EmptyRequest();
  request.add = &package;
  request.add_count = 1;
  conclave_session* bob[] = {group.at_bob, NULL};
  const conclave_bytes welcome = Commit(group.at_alice, &request, bob).welcomes[0];
  conclave_staged_join* staged = NULL;
  conclave_session* session = NULL;
  MUST(conclave_client_read_welcome(group.carol->client, welcome.data, welcome.size, NULL, &staged,
                                    NULL));
  const conclave_error errors[] = {conclave_staged_join_members(staged, NULL, NULL),
                                   conclave_client_enter(NULL, staged, &session, NULL),
                                   conclave_client_enter(group.carol->client, staged, NULL, NULL)};
  const conclave_error entered = conclave_client_enter(group.carol->client, staged, &session, NULL);
  conclave_staged_join_free(staged);
  REFUSES(errors[0]);
  REFUSES(errors[1]);
  REFUSES(errors[2]);
  MUST(entered);
  conclave_session* everybody[] = {group.at_alice, group.at_bob, Own(session), NULL};
  RequireHealthy(everybody);
}

const test kNullTests[] = {
    {"NULL is refused by what makes crypto, signers and storages", Environment},
    {"NULL is refused by clients", Clients},
    {"NULL is refused by what sessions are asked", StateOfSessions},
    {"NULL is refused with messages and commits, which are not used up", Messages},
    {"NULL is refused with proposals", Proposals},
    {"NULL is refused with offers and what is published", Publishing},
    {"NULL is refused by external joins, which are not used up", OtherWaysIn},
    {"NULL is refused by groups out of groups, and by external senders", OtherGroups},
    {"NULL is refused by a join with a Welcome, which is not used up", JoiningWithWelcome},
    {NULL, NULL}};
