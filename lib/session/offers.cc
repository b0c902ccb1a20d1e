// Publishing what a session has: offers, bundles, GroupInfo and ratchet tree.
#include "conclave/offers.h"

#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "conclave/group_info.h"
#include "group/group_info.h"
#include "session/session_state.h"
#include "storage/scan.h"

namespace conclave {

namespace {

Result<Bytes> GroupInfoOf(const EpochState& epoch, const GroupInfoOptions& options, bool grease) {
  CONCLAVE_ASSIGN_OR_RETURN(
      rfc9420::GroupInfo info,
      MakeGroupInfo(epoch, GroupInfoContents{options.ratchet_tree, options.external_pub, grease,
                                             options.extensions}));
  return WrapMessage(std::move(info));
}

Result<const Offer*> FindOffer(const Group& group, OfferId id) {
  const Offer* offer = group.FindOffer(id.value);
  CONCLAVE_RETURN_IF_ERROR(Rule("session:offer-exists", ErrorKind::kMisuse, offer != nullptr));
  return offer;
}

}  // namespace

std::vector<OfferSummary> Offers(const Session& session) {
  std::vector<OfferSummary> offers;
  const auto group = SessionAccess::Of(session).member();
  if (!group.ok()) return offers;
  for (const Offer& offer : (*group)->offers()) offers.push_back({{offer.id}, offer.message});
  return offers;
}

Result<void> Withdraw(Session& session, OfferId id) {
  auto& impl = SessionAccess::Of(session);
  CONCLAVE_ASSIGN_OR_RETURN(Group * group, impl.member());
  CONCLAVE_RETURN_IF_ERROR(FindOffer(*group, id));
  WriteBatch batch;
  batch.Erase(impl.keys.OfEpoch(session.epoch(), record_key::EpochPart::offer, id.value));
  CONCLAVE_RETURN_IF_ERROR(impl.Write(batch, impl.NextHead()));
  group->Withdraw(id.value);
  return {};
}

Result<std::vector<UndeliveredWelcomes>> Undelivered(const Session& session) {
  auto& impl = SessionAccess::Of(session);
  const Bytes all = impl.keys.AllWelcomes();
  std::vector<UndeliveredWelcomes> undelivered;
  const auto add = [&](BytesView key, BytesView value) -> Result<void> {
    const auto offer = wire::Parse<std::uint64_t>(key.subspan(all.size()));
    auto welcomes = wire::Parse<std::vector<Bytes>>(value);
    CONCLAVE_RETURN_IF_ERROR(
        Rule("storage:welcomes-record-decodes", ErrorKind::kStorage, offer.ok() && welcomes.ok()));
    undelivered.push_back({{*offer}, std::move(*welcomes)});
    return {};
  };
  CONCLAVE_RETURN_IF_ERROR(ScanRecords(impl.client->storage, all, add));
  return undelivered;
}

Result<void> Delivered(Session& session, OfferId id) {
  auto& impl = SessionAccess::Of(session);
  CONCLAVE_RETURN_IF_ERROR(impl.member());
  WriteBatch batch;
  batch.Erase(impl.keys.Welcomes(id.value));
  return impl.Write(batch, impl.NextHead());
}

Result<Bundle> MakeBundle(const Session& session, OfferId id, const GroupInfoOptions& options) {
  auto& impl = SessionAccess::Of(session);
  CONCLAVE_ASSIGN_OR_RETURN(const Group* group, impl.member());
  CONCLAVE_ASSIGN_OR_RETURN(const Offer* offer, FindOffer(*group, id));
  CONCLAVE_ASSIGN_OR_RETURN(Bytes group_info,
                            GroupInfoOf(*offer->staged.next, options, impl.client->policy.grease));
  return Bundle{offer->message, offer->welcomes, std::move(group_info)};
}

Result<Bytes> MakeGroupInfo(const Session& session, const GroupInfoOptions& options) {
  auto& impl = SessionAccess::Of(session);
  CONCLAVE_ASSIGN_OR_RETURN(const Group* group, impl.member());
  return GroupInfoOf(group->epoch(), options, impl.client->policy.grease);
}

Result<Bytes> ExportRatchetTree(const Session& session) {
  auto& impl = SessionAccess::Of(session);
  CONCLAVE_ASSIGN_OR_RETURN(const Group* group, impl.member());
  return group->epoch().group.tree().SerializeRatchetTree();
}

}  // namespace conclave
