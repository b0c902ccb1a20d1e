// Stories of messages: late, twice, forged, ours; and of the secrets of an epoch.
#include <string.h>

#include "capi/runner.h"

static void OutOfOrder(void) {
  room group = NewRoom(2);
  conclave_bytes messages[5];
  int i;
  for (i = 0; i < 5; ++i) messages[i] = Protect(group.at_alice, "one of five");
  for (i = 4; i >= 0; --i) RequireHeard(group.at_bob, messages[i], "one of five");
  // Each once.
  for (i = 0; i < 5; ++i) {
    EXPECT(CONCLAVE_ERROR_ALREADY_USED, ErrorOfReceiving(group.at_bob, messages[i]));
  }
}

static void WindowAsPolicySays(void) {
  conclave_policy policy = DefaultPolicy();
  policy.max_forward_generations = 3;
  room group = NewRoomWith(2, &policy, 0);
  conclave_bytes messages[5];
  int i;
  for (i = 0; i < 5; ++i) messages[i] = Protect(group.at_alice, "far");
  REQUIRE(ErrorOfReceiving(group.at_bob, messages[4]) != CONCLAVE_OK);
  RequireHeard(group.at_bob, messages[3], "far");
}

static void AuthenticatedDataTravels(void) {
  room group = NewRoom(2);
  const conclave_bytes topic = Text("topic");
  conclave_bytes message = {NULL, 0};
  MUST(conclave_session_protect(group.at_alice, NULL, 0, topic.data, topic.size, NULL, 0, Keep,
                                &message, NULL));
  const conclave_event* event = Receive(group.at_bob, message, CONCLAVE_EVENT_APPLICATION);
  const conclave_application_message* heard = conclave_event_application(event);
  REQUIRE(heard->plaintext.size == 0 && IsText(heard->authenticated_data, "topic"));
  REQUIRE(heard->epoch == 1 && heard->sender.leaf == 0);
  REQUIRE(IsText(heard->sender.credential.data, "alice"));
  conclave_bytes key = {NULL, 0};
  MUST(conclave_client_signature_key(group.alice->client, Keep, &key));
  REQUIRE(Same(heard->sender.signature_key, key));
}

static void KeepCredential(void* context, const conclave_credential* credential) {
  CHECK(credential->credential_type == CONCLAVE_CREDENTIAL_BASIC);
  Keep(context, credential->data.data, credential->data.size);
}

static void ClientSaysWhoItIs(void) {
  party* alice = NewParty("alice");
  conclave_bytes name = {NULL, 0};
  MUST(conclave_client_credential(alice->client, KeepCredential, &name));
  REQUIRE(IsText(name, "alice"));
}

static void ForgedCostsNothing(void) {
  room group = NewRoom(2);
  const conclave_bytes message = Protect(group.at_alice, "genuine");
  uint8_t* forged = Allocate(message.size);
  size_t i;
  for (i = 0; i < message.size; ++i) {
    const conclave_bytes altered = {forged, message.size};
    memcpy(forged, message.data, message.size);
    forged[i] ^= 0x10;
    REQUIRE(ErrorOfReceiving(group.at_bob, altered) != CONCLAVE_OK);
  }
  for (i = 0; i < message.size; ++i) {
    const conclave_bytes cut = {message.data, i};
    REQUIRE(ErrorOfReceiving(group.at_bob, cut) != CONCLAVE_OK);
  }
  RequireHeard(group.at_bob, message, "genuine");
}

static void ForgedCommitIsNone(void) {
  room group = NewRoom(2);
  const outgoing made = CreateCommit(group.at_alice, NULL);
  uint8_t* forged = Allocate(made.commit.size);
  size_t i;
  for (i = 0; i < made.commit.size; i += 7) {
    const conclave_bytes altered = {forged, made.commit.size};
    memcpy(forged, made.commit.data, made.commit.size);
    forged[i] ^= 0x01;
    REQUIRE(ErrorOfReceiving(group.at_bob, altered) != CONCLAVE_OK);
    REQUIRE(EpochOf(group.at_bob) == 1);
  }
  ReceiveAndApply(group.at_bob, made.commit);
  ReceiveAndApply(group.at_alice, made.commit);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

static void NoMessageAtAll(void) {
  room group = NewRoom(2);
  EXPECT(CONCLAVE_ERROR_MALFORMED, ErrorOfReceiving(group.at_bob, Text("")));
  EXPECT(CONCLAVE_ERROR_MALFORMED, ErrorOfReceiving(group.at_bob, Text("what is this?")));
  EXPECT(CONCLAVE_ERROR_MISUSE, ErrorOfReceiving(group.at_bob, KeyPackageOf(group.carol)));
}

static void LateOfPastEpoch(void) {
  room group = NewRoom(2);
  const conclave_bytes late = Protect(group.at_alice, "late");
  conclave_session* bob[] = {group.at_bob, NULL};
  Commit(group.at_alice, NULL, bob);
  RequireHeard(group.at_bob, late, "late");
  const conclave_bytes lost = Protect(group.at_alice, "too late");
  int i;
  for (i = 0; i < 4; ++i) Commit(group.at_alice, NULL, bob);
  EXPECT(CONCLAVE_ERROR_EPOCH_TOO_OLD, ErrorOfReceiving(group.at_bob, lost));
}

static void EarlyIsKept(void) {
  room group = NewRoom(2);
  const outgoing made = CreateCommit(group.at_alice, NULL);
  ReceiveAndApply(group.at_alice, made.commit);
  const conclave_bytes early = Protect(group.at_alice, "early");
  EXPECT(CONCLAVE_ERROR_EPOCH_IN_FUTURE, ErrorOfReceiving(group.at_bob, early));
  ReceiveAndApply(group.at_bob, made.commit);
  RequireHeard(group.at_bob, early, "early");
}

static void TooLargeIsRefused(void) {
  conclave_policy policy = DefaultPolicy();
  policy.max_message_size = 5000;
  room group = NewRoomWith(2, &policy, 0);
  const uint8_t* much = Allocate(6000);
  conclave_bytes shown = {NULL, 0};
  EXPECT(
      CONCLAVE_ERROR_REJECTED_BY_POLICY,
      conclave_session_protect(group.at_alice, much, 6000, NULL, 0, NULL, 0, Keep, &shown, NULL));
  REQUIRE(shown.data == NULL);
  const conclave_bytes large = {much, 6000};
  EXPECT(CONCLAVE_ERROR_REJECTED_BY_POLICY, ErrorOfReceiving(group.at_bob, large));
}

static void PaddingAsPolicySays(void) {
  conclave_policy policy = DefaultPolicy();
  policy.padding = CONCLAVE_PADDING_BLOCK;
  policy.padding_block = 256;
  room group = NewRoomWith(2, &policy, 0);
  REQUIRE(Protect(group.at_alice, "a").size == Protect(group.at_alice, "a longer one").size);
  policy.padding = CONCLAVE_PADDING_NONE;
  room bare = NewRoomWith(2, &policy, 0);
  REQUIRE(Protect(bare.at_alice, "a").size < Protect(bare.at_alice, "a longer one").size);
}

static void KeysRunOut(void) {
  conclave_policy policy = DefaultPolicy();
  policy.max_messages_per_epoch = 2;
  room group = NewRoomWith(2, &policy, 0);
  conclave_bytes shown = {NULL, 0};
  Protect(group.at_alice, "one");
  Protect(group.at_alice, "two");
  EXPECT(CONCLAVE_ERROR_COMMIT_FIRST,
         conclave_session_protect(group.at_alice, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, NULL));
  conclave_session* bob[] = {group.at_bob, NULL};
  Commit(group.at_alice, NULL, bob);
  Protect(group.at_alice, "three");
}

static void ExporterAgrees(void) {
  room group = NewRoom(2);
  const conclave_bytes context = Text("call 7");
  uint8_t one[40], other[40];
  memset(one, 0, sizeof one);
  MUST(conclave_session_export_secret(group.at_alice, "media", context.data, context.size, one, 32,
                                      NULL));
  MUST(conclave_session_export_secret(group.at_bob, "media", context.data, context.size, other, 32,
                                      NULL));
  REQUIRE(memcmp(one, other, 32) == 0);
  // Nothing is written beyond what was asked for.
  REQUIRE(one[32] == 0 && one[39] == 0);
  MUST(conclave_session_export_secret(group.at_bob, "other", context.data, context.size, other, 32,
                                      NULL));
  REQUIRE(memcmp(one, other, 32) != 0);
  MUST(conclave_session_export_secret(group.at_bob, "media", NULL, 0, other, 32, NULL));
  REQUIRE(memcmp(one, other, 32) != 0);
  // 255 hashes are the most.
  uint8_t* much = Allocate(255 * 32 + 1);
  MUST(conclave_session_export_secret(group.at_bob, "media", NULL, 0, much, 255 * 32, NULL));
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_session_export_secret(group.at_bob, "media", NULL, 0, much, 255 * 32 + 1, NULL));
  MUST(conclave_session_export_secret(group.at_bob, "media", NULL, 0, NULL, 0, NULL));
}

static void AuthenticatorsAgree(void) {
  room group = NewRoom(2);
  const conclave_bytes before = AuthenticatorOf(group.at_alice);
  REQUIRE(before.size == 32 && Same(before, AuthenticatorOf(group.at_bob)));
  conclave_session* bob[] = {group.at_bob, NULL};
  Commit(group.at_alice, NULL, bob);
  REQUIRE(!Same(before, AuthenticatorOf(group.at_alice)));
}

static void OwnMessagesComeBack(void) {
  room group = NewRoom(2);
  const conclave_bytes message = Protect(group.at_alice, "hello");
  const conclave_event* event = Receive(group.at_alice, message, CONCLAVE_EVENT_OWN_MESSAGE);
  REQUIRE(conclave_event_application(event) == NULL);
  REQUIRE(conclave_event_proposal(event) == NULL);
  REQUIRE(conclave_event_commit(event) == NULL);
}

const test kMessageTests[] = {
    {"Messages that overtake each other are all read, each once", OutOfOrder},
    {"The window for messages out of order is as wide as the policy says", WindowAsPolicySays},
    {"Authenticated data travels beside an empty message", AuthenticatedDataTravels},
    {"A client says who it is", ClientSaysWhoItIs},
    {"A forged message costs an honest sender nothing", ForgedCostsNothing},
    {"A forged commit is no commit, and the true one still works", ForgedCommitIsNone},
    {"Whatever is no message of a group is harmless", NoMessageAtAll},
    {"Late messages are read for as many epochs as the policy keeps", LateOfPastEpoch},
    {"A message of an epoch that we have not entered is kept until its commit arrives",
     EarlyIsKept},
    {"A message that is too large is not read, nor sent", TooLargeIsRefused},
    {"What is sent is padded, as the policy says", PaddingAsPolicySays},
    {"When the messages of an epoch are used up, a commit makes room", KeysRunOut},
    {"An exporter gives what is asked for, and no more than there is", ExporterAgrees},
    {"Epoch authenticators are equal for all, and new in each epoch", AuthenticatorsAgree},
    {"Our own message that comes back is ours", OwnMessagesComeBack},
    {NULL, NULL}};
