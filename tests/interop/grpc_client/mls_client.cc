// Becoming a member, and what a membership is used for.
#include "interop/grpc_client/mls_client.h"

#include <utility>

#include "base/result_macros.h"
#include "crypto/cipher_suite.h"
#include "session/client_state.h"

namespace conclave::interop {

namespace {

// A script of the harness has a thousand actors at the most.
constexpr std::size_t kMaxRemembered = 20000;

template <class T>
Result<T*> Find(std::map<std::uint32_t, T>& known, std::uint32_t id) {
  const auto found = known.find(id);
  if (found == known.end()) return Error{ErrorKind::kMisuse, "interop: no such id"};
  return &found->second;
}

}  // namespace

Result<std::uint32_t> MlsClient::NextId() {
  const std::size_t remembered =
      states_.size() + transactions_.size() + closed_.size() + signers_.size();
  if (remembered >= kMaxRemembered || last_id_ == UINT32_MAX) {
    return Error{ErrorKind::kMisuse, "interop: too many states"};
  }
  return ++last_id_;
}

Result<MlsClient::State*> MlsClient::FindState(std::uint32_t id) {
  CONCLAVE_ASSIGN_OR_RETURN(std::shared_ptr<State> * state, Find(states_, id));
  return state->get();
}

Result<Party*> MlsClient::FindTransaction(std::uint32_t id) {
  CONCLAVE_ASSIGN_OR_RETURN(std::shared_ptr<Party> * party, Find(transactions_, id));
  return party->get();
}

Result<MlsClient::Closed*> MlsClient::FindClosed(std::uint32_t id) { return Find(closed_, id); }

EnteredState MlsClient::EnteredAs(std::uint32_t id, const State& state) {
  return {id, state.session.EpochAuthenticator()};
}

Result<EnteredState> MlsClient::Keep(std::shared_ptr<Party> party, Session session) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint32_t id, NextId());
  auto state = std::make_shared<State>(State{std::move(party), std::move(session)});
  EnteredState entered = EnteredAs(id, *state);
  states_.emplace(id, std::move(state));
  return entered;
}

std::vector<CipherSuite> MlsClient::SupportedCiphersuites() const {
  std::vector<CipherSuite> supported;
  for (const SuiteParameters& suite : RfcSuites()) {
    if (FindSuite(suite.id, crypto_).ok()) supported.push_back(suite.id);
  }
  return supported;
}

// -- Ways to become a member.

Result<std::uint32_t> MlsClient::CreateGroup(Bytes group_id, CipherSuite suite,
                                             bool encrypt_handshake, BytesView identity) {
  CONCLAVE_ASSIGN_OR_RETURN(std::shared_ptr<Party> party,
                            Party::Create(surroundings(), suite, identity));
  party->set_encrypt_handshake(encrypt_handshake);
  CONCLAVE_ASSIGN_OR_RETURN(Session session,
                            party->client().CreateGroup({.id = std::move(group_id)}));
  CONCLAVE_ASSIGN_OR_RETURN(const EnteredState entered, Keep(std::move(party), std::move(session)));
  return entered.state_id;
}

Result<MadeKeyPackage> MlsClient::KeepKeyPackage(std::shared_ptr<Party> party,
                                                 BytesView key_package, Bytes message) {
  CONCLAVE_ASSIGN_OR_RETURN(KeyPackageSecrets secrets, party->SecretsOf(key_package));
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint32_t id, NextId());
  transactions_.emplace(id, std::move(party));
  return MadeKeyPackage{id, std::move(message), std::move(secrets)};
}

Result<MadeKeyPackage> MlsClient::CreateKeyPackage(CipherSuite suite, BytesView identity) {
  CONCLAVE_ASSIGN_OR_RETURN(std::shared_ptr<Party> party,
                            Party::Create(surroundings(), suite, identity));
  CONCLAVE_ASSIGN_OR_RETURN(Bytes key_package, party->client().NewKeyPackage());
  return KeepKeyPackage(std::move(party), key_package, key_package);
}

Result<EnteredState> MlsClient::JoinGroup(const WelcomeOrder& order, bool encrypt_handshake) {
  CONCLAVE_ASSIGN_OR_RETURN(Party * party, FindTransaction(order.id));
  party->set_encrypt_handshake(encrypt_handshake);
  CONCLAVE_ASSIGN_OR_RETURN(
      StagedJoin staged,
      party->client().ReadWelcome(order.welcome, {.ratchet_tree = order.ratchet_tree}));
  CONCLAVE_ASSIGN_OR_RETURN(Session session, party->client().Enter(std::move(staged)));
  std::shared_ptr<Party> joined = std::move(transactions_.at(order.id));
  transactions_.erase(order.id);
  return Keep(std::move(joined), std::move(session));
}

Result<MadeExternalJoin> MlsClient::ExternalJoin(const ExternalJoinOrder& order) {
  CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::GroupInfo info, ParseGroupInfoMessage(order.group_info));
  CONCLAVE_ASSIGN_OR_RETURN(
      std::shared_ptr<Party> party,
      Party::Create(surroundings(), info.group_context.cipher_suite, order.identity));
  party->set_encrypt_handshake(order.encrypt_handshake);
  ExternalJoinOptions options{.ratchet_tree = order.ratchet_tree};
  for (const auto& [id, psk] : order.psks) {
    CONCLAVE_RETURN_IF_ERROR(party->client().AddPsk(id, psk));
    options.psks.emplace_back(ExternalPskId{id});
  }
  CONCLAVE_ASSIGN_OR_RETURN(PendingJoin pending,
                            StartExternalJoin(party->client(), order.group_info, options));
  if (order.remove_prior) {
    // Who is in the group is known now: once more, in the place of our former self.
    for (const Member& member : pending.members()) {
      if (member.credential == Credential(BasicCredential{order.identity})) {
        options.replace = member.leaf;
      }
    }
    if (!options.replace.has_value())
      return Error{ErrorKind::kMisuse, "interop: nobody to replace"};
    CONCLAVE_ASSIGN_OR_RETURN(pending,
                              StartExternalJoin(party->client(), order.group_info, options));
  }
  Bytes commit = pending.commit();
  CONCLAVE_ASSIGN_OR_RETURN(Session session, EnterExternally(party->client(), std::move(pending)));
  CONCLAVE_ASSIGN_OR_RETURN(EnteredState entered, Keep(std::move(party), std::move(session)));
  return MadeExternalJoin{std::move(entered), std::move(commit)};
}

Result<void> MlsClient::Free(std::uint32_t state_id) {
  if (states_.erase(state_id) == 0) return Error{ErrorKind::kMisuse, "interop: no such id"};
  return {};
}

// -- Using a membership.

Result<MadeGroupInfo> MlsClient::GroupInfo(std::uint32_t state_id, bool external_tree) {
  CONCLAVE_ASSIGN_OR_RETURN(const State* state, FindState(state_id));
  MadeGroupInfo made;
  CONCLAVE_ASSIGN_OR_RETURN(made.group_info,
                            MakeGroupInfo(state->session, {.ratchet_tree = !external_tree}));
  if (external_tree) {
    CONCLAVE_ASSIGN_OR_RETURN(made.ratchet_tree, ExportRatchetTree(state->session));
  }
  return made;
}

Result<Bytes> MlsClient::StateAuth(std::uint32_t state_id) {
  CONCLAVE_ASSIGN_OR_RETURN(const State* state, FindState(state_id));
  return state->session.EpochAuthenticator();
}

Result<Secret> MlsClient::Export(std::uint32_t state_id, std::string_view label, BytesView context,
                                 std::size_t length) {
  CONCLAVE_ASSIGN_OR_RETURN(const State* state, FindState(state_id));
  return state->session.ExportSecret(label, context, length);
}

Result<Bytes> MlsClient::Protect(std::uint32_t state_id, BytesView authenticated_data,
                                 BytesView plaintext) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  return state->session.Protect(plaintext, authenticated_data);
}

Result<ApplicationMessage> MlsClient::Unprotect(std::uint32_t state_id, BytesView ciphertext) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  CONCLAVE_ASSIGN_OR_RETURN(Event event, state->session.Receive(ciphertext));
  auto* message = std::get_if<ApplicationMessage>(&event);
  if (message == nullptr) return Error{ErrorKind::kMisuse, "interop: no application message"};
  return std::move(*message);
}

Result<void> MlsClient::StorePsk(std::uint32_t state_or_transaction_id, BytesView psk_id,
                                 const Secret& psk) {
  const auto state = FindState(state_or_transaction_id);
  if (state.ok()) return (*state)->party->client().AddPsk(psk_id, psk);
  CONCLAVE_ASSIGN_OR_RETURN(Party * party, FindTransaction(state_or_transaction_id));
  return party->client().AddPsk(psk_id, psk);
}

}  // namespace conclave::interop
