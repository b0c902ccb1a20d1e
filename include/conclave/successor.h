// Groups that come out of other groups (RFC 9420, sections 11.2 and 11.3): the successor of a
// re-initialised group, and a branch of some of a group's members.
#pragma once

#include <vector>

#include "conclave/client.h"
#include "conclave/export.h"
#include "conclave/session.h"

namespace conclave {

struct NewGroup {
  Session session;              // in epoch 1
  std::vector<Bytes> welcomes;  // MLSMessages for the others
  OfferId offer;                // what they are called in Undelivered() and Delivered()
};

// The successor of `closed`, a group that a ReInit has closed. `client` has the suite that the
// ReInit names; `key_packages` are MLSMessages of all other members. Any member may do this; those
// who get the Welcome pass their own session in `closed` as JoinOptions::origin.
CONCLAVE_EXPORT Result<NewGroup> CreateSuccessor(Client& client, const Session& closed,
                                                 const std::vector<Bytes>& key_packages);

// A new group of some members of `session`, with its version and suite.
CONCLAVE_EXPORT Result<NewGroup> CreateBranch(Client& client, const Session& session,
                                              const GroupOptions& options,
                                              const std::vector<Bytes>& key_packages);

}  // namespace conclave
