#include "session/request.h"

#include <utility>

#include "base/overloaded.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"
#include "session/client_state.h"

namespace conclave {

Result<rfc9420::PreSharedKeyID> NewPskId(const Suite& suite, const PskId& psk) {
  rfc9420::PreSharedKeyID id;
  using Select = decltype(id.psk);
  if (const auto* external = std::get_if<ExternalPskId>(&psk)) {
    id.psk = Select::Of(rfc9420::ExternalPSK{external->id});
  } else {
    const auto& resumption = std::get<ResumptionPskId>(psk);
    id.psk = Select::Of(rfc9420::ResumptionPSK{rfc9420::ResumptionPSKUsage::application,
                                               resumption.group_id, resumption.epoch});
  }
  //= rfc9420#12.1.4
  //# The `psk_nonce` MUST be randomly sampled.
  //= rfc9420#8.4
  //# Each time a client injects a PSK into a group, the `psk_nonce` of its PreSharedKeyID MUST be
  //# set to a fresh random value of length `KDF.Nh`, where `KDF` is the KDF for the cipher suite of
  //# the group into which the PSK is being injected.
  CONCLAVE_ASSIGN_OR_RETURN(id.psk_nonce, RandomBytes(suite.provider(), suite.hash_size()));
  return id;
}

rfc9420::ReInit ToWire(const ProposedReInit& reinit) {
  return {reinit.group_id, reinit.version, reinit.cipher_suite, reinit.extensions};
}

Result<RequestedProposals> ProposalsOf(const CommitRequest& request, const Group& group,
                                       const Environment& environment) {
  using rfc9420::Proposal;
  const PublicGroup& current = group.epoch().group;
  RequestedProposals requested;
  auto& proposals = requested.proposals;
  if (request.extensions.has_value()) {
    proposals.push_back(Proposal::Of(rfc9420::GroupContextExtensions{*request.extensions}));
  }
  for (const LeafIndex leaf : request.remove) {
    proposals.push_back(Proposal::Of(rfc9420::Remove{leaf}));
  }
  for (const Bytes& message : request.add) {
    CONCLAVE_ASSIGN_OR_RETURN(rfc9420::KeyPackage key_package, ParseKeyPackageMessage(message));
    proposals.push_back(Proposal::Of(rfc9420::Add{std::move(key_package)}));
  }
  for (const PskId& psk : request.psks) {
    CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PreSharedKeyID id, NewPskId(current.suite(), psk));
    proposals.push_back(Proposal::Of(rfc9420::PreSharedKey{std::move(id)}));
  }
  if (request.reinit.has_value()) proposals.push_back(Proposal::Of(ToWire(*request.reinit)));
  for (const CustomProposal& custom : request.custom) proposals.push_back(Proposal::Of(custom));

  const auto sender = rfc9420::Sender::Of(rfc9420::MemberSender{group.epoch().own_leaf()});
  for (const Proposal& proposal : proposals) {
    requested.list.push_back({.proposal = &proposal, .sender = sender});
    CONCLAVE_RETURN_IF_ERROR(CheckProposal(current, environment, CommitPurpose::regular,
                                           CredentialMoment::key_package_to_add,
                                           requested.list.back()));
  }
  return requested;
}

Result<LeafProfile> ProfileOf(const Identity& identity, const Group& group) {
  CONCLAVE_RETURN_IF_ERROR(
      Rule("session:identity-has-signer", ErrorKind::kMisuse, identity.signer != nullptr));
  const EpochState& epoch = group.epoch();
  const rfc9420::LeafNode leaf = epoch.group.tree().leaf(epoch.own_leaf())->Parse();
  return LeafProfile{identity.credential, leaf.capabilities, leaf.extensions};
}

}  // namespace conclave
