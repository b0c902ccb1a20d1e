// Proposals that travel on their own (conclave/c_session.h).
#include <optional>
#include <utility>
#include <vector>

#include "capi/call.h"
#include "capi/client_handles.h"
#include "capi/inputs.h"
#include "conclave/c_session.h"
#include "conclave/proposals.h"

namespace conclave::capi {

namespace {

// What every proposal is given beside its own.
struct Proposing {
  Proposing(const char** detail, const conclave_session* session,
            const conclave_proposal_options* options, conclave_view view)
      : call(detail) {
    call.Need(session, view);
    const conclave_proposal_options given = call.Filled(options);
    authenticated_data = call.Bytes(given.authenticated_data);
    rows = ArrayFromC(call, given.rows, given.row_count);
  }

  Call call;
  BytesView authenticated_data;
  std::vector<AppRow> rows;
};

}  // namespace

}  // namespace conclave::capi

using namespace conclave;  // the functions themselves stand in no namespace
using namespace conclave::capi;

conclave_error conclave_session_propose_add(conclave_session* session, const uint8_t* key_package,
                                            size_t key_package_size,
                                            const conclave_proposal_options* options,
                                            conclave_view view, void* context,
                                            const char** detail) noexcept {
  Proposing given(detail, session, options, view);
  Call& call = given.call;
  const BytesView bytes = call.Bytes(key_package, key_package_size);
  if (!call.ok()) return call.Failed();
  return call.Show(ProposeAdd(session->session, bytes, given.authenticated_data, given.rows), view,
                   context);
}

conclave_error conclave_session_propose_update(conclave_session* session,
                                               const conclave_identity* new_identity,
                                               const conclave_proposal_options* options,
                                               conclave_view view, void* context,
                                               const char** detail) noexcept {
  Proposing given(detail, session, options, view);
  Call& call = given.call;
  std::optional<Identity> identity;
  if (call.ok() && new_identity != nullptr) {
    identity = IdentityFromC(call, *session->lent, *new_identity);
  }
  if (!call.ok()) return call.Failed();
  return call.Show(
      ProposeUpdate(session->session, std::move(identity), given.authenticated_data, given.rows),
      view, context);
}

conclave_error conclave_session_propose_remove(conclave_session* session, uint32_t leaf,
                                               const conclave_proposal_options* options,
                                               conclave_view view, void* context,
                                               const char** detail) noexcept {
  Proposing given(detail, session, options, view);
  Call& call = given.call;
  if (!call.ok()) return call.Failed();
  return call.Show(ProposeRemove(session->session, {leaf}, given.authenticated_data, given.rows),
                   view, context);
}

conclave_error conclave_session_propose_psk(conclave_session* session, const conclave_psk_id* psk,
                                            const conclave_proposal_options* options,
                                            conclave_view view, void* context,
                                            const char** detail) noexcept {
  Proposing given(detail, session, options, view);
  Call& call = given.call;
  call.Need(psk);
  if (!call.ok()) return call.Failed();
  const PskId id = FromC(call, *psk);
  if (!call.ok()) return call.Failed();
  return call.Show(ProposePsk(session->session, id, given.authenticated_data, given.rows), view,
                   context);
}

conclave_error conclave_session_propose_reinit(conclave_session* session,
                                               const conclave_reinit* reinit,
                                               const conclave_proposal_options* options,
                                               conclave_view view, void* context,
                                               const char** detail) noexcept {
  Proposing given(detail, session, options, view);
  Call& call = given.call;
  call.Need(reinit);
  if (!call.ok()) return call.Failed();
  const ProposedReInit proposal = FromC(call, *reinit);
  if (!call.ok()) return call.Failed();
  return call.Show(ProposeReInit(session->session, proposal, given.authenticated_data, given.rows),
                   view, context);
}

conclave_error conclave_session_propose_extensions(conclave_session* session,
                                                   const conclave_extension_list* extensions,
                                                   const conclave_proposal_options* options,
                                                   conclave_view view, void* context,
                                                   const char** detail) noexcept {
  Proposing given(detail, session, options, view);
  Call& call = given.call;
  call.Need(extensions);
  if (!call.ok()) return call.Failed();
  const std::vector<Extension> proposed = FromC(call, *extensions);
  if (!call.ok()) return call.Failed();
  return call.Show(
      ProposeExtensions(session->session, proposed, given.authenticated_data, given.rows), view,
      context);
}

conclave_error conclave_session_propose_custom(conclave_session* session,
                                               const conclave_custom_proposal* proposal,
                                               const conclave_proposal_options* options,
                                               conclave_view view, void* context,
                                               const char** detail) noexcept {
  Proposing given(detail, session, options, view);
  Call& call = given.call;
  call.Need(proposal);
  if (!call.ok()) return call.Failed();
  const CustomProposal custom = FromC(call, *proposal);
  if (!call.ok()) return call.Failed();
  return call.Show(ProposeCustom(session->session, custom, given.authenticated_data, given.rows),
                   view, context);
}
