// Stories of people who let themselves in, of those who come back after losing their state, and of
// parties outside a group.
#include "capi/runner.h"

static conclave_bytes GroupInfoOf(const conclave_session* session) {
  conclave_bytes info = {NULL, 0};
  MUST(conclave_session_group_info(session, NULL, Keep, &info, NULL));
  return info;
}

static conclave_pending_join* Start(party* someone, const conclave_session* inside,
                                    const conclave_external_join_options* options) {
  const conclave_bytes info = GroupInfoOf(inside);
  conclave_pending_join* pending = NULL;
  MUST(conclave_client_start_external_join(someone->client, info.data, info.size, options, &pending,
                                           NULL));
  return pending;
}

static conclave_session* EnterAndFree(party* someone, conclave_pending_join* pending) {
  conclave_session* session = NULL;
  const conclave_error error =
      conclave_client_enter_externally(someone->client, pending, &session, NULL);
  conclave_pending_join_free(pending);
  MUST(error);
  return Own(session);
}

static conclave_bytes CommitOf(const conclave_pending_join* pending) {
  conclave_bytes commit = {NULL, 0};
  MUST(conclave_pending_join_commit(pending, Keep, &commit));
  return commit;
}

static void JoinsWithoutInvitation(void) {
  room group = NewRoom(2);
  conclave_external_join_options options = {.size = sizeof options};
  options.authenticated_data = Text("let me in");
  conclave_pending_join* pending = Start(group.carol, group.at_bob, &options);
  const conclave_bytes commit = CommitOf(pending);
  conclave_bytes id = {NULL, 0};
  size_t members = 0, expired = 0;
  bool ours = false, others = true;
  MUST(conclave_pending_join_group_id(pending, Keep, &id));
  MUST(conclave_pending_join_members(pending, CountMember, &members));
  MUST(conclave_pending_join_expired(pending, CountMember, &expired));
  MUST(conclave_pending_join_is_ours(pending, commit.data, commit.size, &ours));
  MUST(conclave_pending_join_is_ours(pending, NULL, 0, &others));
  REQUIRE(IsText(id, "room") && members == 2 && expired == 0 && ours && !others);
  REQUIRE(conclave_pending_join_summary(pending)->is_ours);
  REQUIRE(conclave_pending_join_summary(pending)->epoch == 2);

  conclave_event* event = Receive(group.at_alice, commit, CONCLAVE_EVENT_COMMIT);
  const conclave_commit_summary* summary = conclave_event_commit(event);
  REQUIRE(summary->committer.kind == CONCLAVE_SENDER_NEWCOMER && summary->committer_leaf == 2);
  REQUIRE(IsText(summary->committer.credential.data, "carol"));
  REQUIRE(IsText(summary->authenticated_data, "let me in"));
  REQUIRE(summary->proposal_count == 1);
  REQUIRE(summary->proposals[0].proposal_type == CONCLAVE_PROPOSAL_EXTERNAL_INIT);
  Apply(group.at_alice, event);
  ReceiveAndApply(group.at_bob, commit);
  conclave_session* everybody[] = {group.at_alice, group.at_bob, EnterAndFree(group.carol, pending),
                                   NULL};
  RequireHealthy(everybody);
}

static void LostJoinStartsAgain(void) {
  room group = NewRoom(2);
  conclave_pending_join* pending = Start(group.carol, group.at_alice, NULL);
  const conclave_bytes lost = CommitOf(pending);
  conclave_session* alice[] = {group.at_alice, NULL};
  Commit(group.at_bob, NULL, alice);
  EXPECT(CONCLAVE_ERROR_EPOCH_TOO_OLD, ErrorOfReceiving(group.at_alice, lost));
  conclave_pending_join_free(pending);
  const conclave_bytes id = Text("room");
  MUST(conclave_client_abandon_external_join(group.carol->client, id.data, id.size, NULL));
  EXPECT(CONCLAVE_ERROR_MISSING, conclave_client_resume_external_join(group.carol->client, id.data,
                                                                      id.size, &pending, NULL));
  pending = Start(group.carol, group.at_alice, NULL);
  ReceiveAndApply(group.at_alice, CommitOf(pending));
  ReceiveAndApply(group.at_bob, CommitOf(pending));
  conclave_session* everybody[] = {group.at_alice, group.at_bob, EnterAndFree(group.carol, pending),
                                   NULL};
  RequireHealthy(everybody);
}

static void JoinOutlivesProcess(void) {
  room group = NewRoom(2);
  conclave_pending_join* pending = Start(group.carol, group.at_alice, NULL);
  const conclave_bytes commit = CommitOf(pending);
  conclave_pending_join_free(pending);
  pending = NULL;
  Restart(group.carol);
  ReceiveAndApply(group.at_alice, commit);
  ReceiveAndApply(group.at_bob, commit);
  size_t count = 0;
  MUST(conclave_client_pending_joins(group.carol->client, CountBytes, &count, NULL));
  REQUIRE(count == 1);
  const conclave_bytes id = Text("room");
  MUST(conclave_client_resume_external_join(group.carol->client, id.data, id.size, &pending, NULL));
  REQUIRE(Same(CommitOf(pending), commit));
  conclave_session* everybody[] = {group.at_alice, group.at_bob, EnterAndFree(group.carol, pending),
                                   NULL};
  RequireHealthy(everybody);
}

static void ComesBackAfterLosingAll(void) {
  room group = NewRoom(3);
  party* new_phone = NewParty("bob");
  const uint32_t lost = LeafOf(group.at_bob), nobodys = 77;
  conclave_external_join_options options = {.size = sizeof options, .replace = &nobodys};
  const conclave_bytes info = GroupInfoOf(group.at_alice);
  conclave_pending_join* pending = NULL;
  EXPECT(CONCLAVE_ERROR_INVALID_PROPOSAL,
         conclave_client_start_external_join(new_phone->client, info.data, info.size, &options,
                                             &pending, NULL));
  // A client that is in the group says so.
  EXPECT(CONCLAVE_ERROR_MISUSE, conclave_client_start_external_join(
                                    group.bob->client, info.data, info.size, NULL, &pending, NULL));
  options.replace = &lost;
  pending = Start(new_phone, group.at_alice, &options);
  conclave_event* event = Receive(group.at_alice, CommitOf(pending), CONCLAVE_EVENT_COMMIT);
  REQUIRE(conclave_event_commit(event)->removed_count == 1);
  REQUIRE(conclave_event_commit(event)->removed[0].leaf == lost);
  REQUIRE(group.alice->moment == CONCLAVE_RECEIVED_UPDATE_PATH && group.alice->replaces);
  Apply(group.at_alice, event);
  ReceiveAndApply(group.at_carol, CommitOf(pending));
  // The old phone, found again, learns that it is out.
  event = Receive(group.at_bob, CommitOf(pending), CONCLAVE_EVENT_COMMIT);
  REQUIRE(conclave_event_commit(event)->removes_us);
  conclave_session* everybody[] = {group.at_alice, group.at_carol, EnterAndFree(new_phone, pending),
                                   NULL};
  REQUIRE(LeafOf(everybody[2]) == lost && MemberCount(everybody[2]) == 3);
  RequireHealthy(everybody);
}

static void DoorAndTree(void) {
  room group = NewRoom(2);
  conclave_group_info_options shut = {.size = sizeof shut, .without_external_pub = 1};
  conclave_bytes info = {NULL, 0}, tree = {NULL, 0};
  conclave_pending_join* pending = NULL;
  MUST(conclave_session_group_info(group.at_alice, &shut, Keep, &info, NULL));
  EXPECT(CONCLAVE_ERROR_MISSING,
         conclave_client_start_external_join(group.carol->client, info.data, info.size, NULL,
                                             &pending, NULL));
  conclave_group_info_options bare = {.size = sizeof bare, .without_ratchet_tree = 1};
  MUST(conclave_session_group_info(group.at_alice, &bare, Keep, &info, NULL));
  EXPECT(CONCLAVE_ERROR_MISSING,
         conclave_client_start_external_join(group.carol->client, info.data, info.size, NULL,
                                             &pending, NULL));
  REQUIRE(pending == NULL);
  MUST(conclave_session_ratchet_tree(group.at_alice, Keep, &tree, NULL));
  conclave_external_join_options options = {.size = sizeof options, .ratchet_tree = tree};
  MUST(conclave_client_start_external_join(group.carol->client, info.data, info.size, &options,
                                           &pending, NULL));
  ReceiveAndApply(group.at_alice, CommitOf(pending));
  ReceiveAndApply(group.at_bob, CommitOf(pending));
  conclave_session* everybody[] = {group.at_alice, group.at_bob, EnterAndFree(group.carol, pending),
                                   NULL};
  RequireHealthy(everybody);
}

static void WelcomeWithoutTree(void) {
  conclave_policy policy = DefaultPolicy();
  policy.tree_in_welcome = 0;
  party *alice = NewPartyWith("alice", &policy, 0), *bob = NewParty("bob");
  conclave_session* at_alice = NewGroup(alice, "room");
  const conclave_bytes key_package = KeyPackageOf(bob);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  conclave_session* nobody[] = {NULL};
  const conclave_bytes welcome = Commit(at_alice, &request, nobody).welcomes[0];
  conclave_staged_join* staged = NULL;
  EXPECT(CONCLAVE_ERROR_MISSING, conclave_client_read_welcome(bob->client, welcome.data,
                                                              welcome.size, NULL, &staged, NULL));
  conclave_bytes tree = {NULL, 0};
  MUST(conclave_session_ratchet_tree(at_alice, Keep, &tree, NULL));
  const conclave_join_options options = {.size = sizeof options, .ratchet_tree = tree};
  conclave_session* at_bob = NULL;
  MUST(conclave_client_read_welcome(bob->client, welcome.data, welcome.size, &options, &staged,
                                    NULL));
  const conclave_error error = conclave_client_enter(bob->client, staged, &at_bob, NULL);
  conclave_staged_join_free(staged);
  MUST(error);
  conclave_session* both[] = {at_alice, Own(at_bob), NULL};
  RequireHealthy(both);
}

static void AsksToBeLetIn(void) {
  room group = NewRoom(2);
  const conclave_bytes info = GroupInfoOf(group.at_alice), key_package = KeyPackageOf(group.carol);
  conclave_bytes request = {NULL, 0};
  MUST(conclave_client_request_to_join(group.carol->client, info.data, info.size, key_package.data,
                                       key_package.size, NULL, 0, Keep, &request, NULL));
  const conclave_event* event = Receive(group.at_alice, request, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(conclave_event_proposal(event)->sender.kind == CONCLAVE_SENDER_NEWCOMER);
  Receive(group.at_bob, request, CONCLAVE_EVENT_PROPOSAL);
  conclave_session* bob[] = {group.at_bob, NULL};
  const todo left = Commit(group.at_alice, NULL, bob);
  conclave_session* everybody[] = {group.at_alice, group.at_bob,
                                   Join(group.carol, left.welcomes[0]), NULL};
  RequireHealthy(everybody);
}

// -- A server that the group names.

static void CopyExtension(void* context, const conclave_extension* extension) {
  conclave_extension* copy = context;
  copy->extension_type = extension->extension_type;
  copy->extension_data = Copy(extension->extension_data.data, extension->extension_data.size);
}

static conclave_signer* NewServer(conclave_extension* senders) {
  conclave_bytes private_key = {NULL, 0}, public_key = {NULL, 0};
  conclave_signer* signer = NULL;
  MUST(conclave_generate_signature_key(Crypto(), CONCLAVE_ED25519, Keep, &private_key, NULL));
  MUST(conclave_signer_of_key(Crypto(), CONCLAVE_ED25519, private_key.data, private_key.size,
                              &signer, NULL));
  MUST(conclave_signer_public_key(signer, Keep, &public_key));
  conclave_external_sender server = {.signature_key = public_key};
  server.credential.credential_type = CONCLAVE_CREDENTIAL_BASIC;
  server.credential.data = Text("server");
  MUST(conclave_external_senders(&server, 1, CopyExtension, senders));
  return signer;
}

static void ServerProposes(void) {
  party *alice = NewParty("alice"), *bob = NewParty("bob");
  conclave_extension senders = {.extension_type = 0};
  conclave_signer* server = NewServer(&senders);
  REQUIRE(senders.extension_type == CONCLAVE_EXTENSION_EXTERNAL_SENDERS);
  conclave_group_options options = {.size = sizeof options, .extensions = {&senders, 1}};
  conclave_session* at_alice = NULL;
  MUST(conclave_client_create_group(alice->client, &options, &at_alice, NULL));
  Own(at_alice);
  conclave_session* nobody[] = {NULL};
  Add(at_alice, bob, nobody);

  const conclave_bytes info = GroupInfoOf(at_alice);
  const uint32_t leaf = 1;
  conclave_external_proposal proposal = {.size = sizeof proposal, .remove = &leaf};
  conclave_bytes removal = {NULL, 0}, add = {NULL, 0}, refused = {NULL, 0};
  MUST(conclave_propose_externally(Crypto(), server, 0, info.data, info.size, &proposal, Keep,
                                   &removal, NULL));
  conclave_external_proposal adding = {.size = sizeof adding};
  adding.add = KeyPackageOf(NewParty("carol"));
  MUST(conclave_propose_externally(Crypto(), server, 0, info.data, info.size, &adding, Keep, &add,
                                   NULL));
  const conclave_error other_entry = conclave_propose_externally(
      Crypto(), server, 1, info.data, info.size, &proposal, Keep, &refused, NULL);
  proposal.add = adding.add;  // two at once
  const conclave_error two = conclave_propose_externally(Crypto(), server, 0, info.data, info.size,
                                                         &proposal, Keep, &refused, NULL);
  conclave_signer_free(server);
  EXPECT(CONCLAVE_ERROR_MISUSE, other_entry);
  EXPECT(CONCLAVE_ERROR_MISUSE, two);
  REQUIRE(refused.data == NULL);

  const conclave_event* event = Receive(at_alice, removal, CONCLAVE_EVENT_PROPOSAL);
  REQUIRE(conclave_event_proposal(event)->sender.kind == CONCLAVE_SENDER_EXTERNAL);
  REQUIRE(conclave_event_proposal(event)->sender.index == 0);
  REQUIRE(IsText(conclave_event_proposal(event)->sender.credential.data, "server"));
  Receive(at_alice, add, CONCLAVE_EVENT_PROPOSAL);
  Commit(at_alice, NULL, nobody);
  REQUIRE(MemberCount(at_alice) == 2 && IsText(NameAt(at_alice, 1), "carol"));
}

static void ServerProposesTheRest(void) {
  party* alice = NewParty("alice");
  conclave_extension senders = {.extension_type = 0};
  conclave_signer* server = NewServer(&senders);
  conclave_group_options options = {.size = sizeof options, .extensions = {&senders, 1}};
  conclave_session* at_alice = NULL;
  MUST(conclave_client_create_group(alice->client, &options, &at_alice, NULL));
  Own(at_alice);
  const conclave_bytes info = GroupInfoOf(at_alice);
  const conclave_psk_id psk = {CONCLAVE_PSK_EXTERNAL, Text("ticket"), 0};
  const conclave_reinit reinit = {.group_id = Text("successor"), .cipher_suite = 1};
  const conclave_extension_list list = {&senders, 1};
  const conclave_custom_proposal custom = {0xf0f0, Text("?")};
  conclave_external_proposal proposals[4] = {
      {.psk = &psk}, {.reinit = &reinit}, {.group_context_extensions = &list}, {.custom = &custom}};
  size_t made = 0, i;
  for (i = 0; i < 4; ++i) {
    conclave_bytes message = {NULL, 0};
    proposals[i].size = sizeof proposals[i];
    made += conclave_propose_externally(Crypto(), server, 0, info.data, info.size, &proposals[i],
                                        Keep, &message, NULL) == CONCLAVE_OK &&
            message.size != 0;
  }
  conclave_signer_free(server);
  REQUIRE(made == 4);
}

static void DemandsCapabilities(void) {
  party *alice = NewParty("alice"), *old = NewParty("old");
  const uint16_t type = 0xf101;
  conclave_client_options modern = OptionsOf(alice);
  modern.extensions = &type;
  modern.extension_count = 1;
  conclave_client_free(alice->client);
  alice->client = NULL;
  MUST(conclave_client_create(&modern, &alice->client, NULL));
  const conclave_required_capabilities required = {
      .size = sizeof required, .extensions = &type, .extension_count = 1};
  conclave_extension extension = {.extension_type = 0};
  MUST(conclave_require_capabilities(&required, CopyExtension, &extension));
  REQUIRE(extension.extension_type == CONCLAVE_EXTENSION_REQUIRED_CAPABILITIES);
  conclave_group_options options = {.size = sizeof options, .extensions = {&extension, 1}};
  conclave_session* at_alice = NULL;
  MUST(conclave_client_create_group(alice->client, &options, &at_alice, NULL));
  Own(at_alice);
  const conclave_bytes key_package = KeyPackageOf(old);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  outgoing none = {.offer = 0};
  REQUIRE(conclave_session_create_commit(at_alice, &request, KeepOutgoing, &none, NULL) !=
          CONCLAVE_OK);
}

const test kExternalTests[] = {
    {"Somebody joins without an invitation", JoinsWithoutInvitation},
    {"A join that lost to another commit starts again", LostJoinStartsAgain},
    {"A join that was offered outlives the process", JoinOutlivesProcess},
    {"Whoever lost everything takes their old place", ComesBackAfterLosingAll},
    {"A join needs an open door, and the tree", DoorAndTree},
    {"A Welcome without the tree needs it from elsewhere", WelcomeWithoutTree},
    {"Somebody asks to be let in, and the members decide", AsksToBeLetIn},
    {"A server proposes to add and to remove, and a member commits", ServerProposes},
    {"A server may propose PSKs, re-initialisation, extensions and custom things",
     ServerProposesTheRest},
    {"A group may demand capabilities of all its members", DemandsCapabilities},
    {NULL, NULL}};
