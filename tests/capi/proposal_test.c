// Stories of proposals that one member makes and another commits, and of pre-shared keys.
#include <string.h>

#include "capi/runner.h"

static conclave_bytes ProposeUpdate(conclave_session* session) {
  conclave_bytes message = {NULL, 0};
  MUST(conclave_session_propose_update(session, NULL, NULL, Keep, &message, NULL));
  return message;
}

static size_t PendingOf(const conclave_session* session) {
  size_t count = 0;
  MUST(conclave_session_pending_proposals(session, CountProposal, &count));
  return count;
}

static void UpdateByReference(void) {
  room group = NewRoom(2);
  const conclave_bytes update = ProposeUpdate(group.at_alice);
  const conclave_event* event = Receive(group.at_bob, update, CONCLAVE_EVENT_PROPOSAL);
  const conclave_proposal* proposal = conclave_event_proposal(event);
  REQUIRE(proposal->proposal_type == CONCLAVE_PROPOSAL_UPDATE && proposal->ref.size == 32);
  REQUIRE(proposal->sender.kind == CONCLAVE_SENDER_MEMBER && proposal->sender.index == 0);
  REQUIRE(proposal->update->before.leaf == 0 && proposal->update->after.leaf == 0);
  REQUIRE(Same(proposal->update->before.signature_key, proposal->update->after.signature_key));
  REQUIRE(proposal->add == NULL && proposal->remove == NULL);
  REQUIRE(PendingOf(group.at_bob) == 1 && PendingOf(group.at_alice) == 1);

  // While it waits, nobody sends application messages.
  conclave_bytes shown = {NULL, 0};
  EXPECT(CONCLAVE_ERROR_COMMIT_FIRST,
         conclave_session_protect(group.at_bob, NULL, 0, NULL, 0, NULL, 0, Keep, &shown, NULL));
  const outgoing made = CreateCommit(group.at_bob, NULL);
  ReceiveAndApply(group.at_bob, made.commit);
  event = Receive(group.at_alice, made.commit, CONCLAVE_EVENT_COMMIT);
  REQUIRE(conclave_event_commit(event)->proposal_count == 1);
  REQUIRE(conclave_event_commit(event)->updated_count == 2);
  REQUIRE(ReceiveAndApply(group.at_alice, made.commit).left_out_count == 0);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

static void AddAndRemoveByReference(void) {
  room group = NewRoom(3);
  party* dave = NewParty("dave");
  const conclave_bytes key_package = KeyPackageOf(dave);
  conclave_bytes add = {NULL, 0}, removal = {NULL, 0};
  MUST(conclave_session_propose_add(group.at_alice, key_package.data, key_package.size, NULL, Keep,
                                    &add, NULL));
  MUST(conclave_session_propose_remove(group.at_carol, LeafOf(group.at_carol), NULL, Keep, &removal,
                                       NULL));
  const conclave_event* event = Receive(group.at_bob, add, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(IsText(conclave_event_proposal(event)->add->credential.data, "dave"));
  event = Receive(group.at_bob, removal, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(conclave_event_proposal(event)->remove->leaf == 2);
  REQUIRE(IsText(conclave_event_proposal(event)->remove->credential.data, "carol"));
  Receive(group.at_alice, removal, CONCLAVE_EVENT_PROPOSAL);
  Receive(group.at_carol, add, CONCLAVE_EVENT_PROPOSAL);
  conclave_session* others[] = {group.at_alice, group.at_carol, NULL};
  const todo left = Commit(group.at_bob, NULL, others);
  REQUIRE(!IsMember(group.at_carol) && left.welcome_count == 1);
  conclave_session* everybody[] = {group.at_alice, group.at_bob, Join(dave, left.welcomes[0]),
                                   NULL};
  RequireHealthy(everybody);
}

static void UnknownProposalIsMissing(void) {
  room group = NewRoom(3);
  const conclave_bytes update = ProposeUpdate(group.at_alice);
  Receive(group.at_bob, update, CONCLAVE_EVENT_PROPOSAL);
  const outgoing made = CreateCommit(group.at_bob, NULL);
  EXPECT(CONCLAVE_ERROR_MISSING, ErrorOfReceiving(group.at_carol, made.commit));
  Receive(group.at_carol, update, CONCLAVE_EVENT_PROPOSAL);
  // The same bytes work now.
  ReceiveAndApply(group.at_carol, made.commit);
  ReceiveAndApply(group.at_alice, made.commit);
  ReceiveAndApply(group.at_bob, made.commit);
  conclave_session* everybody[] = {group.at_alice, group.at_bob, group.at_carol, NULL};
  RequireHealthy(everybody);
}

static void LeftOutIsListed(void) {
  room group = NewRoom(2);
  const conclave_bytes update = ProposeUpdate(group.at_alice);
  const conclave_event* event = Receive(group.at_bob, update, CONCLAVE_EVENT_PROPOSAL);
  const conclave_bytes ref = conclave_event_proposal(event)->ref;
  conclave_commit_request request = EmptyRequest();
  request.exclude = &ref;
  request.exclude_count = 1;
  const outgoing made = CreateCommit(group.at_bob, &request);
  REQUIRE(ReceiveAndApply(group.at_alice, made.commit).left_out_count == 1);
  ReceiveAndApply(group.at_bob, made.commit);
  REQUIRE(PendingOf(group.at_bob) == 0);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

static void ConflictIsSkipped(void) {
  room group = NewRoom(3);
  conclave_bytes removal = {NULL, 0};
  const conclave_bytes update = ProposeUpdate(group.at_carol);
  MUST(conclave_session_propose_remove(group.at_alice, 2, NULL, Keep, &removal, NULL));
  Receive(group.at_bob, update, CONCLAVE_EVENT_PROPOSAL);
  Receive(group.at_bob, removal, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(CreateCommit(group.at_bob, NULL).skipped_count == 1);
}

static conclave_client_options ModernOptions(party* someone, const uint16_t* extensions,
                                             const uint16_t* proposals) {
  conclave_client_options options = OptionsOf(someone);
  options.extensions = extensions;
  options.extension_count = 1;
  options.proposals = proposals;
  options.proposal_count = 1;
  return options;
}

static const uint16_t kTopic[] = {0xf101};
static const uint16_t kPoll[] = {0xf202};

static party* NewModern(const char* name) {
  party* someone = NewParty(name);
  conclave_client_free(someone->client);
  someone->client = NULL;
  const conclave_client_options options = ModernOptions(someone, kTopic, kPoll);
  MUST(conclave_client_create(&options, &someone->client, NULL));
  return someone;
}

static void KeepExtension(void* context, const conclave_extension* extension) {
  CHECK(extension->extension_type == kTopic[0]);
  Keep(context, extension->extension_data.data, extension->extension_data.size);
}

static void ExtensionsAndCustom(void) {
  party *alice = NewModern("alice"), *bob = NewModern("bob");
  conclave_extension topic = {kTopic[0], Text("tea")};
  conclave_group_options options = {.size = sizeof options, .extensions = {&topic, 1}};
  conclave_session* at_alice = NULL;
  MUST(conclave_client_create_group(alice->client, &options, &at_alice, NULL));
  Own(at_alice);
  conclave_session* nobody[] = {NULL};
  conclave_session* at_bob = Add(at_alice, bob, nobody);
  conclave_bytes shown = {NULL, 0}, extensions = {NULL, 0}, custom = {NULL, 0};
  MUST(conclave_session_extensions(at_bob, KeepExtension, &shown));
  REQUIRE(IsText(shown, "tea"));

  topic.extension_data = Text("coffee");
  const conclave_extension_list list = {&topic, 1};
  const conclave_custom_proposal poll = {kPoll[0], Text("who is for it?")};
  MUST(conclave_session_propose_extensions(at_bob, &list, NULL, Keep, &extensions, NULL));
  MUST(conclave_session_propose_custom(at_bob, &poll, NULL, Keep, &custom, NULL));
  const conclave_event* event = Receive(at_alice, extensions, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(conclave_event_proposal(event)->group_context_extensions->count == 1);
  event = Receive(at_alice, custom, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(conclave_event_proposal(event)->proposal_type == kPoll[0]);
  REQUIRE(IsText(conclave_event_proposal(event)->custom->data, "who is for it?"));
  const outgoing made = CreateCommit(at_alice, NULL);
  event = Receive(at_bob, made.commit, CONCLAVE_EVENT_COMMIT);
  REQUIRE(conclave_event_commit(event)->extensions->count == 1);
  REQUIRE(conclave_event_commit(event)->extensions->items[0].extension_type == kTopic[0]);
  ReceiveAndApply(at_bob, made.commit);
  ReceiveAndApply(at_alice, made.commit);
  MUST(conclave_session_extensions(at_alice, KeepExtension, &shown));
  REQUIRE(IsText(shown, "coffee"));

  // The same by value, in one request; and what a request does not name stays.
  topic.extension_data = Text("water");
  conclave_commit_request request = EmptyRequest();
  request.extensions = &list;
  request.custom = &poll;
  request.custom_count = 1;
  request.path = CONCLAVE_PATH_ALWAYS;
  conclave_session* bobs[] = {at_bob, NULL};
  Commit(at_alice, &request, bobs);
  Commit(at_alice, NULL, bobs);
  MUST(conclave_session_extensions(at_bob, KeepExtension, &shown));
  REQUIRE(IsText(shown, "water"));
  // Who does not understand it cannot be added.
  party* old = NewParty("old");
  const conclave_bytes key_package = KeyPackageOf(old);
  conclave_commit_request adding = EmptyRequest();
  adding.add = &key_package;
  adding.add_count = 1;
  outgoing none = {.offer = 0};
  REQUIRE(conclave_session_create_commit(at_alice, &adding, KeepOutgoing, &none, NULL) !=
          CONCLAVE_OK);
  REQUIRE(none.commit.data == NULL);
}

// A new key, and the signer of it.
static conclave_signer* NewSigner(void) {
  conclave_bytes private_key = {NULL, 0};
  conclave_signer* signer = NULL;
  MUST(conclave_generate_signature_key(Crypto(), CONCLAVE_ED25519, Keep, &private_key, NULL));
  REQUIRE(private_key.size == 32);
  MUST(conclave_signer_of_key(Crypto(), CONCLAVE_ED25519, private_key.data, private_key.size,
                              &signer, NULL));
  return signer;
}

static void NewIdentity(void) {
  room group = NewRoom(2);
  conclave_signer* signer = NewSigner();
  conclave_identity identity = {.signer = signer};
  identity.credential.credential_type = CONCLAVE_CREDENTIAL_BASIC;
  identity.credential.data = Text("alice at work");
  conclave_commit_request request = EmptyRequest();
  request.new_identity = &identity;
  const outgoing made = CreateCommit(group.at_alice, &request);
  // The session holds on to the signer.
  conclave_signer_free(signer);
  const conclave_event* event = Receive(group.at_bob, made.commit, CONCLAVE_EVENT_COMMIT);
  const conclave_commit_summary* summary = conclave_event_commit(event);
  REQUIRE(summary->updated_count == 1);
  REQUIRE(IsText(summary->updated[0].before.credential.data, "alice"));
  REQUIRE(IsText(summary->updated[0].after.credential.data, "alice at work"));
  REQUIRE(group.bob->moment == CONCLAVE_RECEIVED_UPDATE_PATH && group.bob->replaces);
  ReceiveAndApply(group.at_alice, made.commit);
  ReceiveAndApply(group.at_bob, made.commit);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);

  // And by a proposal that another commits.
  signer = NewSigner();
  identity.signer = signer;
  identity.credential.data = Text("bob at home");
  conclave_bytes update = {NULL, 0};
  MUST(conclave_session_propose_update(group.at_bob, &identity, NULL, Keep, &update, NULL));
  conclave_signer_free(signer);
  Receive(group.at_alice, update, CONCLAVE_EVENT_PROPOSAL);
  conclave_session* bob[] = {group.at_bob, NULL};
  Commit(group.at_alice, NULL, bob);
  REQUIRE(IsText(NameAt(group.at_alice, 1), "bob at home"));
  RequireHealthy(both);
}

static conclave_psk_id External(const char* name) {
  conclave_psk_id id = {.kind = CONCLAVE_PSK_EXTERNAL};
  id.id = Text(name);
  return id;
}

static void AddPsk(party* someone, const char* name, const char* secret) {
  const conclave_bytes id = Text(name), psk = Text(secret);
  MUST(conclave_client_add_psk(someone->client, id.data, id.size, psk.data, psk.size, NULL));
}

static void PskIsWaitedFor(void) {
  room group = NewRoom(2);
  const conclave_psk_id ticket = External("ticket");
  conclave_commit_request request = EmptyRequest();
  request.psks = &ticket;
  request.psk_count = 1;
  outgoing none = {.offer = 0};
  EXPECT(CONCLAVE_ERROR_MISSING,
         conclave_session_create_commit(group.at_alice, &request, KeepOutgoing, &none, NULL));
  AddPsk(group.alice, "ticket", "a secret of sixteen");
  const outgoing made = CreateCommit(group.at_alice, &request);
  EXPECT(CONCLAVE_ERROR_MISSING, ErrorOfReceiving(group.at_bob, made.commit));
  AddPsk(group.bob, "ticket", "another secret");
  EXPECT(CONCLAVE_ERROR_NOT_AUTHENTIC, ErrorOfReceiving(group.at_bob, made.commit));
  AddPsk(group.bob, "ticket", "a secret of sixteen");
  const conclave_event* event = Receive(group.at_bob, made.commit, CONCLAVE_EVENT_COMMIT);
  REQUIRE(conclave_event_commit(event)->psk_count == 1);
  REQUIRE(conclave_event_commit(event)->psks[0].kind == CONCLAVE_PSK_EXTERNAL);
  REQUIRE(IsText(conclave_event_commit(event)->psks[0].id, "ticket"));
  ReceiveAndApply(group.at_bob, made.commit);
  ReceiveAndApply(group.at_alice, made.commit);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
  const conclave_bytes id = Text("ticket");
  MUST(conclave_client_remove_psk(group.alice->client, id.data, id.size, NULL));
  EXPECT(CONCLAVE_ERROR_MISSING,
         conclave_session_create_commit(group.at_alice, &request, KeepOutgoing, &none, NULL));
}

static void ResumptionPskByReference(void) {
  room group = NewRoom(2);
  conclave_session* bob[] = {group.at_bob, NULL};
  Commit(group.at_alice, NULL, bob);
  const conclave_psk_id past = {CONCLAVE_PSK_RESUMPTION, Text("room"), 1};
  conclave_bytes message = {NULL, 0};
  MUST(conclave_session_propose_psk(group.at_bob, &past, NULL, Keep, &message, NULL));
  const conclave_event* event = Receive(group.at_alice, message, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(conclave_event_proposal(event)->psk->kind == CONCLAVE_PSK_RESUMPTION);
  REQUIRE(conclave_event_proposal(event)->psk->epoch == 1);
  REQUIRE(IsText(conclave_event_proposal(event)->psk->id, "room"));
  Commit(group.at_alice, NULL, bob);
  conclave_session* both[] = {group.at_alice, group.at_bob, NULL};
  RequireHealthy(both);
}

static void KeepOffer(void* context, const conclave_offer* offer) {
  Keep(context, offer->commit.data, offer->commit.size);
}

static void CountBundle(void* context, const conclave_bundle* bundle) {
  CHECK(bundle->commit.size != 0 && bundle->group_info.size != 0);
  *(size_t*)context += bundle->welcome_count;
}

static void OffersAreListed(void) {
  room group = NewRoom(2);
  const conclave_bytes key_package = KeyPackageOf(group.carol);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  const outgoing made = CreateCommit(group.at_alice, &request);
  conclave_bytes listed = {NULL, 0}, gone = {NULL, 0};
  MUST(conclave_session_offers(group.at_alice, KeepOffer, &listed));
  REQUIRE(Same(listed, made.commit));
  size_t welcomes = 0;
  MUST(conclave_session_bundle(group.at_alice, made.offer, NULL, CountBundle, &welcomes, NULL));
  REQUIRE(welcomes == 1);
  MUST(conclave_session_withdraw(group.at_alice, made.offer, NULL));
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_session_withdraw(group.at_alice, made.offer, NULL));
  EXPECT(CONCLAVE_ERROR_MISUSE,
         conclave_session_bundle(group.at_alice, made.offer, NULL, CountBundle, &welcomes, NULL));
  MUST(conclave_session_offers(group.at_alice, KeepOffer, &gone));
  REQUIRE(gone.data == NULL);
}

static void ProposalsCarryData(void) {
  room group = NewRoom(2);
  conclave_proposal_options options = {.size = sizeof options};
  options.authenticated_data = Text("because");
  conclave_bytes message = {NULL, 0};
  MUST(conclave_session_propose_update(group.at_alice, NULL, &options, Keep, &message, NULL));
  Receive(group.at_bob, message, CONCLAVE_EVENT_PROPOSAL);
}

const test kProposalTests[] = {
    {"New keys that one member proposes take effect when another commits them", UpdateByReference},
    {"Adds and removes that others propose take effect in one commit", AddAndRemoveByReference},
    {"A commit that names an unknown proposal waits for it, and the same bytes work then",
     UnknownProposalIsMissing},
    {"Our own proposal that a commit left out is listed", LeftOutIsListed},
    {"The committer takes what goes together, and says what it skipped and why", ConflictIsSkipped},
    {"Extensions and proposals of an application's own are carried", ExtensionsAndCustom},
    {"A member moves to a new credential and key, which the session holds on to", NewIdentity},
    {"A commit with a PSK that we lack waits for it, and the same bytes work then", PskIsWaitedFor},
    {"A past epoch's PSK is proposed by one and committed by another", ResumptionPskByReference},
    {"Offers are listed, bundled and withdrawn", OffersAreListed},
    {"Proposals may carry authenticated data", ProposalsCarryData},
    {NULL, NULL}};
