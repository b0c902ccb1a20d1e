// The handles of clients, sessions and joins. What a handle shows lies in it, and stays when the
// commit or the join behind it has been used up.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "capi/call.h"
#include "capi/callbacks.h"
#include "capi/views.h"
#include "conclave/c_client.h"
#include "conclave/c_groups.h"
#include "conclave/c_session.h"
#include "conclave/client.h"
#include "conclave/external_join.h"
#include "conclave/session.h"

struct conclave_client {
  std::shared_ptr<conclave::capi::Lent> lent;
  conclave::Client client;
};

struct conclave_session {
  std::shared_ptr<conclave::capi::Lent> lent;
  conclave::Session session;
};

struct conclave_event {
  conclave_event(std::shared_ptr<conclave::capi::Lent> lent, conclave::Event event);

  std::shared_ptr<conclave::capi::Lent> lent;
  std::uint32_t kind = 0;
  conclave::ApplicationMessage application;
  conclave::ReceivedProposal proposal;
  conclave::CommitSummary summary;
  std::optional<conclave::StagedCommit> staged;  // until it is applied
  conclave::capi::Views views;
  conclave_application_message shown_application{};
  conclave_proposal shown_proposal{};
  conclave_commit_summary shown_commit{};
};

struct conclave_staged_join {
  conclave_staged_join(std::shared_ptr<conclave::capi::Lent> lent, conclave::StagedJoin staged);

  std::shared_ptr<conclave::capi::Lent> lent;
  std::optional<conclave::StagedJoin> staged;  // until it is entered
  conclave::GroupId group_id;
  conclave::Member inviter;
  std::vector<conclave::Extension> extensions;
  std::vector<conclave::Extension> group_info_extensions;
  std::vector<conclave::Member> expired;
  std::vector<conclave::PskId> psks;
  conclave::capi::Views views;
  conclave_join_summary shown{};
};

struct conclave_pending_join {
  conclave_pending_join(std::shared_ptr<conclave::capi::Lent> lent, conclave::PendingJoin pending);

  std::shared_ptr<conclave::capi::Lent> lent;
  std::optional<conclave::PendingJoin> pending;  // until it is entered
  conclave::Bytes commit;
  conclave::CommitSummary summary;
  conclave::capi::Views views;
  conclave_commit_summary shown{};
};

namespace conclave::capi {

// Ends a call that makes a session.
conclave_error GiveSession(Call& call, const conclave_client& client, Result<Session> made,
                           conclave_session** session);

// What a callback shows one by one.
template <class From, class View>
void ShowEach(const std::vector<From>& list, View view, void* context) {
  for (const From& item : list) {
    Views views;
    const auto shown = views.Of(item);
    view(context, &shown);
  }
}

// An Identity, whose signer is kept.
Identity IdentityFromC(Call& call, Lent& lent, const conclave_identity& identity);

}  // namespace conclave::capi
