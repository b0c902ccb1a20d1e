// Stories of who may read what: newcomers the future, those who left the past.
#include <string.h>

#include "capi/runner.h"

static void FormsTalksChanges(uint32_t suite, uint32_t handshakes) {
  conclave_policy policy = DefaultPolicy();
  policy.handshakes = handshakes;
  room group = NewRoomWith(3, &policy, suite);
  uint16_t of_session = 0, of_client = 0;
  MUST(conclave_session_suite(group.at_alice, &of_session));
  MUST(conclave_client_suite(group.alice->client, &of_client));
  REQUIRE(of_session == (suite == 0 ? 1 : suite) && of_client == of_session);
  conclave_session* everybody[] = {group.at_alice, group.at_bob, group.at_carol, NULL};
  RequireHealthy(everybody);

  conclave_session* but_bob[] = {group.at_alice, group.at_carol, NULL};
  Commit(group.at_bob, NULL, but_bob);
  RequireHealthy(everybody);

  const uint32_t leaf = LeafOf(group.at_bob);
  conclave_commit_request removal = EmptyRequest();
  removal.remove = &leaf;
  removal.remove_count = 1;
  conclave_session* but_alice[] = {group.at_bob, group.at_carol, NULL};
  Commit(group.at_alice, &removal, but_alice);
  REQUIRE(!IsMember(group.at_bob));
  REQUIRE(MemberCount(group.at_carol) == 2);
  RequireHealthy(but_bob);
}

static void EverySuite(void) {
  uint32_t suite;
  for (suite = 0; suite <= 7; ++suite) FormsTalksChanges(suite, CONCLAVE_HANDSHAKES_PRIVATE);
}

static void PublicHandshakes(void) {
  uint32_t suite;
  for (suite = 1; suite <= 3; ++suite) FormsTalksChanges(suite, CONCLAVE_HANDSHAKES_PUBLIC);
}

static void CommitIsLookedAt(void) {
  room group = NewRoom(2);
  const conclave_bytes key_package = KeyPackageOf(group.carol);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  request.authenticated_data = Text("carol is nice");
  const outgoing made = CreateCommit(group.at_alice, &request);
  conclave_event* event = Receive(group.at_bob, made.commit, CONCLAVE_EVENT_COMMIT);
  const conclave_commit_summary* summary = conclave_event_commit(event);
  REQUIRE(summary->epoch == 2);
  REQUIRE(summary->committer.kind == CONCLAVE_SENDER_MEMBER);
  REQUIRE(summary->committer.index == 0 && summary->committer_leaf == 0);
  REQUIRE(IsText(summary->committer.credential.data, "alice"));
  REQUIRE(!summary->is_ours && !summary->removes_us);
  REQUIRE(summary->added_count == 1 && summary->removed_count == 0);
  REQUIRE(summary->added[0].leaf == 2);
  REQUIRE(summary->added[0].credential.credential_type == CONCLAVE_CREDENTIAL_BASIC);
  REQUIRE(IsText(summary->added[0].credential.data, "carol"));
  REQUIRE(summary->extensions == NULL && summary->reinit == NULL && summary->psk_count == 0);
  REQUIRE(summary->proposal_count == 1);
  REQUIRE(summary->proposals[0].proposal_type == CONCLAVE_PROPOSAL_ADD);
  REQUIRE(IsText(summary->proposals[0].add->credential.data, "carol"));
  REQUIRE(summary->proposals[0].update == NULL && summary->proposals[0].custom == NULL);
  REQUIRE(summary->proposals[0].ref.size == 0);
  REQUIRE(IsText(summary->authenticated_data, "carol is nice"));
  // Looking changes nothing; nor does letting go.
  REQUIRE(EpochOf(group.at_bob) == 1);
  const todo left = Apply(group.at_bob, event);
  REQUIRE(EpochOf(group.at_bob) == 2);
  REQUIRE(!left.has_offer && left.welcome_count == 0);
  // What was shown stays with the event.
  REQUIRE(IsText(conclave_event_commit(event)->added[0].credential.data, "carol"));
  const conclave_event* own = Receive(group.at_alice, made.commit, CONCLAVE_EVENT_COMMIT);
  REQUIRE(conclave_event_commit(own)->is_ours);
}

static void InvitationIsLookedAt(void) {
  room group = NewRoom(2);
  const conclave_bytes key_package = KeyPackageOf(group.carol);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  const outgoing made = CreateCommit(group.at_bob, &request);
  const conclave_bytes welcome = ReceiveAndApply(group.at_bob, made.commit).welcomes[0];
  ReceiveAndApply(group.at_alice, made.commit);

  conclave_staged_join* staged = NULL;
  MUST(conclave_client_read_welcome(group.carol->client, welcome.data, welcome.size, NULL, &staged,
                                    NULL));
  const conclave_join_summary* summary = conclave_staged_join_summary(staged);
  size_t members = 0;
  MUST(conclave_staged_join_members(staged, CountMember, &members));
  const bool as_expected = IsText(summary->group_id, "room") && summary->epoch == 2 &&
                           summary->own_leaf == 2 && summary->inviter.leaf == 1 &&
                           IsText(summary->inviter.credential.data, "bob") &&
                           summary->extensions.count == 0 && summary->expired_count == 0 &&
                           summary->psk_count == 0 && members == 3;
  conclave_staged_join_free(staged);
  REQUIRE(as_expected);
  // Nothing was consumed: it is read again, and entered.
  conclave_session* everybody[] = {group.at_alice, group.at_bob, Join(group.carol, welcome), NULL};
  RequireHealthy(everybody);
  // But once only.
  EXPECT(CONCLAVE_ERROR_MISSING, conclave_client_read_welcome(group.carol->client, welcome.data,
                                                              welcome.size, NULL, &staged, NULL));
}

static void RemovedCannotRead(void) {
  room group = NewRoom(3);
  const uint32_t leaf = LeafOf(group.at_carol);
  conclave_commit_request removal = EmptyRequest();
  removal.remove = &leaf;
  removal.remove_count = 1;
  conclave_session* bob[] = {group.at_bob, NULL};
  Commit(group.at_alice, &removal, bob);
  // Carol ignores the commit and stays in the old epoch.
  const conclave_bytes secret = Protect(group.at_alice, "without carol");
  EXPECT(CONCLAVE_ERROR_EPOCH_IN_FUTURE, ErrorOfReceiving(group.at_carol, secret));
  REQUIRE(!Same(AuthenticatorOf(group.at_carol), AuthenticatorOf(group.at_alice)));
  const outgoing intrusion = CreateCommit(group.at_carol, NULL);
  EXPECT(CONCLAVE_ERROR_EPOCH_TOO_OLD, ErrorOfReceiving(group.at_alice, intrusion.commit));
  conclave_session* left[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(left);
}

static void RemovedCanDoNothing(void) {
  room group = NewRoom(2);
  const uint32_t leaf = LeafOf(group.at_bob);
  conclave_commit_request removal = EmptyRequest();
  removal.remove = &leaf;
  removal.remove_count = 1;
  const outgoing made = CreateCommit(group.at_alice, &removal);
  ReceiveAndApply(group.at_alice, made.commit);
  conclave_event* event = Receive(group.at_bob, made.commit, CONCLAVE_EVENT_COMMIT);
  REQUIRE(conclave_event_commit(event)->removes_us);
  REQUIRE(conclave_event_commit(event)->removed[0].leaf == leaf);
  REQUIRE(IsMember(group.at_bob));
  Apply(group.at_bob, event);
  REQUIRE(!IsMember(group.at_bob));

  conclave_bytes shown = {NULL, 0};
  uint8_t secret[16];
  const char* detail = NULL;
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER,
         conclave_session_protect(group.at_bob, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, &detail));
  REQUIRE(detail != NULL && detail[0] != 0);
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER, ErrorOfReceiving(group.at_bob, Protect(group.at_alice, "?")));
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER,
         conclave_session_export_secret(group.at_bob, "label", NULL, 0, secret, 16, NULL));
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER,
         conclave_session_propose_update(group.at_bob, NULL, NULL, Keep, &shown, NULL));
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER,
         conclave_session_group_info(group.at_bob, NULL, Keep, &shown, NULL));
  EXPECT(CONCLAVE_ERROR_NOT_MEMBER,
         conclave_session_ratchet_tree(group.at_bob, Keep, &shown, NULL));
  REQUIRE(shown.data == NULL);
  REQUIRE(AuthenticatorOf(group.at_bob).size == 0);
  // What it last saw stays, for showing; and bob can be invited again.
  REQUIRE(EpochOf(group.at_bob) == 1 && MemberCount(group.at_bob) == 2);
  conclave_session* nobody[] = {NULL};
  conclave_session* both[] = {group.at_alice, Add(group.at_alice, group.bob, nobody), NULL};
  RequireHealthy(both);
}

static void NewcomerCannotReadPast(void) {
  room group = NewRoom(2);
  const conclave_bytes before = Protect(group.at_alice, "before carol");
  conclave_session* alice[] = {group.at_alice, NULL};
  conclave_session* newcomer = Add(group.at_bob, group.carol, alice);
  EXPECT(CONCLAVE_ERROR_EPOCH_TOO_OLD, ErrorOfReceiving(newcomer, before));
  // Those who were there still can.
  RequireHeard(group.at_bob, before, "before carol");
}

static void StrangerReadsNothing(void) {
  room group = NewRoom(2);
  conclave_session* elsewhere = NewGroup(group.carol, "elsewhere");
  EXPECT(CONCLAVE_ERROR_WRONG_GROUP,
         ErrorOfReceiving(elsewhere, Protect(group.at_alice, "private")));
  EXPECT(CONCLAVE_ERROR_WRONG_GROUP,
         ErrorOfReceiving(elsewhere, CreateCommit(group.at_alice, NULL).commit));
}

static void KeepLeaf(void* context, const conclave_member* member) {
  *(uint32_t*)context = *(uint32_t*)context * 10 + member->leaf + 1;
}

static void MembersInOrder(void) {
  room group = NewRoom(3);
  const uint32_t second = 1;
  conclave_commit_request removal = EmptyRequest();
  removal.remove = &second;
  removal.remove_count = 1;
  conclave_session* others[] = {group.at_bob, group.at_carol, NULL};
  Commit(group.at_alice, &removal, others);
  uint32_t leaves = 0, next = 0, none = 0;
  MUST(conclave_session_members(group.at_carol, KeepLeaf, &leaves));
  REQUIRE(leaves == 13);
  REQUIRE(IsText(NameAt(group.at_carol, 0), "alice"));
  REQUIRE(NameAt(group.at_carol, 1).data == NULL);
  REQUIRE(NameAt(group.at_carol, 0xffffffff).data == NULL);
  MUST(conclave_session_next_member(group.at_carol, 1, KeepLeaf, &next));
  REQUIRE(next == 3);
  MUST(conclave_session_next_member(group.at_carol, 3, KeepLeaf, &none));
  REQUIRE(none == 0);
}

static void CommitsRace(void) {
  room group = NewRoom(2);
  const outgoing loser = CreateCommit(group.at_alice, NULL);
  const outgoing winner = CreateCommit(group.at_bob, NULL);
  ReceiveAndApply(group.at_alice, winner.commit);
  ReceiveAndApply(group.at_bob, winner.commit);
  EXPECT(CONCLAVE_ERROR_EPOCH_TOO_OLD, ErrorOfReceiving(group.at_alice, loser.commit));
  EXPECT(CONCLAVE_ERROR_EPOCH_TOO_OLD, ErrorOfReceiving(group.at_bob, loser.commit));
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

typedef struct inventory {
  size_t count, published, superseded, last_resort;
  conclave_bytes ref;
} inventory;

static void CountKeyPackage(void* context, const conclave_key_package* key_package) {
  inventory* all = context;
  CHECK(key_package->key_package.size != 0 && key_package->not_after > 1800000000);
  ++all->count;
  all->published += key_package->state == CONCLAVE_KEY_PACKAGE_PUBLISHED;
  all->superseded += key_package->state == CONCLAVE_KEY_PACKAGE_SUPERSEDED;
  all->last_resort += key_package->last_resort;
  if (!key_package->last_resort) {
    all->ref = Copy(key_package->ref.data, key_package->ref.size);
  }
}

static inventory InventoryOf(const party* someone) {
  inventory all = {.count = 0};
  MUST(conclave_client_key_packages(someone->client, CountKeyPackage, &all, NULL));
  return all;
}

static void KeyPackagesAreAnInventory(void) {
  room group = NewRoom(2);
  party* carol = group.carol;
  conclave_bytes shown = {NULL, 0};
  REQUIRE(InventoryOf(carol).count == 0);
  KeyPackageOf(carol);
  conclave_key_package_options last = {.size = sizeof last, .last_resort = 1, .lifetime = 1000};
  MUST(conclave_client_new_key_package(carol->client, &last, Keep, &shown, NULL));
  MUST(conclave_client_new_key_package(carol->client, &last, Keep, &shown, NULL));
  inventory held = InventoryOf(carol);
  REQUIRE(held.count == 3 && held.last_resort == 2 && held.superseded == 1);
  MUST(conclave_client_mark_published(carol->client, held.ref.data, held.ref.size, NULL));
  REQUIRE(InventoryOf(carol).published == 1);
  MUST(conclave_client_delete_key_package(carol->client, held.ref.data, held.ref.size, NULL));
  REQUIRE(InventoryOf(carol).count == 2);
  EXPECT(CONCLAVE_ERROR_MISSING,
         conclave_client_delete_key_package(carol->client, held.ref.data, held.ref.size, NULL));
  EXPECT(CONCLAVE_ERROR_MISSING,
         conclave_client_mark_published(carol->client, held.ref.data, held.ref.size, NULL));
  carol->now += 2000;
  size_t purged = 0;
  MUST(conclave_client_purge_expired_key_packages(carol->client, &purged, NULL));
  REQUIRE(purged == 2 && InventoryOf(carol).count == 0);
  MUST(conclave_client_purge_expired_key_packages(carol->client, NULL, NULL));
}

const test kMembershipTests[] = {
    {"A group forms, talks, changes and loses a member, on every suite", EverySuite},
    {"So it does with handshakes in the clear", PublicHandshakes},
    {"A commit is looked at before it changes anything", CommitIsLookedAt},
    {"An invitation is looked at before it changes anything", InvitationIsLookedAt},
    {"A removed member cannot read the next epoch, nor write to it", RemovedCannotRead},
    {"Whoever was removed can do nothing more", RemovedCanDoNothing},
    {"A newcomer cannot read the past", NewcomerCannotReadPast},
    {"A stranger can read nothing of a group", StrangerReadsNothing},
    {"Members are listed in leaf order, and found by leaf", MembersInOrder},
    {"When two commits race, the one that comes first wins", CommitsRace},
    {"Key packages are listed, published, superseded, purged", KeyPackagesAreAnInventory},
    {NULL, NULL}};
