#include "capi/client_handles.h"

#include <variant>

#include "capi/handles.h"
#include "capi/inputs.h"

using conclave::capi::Lent;

conclave_event::conclave_event(std::shared_ptr<Lent> lent_by, conclave::Event event)
    : lent(std::move(lent_by)) {
  if (auto* message = std::get_if<conclave::ApplicationMessage>(&event)) {
    kind = CONCLAVE_EVENT_APPLICATION;
    application = std::move(*message);
    shown_application = views.Of(application);
  } else if (auto* received = std::get_if<conclave::ReceivedProposal>(&event)) {
    kind = CONCLAVE_EVENT_PROPOSAL;
    proposal = std::move(*received);
    shown_proposal = views.Of(proposal);
  } else if (auto* commit = std::get_if<conclave::StagedCommit>(&event)) {
    kind = CONCLAVE_EVENT_COMMIT;
    summary = commit->summary();
    staged = std::move(*commit);
    shown_commit = views.Of(summary);
  } else {
    kind = CONCLAVE_EVENT_OWN_MESSAGE;
  }
}

conclave_staged_join::conclave_staged_join(std::shared_ptr<Lent> lent_by, conclave::StagedJoin join)
    : lent(std::move(lent_by)),
      staged(std::move(join)),
      group_id(staged->group_id()),
      inviter(staged->inviter()),
      extensions(staged->extensions()),
      group_info_extensions(staged->group_info_extensions()),
      expired(staged->expired()),
      psks(staged->psks()) {
  shown.group_id = views.Of(group_id);
  shown.epoch = staged->epoch();
  shown.own_leaf = staged->own_leaf().value;
  shown.inviter = views.Of(inviter);
  shown.extensions = views.Of(extensions);
  shown.group_info_extensions = views.Of(group_info_extensions);
  views.List(expired, shown.expired, shown.expired_count);
  views.List(psks, shown.psks, shown.psk_count);
}

conclave_pending_join::conclave_pending_join(std::shared_ptr<Lent> lent_by,
                                             conclave::PendingJoin join)
    : lent(std::move(lent_by)),
      pending(std::move(join)),
      commit(pending->commit()),
      summary(pending->summary()),
      shown(views.Of(summary)) {}

namespace conclave::capi {

conclave_error GiveSession(Call& call, const conclave_client& client, Result<Session> made,
                           conclave_session** session) {
  if (!made.ok()) return call.Fail(made.error());
  *session = new conclave_session{client.lent, std::move(made).value()};
  return CONCLAVE_OK;
}

Identity IdentityFromC(Call& call, Lent& lent, const conclave_identity& identity) {
  call.Need(identity.signer);
  Identity made{FromC(call, identity.credential), nullptr};
  if (!call.ok()) return made;
  lent.Keep(identity.signer->signer);
  made.signer = identity.signer->signer.get();
  return made;
}

}  // namespace conclave::capi
