#include "conclave/successor.h"

#include <deque>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/kdf.h"
#include "session/session_state.h"

namespace conclave {

namespace {

using rfc9420::Proposal;

// The first commit of a group that comes out of another: it adds everybody and proves that we were
// in the other one.
Result<NewGroup> CreateLinkedGroup(Client& client, NewGroupState first, CommitPurpose purpose,
                                   rfc9420::ResumptionPSK origin,
                                   const std::vector<Bytes>& key_packages) {
  const std::shared_ptr<ClientState>& state = ClientAccess::State(client);
  const Environment environment = state->environment();
  Group group(std::move(first.epoch), std::move(first.index));

  std::deque<Proposal> proposals;
  for (const Bytes& message : key_packages) {
    CONCLAVE_ASSIGN_OR_RETURN(rfc9420::KeyPackage key_package, ParseKeyPackageMessage(message));
    proposals.push_back(Proposal::Of(rfc9420::Add{std::move(key_package)}));
  }
  rfc9420::PreSharedKey psk;
  psk.psk.psk = decltype(psk.psk.psk)::Of(std::move(origin));
  //= rfc9420#11.3
  //# To avoid key reuse, the `psk_nonce` included in the PreSharedKeyID object MUST be a randomly
  //# sampled nonce of length `KDF.Nh`.
  CONCLAVE_ASSIGN_OR_RETURN(psk.psk.psk_nonce,
                            RandomBytes(state->crypto, state->suite.hash_size()));
  proposals.push_back(Proposal::Of(std::move(psk)));

  CommitPlan plan;
  plan.purpose = purpose;
  plan.path = PathPolicy::always;
  plan.framing = state->policy.handshakes;
  plan.welcome_contents = {.ratchet_tree = state->policy.tree_in_welcome,
                           .grease = state->policy.grease};
  for (const Proposal& proposal : proposals) {
    plan.list.push_back(
        {.proposal = &proposal, .sender = rfc9420::Sender::Of(rfc9420::MemberSender{})});
    CONCLAVE_RETURN_IF_ERROR(CheckProposal(group.epoch().group, environment, purpose,
                                           CredentialMoment::key_package_to_add, plan.list.back()));
  }
  CONCLAVE_ASSIGN_OR_RETURN(const Offer* offer, group.Stage(environment, plan));
  UndeliveredWelcomes made{OfferId{offer->id}, offer->welcomes};

  // Nobody else is in the group yet, so the commit is accepted as soon as it is made, and what was
  // before it is nobody's concern.
  GroupState joined{std::move(*group.TakeOffer(made.offer.value).next)};
  joined.next_offer = made.offer.value + 1;
  CONCLAVE_ASSIGN_OR_RETURN(Session session,
                            BeginSession(state, Group(std::move(joined)), {}, &made));
  return NewGroup{std::move(session), std::move(made.welcomes), made.offer};
}

}  // namespace

Result<NewGroup> CreateSuccessor(Client& client, const Session& closed,
                                 const std::vector<Bytes>& key_packages) {
  const ClientState& state = *ClientAccess::State(client);
  const std::optional<ProposedReInit> reinit = closed.closed_by();
  CONCLAVE_RETURN_IF_ERROR(Rule("11.2:group-was-closed", ErrorKind::kMisuse, reinit.has_value()));
  CONCLAVE_RETURN_IF_ERROR(Rule("11.2:client-has-the-suite", ErrorKind::kMisuse,
                                reinit->cipher_suite == state.suite.id()));
  //= rfc9420#12.4.1
  //# If a ReInit proposal was part of the Commit, the committer MUST create a new group with the
  //# parameters specified in the ReInit proposal, and with the same members as the original group.
  CONCLAVE_ASSIGN_OR_RETURN(NewGroupState first,
                            StartGroup(state, reinit->group_id, reinit->extensions));
  //= rfc9420#12.4.1
  //# The Welcome message MUST include a PreSharedKeyID with the following parameters:
  return CreateLinkedGroup(client, std::move(first), CommitPurpose::successor,
                           {rfc9420::ResumptionPSKUsage::reinit, closed.group_id(), closed.epoch()},
                           key_packages);
}

Result<NewGroup> CreateBranch(Client& client, const Session& session, const GroupOptions& options,
                              const std::vector<Bytes>& key_packages) {
  const ClientState& state = *ClientAccess::State(client);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("11.3:branch-has-the-suite", ErrorKind::kMisuse, session.suite() == state.suite.id()));
  CONCLAVE_ASSIGN_OR_RETURN(NewGroupState first, StartGroup(state, options.id, options.extensions));
  return CreateLinkedGroup(
      client, std::move(first), CommitPurpose::branch,
      {rfc9420::ResumptionPSKUsage::branch, session.group_id(), session.epoch()}, key_packages);
}

}  // namespace conclave
