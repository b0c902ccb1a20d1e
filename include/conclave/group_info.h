// What may be published of a group: GroupInfo and ratchet tree, for newcomers and delivery services
// (RFC 9420, sections 12.4.3, 12.4.3.2 and 12.4.3.3).
#pragma once

#include <vector>

#include "conclave/export.h"
#include "conclave/session.h"

namespace conclave {

struct GroupInfoOptions {
  bool ratchet_tree = true;  // else it travels out of band; its size grows with the group
  bool external_pub = true;  // lets whoever holds it ask to join by an external commit
  std::vector<Extension> extensions = {};
};

// A GroupInfo of the session's epoch, as an MLSMessage. It is good for one external join: that
// changes the epoch.
CONCLAVE_EXPORT Result<Bytes> MakeGroupInfo(const Session& session,
                                            const GroupInfoOptions& options = {});

// The content of a ratchet_tree extension, for sending out of band.
CONCLAVE_EXPORT Result<Bytes> ExportRatchetTree(const Session& session);

}  // namespace conclave
