#include "capi/views.h"

#include <variant>

namespace conclave::capi {

namespace {

template <class... Calls>
struct Each : Calls... {
  using Calls::operator()...;
};
template <class... Calls>
Each(Calls...) -> Each<Calls...>;

}  // namespace

conclave_extension Views::Of(const Extension& extension) {
  return {static_cast<std::uint16_t>(extension.extension_type), Of(extension.extension_data)};
}

conclave_extension_list Views::Of(const std::vector<Extension>& extensions) {
  conclave_extension_list list{};
  List(extensions, list.items, list.count);
  return list;
}

conclave_credential Views::Of(const Credential& credential) {
  conclave_credential shown{};
  shown.credential_type = static_cast<std::uint16_t>(TypeOf(credential));
  std::visit(Each{
                 [&](const BasicCredential& basic) { shown.data = Of(basic.identity); },
                 [&](const X509Credential& x509) {
                   List(x509.certificates, shown.certificates, shown.certificate_count);
                 },
                 [&](const CustomCredential& custom) { shown.data = Of(custom.data); },
             },
             credential);
  return shown;
}

conclave_member Views::Of(const Member& member) {
  return {member.leaf.value, Of(member.credential), Of(member.signature_key)};
}

conclave_member_change Views::Of(const MemberChange& change) {
  return {Of(change.before), Of(change.after)};
}

conclave_sender Views::Of(const Sender& sender) {
  conclave_sender shown{};
  std::visit(Each{
                 [&](const Member& member) {
                   shown.kind = CONCLAVE_SENDER_MEMBER;
                   shown.index = member.leaf.value;
                 },
                 [&](const ExternalParty& party) {
                   shown.kind = CONCLAVE_SENDER_EXTERNAL;
                   shown.index = party.sender_index;
                 },
                 [&](const Newcomer&) { shown.kind = CONCLAVE_SENDER_NEWCOMER; },
             },
             sender);
  std::visit(
      [&](const auto& anybody) {
        shown.credential = Of(anybody.credential);
        shown.signature_key = Of(anybody.signature_key);
      },
      sender);
  return shown;
}

conclave_psk_id Views::Of(const PskId& psk) {
  if (const auto* external = std::get_if<ExternalPskId>(&psk)) {
    return {CONCLAVE_PSK_EXTERNAL, Of(external->id), 0};
  }
  const auto& resumption = std::get<ResumptionPskId>(psk);
  return {CONCLAVE_PSK_RESUMPTION, Of(resumption.group_id), resumption.epoch};
}

conclave_reinit Views::Of(const ProposedReInit& reinit) {
  return {Of(reinit.group_id), static_cast<std::uint16_t>(reinit.version),
          static_cast<std::uint16_t>(reinit.cipher_suite), Of(reinit.extensions)};
}

conclave_proposal Views::Of(const ReceivedProposal& proposal) {
  conclave_proposal shown{};
  shown.ref = Of(proposal.ref.value);
  shown.sender = Of(proposal.sender);
  const auto is = [&shown](std::uint16_t type) { shown.proposal_type = type; };
  std::visit(Each{
                 [&](const ProposedAdd& add) {
                   is(CONCLAVE_PROPOSAL_ADD);
                   shown.add = Keep(conclave_newcomer{Of(add.credential), Of(add.signature_key)});
                 },
                 [&](const ProposedUpdate& update) {
                   is(CONCLAVE_PROPOSAL_UPDATE);
                   shown.update = Keep(Of(update.change));
                 },
                 [&](const ProposedRemove& remove) {
                   is(CONCLAVE_PROPOSAL_REMOVE);
                   shown.remove = Keep(Of(remove.member));
                 },
                 [&](const ProposedPsk& psk) {
                   is(CONCLAVE_PROPOSAL_PSK);
                   shown.psk = Keep(Of(psk.psk));
                 },
                 [&](const ProposedReInit& reinit) {
                   is(CONCLAVE_PROPOSAL_REINIT);
                   shown.reinit = Keep(Of(reinit));
                 },
                 [&](const ProposedExternalInit&) { is(CONCLAVE_PROPOSAL_EXTERNAL_INIT); },
                 [&](const ProposedExtensions& proposed) {
                   is(CONCLAVE_PROPOSAL_GROUP_CONTEXT_EXTENSIONS);
                   shown.group_context_extensions = Keep(Of(proposed.extensions));
                 },
                 [&](const CustomProposal& custom) {
                   const auto type = static_cast<std::uint16_t>(custom.proposal_type);
                   is(type);
                   shown.custom = Keep(conclave_custom_proposal{type, Of(custom.data)});
                 },
             },
             proposal.proposal);
  return shown;
}

conclave_commit_summary Views::Of(const CommitSummary& summary) {
  conclave_commit_summary shown{};
  shown.epoch = summary.epoch;
  shown.committer = Of(summary.committer);
  shown.committer_leaf = summary.committer_leaf.value;
  shown.is_ours = summary.is_ours;
  shown.removes_us = summary.removes_us;
  shown.has_path = summary.has_path;
  List(summary.added, shown.added, shown.added_count);
  List(summary.removed, shown.removed, shown.removed_count);
  List(summary.updated, shown.updated, shown.updated_count);
  if (summary.extensions.has_value()) shown.extensions = Keep(Of(*summary.extensions));
  List(summary.psks, shown.psks, shown.psk_count);
  if (summary.reinit.has_value()) shown.reinit = Keep(Of(*summary.reinit));
  List(summary.proposals, shown.proposals, shown.proposal_count);
  shown.authenticated_data = Of(summary.authenticated_data);
  return shown;
}

conclave_application_message Views::Of(const ApplicationMessage& message) {
  return {Of(message.sender), message.epoch, Of(message.plaintext), Of(message.authenticated_data)};
}

conclave_key_package Views::Of(const KeyPackageSummary& key_package) {
  return {Of(key_package.ref.value), Of(key_package.key_package),
          static_cast<std::uint32_t>(key_package.state), key_package.last_resort,
          key_package.not_after};
}

conclave_operation Views::Of(const WriteBatch::Operation& operation) {
  return {static_cast<std::uint32_t>(operation.kind), Of(operation.key), Of(operation.value)};
}

conclave_skipped_proposal Views::Of(const SkippedProposal& skipped) {
  return {Of(skipped.ref.value), skipped.why};
}

}  // namespace conclave::capi
