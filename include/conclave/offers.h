// Our offers: commits that we have made in this epoch and the group has not decided on
// (RFC 9420, section 14). Several live side by side; whichever comes back through Session::Receive
// wins, and applying any commit erases them all.
#pragma once

#include <vector>

#include "conclave/export.h"
#include "conclave/group_info.h"
#include "conclave/session.h"

namespace conclave {

struct OfferSummary {
  OfferId id;
  Bytes commit;  // for sending again
};
CONCLAVE_EXPORT std::vector<OfferSummary> Offers(const Session& session);

// Erases an offer that the delivery service refused. kMisuse if there is none.
CONCLAVE_EXPORT Result<void> Withdraw(Session& session, OfferId id);

// The Welcomes of commits of ours that were accepted. They are in the storage from the moment that
// the commit is applied, so that a crash cannot lose them, until Delivered() says that they are
// out.
struct UndeliveredWelcomes {
  OfferId offer;
  std::vector<Bytes> welcomes;  // MLSMessages
};
CONCLAVE_EXPORT Result<std::vector<UndeliveredWelcomes>> Undelivered(const Session& session);
CONCLAVE_EXPORT Result<void> Delivered(Session& session, OfferId id);

// Commit, Welcomes and GroupInfo of an offer at once, for a delivery service that accepts them as
// one or not at all. For any other, a Welcome is sent when its commit has won (section 14).
struct Bundle {
  Bytes commit;
  std::vector<Bytes> welcomes;
  Bytes group_info;  // of the epoch that the commit leads to
};
CONCLAVE_EXPORT Result<Bundle> MakeBundle(const Session& session, OfferId id,
                                          const GroupInfoOptions& options = {});

}  // namespace conclave
