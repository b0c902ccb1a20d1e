// The interop peer: one client of one group, driven by JSON lines on standard input, one reply line
// each, for conversations with other implementations.
//
//   {"id":1,"op":"init","suite":1,"identity":"616c696365","public_handshake":false}
//   {"id":1,"ok":true,"impl":"conclave","suite":1}
//   {"id":2,"op":"join","welcome":"00"}
//   {"id":2,"ok":false,"error":"Malformed: ..."}
//
// `init` may also have "grease", false for a client that sends no GREASE. Bytes are lower-case hex,
// leaves and epochs numbers, an exporter's label text. A reply to whatever changes the group has
// its state: epoch, group_id, tree_hash, confirmed_transcript_hash, epoch_authenticator, own_leaf,
// members (identities, in leaf order), and active: whether we are still one of them. `add`,
// `remove`, `update` and `external_join` take their own commit as accepted; the one that `commit`
// makes has to come back through `process`, or lose to another. Operations that commit also take a
// list `psks`, of identifiers. What identifies the key in `psk` is `psk_id`, or the request's `id`
// if that is a string.
#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "base/overloaded.h"
#include "base/result_macros.h"
#include "conclave/conclave.h"
#include "session/session_state.h"

namespace conclave {

namespace {

using nlohmann::json;

class AcceptEverybody final : public CredentialVerifier {
 public:
  CredentialAnswer Verify(const CredentialQuestion&) override { return CredentialAnswer::accept; }
};

// -- Fields of a request.

Result<Bytes> BytesOf(const json& value) {
  if (!value.is_string()) return Error{ErrorKind::kMisuse, "peer: a string of hex was expected"};
  auto bytes = FromHex(value.get_ref<const std::string&>());
  if (!bytes.has_value()) return Error{ErrorKind::kMisuse, "peer: not hex"};
  return *std::move(bytes);
}

Result<Bytes> BytesField(const json& request, const char* name) {
  if (!request.contains(name)) return Error{ErrorKind::kMisuse, "peer: a field is missing"};
  return BytesOf(request[name]);
}

// Empty if the field is not there.
Result<Bytes> OptionalBytesField(const json& request, const char* name) {
  if (!request.contains(name) || request[name].is_null()) return Bytes{};
  return BytesOf(request[name]);
}

// No list if the field is not there.
Result<std::vector<Bytes>> BytesListField(const json& request, const char* name) {
  std::vector<Bytes> list;
  if (!request.contains(name)) return list;
  if (!request[name].is_array()) return Error{ErrorKind::kMisuse, "peer: a list was expected"};
  for (const json& value : request[name]) {
    CONCLAVE_ASSIGN_OR_RETURN(Bytes bytes, BytesOf(value));
    list.push_back(std::move(bytes));
  }
  return list;
}

Result<std::uint32_t> NumberField(const json& request, const char* name) {
  const bool given = request.contains(name) && request[name].is_number_unsigned();
  if (!given || request[name].get<std::uint64_t>() > UINT32_MAX) {
    return Error{ErrorKind::kMisuse, "peer: a number is missing or out of range"};
  }
  return request[name].get<std::uint32_t>();
}

Result<bool> FlagField(const json& request, const char* name, bool otherwise) {
  const json flag = request.value(name, json(otherwise));
  if (!flag.is_boolean()) return Error{ErrorKind::kMisuse, "peer: true or false was expected"};
  return flag.get<bool>();
}

std::string IdentityOf(const Credential& credential) {
  const auto* basic = std::get_if<BasicCredential>(&credential);
  return basic == nullptr ? std::string() : ToHex(basic->identity);
}

// -- The peer.

class Peer {
 public:
  Result<json> Answer(const json& request);

 private:
  using Handler = Result<json> (Peer::*)(const json&);
  static Handler Find(const std::string& op);

  Result<json> Init(const json& request);
  Result<json> KeyPackage(const json& request);
  Result<json> Create(const json& request);
  Result<json> Add(const json& request);
  Result<json> Remove(const json& request);
  Result<json> Update(const json& request);
  Result<json> Join(const json& request);
  Result<json> ExternalJoin(const json& request);
  Result<json> MakeInfo(const json& request);
  Result<json> Process(const json& request);
  Result<json> Encrypt(const json& request);
  Result<json> Export(const json& request);
  Result<json> AddPsk(const json& request);
  Result<json> ProposeAdd(const json& request);
  Result<json> ProposeRemove(const json& request);
  Result<json> ProposeUpdate(const json& request);
  Result<json> Commit(const json& request);
  Result<json> State(const json& request);

  Result<Client*> client();
  Result<Session*> session();
  // Makes a commit of `wanted` and of what was received, with the PSKs that the request names.
  Result<OutgoingCommit> Offer(CommitRequest wanted, const json& request);
  // ... and takes it as accepted.
  Result<json> CommitAndAccept(CommitRequest wanted, const json& request);
  Result<json> Accept(StagedCommit staged);
  json WithState(json reply) const;

  BoringSslProvider crypto_;
  SystemClock clock_;
  AcceptEverybody verifier_;
  std::optional<MemoryStorage> storage_;
  std::optional<Client> client_;
  std::optional<Session> session_;
};

Peer::Handler Peer::Find(const std::string& op) {
  static constexpr std::pair<const char*, Handler> kHandlers[] = {
      {"init", &Peer::Init},
      {"key_package", &Peer::KeyPackage},
      {"create", &Peer::Create},
      {"add", &Peer::Add},
      {"remove", &Peer::Remove},
      {"update", &Peer::Update},
      {"join", &Peer::Join},
      {"external_join", &Peer::ExternalJoin},
      {"group_info", &Peer::MakeInfo},
      {"process", &Peer::Process},
      {"encrypt", &Peer::Encrypt},
      {"export", &Peer::Export},
      {"psk", &Peer::AddPsk},
      {"propose_add", &Peer::ProposeAdd},
      {"propose_remove", &Peer::ProposeRemove},
      {"propose_update", &Peer::ProposeUpdate},
      {"commit", &Peer::Commit},
      {"state", &Peer::State},
  };
  for (const auto& [name, handler] : kHandlers) {
    if (op == name) return handler;
  }
  return nullptr;
}

Result<json> Peer::Answer(const json& request) {
  if (!request.is_object() || !request.contains("op") || !request["op"].is_string()) {
    return Error{ErrorKind::kMalformed, "peer: not an object with an op"};
  }
  const Handler handler = Find(request["op"].get<std::string>());
  if (handler == nullptr) return Error{ErrorKind::kUnsupported, "peer: no such op"};
  return (this->*handler)(request);
}

Result<Client*> Peer::client() {
  if (!client_.has_value()) return Error{ErrorKind::kMisuse, "peer: init comes first"};
  return &*client_;
}

Result<Session*> Peer::session() {
  if (!session_.has_value()) return Error{ErrorKind::kMisuse, "peer: not in a group"};
  return &*session_;
}

json Peer::WithState(json reply) const {
  const rfc9420::GroupContext& context = SessionAccess::Of(*session_).public_group().context();
  reply["epoch"] = context.epoch;
  reply["group_id"] = ToHex(context.group_id);
  reply["tree_hash"] = ToHex(context.tree_hash);
  reply["confirmed_transcript_hash"] = ToHex(context.confirmed_transcript_hash);
  reply["epoch_authenticator"] = ToHex(session_->EpochAuthenticator());
  reply["own_leaf"] = session_->own_leaf().value;
  reply["active"] = session_->is_member();
  json& members = reply["members"] = json::array();
  for (const Member& member : session_->members()) {
    members.push_back(IdentityOf(member.credential));
  }
  return reply;
}

// -- A client and its group.

Result<json> Peer::Init(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint32_t suite, NumberField(request, "suite"));
  if (suite > UINT16_MAX) return Error{ErrorKind::kUnsupported, "peer: no such suite"};
  CONCLAVE_ASSIGN_OR_RETURN(Bytes identity, BytesField(request, "identity"));
  Policy policy;
  CONCLAVE_ASSIGN_OR_RETURN(const bool public_handshake,
                            FlagField(request, "public_handshake", false));
  if (public_handshake) policy.handshakes = HandshakeFraming::public_message;
  CONCLAVE_ASSIGN_OR_RETURN(policy.grease, FlagField(request, "grease", true));

  session_.reset();
  client_.reset();
  storage_.emplace();
  CONCLAVE_ASSIGN_OR_RETURN(client_,
                            Client::Create({.crypto = crypto_,
                                            .clock = clock_,
                                            .verifier = verifier_,
                                            .storage = *storage_,
                                            .suite = CipherSuite{static_cast<std::uint16_t>(suite)},
                                            .credential = BasicCredential{std::move(identity)},
                                            .policy = policy}));
  return json{{"impl", "conclave"}, {"suite", suite}};
}

Result<json> Peer::KeyPackage(const json&) {
  CONCLAVE_ASSIGN_OR_RETURN(Client * self, client());
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes key_package, self->NewKeyPackage());
  return json{{"key_package", ToHex(key_package)}};
}

Result<json> Peer::Create(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Client * self, client());
  CONCLAVE_ASSIGN_OR_RETURN(Bytes group_id, BytesField(request, "group_id"));
  CONCLAVE_ASSIGN_OR_RETURN(session_, self->CreateGroup({.id = std::move(group_id)}));
  return WithState(json::object());
}

Result<json> Peer::Join(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Client * self, client());
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes welcome, BytesField(request, "welcome"));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes tree, OptionalBytesField(request, "ratchet_tree"));
  CONCLAVE_ASSIGN_OR_RETURN(StagedJoin staged, self->ReadWelcome(welcome, {.ratchet_tree = tree}));
  CONCLAVE_ASSIGN_OR_RETURN(session_, self->Enter(std::move(staged)));
  return WithState(json::object());
}

// A resync, if we are in the group already.
Result<json> Peer::ExternalJoin(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Client * self, client());
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes group_info, BytesField(request, "group_info"));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes tree, OptionalBytesField(request, "ratchet_tree"));
  ExternalJoinOptions options{.ratchet_tree = tree};
  Result<PendingJoin> pending = StartExternalJoin(*self, group_info, options);
  const bool in_group = !pending.ok() && pending.error().kind == ErrorKind::kMisuse;
  if (in_group && session_.has_value()) {
    options.replace = session_->own_leaf();
    pending = StartExternalJoin(*self, group_info, options);
  }
  if (!pending.ok()) return pending.error();
  json reply{{"commit", ToHex(pending->commit())}};
  CONCLAVE_ASSIGN_OR_RETURN(session_, EnterExternally(*self, std::move(pending).value()));
  return WithState(std::move(reply));
}

Result<json> Peer::State(const json&) {
  CONCLAVE_RETURN_IF_ERROR(session());
  return WithState(json::object());
}

Result<json> Peer::MakeInfo(const json&) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * group, session());
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes group_info, MakeGroupInfo(*group));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes tree, ExportRatchetTree(*group));
  return json{{"group_info", ToHex(group_info)}, {"ratchet_tree", ToHex(tree)}};
}

// -- Commits.

Result<OutgoingCommit> Peer::Offer(CommitRequest wanted, const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * group, session());
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<Bytes> psks, BytesListField(request, "psks"));
  for (Bytes& id : psks) wanted.psks.emplace_back(ExternalPskId{std::move(id)});
  return group->CreateCommit(wanted);
}

Result<json> Peer::Accept(StagedCommit staged) {
  CONCLAVE_ASSIGN_OR_RETURN(const Entered entered, session_->Apply(std::move(staged)));
  json reply = json::object();
  if (!entered.welcomes.empty()) reply["welcome"] = ToHex(entered.welcomes.front());
  return WithState(std::move(reply));
}

Result<json> Peer::CommitAndAccept(CommitRequest wanted, const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(const OutgoingCommit offer, Offer(std::move(wanted), request));
  CONCLAVE_ASSIGN_OR_RETURN(Event event, session_->Receive(offer.commit));
  CONCLAVE_ASSIGN_OR_RETURN(json reply, Accept(std::get<StagedCommit>(std::move(event))));
  reply["commit"] = ToHex(offer.commit);
  return reply;
}

Result<json> Peer::Add(const json& request) {
  CommitRequest wanted;
  CONCLAVE_ASSIGN_OR_RETURN(wanted.add, BytesListField(request, "key_packages"));
  if (wanted.add.empty()) return Error{ErrorKind::kMisuse, "peer: nobody to add"};
  return CommitAndAccept(std::move(wanted), request);
}

Result<json> Peer::Remove(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint32_t leaf, NumberField(request, "leaf"));
  return CommitAndAccept({.remove = {{leaf}}}, request);
}

Result<json> Peer::Update(const json& request) {
  return CommitAndAccept({.path = PathPolicy::always}, request);
}

Result<json> Peer::Commit(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(const OutgoingCommit offer, Offer({}, request));
  CONCLAVE_ASSIGN_OR_RETURN(const Bundle bundle, MakeBundle(*session_, offer.id));
  json reply{{"commit", ToHex(bundle.commit)}};
  if (!bundle.welcomes.empty()) reply["welcome"] = ToHex(bundle.welcomes.front());
  return reply;
}

// -- Messages.

Result<json> Peer::Process(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * group, session());
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes message, BytesField(request, "message"));
  CONCLAVE_ASSIGN_OR_RETURN(Event event, group->Receive(message));
  return std::visit(
      Overloaded{
          [](const ApplicationMessage& application) -> Result<json> {
            return json{{"kind", "application"},
                        {"plaintext", ToHex(application.plaintext)},
                        {"aad", ToHex(application.authenticated_data)},
                        {"sender", application.sender.leaf.value},
                        {"sender_identity", IdentityOf(application.sender.credential)}};
          },
          [](const ReceivedProposal&) -> Result<json> { return json{{"kind", "proposal"}}; },
          [this](StagedCommit& staged) -> Result<json> {
            CONCLAVE_ASSIGN_OR_RETURN(json reply, Accept(std::move(staged)));
            reply["kind"] = "handshake";
            return reply;
          },
          [](const OwnMessage&) -> Result<json> { return json{{"kind", "own"}}; },
      },
      event);
}

Result<json> Peer::Encrypt(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * group, session());
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes plaintext, BytesField(request, "plaintext"));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes aad, OptionalBytesField(request, "aad"));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes message, group->Protect(plaintext, aad));
  return json{{"message", ToHex(message)}};
}

Result<json> Peer::Export(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * group, session());
  if (!request.contains("label") || !request["label"].is_string()) {
    return Error{ErrorKind::kMisuse, "peer: a label is missing"};
  }
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes context, BytesField(request, "context"));
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint32_t length, NumberField(request, "length"));
  CONCLAVE_ASSIGN_OR_RETURN(
      const Secret secret,
      group->ExportSecret(request["label"].get<std::string>(), context, length));
  return json{{"secret", ToHex(secret.ExposeForProvider())}};
}

Result<json> Peer::AddPsk(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Client * self, client());
  const char* name = request.contains("psk_id") ? "psk_id" : "id";
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes id, BytesField(request, name));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes secret, BytesField(request, "secret"));
  CONCLAVE_RETURN_IF_ERROR(self->AddPsk(id, Secret::CopyOf(secret)));
  return json::object();
}

// -- Proposals.

Result<json> Peer::ProposeAdd(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * group, session());
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes key_package, BytesField(request, "key_package"));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes proposal, conclave::ProposeAdd(*group, key_package));
  return json{{"proposal", ToHex(proposal)}};
}

Result<json> Peer::ProposeRemove(const json& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * group, session());
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint32_t leaf, NumberField(request, "leaf"));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes proposal, conclave::ProposeRemove(*group, {leaf}));
  return json{{"proposal", ToHex(proposal)}};
}

Result<json> Peer::ProposeUpdate(const json&) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * group, session());
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes proposal, conclave::ProposeUpdate(*group));
  return json{{"proposal", ToHex(proposal)}};
}

// One line in, one line out.
std::string Reply(Peer& peer, const std::string& line) {
  const json request = json::parse(line, nullptr, false);
  json id = request.is_object() && request.contains("id") ? request["id"] : json(nullptr);
  Result<json> answer = peer.Answer(request);
  json reply = answer.ok() ? *std::move(answer) : json::object();
  reply["id"] = std::move(id);
  reply["ok"] = answer.ok();
  if (!answer.ok()) {
    const Error& error = answer.error();
    reply["error"] = std::string(ErrorKindName(error.kind)) + ": " + error.detail;
  }
  return reply.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

}  // namespace conclave

int main() {
  conclave::Peer peer;
  for (std::string line; std::getline(std::cin, line);) {
    if (!line.empty()) std::cout << conclave::Reply(peer, line) << std::endl;
  }
  return 0;
}
