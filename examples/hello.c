// Two friends and a room, in C: the story of two_friends.cc.
#include <conclave/c.h>
#include <conclave/c_boringssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Ends the program on an error: fine in an example. Real code looks what it is, and `detail` why.
static void Must(conclave_error error) {
  if (error == CONCLAVE_OK) return;
  fprintf(stderr, "hello: %s\n", conclave_error_name(error));
  exit(1);
}

// Bytes that outlive the callback that shows them.
typedef struct message {
  uint8_t* data;
  size_t size;
} message;

static void Keep(void* context, const uint8_t* data, size_t size) {
  message* kept = context;
  kept->data = malloc(size);
  if (kept->data == NULL && size != 0) exit(1);
  memcpy(kept->data, data, size);
  kept->size = size;
}

static void KeepCommit(void* context, const conclave_outgoing_commit* outgoing) {
  Keep(context, outgoing->commit.data, outgoing->commit.size);
}

static void KeepWelcome(void* context, const conclave_entered* entered) {
  Keep(context, entered->welcomes[0].data, entered->welcomes[0].size);
}

// Says which identities we know. A real one looks them up, or checks certificates.
static int BuddyList(void* context, const conclave_question* question) {
  static const char* const kFriends[] = {"alice", "bob"};
  const conclave_bytes name = question->credential->data;
  size_t i;
  (void)context;
  if (question->credential->credential_type != CONCLAVE_CREDENTIAL_BASIC) return CONCLAVE_REJECT;
  for (i = 0; i < 2; ++i) {
    if (name.size == strlen(kFriends[i]) && memcmp(name.data, kFriends[i], name.size) == 0) {
      return CONCLAVE_ACCEPT;
    }
  }
  return CONCLAVE_REJECT;
}

static conclave_bytes Text(const char* text) {
  conclave_bytes bytes = {(const uint8_t*)text, strlen(text)};
  return bytes;
}

static conclave_client* NewClient(const conclave_crypto* crypto, const char* name) {
  conclave_storage* disk = NULL;
  conclave_client* client = NULL;
  Must(conclave_storage_in_memory(&disk));
  const conclave_clock clock = {.size = sizeof clock, .now = conclave_system_now};
  const conclave_verifier friends = {.size = sizeof friends, .verify = BuddyList};
  const conclave_client_options options = {.size = sizeof options,
                                           .crypto = crypto,
                                           .storage = disk,
                                           .clock = &clock,
                                           .verifier = &friends,
                                           .identity = Text(name)};
  Must(conclave_client_create(&options, &client, NULL));
  conclave_storage_free(disk);  // the client holds on to it
  return client;
}

int main(void) {
  conclave_crypto* crypto = NULL;
  Must(conclave_crypto_boringssl(&crypto));
  conclave_client* alice = NewClient(crypto, "alice");
  conclave_client* bob = NewClient(crypto, "bob");

  // Alice opens a room and offers a commit that adds Bob.
  conclave_session* room = NULL;
  const conclave_group_options club = {.size = sizeof club, .id = Text("book club")};
  Must(conclave_client_create_group(alice, &club, &room, NULL));
  message key_package, commit, welcome, hello;
  Must(conclave_client_new_key_package(bob, NULL, Keep, &key_package, NULL));
  const conclave_bytes newcomer = {key_package.data, key_package.size};
  const conclave_commit_request request = {
      .size = sizeof request, .add = &newcomer, .add_count = 1};
  Must(conclave_session_create_commit(room, &request, KeepCommit, &commit, NULL));

  // The delivery service accepts it: Alice reads her own commit back, looks, enters.
  conclave_event* event = NULL;
  Must(conclave_session_receive(room, commit.data, commit.size, NULL, 0, NULL, &event, NULL));
  if (conclave_event_commit(event)->added_count != 1) return 1;
  Must(conclave_session_apply(room, event, NULL, 0, KeepWelcome, &welcome, NULL));
  conclave_event_free(event);

  // Bob reads the welcome, looks who invites him, joins, and they talk.
  conclave_staged_join* invitation = NULL;
  conclave_session* bobs_room = NULL;
  Must(conclave_client_read_welcome(bob, welcome.data, welcome.size, NULL, &invitation, NULL));
  if (conclave_staged_join_summary(invitation)->inviter.leaf != 0) return 1;
  Must(conclave_client_enter(bob, invitation, &bobs_room, NULL));
  conclave_staged_join_free(invitation);
  const conclave_bytes text = Text("Chapter one?");
  Must(conclave_session_protect(room, text.data, text.size, NULL, 0, NULL, 0, Keep, &hello, NULL));
  Must(conclave_session_receive(bobs_room, hello.data, hello.size, NULL, 0, NULL, &event, NULL));
  const conclave_application_message* heard = conclave_event_application(event);
  if (heard == NULL) return 1;
  printf("bob hears %.*s: %.*s\n", (int)heard->sender.credential.data.size,
         (const char*)heard->sender.credential.data.data, (int)heard->plaintext.size,
         (const char*)heard->plaintext.data);
  const int understood = heard->plaintext.size == text.size &&
                         memcmp(heard->plaintext.data, text.data, text.size) == 0;

  conclave_event_free(event);
  conclave_session_free(bobs_room);
  conclave_session_free(room);
  conclave_client_free(bob);
  conclave_client_free(alice);
  conclave_crypto_free(crypto);
  free(hello.data);
  free(welcome.data);
  free(commit.data);
  free(key_package.data);
  return understood ? 0 : 1;
}
