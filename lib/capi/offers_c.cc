// Offers, and what may be published of a group (conclave/c_session.h).
#include "capi/call.h"
#include "capi/client_handles.h"
#include "capi/inputs.h"
#include "capi/views.h"
#include "conclave/c_session.h"
#include "conclave/group_info.h"
#include "conclave/offers.h"

using namespace conclave;  // the functions themselves stand in no namespace
using namespace conclave::capi;

conclave_error conclave_session_offers(const conclave_session* session, conclave_offer_view view,
                                       void* context) noexcept {
  Call call;
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  for (const OfferSummary& offer : Offers(session->session)) {
    const conclave_offer shown{offer.id.value, {offer.commit.data(), offer.commit.size()}};
    view(context, &shown);
  }
  return CONCLAVE_OK;
}

conclave_error conclave_session_withdraw(conclave_session* session, uint64_t offer,
                                         const char** detail) noexcept {
  Call call(detail);
  call.Need(session);
  if (!call.ok()) return call.Failed();
  return call.End(Withdraw(session->session, {offer}));
}

conclave_error conclave_session_undelivered(const conclave_session* session,
                                            conclave_undelivered_view view, void* context,
                                            const char** detail) noexcept {
  Call call(detail);
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  const auto undelivered = Undelivered(session->session);
  if (!undelivered.ok()) return call.Fail(undelivered.error());
  for (const UndeliveredWelcomes& of_offer : *undelivered) {
    Views views;
    conclave_undelivered shown{};
    shown.offer = of_offer.offer.value;
    views.List(of_offer.welcomes, shown.welcomes, shown.welcome_count);
    view(context, &shown);
  }
  return CONCLAVE_OK;
}

conclave_error conclave_session_delivered(conclave_session* session, uint64_t offer,
                                          const char** detail) noexcept {
  Call call(detail);
  call.Need(session);
  if (!call.ok()) return call.Failed();
  return call.End(Delivered(session->session, {offer}));
}

conclave_error conclave_session_group_info(const conclave_session* session,
                                           const conclave_group_info_options* options,
                                           conclave_view view, void* context,
                                           const char** detail) noexcept {
  Call call(detail);
  call.Need(session, view);
  const GroupInfoOptions made = GroupInfoOptionsFromC(call, options);
  if (!call.ok()) return call.Failed();
  return call.Show(MakeGroupInfo(session->session, made), view, context);
}

conclave_error conclave_session_ratchet_tree(const conclave_session* session, conclave_view view,
                                             void* context, const char** detail) noexcept {
  Call call(detail);
  call.Need(session, view);
  if (!call.ok()) return call.Failed();
  return call.Show(ExportRatchetTree(session->session), view, context);
}

conclave_error conclave_session_bundle(const conclave_session* session, uint64_t offer,
                                       const conclave_group_info_options* options,
                                       conclave_bundle_view view, void* context,
                                       const char** detail) noexcept {
  Call call(detail);
  call.Need(session, view);
  const GroupInfoOptions made = GroupInfoOptionsFromC(call, options);
  if (!call.ok()) return call.Failed();
  const Result<Bundle> bundle = MakeBundle(session->session, {offer}, made);
  if (!bundle.ok()) return call.Fail(bundle.error());
  Views views;
  conclave_bundle shown{};
  shown.commit = views.Of(bundle->commit);
  views.List(bundle->welcomes, shown.welcomes, shown.welcome_count);
  shown.group_info = views.Of(bundle->group_info);
  view(context, &shown);
  return CONCLAVE_OK;
}
