#include "conclave/proposals.h"

#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "group/own_leaf.h"
#include "session/request.h"
#include "session/session_state.h"

namespace conclave {

namespace {

using rfc9420::Proposal;

Result<Bytes> Propose(Session& session, Proposal proposal, BytesView authenticated_data,
                      std::span<const AppRow> rows,
                      std::optional<OwnUpdate> update = std::nullopt) {
  auto& impl = SessionAccess::Of(session);
  CONCLAVE_ASSIGN_OR_RETURN(Group * group, impl.member());
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6.3.1:restored-proposes-nothing", ErrorKind::kCommitFirst, !impl.restored()));
  if (update.has_value()) impl.Remember(update->signer);
  CONCLAVE_ASSIGN_OR_RETURN(Bytes message,
                            group->Propose(impl.client->environment(), std::move(proposal),
                                           ToBytes(authenticated_data), std::move(update)));
  CONCLAVE_RETURN_IF_ERROR(impl.WriteMessages(rows, message));
  return message;
}

}  // namespace

Result<Bytes> ProposeAdd(Session& session, BytesView key_package, BytesView authenticated_data,
                         std::span<const AppRow> rows) {
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::KeyPackage parsed, ParseKeyPackageMessage(key_package));
  return Propose(session, Proposal::Of(rfc9420::Add{std::move(parsed)}), authenticated_data, rows);
}

Result<Bytes> ProposeUpdate(Session& session, std::optional<Identity> new_identity,
                            BytesView authenticated_data, std::span<const AppRow> rows) {
  auto& impl = SessionAccess::Of(session);
  CONCLAVE_ASSIGN_OR_RETURN(Group * group, impl.member());
  const EpochState& epoch = group->epoch();
  const Signer* signer = epoch.signer;
  rfc9420::LeafNode leaf = epoch.group.tree().leaf(epoch.own_leaf())->Parse();
  if (new_identity.has_value()) {
    CONCLAVE_ASSIGN_OR_RETURN(const LeafProfile profile, ProfileOf(*new_identity, *group));
    signer = new_identity->signer;
    leaf = UnplacedLeaf(profile, *signer);
  }
  CONCLAVE_ASSIGN_OR_RETURN(SignedLeaf made,
                            MakeUpdateLeaf(epoch.group.suite(), std::move(leaf), *signer,
                                           epoch.group.group_id(), epoch.own_leaf()));
  OwnUpdate update{made.leaf.encryption_key, std::move(made.private_key), signer};
  return Propose(session, Proposal::Of(rfc9420::Update{std::move(made.leaf)}), authenticated_data,
                 rows, std::move(update));
}

Result<Bytes> ProposeRemove(Session& session, LeafIndex leaf, BytesView authenticated_data,
                            std::span<const AppRow> rows) {
  return Propose(session, Proposal::Of(rfc9420::Remove{leaf}), authenticated_data, rows);
}

Result<Bytes> ProposePsk(Session& session, const PskId& psk, BytesView authenticated_data,
                         std::span<const AppRow> rows) {
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PreSharedKeyID id,
                            NewPskId(SessionAccess::Of(session).public_group().suite(), psk));
  return Propose(session, Proposal::Of(rfc9420::PreSharedKey{std::move(id)}), authenticated_data,
                 rows);
}

Result<Bytes> ProposeReInit(Session& session, const ProposedReInit& reinit,
                            BytesView authenticated_data, std::span<const AppRow> rows) {
  return Propose(session, Proposal::Of(ToWire(reinit)), authenticated_data, rows);
}

Result<Bytes> ProposeExtensions(Session& session, const std::vector<Extension>& extensions,
                                BytesView authenticated_data, std::span<const AppRow> rows) {
  return Propose(session, Proposal::Of(rfc9420::GroupContextExtensions{extensions}),
                 authenticated_data, rows);
}

Result<Bytes> ProposeCustom(Session& session, const CustomProposal& proposal,
                            BytesView authenticated_data, std::span<const AppRow> rows) {
  return Propose(session, Proposal::Of(proposal), authenticated_data, rows);
}

}  // namespace conclave
