#include "conclave/client.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"
#include "group/create_group.h"
#include "labeled/labeled.h"
#include "session/client_state.h"
#include "session/group_records.h"
#include "session/load_group.h"
#include "session/migration.h"
#include "session/session_state.h"
#include "storage/record_key.h"
#include "storage/scan.h"
#include "wire/parse.h"

namespace conclave {

namespace {

Credential CredentialOf(const ClientOptions& options) {
  return options.credential.has_value() ? *options.credential
                                        : Credential(BasicCredential{ToBytes(options.identity)});
}

// Section 7.2: what the library can do with this provider, and what the application adds.
Capabilities CapabilitiesOf(const ClientOptions& options) {
  Capabilities capabilities;
  capabilities.versions = {ProtocolVersion::mls10};
  for (const SuiteParameters& suite : RfcSuites()) {
    if (FindSuite(suite.id, options.crypto).ok()) capabilities.cipher_suites.push_back(suite.id);
  }
  //= rfc9420#13.4
  //# A client that posts a KeyPackage MUST support all parameters advertised in it.
  capabilities.credentials = {CredentialType::basic, CredentialType::x509};
  for (const ExtensionType type : options.extensions) ListExtension(type, capabilities);
  for (const Extension& extension : options.leaf_extensions) {
    ListExtension(extension.extension_type, capabilities);
  }
  for (const ProposalType type : options.proposals) {
    if (!rfc9420::IsDefault(type)) capabilities.proposals.push_back(type);
  }
  capabilities.credentials.insert(capabilities.credentials.end(), options.credentials.begin(),
                                  options.credentials.end());
  return capabilities;
}

// The client's own signature key: the one it made before, or a new one that `batch` stores.
Result<SoftwareSigner> LoadOrMakeSigner(const ClientOptions& options, const Suite& suite,
                                        const Credential& credential, WriteBatch& batch) {
  const Bytes key =
      record_key::Signer(suite.id(), wire::Serialize(rfc9420::Credential{credential}));
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<Secret> stored, options.storage.Read(key));
  if (stored.has_value()) {
    return SoftwareSigner::FromPrivateKey(options.crypto, suite.signature(), std::move(*stored));
  }
  CONCLAVE_ASSIGN_OR_RETURN(SoftwareSigner signer,
                            SoftwareSigner::Generate(options.crypto, suite.signature()));
  batch.ExpectAbsent(key);
  batch.Put(key, signer.private_key().ExposeForProvider());
  return signer;
}

// Brings the storage to this version's format. The client's own signature key, if it is to have
// one.
Result<std::optional<SoftwareSigner>> PrepareStorage(const ClientOptions& options,
                                                     const Suite& suite,
                                                     const Credential& credential) {
  WriteBatch batch;
  CONCLAVE_RETURN_IF_ERROR(Migrate(options.storage, batch));
  std::optional<SoftwareSigner> signer;
  if (options.signer == nullptr) {
    CONCLAVE_ASSIGN_OR_RETURN(signer, LoadOrMakeSigner(options, suite, credential, batch));
  }
  if (!batch.empty()) CONCLAVE_RETURN_IF_ERROR(options.storage.Write(batch));
  return signer;
}

}  // namespace

//= rfc9420#7.2
//# The following proposal and extension types are considered "default" and MUST NOT be listed:
void ListExtension(ExtensionType type, Capabilities& capabilities) {
  auto& listed = capabilities.extensions;
  if (rfc9420::IsDefault(type) || std::ranges::find(listed, type) != listed.end()) return;
  listed.push_back(type);
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::Create(const ClientOptions& options) {
  CONCLAVE_ASSIGN_OR_RETURN(Suite suite, FindSuite(options.suite, options.crypto));
  suite.set_executor(options.executor);
  LeafProfile profile{CredentialOf(options), CapabilitiesOf(options), options.leaf_extensions};
  if (options.policy.grease) CONCLAVE_RETURN_IF_ERROR(AddGrease(options.crypto, profile));
  auto own_signer = PrepareStorage(options, suite, profile.credential);
  // Another client that began at the same time was faster. What it has written is there by now.
  if (!own_signer.ok() && std::string_view(own_signer.error().detail) == kStorageConflict) {
    own_signer = PrepareStorage(options, suite, profile.credential);
  }
  if (!own_signer.ok()) return own_signer.error();
  auto state = std::make_shared<ClientState>(ClientState{
      options.crypto, options.clock, options.verifier, options.storage, StoredPsks(options.storage),
      options.policy, suite, std::move(profile), std::move(*own_signer), options.signer});
  if (state->signer == nullptr) state->signer = &*state->own_signer;
  return Client(std::make_unique<Impl>(Impl{std::move(state)}));
}

CipherSuite Client::suite() const { return impl_->state->suite.id(); }
const Credential& Client::credential() const { return impl_->state->profile.credential; }
BytesView Client::signature_key() const { return impl_->state->signer->public_key(); }

Result<std::uint64_t> NewMembership(const ClientState& client) {
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes bytes, RandomBytes(client.crypto, sizeof(std::uint64_t)));
  return wire::Parse<std::uint64_t>(bytes);
}

Result<NewGroupState> StartGroup(const ClientState& client, GroupId group_id,
                                 std::vector<Extension> extensions) {
  if (group_id.empty()) {
    CONCLAVE_ASSIGN_OR_RETURN(group_id, RandomBytes(client.crypto, client.suite.hash_size()));
  }
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<GroupHead> existing,
                            ReadGroupHead(client.storage, group_id));
  CONCLAVE_RETURN_IF_ERROR(Rule("11:group-id-new", ErrorKind::kMisuse, !existing.has_value()));
  return CreateGroupState(client.suite, client.environment(), std::move(group_id),
                          std::move(extensions), client.profile, *client.signer,
                          LifetimeFrom(client.clock.Now(), client.policy.key_package_lifetime));
}

Result<Session> Client::CreateGroup(const GroupOptions& options) {
  ClientState& state = *impl_->state;
  CONCLAVE_ASSIGN_OR_RETURN(NewGroupState first, StartGroup(state, options.id, options.extensions));
  return BeginSession(impl_->state, Group(std::move(first.epoch), std::move(first.index)));
}

namespace {

// The key package of ours that a Welcome is for.
struct FoundKeyPackage {
  KeyPackageRef ref;
  KeyPackageRecord record;
};

Result<FoundKeyPackage> FindKeyPackage(const ClientState& state, const rfc9420::Welcome& welcome) {
  for (const rfc9420::EncryptedGroupSecrets& entry : welcome.secrets) {
    CONCLAVE_ASSIGN_OR_RETURN(std::optional<KeyPackageRecord> record,
                              ReadKeyPackage(state.storage, entry.new_member));
    if (record.has_value()) return FoundKeyPackage{entry.new_member, std::move(*record)};
  }
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:key-package-is-ours", ErrorKind::kMissing, false));
  return FoundKeyPackage{};
}

}  // namespace

Result<StagedJoin> Client::ReadWelcome(BytesView message, const JoinOptions& options) {
  ClientState& state = *impl_->state;
  CONCLAVE_RETURN_IF_ERROR(Rule("2.1.2:welcome-within-limit", ErrorKind::kRejectedByPolicy,
                                message.size() <= state.policy.max_message_size));
  CONCLAVE_ASSIGN_OR_RETURN(auto parsed, wire::Parse<rfc9420::MLSMessage>(message));
  auto* welcome = parsed.message.GetIf<rfc9420::Welcome>();
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:is-a-welcome", ErrorKind::kMisuse, welcome != nullptr));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6:welcome-version", ErrorKind::kUnsupported, parsed.version == ProtocolVersion::mls10));
  CONCLAVE_ASSIGN_OR_RETURN(FoundKeyPackage found, FindKeyPackage(state, *welcome));
  CONCLAVE_ASSIGN_OR_RETURN(const auto key_package,
                            wire::Parse<rfc9420::KeyPackage>(found.record.key_package));

  std::optional<Origin> origin;
  if (options.origin != nullptr) {
    Session::Impl& session = SessionAccess::Of(*options.origin);
    origin.emplace(Origin{session.public_group(), {}});
    if (const auto group = session.member(); group.ok()) origin->reinit = (*group)->reinit();
  }
  CONCLAVE_ASSIGN_OR_RETURN(
      JoinedGroup joined,
      JoinByWelcome(
          state.suite, state.environment(), std::move(*welcome),
          {found.ref, key_package, found.record.init_private_key, found.record.leaf_private_key},
          *state.signer, {options.ratchet_tree, origin.has_value() ? &*origin : nullptr}));
  //= rfc9420#12.4.3
  //# New members MUST verify that `group_id` is unique among the groups they are currently
  //# participating in.
  CONCLAVE_ASSIGN_OR_RETURN(const std::optional<GroupHead> existing,
                            ReadGroupHead(state.storage, joined.epoch.group.group_id()));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:group-id-unique", ErrorKind::kMisuse, !existing.has_value()));
  return StagedJoin(std::make_unique<StagedJoin::Impl>(
      StagedJoin::Impl{std::move(joined), std::move(found.ref), IsReusable(found.record)}));
}

Result<Session> Client::Enter(StagedJoin staged) {
  ClientState& state = *impl_->state;
  StagedJoin::Impl& join = *staged.impl_;
  WriteBatch batch;
  if (!join.reusable) CONCLAVE_RETURN_IF_ERROR(RecordKeyPackageUse(state.storage, join.ref, batch));
  return BeginSession(impl_->state,
                      Group(std::move(join.joined.epoch), std::move(join.joined.index)),
                      std::move(batch));
}

Result<std::vector<GroupSummary>> Client::Groups() const {
  std::vector<GroupSummary> groups;
  const auto add = [&groups](BytesView key, BytesView value) -> Result<void> {
    std::optional<Bytes> id = record_key::GroupIdIn(key);
    const auto head = wire::Parse<GroupHead>(value);
    CONCLAVE_RETURN_IF_ERROR(
        Rule("storage:group-list-decodes", ErrorKind::kStorage, id.has_value() && head.ok()));
    groups.push_back({std::move(*id), head->epoch});
    return {};
  };
  CONCLAVE_RETURN_IF_ERROR(ScanRecords(impl_->state->storage, record_key::Groups(), add));
  return groups;
}

Result<Session> Client::OpenGroup(BytesView group_id, const OpenOptions& options) {
  const std::shared_ptr<ClientState>& state = impl_->state;
  CONCLAVE_ASSIGN_OR_RETURN(std::optional<LoadedGroup> loaded,
                            LoadGroup(*state, group_id, options.signers));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("session:group-is-in-storage", ErrorKind::kNotMember, loaded.has_value()));
  GroupHead& head = loaded->head;
  const bool is_behind = head.version < options.expected_version;
  // Again, if it was restored before: what has been offered since may have won since.
  if (is_behind || options.storage == StorageOrigin::backup) {
    CONCLAVE_RETURN_IF_ERROR(
        MarkRestored(state->storage, group_id, options.expected_version, head));
  }
  return SessionAccess::Make(state, Group(std::move(loaded->state)), head, options.signers);
}

Result<void> Client::DeleteGroup(BytesView group_id) {
  WriteBatch batch;
  RecordGroupEnd(group_id, batch);
  return impl_->state->storage.Write(batch);
}

Result<void> Client::AddPsk(BytesView id, const Secret& psk) {
  WriteBatch batch;
  batch.Put(record_key::Psk(id), psk.ExposeForProvider());
  return impl_->state->storage.Write(batch);
}

Result<void> Client::RemovePsk(BytesView id) {
  WriteBatch batch;
  batch.Erase(record_key::Psk(id));
  return impl_->state->storage.Write(batch);
}

}  // namespace conclave
