// Stories of what an application is asked: who somebody is, what time it is, for a signature, for
// threads.
#include <string.h>

#include "capi/certificates.h"
#include "capi/runner.h"

static void RejectedIsNotAdded(void) {
  room group = NewRoom(2);
  const conclave_bytes key_package = KeyPackageOf(group.carol);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  outgoing none = {.offer = 0};
  static const int kNo[] = {CONCLAVE_REJECT, 0, -1, 77};
  size_t i;
  for (i = 0; i < 4; ++i) {
    group.alice->answer = kNo[i];
    EXPECT(CONCLAVE_ERROR_REJECTED_BY_POLICY,
           conclave_session_create_commit(group.at_alice, &request, KeepOutgoing, &none, NULL));
    REQUIRE(group.alice->moment == CONCLAVE_KEY_PACKAGE_TO_ADD);
  }
  group.alice->answer = CONCLAVE_CANNOT_SAY;
  EXPECT(CONCLAVE_ERROR_UNAVAILABLE,
         conclave_session_create_commit(group.at_alice, &request, KeepOutgoing, &none, NULL));
  REQUIRE(none.commit.data == NULL);
  group.alice->answer = CONCLAVE_ACCEPT;

  // Whoever follows is asked too, and the same bytes work when the answer is known.
  const outgoing made = CreateCommit(group.at_alice, &request);
  group.bob->answer = CONCLAVE_REJECT;
  EXPECT(CONCLAVE_ERROR_REJECTED_BY_POLICY, ErrorOfReceiving(group.at_bob, made.commit));
  REQUIRE(group.bob->moment == CONCLAVE_RECEIVED_ADD);
  group.bob->answer = CONCLAVE_CANNOT_SAY;
  EXPECT(CONCLAVE_ERROR_UNAVAILABLE, ErrorOfReceiving(group.at_bob, made.commit));
  group.bob->answer = CONCLAVE_ACCEPT;
  ReceiveAndApply(group.at_bob, made.commit);
  const conclave_bytes welcome = ReceiveAndApply(group.at_alice, made.commit).welcomes[0];

  // And so is the newcomer, about everybody.
  conclave_staged_join* staged = NULL;
  group.carol->answer = CONCLAVE_REJECT;
  EXPECT(CONCLAVE_ERROR_REJECTED_BY_POLICY,
         conclave_client_read_welcome(group.carol->client, welcome.data, welcome.size, NULL,
                                      &staged, NULL));
  REQUIRE(staged == NULL && group.carol->moment == CONCLAVE_GROUP_INFO_TO_JOIN);
  group.carol->answer = CONCLAVE_ACCEPT;
  conclave_session* everybody[] = {group.at_alice, group.at_bob, Join(group.carol, welcome), NULL};
  RequireHealthy(everybody);
}

// Clients are told apart by the part of their identity before the point.
static void ClientId(void* context, const conclave_credential* credential, conclave_value* id) {
  const uint8_t* point = memchr(credential->data.data, '.', credential->data.size);
  const size_t size =
      point == NULL ? credential->data.size : (size_t)(point - credential->data.data);
  const conclave_error error = conclave_value_set(id, credential->data.data, size);
  CHECK(error == CONCLAVE_OK);
  ++*(size_t*)context;
}

static int AcceptAll(void* context, const conclave_question* question) {
  (void)context;
  return question != NULL ? CONCLAVE_ACCEPT : CONCLAVE_REJECT;
}

static void OneClientOnce(void) {
  party *alice = NewParty("alice"), *bob = NewParty("bob"), *twice = NewParty("bob.phone");
  size_t asked = 0;
  const conclave_verifier verifier = {
      .size = sizeof verifier, .context = &asked, .verify = AcceptAll, .client_id = ClientId};
  conclave_client_free(alice->client);
  alice->client = NULL;
  conclave_client_options options = OptionsOf(alice);
  options.verifier = &verifier;
  MUST(conclave_client_create(&options, &alice->client, NULL));
  conclave_session* at_alice = NewGroup(alice, "room");
  conclave_session* nobody[] = {NULL};
  conclave_session* at_bob = Add(at_alice, bob, nobody);
  const conclave_bytes key_package = KeyPackageOf(twice);
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  outgoing none = {.offer = 0};
  REQUIRE(conclave_session_create_commit(at_alice, &request, KeepOutgoing, &none, NULL) !=
          CONCLAVE_OK);
  REQUIRE(asked > 0 && none.commit.data == NULL);
  conclave_session* both[] = {at_alice, at_bob, NULL};
  RequireHealthy(both);
}

static void ClockIsAsked(void) {
  room group = NewRoom(2);
  const conclave_bytes key_package = KeyPackageOf(group.carol);
  group.alice->now += 200 * 86400;
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  outgoing none = {.offer = 0};
  REQUIRE(conclave_session_create_commit(group.at_alice, &request, KeepOutgoing, &none, NULL) !=
          CONCLAVE_OK);
  REQUIRE(conclave_system_now(NULL) > 1600000000);
}

// -- Signatures.

typedef struct keystore {
  conclave_signer* key;  // only for its public key
  conclave_client* below;
  int answer;
  bool sets;
  size_t signed_count, released;
} keystore;

static int RefuseToSign(void* context, const uint8_t* message, size_t message_size,
                        conclave_value* signature) {
  keystore* keys = context;
  static const uint8_t kNonsense[64];
  conclave_error error = CONCLAVE_OK;
  CHECK(message != NULL && message_size != 0);
  ++keys->signed_count;
  if (keys->sets) error = conclave_value_set(signature, kNonsense, sizeof kNonsense);
  CHECK(error == CONCLAVE_OK);
  return keys->answer;
}

static void ReleaseKeystore(void* context) { ++((keystore*)context)->released; }

static void SignerThatFails(void) {
  party* alice = NewParty("alice");
  conclave_bytes public_key = {NULL, 0}, shown = {NULL, 0}, same = {NULL, 0};
  MUST(conclave_client_signature_key(alice->client, Keep, &public_key));
  keystore keys = {.answer = CONCLAVE_ERROR_UNAVAILABLE};
  const conclave_signer_callbacks callbacks = {
      .size = sizeof callbacks, .context = &keys, .sign = RefuseToSign, .release = ReleaseKeystore};
  conclave_signer* signer = NULL;
  MUST(conclave_signer_of_callbacks(&callbacks, public_key.data, public_key.size, &signer));
  MUST(conclave_signer_public_key(signer, Keep, &same));
  conclave_client* client = NULL;
  conclave_client_options options = OptionsOf(alice);
  options.signer = signer;
  const conclave_error made = conclave_client_create(&options, &client, NULL);
  conclave_signer_free(signer);
  MUST(made);
  static const int kAnswers[] = {CONCLAVE_ERROR_UNAVAILABLE, CONCLAVE_ERROR_CRYPTO, 77, -1,
                                 CONCLAVE_OK};
  static const conclave_error kErrors[] = {CONCLAVE_ERROR_UNAVAILABLE, CONCLAVE_ERROR_CRYPTO,
                                           CONCLAVE_ERROR_CRYPTO, CONCLAVE_ERROR_CRYPTO,
                                           CONCLAVE_ERROR_CRYPTO};
  size_t right = 0, i;
  for (i = 0; i < 5; ++i) {
    keys.answer = kAnswers[i];
    right += conclave_client_new_key_package(client, NULL, Keep, &shown, NULL) == kErrors[i];
  }
  // A signature that is none is found out by whoever reads it.
  keys.sets = true;
  const conclave_error nonsense = conclave_client_new_key_package(client, NULL, Keep, &shown, NULL);
  REQUIRE(keys.released == 0);
  conclave_client_free(client);
  REQUIRE(right == 5 && keys.signed_count > 5 && keys.released == 1);
  REQUIRE(Same(public_key, same));
  if (nonsense == CONCLAVE_OK) {
    conclave_session* session = NewGroup(NewParty("bob"), "room");
    conclave_commit_request request = EmptyRequest();
    request.add = &shown;
    request.add_count = 1;
    outgoing none = {.offer = 0};
    EXPECT(CONCLAVE_ERROR_NOT_AUTHENTIC,
           conclave_session_create_commit(session, &request, KeepOutgoing, &none, NULL));
  }
}

static void KeysAreChecked(void) {
  conclave_bytes shown = {NULL, 0};
  conclave_signer* signer = NULL;
  const char* detail = NULL;
  EXPECT(CONCLAVE_ERROR_UNSUPPORTED,
         conclave_generate_signature_key(Crypto(), 0xffff, Keep, &shown, &detail));
  REQUIRE(detail[0] != 0 && shown.data == NULL);
  EXPECT(CONCLAVE_ERROR_MALFORMED,
         conclave_signer_of_key(Crypto(), CONCLAVE_ED25519, (const uint8_t*)"short", 5, &signer,
                                NULL));
  REQUIRE(signer == NULL);
  static const uint16_t kSchemes[] = {
      CONCLAVE_ECDSA_SECP256R1_SHA256, CONCLAVE_ECDSA_SECP384R1_SHA384,
      CONCLAVE_ECDSA_SECP521R1_SHA512, CONCLAVE_ED25519, CONCLAVE_ED448};
  size_t i;
  for (i = 0; i < 5; ++i) {
    conclave_bytes public_key = {NULL, 0};
    MUST(conclave_generate_signature_key(Crypto(), kSchemes[i], Keep, &shown, NULL));
    MUST(conclave_signer_of_key(Crypto(), kSchemes[i], shown.data, shown.size, &signer, NULL));
    const conclave_error error = conclave_signer_public_key(signer, Keep, &public_key);
    conclave_signer_free(signer);
    MUST(error);
    REQUIRE(public_key.size != 0);
  }
}

// -- X.509.

typedef struct authority {
  conclave_x509_roots* roots;
  size_t verified;
} authority;

static int VerifyChain(void* context, const conclave_question* question) {
  authority* trusted = context;
  const conclave_credential* credential = question->credential;
  if (credential->credential_type != CONCLAVE_CREDENTIAL_X509) return CONCLAVE_REJECT;
  const conclave_error error = conclave_x509_verify_chain(
      credential->certificates, credential->certificate_count, trusted->roots, question->now,
      question->signature_key.data, question->signature_key.size, NULL);
  if (error != CONCLAVE_OK) return CONCLAVE_REJECT;
  ++trusted->verified;
  return CONCLAVE_ACCEPT;
}

static void CertificatesAreVerified(void) {
  authority trusted = {.roots = NULL};
  MUST(conclave_x509_roots_create(&trusted.roots));
  const conclave_error junk = conclave_x509_roots_add(trusted.roots, kLeafKey, 32, NULL);
  const conclave_error added = conclave_x509_roots_add(trusted.roots, kRoot, sizeof kRoot, NULL);

  const conclave_bytes leaf = {kLeaf, sizeof kLeaf};
  const conclave_credential credential = {
      .credential_type = CONCLAVE_CREDENTIAL_X509, .certificates = &leaf, .certificate_count = 1};
  const conclave_verifier verifier = {
      .size = sizeof verifier, .context = &trusted, .verify = VerifyChain};
  conclave_signer* signer = NULL;
  MUST(
      conclave_signer_of_key(Crypto(), CONCLAVE_ED25519, kLeafKey, sizeof kLeafKey, &signer, NULL));
  party *alice = NewParty("unused"), *bob = NewParty("bob");
  conclave_client* client = NULL;
  conclave_client_options options = OptionsOf(alice);
  options.identity.size = 0;
  options.credential = &credential;
  options.signer = signer;
  MUST(conclave_client_create(&options, &client, NULL));
  conclave_signer_free(signer);
  conclave_bytes key_package = {NULL, 0};
  MUST(conclave_client_new_key_package(client, NULL, Keep, &key_package, NULL));
  conclave_client_free(client);

  conclave_client_free(bob->client);
  bob->client = NULL;
  options = OptionsOf(bob);
  options.verifier = &verifier;
  MUST(conclave_client_create(&options, &bob->client, NULL));
  conclave_session* session = NewGroup(bob, "room");
  conclave_commit_request request = EmptyRequest();
  request.add = &key_package;
  request.add_count = 1;
  outgoing made = {.offer = 0}, none = {.offer = 0};
  const conclave_error accepted =
      conclave_session_create_commit(session, &request, KeepOutgoing, &made, NULL);
  // Too early for the certificate.
  bob->now = 1700000000;
  const conclave_error early =
      conclave_session_create_commit(session, &request, KeepOutgoing, &none, NULL);
  conclave_x509_roots_free(trusted.roots);
  REQUIRE(junk == CONCLAVE_ERROR_MALFORMED && added == CONCLAVE_OK);
  MUST(accepted);
  REQUIRE(trusted.verified == 1 && early != CONCLAVE_OK);
}

// -- Executor.

static void RunBackwards(void* context, size_t count, conclave_job job, void* job_context) {
  size_t i;
  for (i = count; i-- > 0;) job(job_context, i);
  *(size_t*)context += count;
}

static void CountRelease(void* context) { *(size_t*)context += 1000000; }

static void ExecutorSharesWork(void) {
  party *alice = NewParty("alice"), *bob = NewParty("bob");
  size_t ran = 0, i;
  const conclave_executor executor = {
      .size = sizeof executor, .context = &ran, .run = RunBackwards, .release = CountRelease};
  conclave_client_free(bob->client);
  bob->client = NULL;
  conclave_client_options options = OptionsOf(bob);
  options.executor = &executor;
  MUST(conclave_client_create(&options, &bob->client, NULL));
  conclave_session* at_alice = NewGroup(alice, "room");
  conclave_bytes* key_packages = Allocate(80 * sizeof *key_packages);
  for (i = 0; i < 79; ++i) key_packages[i] = KeyPackageOf(NewParty("somebody"));
  key_packages[79] = KeyPackageOf(bob);
  conclave_commit_request request = EmptyRequest();
  request.add = key_packages;
  request.add_count = 80;
  conclave_session* nobody[] = {NULL};
  conclave_session* at_bob = Join(bob, Commit(at_alice, &request, nobody).welcomes[0]);
  REQUIRE(ran > 0 && MemberCount(at_bob) == 81);
  conclave_session* both[] = {at_alice, at_bob, NULL};
  RequireHealthy(both);
  EndParty(bob);
  REQUIRE(ran < 1000000);  // the session may still need it
}

const test kTrustTests[] = {
    {"Whoever the verifier rejects is not added, and whoever it cannot judge, later",
     RejectedIsNotAdded},
    {"One client is not in a group twice, if the application says who is who", OneClientOnce},
    {"What time it is, the application says", ClockIsAsked},
    {"A signer that fails is asked again, and a wrong signature is found out", SignerThatFails},
    {"Signature keys are made for every scheme, and checked", KeysAreChecked},
    {"An X.509 credential is verified up to the application's roots", CertificatesAreVerified},
    {"An executor gets work to share out, and the outcome is the same", ExecutorSharesWork},
    {NULL, NULL}};
