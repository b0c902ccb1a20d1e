// Clients, their key packages and their groups (conclave/c_client.h).
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "capi/call.h"
#include "capi/callbacks.h"
#include "capi/client_handles.h"
#include "capi/handles.h"
#include "capi/inputs.h"
#include "capi/views.h"
#include "conclave/c_client.h"
#include "conclave/client.h"
#include "conclave/key_packages.h"

namespace conclave::capi {

namespace {

// What the client is given to live on, of options that are in order.
std::shared_ptr<Lent> LentBy(Call& call, const conclave_client_options& options) {
  call.Need(options.crypto, options.storage, options.clock, options.verifier);
  const conclave_clock clock = call.Filled(options.clock);
  const conclave_verifier verifier = call.Filled(options.verifier);
  const conclave_executor executor = call.Filled(options.executor);
  call.Need(clock.now, verifier.verify);
  if (options.executor != nullptr) call.Need(executor.run);
  if (!call.ok()) return nullptr;
  std::shared_ptr<Lent> lent(new Lent{options.crypto->provider, options.storage->storage, nullptr,
                                      CallbackClock(clock), CallbackVerifier(verifier),
                                      std::nullopt});
  if (options.signer != nullptr) lent->signer = options.signer->signer;
  if (options.executor != nullptr) lent->executor.emplace(executor);
  return lent;
}

ClientOptions OptionsFor(Call& call, const conclave_client_options& options, Lent& lent) {
  ClientOptions made{.crypto = *lent.crypto,
                     .clock = lent.clock,
                     .verifier = lent.verifier,
                     .storage = *lent.storage};
  if (options.suite != 0) made.suite = static_cast<CipherSuite>(options.suite);
  call.Require(options.suite <= UINT16_MAX, "argument: no cipher suite has such a number");
  call.Require(options.credential == nullptr || options.identity.size == 0,
               "argument: both an identity and a credential");
  if (options.credential != nullptr) {
    made.credential = FromC(call, *options.credential);
  } else {
    made.credential = BasicCredential{ToBytes(call.Bytes(options.identity))};
  }
  made.signer = lent.signer.get();
  made.policy = PolicyFromC(call, options.policy);
  made.executor = lent.executor.has_value() ? &*lent.executor : nullptr;
  made.extensions =
      CodePointsFromC<ExtensionType>(call, options.extensions, options.extension_count);
  made.proposals = CodePointsFromC<ProposalType>(call, options.proposals, options.proposal_count);
  made.credentials =
      CodePointsFromC<CredentialType>(call, options.credentials, options.credential_count);
  made.leaf_extensions = FromC(call, options.leaf_extensions);
  return made;
}

}  // namespace

}  // namespace conclave::capi

using namespace conclave;  // the functions themselves stand in no namespace
using namespace conclave::capi;

conclave_error conclave_client_create(const conclave_client_options* options,
                                      conclave_client** client, const char** detail) noexcept {
  Call call(detail);
  call.Need(options, client);
  const conclave_client_options given = call.Filled(options);
  std::shared_ptr<Lent> lent = LentBy(call, given);
  if (lent == nullptr) return call.Failed();
  const ClientOptions made = OptionsFor(call, given, *lent);
  if (!call.ok()) return call.Failed();
  Result<Client> created = Client::Create(made);
  if (!created.ok()) return call.Fail(created.error());
  lent->clock.Keep();
  lent->verifier.Keep();
  if (lent->executor.has_value()) lent->executor->Keep();
  *client = new conclave_client{std::move(lent), std::move(created).value()};
  return CONCLAVE_OK;
}

void conclave_client_free(conclave_client* client) noexcept { delete client; }

conclave_error conclave_client_suite(const conclave_client* client, uint16_t* suite) noexcept {
  Call call;
  call.Need(client, suite);
  if (!call.ok()) return call.Failed();
  *suite = static_cast<std::uint16_t>(client->client.suite());
  return CONCLAVE_OK;
}

conclave_error conclave_client_credential(const conclave_client* client,
                                          conclave_credential_view view, void* context) noexcept {
  Call call;
  call.Need(client, view);
  if (!call.ok()) return call.Failed();
  Views views;
  const conclave_credential credential = views.Of(client->client.credential());
  view(context, &credential);
  return CONCLAVE_OK;
}

conclave_error conclave_client_signature_key(const conclave_client* client, conclave_view view,
                                             void* context) noexcept {
  Call call;
  call.Need(client, view);
  if (!call.ok()) return call.Failed();
  const BytesView key = client->client.signature_key();
  view(context, key.data(), key.size());
  return CONCLAVE_OK;
}

// -- Key packages.

conclave_error conclave_client_new_key_package(conclave_client* client,
                                               const conclave_key_package_options* options,
                                               conclave_view view, void* context,
                                               const char** detail) noexcept {
  Call call(detail);
  call.Need(client, view);
  const conclave_key_package_options given = call.Filled(options);
  const KeyPackageOptions made{given.lifetime, call.Flag(given.last_resort),
                               FromC(call, given.extensions)};
  if (!call.ok()) return call.Failed();
  return call.Show(client->client.NewKeyPackage(made), view, context);
}

conclave_error conclave_client_purge_expired_key_packages(conclave_client* client, size_t* count,
                                                          const char** detail) noexcept {
  Call call(detail);
  call.Need(client);
  if (!call.ok()) return call.Failed();
  const Result<std::size_t> purged = client->client.PurgeExpiredKeyPackages();
  if (!purged.ok()) return call.Fail(purged.error());
  if (count != nullptr) *count = *purged;
  return CONCLAVE_OK;
}

conclave_error conclave_client_key_packages(const conclave_client* client,
                                            conclave_key_package_view view, void* context,
                                            const char** detail) noexcept {
  Call call(detail);
  call.Need(client, view);
  if (!call.ok()) return call.Failed();
  const auto held = KeyPackages(client->client);
  if (!held.ok()) return call.Fail(held.error());
  ShowEach(*held, view, context);
  return CONCLAVE_OK;
}

conclave_error conclave_client_mark_published(conclave_client* client, const uint8_t* ref,
                                              size_t ref_size, const char** detail) noexcept {
  Call call(detail);
  call.Need(client);
  const KeyPackageRef which{ToBytes(call.Bytes(ref, ref_size))};
  if (!call.ok()) return call.Failed();
  return call.End(MarkPublished(client->client, which));
}

conclave_error conclave_client_delete_key_package(conclave_client* client, const uint8_t* ref,
                                                  size_t ref_size, const char** detail) noexcept {
  Call call(detail);
  call.Need(client);
  const KeyPackageRef which{ToBytes(call.Bytes(ref, ref_size))};
  if (!call.ok()) return call.Failed();
  return call.End(DeleteKeyPackage(client->client, which));
}

// -- Groups.

conclave_error conclave_client_create_group(conclave_client* client,
                                            const conclave_group_options* options,
                                            conclave_session** session,
                                            const char** detail) noexcept {
  Call call(detail);
  call.Need(client, session);
  const GroupOptions made = GroupOptionsFromC(call, options);
  if (!call.ok()) return call.Failed();
  return GiveSession(call, *client, client->client.CreateGroup(made), session);
}

conclave_error conclave_client_groups(const conclave_client* client, conclave_group_view view,
                                      void* context, const char** detail) noexcept {
  Call call(detail);
  call.Need(client, view);
  if (!call.ok()) return call.Failed();
  const auto groups = client->client.Groups();
  if (!groups.ok()) return call.Fail(groups.error());
  for (const GroupSummary& group : *groups) {
    const conclave_group shown{{group.id.data(), group.id.size()}, group.epoch};
    view(context, &shown);
  }
  return CONCLAVE_OK;
}

conclave_error conclave_client_open_group(conclave_client* client, const uint8_t* group_id,
                                          size_t group_id_size,
                                          const conclave_open_options* options,
                                          conclave_session** session,
                                          const char** detail) noexcept {
  Call call(detail);
  call.Need(client, session);
  const BytesView id = call.Bytes(group_id, group_id_size);
  const conclave_open_options given = call.Filled(options);
  OpenOptions made;
  made.storage = call.Flag(given.from_backup) ? StorageOrigin::backup : StorageOrigin::current;
  made.expected_version = given.expected_version;
  const auto signers = call.Array(given.signers, given.signer_count);
  for (const conclave_signer* signer : signers) {
    call.Need(signer);
    if (signer != nullptr) made.signers.push_back(signer->signer.get());
  }
  if (!call.ok()) return call.Failed();
  for (const conclave_signer* signer : signers) client->lent->Keep(signer->signer);
  return GiveSession(call, *client, client->client.OpenGroup(id, made), session);
}

conclave_error conclave_client_delete_group(conclave_client* client, const uint8_t* group_id,
                                            size_t group_id_size, const char** detail) noexcept {
  Call call(detail);
  call.Need(client);
  const BytesView id = call.Bytes(group_id, group_id_size);
  if (!call.ok()) return call.Failed();
  return call.End(client->client.DeleteGroup(id));
}

conclave_error conclave_client_add_psk(conclave_client* client, const uint8_t* id, size_t id_size,
                                       const uint8_t* psk, size_t psk_size,
                                       const char** detail) noexcept {
  Call call(detail);
  call.Need(client);
  const BytesView name = call.Bytes(id, id_size);
  const BytesView secret = call.Bytes(psk, psk_size);
  if (!call.ok()) return call.Failed();
  return call.End(client->client.AddPsk(name, Secret::CopyOf(secret)));
}

conclave_error conclave_client_remove_psk(conclave_client* client, const uint8_t* id,
                                          size_t id_size, const char** detail) noexcept {
  Call call(detail);
  call.Need(client);
  const BytesView name = call.Bytes(id, id_size);
  if (!call.ok()) return call.Failed();
  return call.End(client->client.RemovePsk(name));
}

// -- Joining with a Welcome.

conclave_error conclave_client_read_welcome(conclave_client* client, const uint8_t* welcome,
                                            size_t welcome_size,
                                            const conclave_join_options* options,
                                            conclave_staged_join** staged,
                                            const char** detail) noexcept {
  Call call(detail);
  call.Need(client, staged);
  const BytesView message = call.Bytes(welcome, welcome_size);
  const conclave_join_options given = call.Filled(options);
  const JoinOptions made{call.Bytes(given.ratchet_tree),
                         given.origin != nullptr ? &given.origin->session : nullptr};
  if (!call.ok()) return call.Failed();
  Result<StagedJoin> join = client->client.ReadWelcome(message, made);
  if (!join.ok()) return call.Fail(join.error());
  *staged = new conclave_staged_join(client->lent, std::move(join).value());
  return CONCLAVE_OK;
}

const conclave_join_summary* conclave_staged_join_summary(
    const conclave_staged_join* staged) noexcept {
  return staged != nullptr ? &staged->shown : nullptr;
}

conclave_error conclave_staged_join_members(const conclave_staged_join* staged,
                                            conclave_member_view view, void* context) noexcept {
  Call call;
  call.Need(staged, view);
  if (!call.ok()) return call.Failed();
  call.Require(staged->staged.has_value(), "join: it was entered");
  if (!call.ok()) return call.Failed();
  ShowEach(staged->staged->members(), view, context);
  return CONCLAVE_OK;
}

conclave_error conclave_client_enter(conclave_client* client, conclave_staged_join* staged,
                                     conclave_session** session, const char** detail) noexcept {
  Call call(detail);
  call.Need(client, staged, session);
  if (!call.ok()) return call.Failed();
  call.Require(staged->staged.has_value(), "join: it was entered");
  call.Require(staged->lent == client->lent, "join: it is another client's");
  if (!call.ok()) return call.Failed();
  StagedJoin join = std::move(*staged->staged);
  staged->staged.reset();
  return GiveSession(call, *client, client->client.Enter(std::move(join)), session);
}

void conclave_staged_join_free(conclave_staged_join* staged) noexcept { delete staged; }
