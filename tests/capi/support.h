// For the tests of the C API: a runner, bytes that are kept, and the parties of a group.
#pragma once

#include <conclave/c.h>
#include <conclave/c_boringssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// -- The runner. A test is a function; a list of them ends with one without a name.

typedef struct test {
  const char* name;
  void (*run)(void);
} test;

// Ends the test unless the condition holds. Not for callbacks: they must return.
#define REQUIRE(condition)                                     \
  do {                                                         \
    if (!(condition)) EndTest(__FILE__, __LINE__, #condition); \
  } while (0)
// Fails the test, which goes on, unless the condition holds.
#define CHECK(condition)                                        \
  do {                                                          \
    if (!(condition)) FailTest(__FILE__, __LINE__, #condition); \
  } while (0)
// Ends the test unless the call has this error (CONCLAVE_OK: none).
#define EXPECT(error, call) ExpectError((error), (call), __FILE__, __LINE__, #call)
#define MUST(call) EXPECT(CONCLAVE_OK, call)

void EndTest(const char* file, int line, const char* what);
void FailTest(const char* file, int line, const char* what);
void ExpectError(conclave_error expected, conclave_error error, const char* file, int line,
                 const char* what);

// -- Bytes that outlive what they were shown by. They are freed when the test ends.

void* Allocate(size_t size);
conclave_bytes Copy(const uint8_t* data, size_t size);
conclave_bytes Text(const char* text);
bool Same(conclave_bytes a, conclave_bytes b);
bool IsText(conclave_bytes bytes, const char* text);

// A conclave_view whose context is a conclave_bytes.
void Keep(void* context, const uint8_t* data, size_t size);
// A view of anything that counts: the context is a size_t.
void CountMember(void* context, const conclave_member* member);
void CountProposal(void* context, const conclave_proposal* proposal);
void CountBytes(void* context, const uint8_t* data, size_t size);

// -- A client, and all that it was given. `party` objects stay where they are.

typedef struct party {
  const char* name;
  conclave_storage* storage;
  conclave_client* client;
  uint64_t now;
  int answer;       // of the verifier
  size_t asked;     // how often it was
  uint32_t moment;  // what it was asked last
  bool replaces;    // whether one credential was to replace another then
  int released;     // how often its callbacks were released
} party;

// The provider that all tests share.
const conclave_crypto* Crypto(void);

// What a party's options are unless something else is wanted.
conclave_client_options OptionsOf(party* someone);
// A client over a storage in memory. It is freed when the test ends.
party* NewParty(const char* name);
party* NewPartyWith(const char* name, const conclave_policy* policy, uint32_t suite);
// A client over a storage of the test's own, which the party takes over.
party* NewPartyOver(const char* name, conclave_storage* storage);
// Another client of the same options and storage, as after a restart.
void Restart(party* someone);
// Frees whatever there is of the party.
void EndParty(party* someone);

conclave_policy DefaultPolicy(void);
conclave_bytes KeyPackageOf(party* someone);

// -- Sessions. Those that these functions return are freed when the test ends.

conclave_session* Own(conclave_session* session);
conclave_event* OwnEvent(conclave_event* event);

conclave_session* NewGroup(party* creator, const char* id);
conclave_session* Join(party* someone, conclave_bytes welcome);

uint64_t EpochOf(const conclave_session* session);
uint32_t LeafOf(const conclave_session* session);
bool IsMember(const conclave_session* session);
size_t MemberCount(const conclave_session* session);
// The name of whoever sits there, or "".
conclave_bytes NameAt(const conclave_session* session, uint32_t leaf);
conclave_bytes AuthenticatorOf(const conclave_session* session);

conclave_bytes Protect(conclave_session* session, const char* text);
// The error of receiving something, whose event is freed.
conclave_error ErrorOfReceiving(conclave_session* session, conclave_bytes message);
// What must be an event of that kind.
conclave_event* Receive(conclave_session* session, conclave_bytes message, uint32_t kind);
void RequireHeard(conclave_session* session, conclave_bytes message, const char* text);

// What applying a commit left to be done.
typedef struct todo {
  conclave_bytes welcomes[4];
  size_t welcome_count;
  bool has_offer;
  uint64_t offer;
  size_t left_out_count;
} todo;
todo Apply(conclave_session* session, conclave_event* event);
todo ReceiveAndApply(conclave_session* session, conclave_bytes commit);

// What a request has led to.
typedef struct outgoing {
  uint64_t offer;
  conclave_bytes commit;
  size_t skipped_count;
} outgoing;
// A conclave_outgoing_view whose context is an outgoing.
void KeepOutgoing(void* context, const conclave_outgoing_commit* commit);
outgoing CreateCommit(conclave_session* session, const conclave_commit_request* request);
conclave_commit_request EmptyRequest(void);

// A commit of `session`, received and applied by it and by all others. NULL ends the list.
todo Commit(conclave_session* session, const conclave_commit_request* request,
            conclave_session* const* others);
// `adder` adds somebody; the others follow.
conclave_session* Add(conclave_session* adder, party* newcomer, conclave_session* const* others);

// A group of two or three, made by the first.
typedef struct room {
  party *alice, *bob, *carol;
  conclave_session *at_alice, *at_bob, *at_carol;
} room;
room NewRoom(int members);
room NewRoomWith(int members, const conclave_policy* policy, uint32_t suite);

// That all agree on epoch, members and secrets, and each reads the others.
void RequireHealthy(conclave_session* const* sessions);
