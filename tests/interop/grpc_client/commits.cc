// Proposals and commits.
#include <algorithm>
#include <set>
#include <utility>

#include "base/result_macros.h"
#include "interop/grpc_client/mls_client.h"
#include "rfc9420/extensions.h"
#include "session/client_state.h"

namespace conclave::interop {

namespace {

bool Names(const Member& member, BytesView identity) {
  const auto* basic = std::get_if<BasicCredential>(&member.credential);
  return basic != nullptr && std::ranges::equal(basic->identity, identity);
}

// The tree of the epoch that a commit of ours leads to.
Result<Bytes> TreeIn(BytesView group_info) {
  CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::GroupInfo info, ParseGroupInfoMessage(group_info));
  const Extension* tree = rfc9420::FindExtension(info.extensions, ExtensionType::ratchet_tree);
  if (tree == nullptr) return Error{ErrorKind::kMissing, "interop: no ratchet_tree"};
  return tree->extension_data;
}

}  // namespace

Result<LeafIndex> MlsClient::FindLeaf(const Session& session, BytesView identity) {
  for (const Member& member : session.members()) {
    if (Names(member, identity)) return member.leaf;
  }
  return Error{ErrorKind::kMisuse, "interop: no such member"};
}

// -- Proposals.

Result<Bytes> MlsClient::Propose(State& state, Result<Bytes> proposal) {
  if (proposal.ok()) state.heard[*proposal] = state.session.pending_proposals().back().ref;
  return proposal;
}

Result<Bytes> MlsClient::AddProposal(std::uint32_t state_id, BytesView key_package) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  return Propose(*state, ProposeAdd(state->session, key_package));
}

Result<Bytes> MlsClient::UpdateProposal(std::uint32_t state_id) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  return Propose(*state, ProposeUpdate(state->session));
}

Result<Bytes> MlsClient::RemoveProposal(std::uint32_t state_id, BytesView removed_id) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  CONCLAVE_ASSIGN_OR_RETURN(const LeafIndex leaf, FindLeaf(state->session, removed_id));
  return Propose(*state, ProposeRemove(state->session, leaf));
}

Result<Bytes> MlsClient::ExternalPskProposal(std::uint32_t state_id, BytesView psk_id) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  return Propose(*state, ProposePsk(state->session, ExternalPskId{ToBytes(psk_id)}));
}

Result<Bytes> MlsClient::ResumptionPskProposal(std::uint32_t state_id, Epoch epoch_id) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  const ResumptionPskId psk{state->session.group_id(), epoch_id};
  return Propose(*state, ProposePsk(state->session, psk));
}

Result<Bytes> MlsClient::GroupContextExtensionsProposal(std::uint32_t state_id,
                                                        const std::vector<Extension>& extensions) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  return Propose(*state, ProposeExtensions(state->session, extensions));
}

Result<Bytes> MlsClient::ReInitProposal(std::uint32_t state_id, const ProposedReInit& reinit) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  return Propose(*state, ProposeReInit(state->session, reinit));
}

Result<void> MlsClient::Hear(State& state, const Bytes& proposal) {
  if (state.heard.contains(proposal)) return {};
  CONCLAVE_ASSIGN_OR_RETURN(Event event, state.session.Receive(proposal));
  const auto* received = std::get_if<ReceivedProposal>(&event);
  if (received == nullptr) return Error{ErrorKind::kMisuse, "interop: no proposal"};
  state.heard[proposal] = received->ref;
  return {};
}

// -- Commits.

Result<void> MlsClient::AddByValue(const State& state, const ProposalDescription& description,
                                   CommitRequest& request) {
  const std::string& type = description.proposal_type;
  if (type == "add") {
    request.add.push_back(description.key_package);
  } else if (type == "remove") {
    CONCLAVE_ASSIGN_OR_RETURN(const LeafIndex leaf,
                              FindLeaf(state.session, description.removed_id));
    request.remove.push_back(leaf);
  } else if (type == "externalPSK") {
    request.psks.emplace_back(ExternalPskId{description.psk_id});
  } else if (type == "resumptionPSK") {
    request.psks.emplace_back(ResumptionPskId{state.session.group_id(), description.epoch_id});
  } else if (type == "groupContextExtensions") {
    request.extensions = description.extensions;
  } else {
    return Error{ErrorKind::kUnsupported, "interop: no such proposal by value"};
  }
  return {};
}

Result<MadeCommit> MlsClient::Commit(const CommitOrder& order) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(order.state_id));
  CommitRequest request;
  if (order.force_path) request.path = PathPolicy::always;
  std::set<ProposalRef> wanted;
  for (const Bytes& proposal : order.by_reference) {
    CONCLAVE_RETURN_IF_ERROR(Hear(*state, proposal));
    wanted.insert(state->heard.at(proposal));
  }
  for (const auto& [message, ref] : state->heard) {
    if (!wanted.contains(ref)) request.exclude.push_back(ref);
  }
  for (const ProposalDescription& description : order.by_value) {
    CONCLAVE_RETURN_IF_ERROR(AddByValue(*state, description, request));
  }
  state->party->set_tree_in_welcome(!order.external_tree);
  CONCLAVE_ASSIGN_OR_RETURN(OutgoingCommit offer, state->session.CreateCommit(request));
  for (const SkippedProposal& skipped : offer.skipped) {
    if (wanted.contains(skipped.ref)) return Error{ErrorKind::kInvalidProposal, skipped.why};
  }
  CONCLAVE_ASSIGN_OR_RETURN(
      Bundle bundle, MakeBundle(state->session, offer.id, {.ratchet_tree = order.external_tree}));
  MadeCommit made;
  if (!bundle.welcomes.empty()) made.welcome = std::move(bundle.welcomes.front());
  if (order.external_tree) {
    CONCLAVE_ASSIGN_OR_RETURN(made.ratchet_tree, TreeIn(bundle.group_info));
  }
  state->pending_commit = offer.commit;
  made.commit = std::move(offer.commit);
  return made;
}

Result<void> MlsClient::EnterNextEpoch(State& state, BytesView commit) {
  CONCLAVE_ASSIGN_OR_RETURN(Event event, state.session.Receive(commit));
  auto* staged = std::get_if<StagedCommit>(&event);
  if (staged == nullptr) return Error{ErrorKind::kMisuse, "interop: no commit"};
  CONCLAVE_RETURN_IF_ERROR(state.session.Apply(std::move(*staged)));
  state.pending_commit.clear();
  state.heard.clear();
  return {};
}

Result<EnteredState> MlsClient::HandleCommit(std::uint32_t state_id,
                                             const std::vector<Bytes>& proposals,
                                             BytesView commit) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  for (const Bytes& proposal : proposals) CONCLAVE_RETURN_IF_ERROR(Hear(*state, proposal));
  CONCLAVE_RETURN_IF_ERROR(EnterNextEpoch(*state, commit));
  return EnteredAs(state_id, *state);
}

Result<EnteredState> MlsClient::HandlePendingCommit(std::uint32_t state_id) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  const Bytes commit = state->pending_commit;
  CONCLAVE_RETURN_IF_ERROR(EnterNextEpoch(*state, commit));
  return EnteredAs(state_id, *state);
}

}  // namespace conclave::interop
