// Groups that come out of other groups (RFC 9420, sections 11.2 and 11.3).
#include <utility>

#include "base/result_macros.h"
#include "interop/grpc_client/mls_client.h"

namespace conclave::interop {

Result<MadeSubgroup> MlsClient::Subgroup(EnteredState entered, NewGroup& made, bool external_tree) {
  MadeSubgroup subgroup{std::move(entered), {}, {}};
  if (!made.welcomes.empty()) subgroup.welcome = std::move(made.welcomes.front());
  if (external_tree) {
    CONCLAVE_ASSIGN_OR_RETURN(subgroup.ratchet_tree, ExportRatchetTree(made.session));
  }
  return subgroup;
}

// -- Re-initialisation.

Result<ClosedGroup> MlsClient::Close(std::uint32_t state_id) {
  CONCLAVE_RETURN_IF_ERROR(FindState(state_id));
  const std::shared_ptr<State>& old = states_.at(state_id);
  const std::optional<ProposedReInit> reinit = old->session.closed_by();
  if (!reinit.has_value()) return Error{ErrorKind::kMisuse, "interop: the group was not closed"};
  CONCLAVE_ASSIGN_OR_RETURN(
      std::shared_ptr<Party> next,
      Party::Create(surroundings(), reinit->cipher_suite, old->party->identity()));
  next->set_encrypt_handshake(old->party->encrypt_handshake());
  CONCLAVE_RETURN_IF_ERROR(
      next->TakeResumptionPsk(*old->party, old->session.group_id(), old->session.epoch()));
  CONCLAVE_ASSIGN_OR_RETURN(Bytes key_package, next->client().NewKeyPackage());
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint32_t id, NextId());
  closed_.emplace(id, Closed{old, std::move(next)});
  return ClosedGroup{id, std::move(key_package), old->session.EpochAuthenticator()};
}

Result<ClosedGroup> MlsClient::HandleReInitCommit(std::uint32_t state_id,
                                                  const std::vector<Bytes>& proposals,
                                                  BytesView commit) {
  CONCLAVE_RETURN_IF_ERROR(HandleCommit(state_id, proposals, commit));
  return Close(state_id);
}

Result<ClosedGroup> MlsClient::HandlePendingReInitCommit(std::uint32_t state_id) {
  CONCLAVE_RETURN_IF_ERROR(HandlePendingCommit(state_id));
  return Close(state_id);
}

Result<MadeSubgroup> MlsClient::ReInitWelcome(std::uint32_t reinit_id,
                                              const std::vector<Bytes>& key_packages,
                                              bool external_tree) {
  CONCLAVE_ASSIGN_OR_RETURN(Closed * closed, FindClosed(reinit_id));
  std::shared_ptr<Party> party = closed->next;
  party->set_tree_in_welcome(!external_tree);
  CONCLAVE_ASSIGN_OR_RETURN(NewGroup made,
                            CreateSuccessor(party->client(), closed->old->session, key_packages));
  CONCLAVE_ASSIGN_OR_RETURN(MadeSubgroup subgroup, Subgroup({}, made, external_tree));
  CONCLAVE_ASSIGN_OR_RETURN(subgroup.entered, Keep(std::move(party), std::move(made.session)));
  closed_.erase(reinit_id);
  return subgroup;
}

Result<EnteredState> MlsClient::HandleReInitWelcome(const WelcomeOrder& order) {
  CONCLAVE_ASSIGN_OR_RETURN(Closed * closed, FindClosed(order.id));
  std::shared_ptr<Party> party = closed->next;
  CONCLAVE_ASSIGN_OR_RETURN(
      StagedJoin staged,
      party->client().ReadWelcome(
          order.welcome, {.ratchet_tree = order.ratchet_tree, .origin = &closed->old->session}));
  CONCLAVE_ASSIGN_OR_RETURN(Session session, party->client().Enter(std::move(staged)));
  closed_.erase(order.id);
  return Keep(std::move(party), std::move(session));
}

// -- Branches.

Result<MadeSubgroup> MlsClient::CreateBranch(std::uint32_t state_id, const GroupOptions& options,
                                             const std::vector<Bytes>& key_packages,
                                             bool external_tree) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  std::shared_ptr<Party> party = state->party;
  party->set_tree_in_welcome(!external_tree);
  CONCLAVE_ASSIGN_OR_RETURN(NewGroup made, conclave::CreateBranch(party->client(), state->session,
                                                                  options, key_packages));
  CONCLAVE_ASSIGN_OR_RETURN(MadeSubgroup subgroup, Subgroup({}, made, external_tree));
  CONCLAVE_ASSIGN_OR_RETURN(subgroup.entered, Keep(std::move(party), std::move(made.session)));
  return subgroup;
}

Result<EnteredState> MlsClient::HandleBranch(const WelcomeOrder& order,
                                             std::uint32_t transaction_id) {
  CONCLAVE_ASSIGN_OR_RETURN(const State* state, FindState(order.id));
  CONCLAVE_ASSIGN_OR_RETURN(Party * party, FindTransaction(transaction_id));
  party->set_encrypt_handshake(state->party->encrypt_handshake());
  CONCLAVE_RETURN_IF_ERROR(
      party->TakeResumptionPsk(*state->party, state->session.group_id(), state->session.epoch()));
  CONCLAVE_ASSIGN_OR_RETURN(
      StagedJoin staged,
      party->client().ReadWelcome(order.welcome,
                                  {.ratchet_tree = order.ratchet_tree, .origin = &state->session}));
  CONCLAVE_ASSIGN_OR_RETURN(Session session, party->client().Enter(std::move(staged)));
  std::shared_ptr<Party> joined = std::move(transactions_.at(transaction_id));
  transactions_.erase(transaction_id);
  return Keep(std::move(joined), std::move(session));
}

}  // namespace conclave::interop
