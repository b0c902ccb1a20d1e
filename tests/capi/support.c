#include "capi/support.h"

#include <stdlib.h>
#include <string.h>

#include "capi/runner.h"

// -- What is freed when a test ends.

typedef void (*freer)(void* object);
typedef struct leftover {
  void* object;
  freer free_it;
  struct leftover* next;
} leftover;
static leftover* leftovers;

static void* Later(void* object, freer free_it) {
  leftover* entry = malloc(sizeof *entry);
  if (entry == NULL) abort();
  entry->object = object;
  entry->free_it = free_it;
  entry->next = leftovers;
  leftovers = entry;
  return object;
}

void FreeLeftovers(void) {
  while (leftovers != NULL) {
    leftover* entry = leftovers;
    leftovers = entry->next;
    entry->free_it(entry->object);
    free(entry);
  }
}

static void FreeSession(void* session) { conclave_session_free(session); }
static void FreeEvent(void* event) { conclave_event_free(event); }
static void FreeParty(void* someone) {
  EndParty(someone);
  free(someone);
}

conclave_session* Own(conclave_session* session) { return Later(session, FreeSession); }
conclave_event* OwnEvent(conclave_event* event) { return Later(event, FreeEvent); }

// -- Bytes.

void* Allocate(size_t size) {
  void* memory = calloc(1, size + 1);
  if (memory == NULL) abort();
  return Later(memory, free);
}

conclave_bytes Copy(const uint8_t* data, size_t size) {
  conclave_bytes copy = {NULL, 0};
  uint8_t* memory = Allocate(size);
  if (size != 0) memcpy(memory, data, size);
  copy.data = memory;
  copy.size = size;
  return copy;
}

conclave_bytes Text(const char* text) {
  const conclave_bytes bytes = {(const uint8_t*)text, strlen(text)};
  return bytes;
}

bool Same(conclave_bytes a, conclave_bytes b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool IsText(conclave_bytes bytes, const char* text) { return Same(bytes, Text(text)); }

void Keep(void* context, const uint8_t* data, size_t size) {
  *(conclave_bytes*)context = Copy(data, size);
}

void CountMember(void* context, const conclave_member* member) {
  CHECK(member->signature_key.size != 0);
  ++*(size_t*)context;
}

void CountProposal(void* context, const conclave_proposal* proposal) {
  CHECK(proposal->proposal_type != 0);
  ++*(size_t*)context;
}

void CountBytes(void* context, const uint8_t* data, size_t size) {
  CHECK(data != NULL && size != 0);
  ++*(size_t*)context;
}

// -- Parties.

const conclave_crypto* Crypto(void) {
  static conclave_crypto* crypto;
  if (crypto == NULL) {
    MUST(conclave_crypto_boringssl(&crypto));
  }
  return crypto;
}

static uint64_t Now(void* context) { return ((party*)context)->now; }

static int Verify(void* context, const conclave_question* question) {
  party* someone = context;
  CHECK(question->now == someone->now);
  CHECK(question->credential != NULL && question->signature_key.size != 0);
  ++someone->asked;
  someone->moment = question->moment;
  someone->replaces = question->replaces != NULL;
  return someone->answer;
}

static void Released(void* context) { ++((party*)context)->released; }

conclave_policy DefaultPolicy(void) {
  conclave_policy policy;
  MUST(conclave_policy_defaults(&policy, sizeof policy));
  return policy;
}

conclave_client_options OptionsOf(party* someone) {
  static conclave_clock clock;
  static conclave_verifier verifier;
  const conclave_clock told = {
      .size = sizeof told, .context = someone, .now = Now, .release = Released};
  const conclave_verifier trust = {
      .size = sizeof trust, .context = someone, .verify = Verify, .release = Released};
  conclave_client_options options = {.size = sizeof options,
                                     .crypto = Crypto(),
                                     .storage = someone->storage,
                                     .clock = &clock,
                                     .verifier = &verifier};
  clock = told;
  verifier = trust;
  options.identity = Text(someone->name);
  return options;
}

party* NewPartyOver(const char* name, conclave_storage* storage) {
  party* someone = calloc(1, sizeof *someone);
  if (someone == NULL) abort();
  Later(someone, FreeParty);
  someone->name = name;
  someone->storage = storage;
  someone->now = 1800000000;
  someone->answer = CONCLAVE_ACCEPT;
  const conclave_client_options options = OptionsOf(someone);
  MUST(conclave_client_create(&options, &someone->client, NULL));
  return someone;
}

party* NewPartyWith(const char* name, const conclave_policy* policy, uint32_t suite) {
  conclave_storage* storage = NULL;
  MUST(conclave_storage_in_memory(&storage));
  party* someone = NewPartyOver(name, storage);
  conclave_client_free(someone->client);
  someone->client = NULL;
  conclave_client_options options = OptionsOf(someone);
  options.policy = policy;
  options.suite = suite;
  MUST(conclave_client_create(&options, &someone->client, NULL));
  return someone;
}

party* NewParty(const char* name) { return NewPartyWith(name, NULL, 0); }

void Restart(party* someone) {
  conclave_client_free(someone->client);
  someone->client = NULL;
  const conclave_client_options options = OptionsOf(someone);
  MUST(conclave_client_create(&options, &someone->client, NULL));
}

void EndParty(party* someone) {
  conclave_client_free(someone->client);
  conclave_storage_free(someone->storage);
  someone->client = NULL;
  someone->storage = NULL;
}

conclave_bytes KeyPackageOf(party* someone) {
  conclave_bytes key_package = {NULL, 0};
  MUST(conclave_client_new_key_package(someone->client, NULL, Keep, &key_package, NULL));
  return key_package;
}

// -- Sessions.

conclave_session* NewGroup(party* creator, const char* id) {
  conclave_session* session = NULL;
  conclave_group_options options = {.size = sizeof options};
  options.id = Text(id);
  MUST(conclave_client_create_group(creator->client, &options, &session, NULL));
  return Own(session);
}

conclave_session* Join(party* someone, conclave_bytes welcome) {
  conclave_staged_join* staged = NULL;
  conclave_session* session = NULL;
  MUST(conclave_client_read_welcome(someone->client, welcome.data, welcome.size, NULL, &staged,
                                    NULL));
  const conclave_error error = conclave_client_enter(someone->client, staged, &session, NULL);
  conclave_staged_join_free(staged);
  MUST(error);
  return Own(session);
}

uint64_t EpochOf(const conclave_session* session) {
  uint64_t epoch = 0;
  MUST(conclave_session_epoch(session, &epoch));
  return epoch;
}

uint32_t LeafOf(const conclave_session* session) {
  uint32_t leaf = 0;
  MUST(conclave_session_own_leaf(session, &leaf));
  return leaf;
}

bool IsMember(const conclave_session* session) {
  bool is_member = false;
  MUST(conclave_session_is_member(session, &is_member));
  return is_member;
}

size_t MemberCount(const conclave_session* session) {
  size_t count = 0;
  MUST(conclave_session_member_count(session, &count));
  return count;
}

static void KeepName(void* context, const conclave_member* member) {
  Keep(context, member->credential.data.data, member->credential.data.size);
}

conclave_bytes NameAt(const conclave_session* session, uint32_t leaf) {
  conclave_bytes name = {NULL, 0};
  MUST(conclave_session_find_member(session, leaf, KeepName, &name));
  return name;
}

conclave_bytes AuthenticatorOf(const conclave_session* session) {
  conclave_bytes authenticator = {NULL, 0};
  MUST(conclave_session_epoch_authenticator(session, Keep, &authenticator));
  return authenticator;
}

conclave_bytes Protect(conclave_session* session, const char* text) {
  const conclave_bytes plaintext = Text(text);
  conclave_bytes message = {NULL, 0};
  MUST(conclave_session_protect(session, plaintext.data, plaintext.size, NULL, 0, NULL, 0, Keep,
                                &message, NULL));
  return message;
}

conclave_error ErrorOfReceiving(conclave_session* session, conclave_bytes message) {
  conclave_event* event = NULL;
  const conclave_error error =
      conclave_session_receive(session, message.data, message.size, NULL, 0, NULL, &event, NULL);
  CHECK((event != NULL) == (error == CONCLAVE_OK));
  conclave_event_free(event);
  return error;
}

conclave_event* Receive(conclave_session* session, conclave_bytes message, uint32_t kind) {
  conclave_event* event = NULL;
  MUST(conclave_session_receive(session, message.data, message.size, NULL, 0, NULL, &event, NULL));
  OwnEvent(event);
  REQUIRE(conclave_event_kind(event) == kind);
  return event;
}

void RequireHeard(conclave_session* session, conclave_bytes message, const char* text) {
  const conclave_event* event = Receive(session, message, CONCLAVE_EVENT_APPLICATION);
  REQUIRE(IsText(conclave_event_application(event)->plaintext, text));
}

static void KeepTodo(void* context, const conclave_entered* entered) {
  todo* kept = context;
  size_t i;
  CHECK(entered->welcome_count <= 4);
  for (i = 0; i < entered->welcome_count && i < 4; ++i) {
    kept->welcomes[i] = Copy(entered->welcomes[i].data, entered->welcomes[i].size);
  }
  kept->welcome_count = entered->welcome_count;
  kept->has_offer = entered->has_offer;
  kept->offer = entered->offer;
  kept->left_out_count = entered->left_out_count;
}

todo Apply(conclave_session* session, conclave_event* event) {
  todo left = {.welcome_count = 0};
  MUST(conclave_session_apply(session, event, NULL, 0, KeepTodo, &left, NULL));
  return left;
}

todo ReceiveAndApply(conclave_session* session, conclave_bytes commit) {
  return Apply(session, Receive(session, commit, CONCLAVE_EVENT_COMMIT));
}

void KeepOutgoing(void* context, const conclave_outgoing_commit* commit) {
  outgoing* kept = context;
  kept->offer = commit->offer;
  kept->commit = Copy(commit->commit.data, commit->commit.size);
  kept->skipped_count = commit->skipped_count;
  if (commit->skipped_count != 0) CHECK(commit->skipped[0].why[0] != 0);
}

outgoing CreateCommit(conclave_session* session, const conclave_commit_request* request) {
  outgoing made = {.offer = 0};
  MUST(conclave_session_create_commit(session, request, KeepOutgoing, &made, NULL));
  return made;
}

conclave_commit_request EmptyRequest(void) {
  const conclave_commit_request request = {.size = sizeof request};
  return request;
}

todo Commit(conclave_session* session, const conclave_commit_request* request,
            conclave_session* const* others) {
  const outgoing made = CreateCommit(session, request);
  const todo left = ReceiveAndApply(session, made.commit);
  for (; *others != NULL; ++others) ReceiveAndApply(*others, made.commit);
  return left;
}

conclave_session* Add(conclave_session* adder, party* newcomer, conclave_session* const* others) {
  const conclave_bytes key_package = KeyPackageOf(newcomer);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  const todo left = Commit(adder, &request, others);
  REQUIRE(left.welcome_count == 1 && left.has_offer);
  return Join(newcomer, left.welcomes[0]);
}

room NewRoomWith(int members, const conclave_policy* policy, uint32_t suite) {
  room made = {.alice = NewPartyWith("alice", policy, suite)};
  made.bob = NewPartyWith("bob", policy, suite);
  made.carol = NewPartyWith("carol", policy, suite);
  made.at_alice = NewGroup(made.alice, "room");
  conclave_session* nobody[] = {NULL};
  made.at_bob = Add(made.at_alice, made.bob, nobody);
  if (members > 2) {
    conclave_session* bob[] = {made.at_bob, NULL};
    made.at_carol = Add(made.at_alice, made.carol, bob);
  }
  return made;
}

room NewRoom(int members) { return NewRoomWith(members, NULL, 0); }

void RequireHealthy(conclave_session* const* sessions) {
  size_t i, j;
  uint8_t first[24], secret[24];
  MUST(conclave_session_export_secret(sessions[0], "label", NULL, 0, first, sizeof first, NULL));
  for (i = 0; sessions[i] != NULL; ++i) {
    REQUIRE(EpochOf(sessions[i]) == EpochOf(sessions[0]));
    REQUIRE(MemberCount(sessions[i]) == MemberCount(sessions[0]));
    REQUIRE(Same(AuthenticatorOf(sessions[i]), AuthenticatorOf(sessions[0])));
    MUST(
        conclave_session_export_secret(sessions[i], "label", NULL, 0, secret, sizeof secret, NULL));
    REQUIRE(memcmp(first, secret, sizeof first) == 0);
    const conclave_bytes message = Protect(sessions[i], "hello");
    for (j = 0; sessions[j] != NULL; ++j) {
      if (i == j) {
        Receive(sessions[j], message, CONCLAVE_EVENT_OWN_MESSAGE);
      } else {
        RequireHeard(sessions[j], message, "hello");
      }
    }
  }
}
