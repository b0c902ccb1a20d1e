#include "capi/inputs.h"

#include <utility>

namespace conclave::capi {

namespace {

// Structs that callers fill end with their last field. In padding behind it, a field of a later
// version would find what an earlier caller never set.
template <class T, class Last>
constexpr bool EndsWith(std::size_t offset, Last T::*) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): some fields are pointers.
  return offset + sizeof(Last) == sizeof(T);
}
static_assert(EndsWith(offsetof(conclave_clock, release), &conclave_clock::release));
static_assert(EndsWith(offsetof(conclave_verifier, release), &conclave_verifier::release));
static_assert(EndsWith(offsetof(conclave_executor, release), &conclave_executor::release));
static_assert(EndsWith(offsetof(conclave_storage_callbacks, release),
                       &conclave_storage_callbacks::release));
static_assert(EndsWith(offsetof(conclave_signer_callbacks, release),
                       &conclave_signer_callbacks::release));
static_assert(EndsWith(offsetof(conclave_inbox, rows_for), &conclave_inbox::rows_for));
static_assert(EndsWith(offsetof(conclave_policy, max_messages_per_epoch),
                       &conclave_policy::max_messages_per_epoch));
static_assert(EndsWith(offsetof(conclave_client_options, leaf_extensions),
                       &conclave_client_options::leaf_extensions));
static_assert(EndsWith(offsetof(conclave_group_options, extensions),
                       &conclave_group_options::extensions));
static_assert(EndsWith(offsetof(conclave_key_package_options, lifetime),
                       &conclave_key_package_options::lifetime));
static_assert(EndsWith(offsetof(conclave_open_options, expected_version),
                       &conclave_open_options::expected_version));
static_assert(EndsWith(offsetof(conclave_join_options, origin), &conclave_join_options::origin));
static_assert(EndsWith(offsetof(conclave_external_join_options, authenticated_data),
                       &conclave_external_join_options::authenticated_data));
static_assert(EndsWith(offsetof(conclave_group_info_options, extensions),
                       &conclave_group_info_options::extensions));
static_assert(EndsWith(offsetof(conclave_proposal_options, row_count),
                       &conclave_proposal_options::row_count));
static_assert(EndsWith(offsetof(conclave_commit_request, joiners_per_welcome),
                       &conclave_commit_request::joiners_per_welcome));
static_assert(EndsWith(offsetof(conclave_external_proposal, custom),
                       &conclave_external_proposal::custom));
static_assert(EndsWith(offsetof(conclave_required_capabilities, credential_count),
                       &conclave_required_capabilities::credential_count));

}  // namespace

std::vector<Bytes> ListFromC(Call& call, const conclave_bytes* items, std::size_t count) {
  std::vector<Bytes> list;
  for (const conclave_bytes& item : call.Array(items, count)) {
    list.push_back(ToBytes(call.Bytes(item)));
  }
  return list;
}

std::vector<Extension> FromC(Call& call, const conclave_extension_list& list) {
  std::vector<Extension> extensions;
  for (const conclave_extension& item : call.Array(list.items, list.count)) {
    extensions.push_back({static_cast<ExtensionType>(item.extension_type),
                          ToBytes(call.Bytes(item.extension_data))});
  }
  return extensions;
}

Credential FromC(Call& call, const conclave_credential& credential) {
  if (credential.credential_type == CONCLAVE_CREDENTIAL_X509) {
    return X509Credential{ListFromC(call, credential.certificates, credential.certificate_count)};
  }
  Bytes data = ToBytes(call.Bytes(credential.data));
  if (credential.credential_type == CONCLAVE_CREDENTIAL_BASIC) {
    return BasicCredential{std::move(data)};
  }
  return CustomCredential{static_cast<CredentialType>(credential.credential_type), std::move(data)};
}

PskId FromC(Call& call, const conclave_psk_id& psk) {
  call.Require(psk.kind == CONCLAVE_PSK_EXTERNAL || psk.kind == CONCLAVE_PSK_RESUMPTION,
               "argument: a PSK is neither external nor for resumption");
  Bytes id = ToBytes(call.Bytes(psk.id));
  if (psk.kind == CONCLAVE_PSK_EXTERNAL) return ExternalPskId{std::move(id)};
  return ResumptionPskId{std::move(id), psk.epoch};
}

ProposedReInit FromC(Call& call, const conclave_reinit& reinit) {
  const auto version =
      reinit.version == 0 ? ProtocolVersion::mls10 : static_cast<ProtocolVersion>(reinit.version);
  return {ToBytes(call.Bytes(reinit.group_id)), version,
          static_cast<CipherSuite>(reinit.cipher_suite), FromC(call, reinit.extensions)};
}

CustomProposal FromC(Call& call, const conclave_custom_proposal& proposal) {
  return {static_cast<ProposalType>(proposal.proposal_type), ToBytes(call.Bytes(proposal.data))};
}

ExternalSenderEntry FromC(Call& call, const conclave_external_sender& sender) {
  return {ToBytes(call.Bytes(sender.signature_key)), FromC(call, sender.credential)};
}

AppRow FromC(Call& call, const conclave_row& row) {
  return {ToBytes(call.Bytes(row.key)), ToBytes(call.Bytes(row.value)),
          call.OneOf(row.content, AppRowContent::value, AppRowContent::none)};
}

Policy PolicyFromC(Call& call, const conclave_policy* given) {
  Policy policy;
  if (given == nullptr) return policy;
  const conclave_policy from = call.Filled(given);
  if (!call.ok()) return policy;
  policy.max_message_size = from.max_message_size;
  policy.max_group_size = from.max_group_size;
  policy.max_extensions_size = from.max_extensions_size;
  policy.max_key_package_lifetime = from.max_key_package_lifetime;
  policy.accept_expired_leaves = call.Flag(from.accept_expired_leaves);
  policy.max_pending_proposals = from.max_pending_proposals;
  policy.max_forward_generations = from.max_forward_generations;
  policy.max_retained_keys = from.max_retained_keys;
  policy.past_epochs = from.past_epochs;
  policy.max_own_messages = from.max_own_messages;
  policy.handshakes = call.OneOf(from.handshakes, HandshakeFraming::private_message,
                                 HandshakeFraming::public_message);
  policy.padding = call.OneOf(from.padding, Padding::none, Padding::padme);
  policy.padding_block = from.padding_block;
  policy.max_messages_per_epoch = from.max_messages_per_epoch;
  policy.tree_in_welcome = call.Flag(from.tree_in_welcome);
  policy.key_package_lifetime = from.key_package_lifetime;
  policy.sending_lease = from.sending_lease;
  policy.grease = call.Flag(from.grease);
  policy.max_offers = from.max_offers;
  policy.resumption_psks = from.resumption_psks;
  policy.allow_external_commits = call.Flag(from.allow_external_commits);
  policy.allow_resync = call.Flag(from.allow_resync);
  policy.resync_requires_psk = call.Flag(from.resync_requires_psk);
  policy.pathless_proposals =
      CodePointsFromC<ProposalType>(call, from.pathless_proposals, from.pathless_proposal_count);
  policy.external_proposals =
      CodePointsFromC<ProposalType>(call, from.external_proposals, from.external_proposal_count);
  return policy;
}

GroupOptions GroupOptionsFromC(Call& call, const conclave_group_options* options) {
  const conclave_group_options given = call.Filled(options);
  return {ToBytes(call.Bytes(given.id)), FromC(call, given.extensions)};
}

GroupInfoOptions GroupInfoOptionsFromC(Call& call, const conclave_group_info_options* options) {
  const conclave_group_info_options given = call.Filled(options);
  return {!call.Flag(given.without_ratchet_tree), !call.Flag(given.without_external_pub),
          FromC(call, given.extensions)};
}

CommitRequest CommitRequestFromC(Call& call, const conclave_commit_request& given) {
  CommitRequest request;
  request.add = ListFromC(call, given.add, given.add_count);
  for (const std::uint32_t leaf : call.Array(given.remove, given.remove_count)) {
    request.remove.push_back({leaf});
  }
  request.psks = ArrayFromC(call, given.psks, given.psk_count);
  if (given.extensions != nullptr) request.extensions = FromC(call, *given.extensions);
  if (given.reinit != nullptr) request.reinit = FromC(call, *given.reinit);
  request.custom = ArrayFromC(call, given.custom, given.custom_count);
  for (Bytes& ref : ListFromC(call, given.exclude, given.exclude_count)) {
    request.exclude.push_back({std::move(ref)});
  }
  request.path = call.OneOf(given.path, PathPolicy::when_required, PathPolicy::always);
  request.authenticated_data = ToBytes(call.Bytes(given.authenticated_data));
  request.joiners_per_welcome = given.joiners_per_welcome;
  return request;
}

ExternalJoinOptions ExternalJoinOptionsFromC(Call& call,
                                             const conclave_external_join_options* options) {
  const conclave_external_join_options given = call.Filled(options);
  ExternalJoinOptions join;
  join.ratchet_tree = call.Bytes(given.ratchet_tree);
  if (given.replace != nullptr) join.replace = LeafIndex{*given.replace};
  join.psks = ArrayFromC(call, given.psks, given.psk_count);
  join.authenticated_data = ToBytes(call.Bytes(given.authenticated_data));
  return join;
}

ExternalProposal ExternalProposalFromC(Call& call, const conclave_external_proposal* proposal) {
  call.Need(proposal);
  const conclave_external_proposal given = call.Filled(proposal);
  const int count = (given.add.size != 0) + (given.remove != nullptr) + (given.psk != nullptr) +
                    (given.reinit != nullptr) + (given.group_context_extensions != nullptr) +
                    (given.custom != nullptr);
  call.Require(count == 1, "argument: not exactly one proposal");
  if (!call.ok()) return ExternalRemove{};
  if (given.remove != nullptr) return ExternalRemove{{*given.remove}};
  if (given.psk != nullptr) return ProposedPsk{FromC(call, *given.psk)};
  if (given.reinit != nullptr) return FromC(call, *given.reinit);
  if (given.group_context_extensions != nullptr) {
    return ProposedExtensions{FromC(call, *given.group_context_extensions)};
  }
  if (given.custom != nullptr) return FromC(call, *given.custom);
  return ExternalAdd{ToBytes(call.Bytes(given.add))};
}

}  // namespace conclave::capi
