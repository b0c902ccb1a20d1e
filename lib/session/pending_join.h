// What is inside a PendingJoin.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "conclave/external_join.h"
#include "group/staged_epoch.h"
#include "session/client_state.h"

namespace conclave {

struct PendingJoin::Impl {
  std::shared_ptr<ClientState> client;
  GroupId group_id;
  std::uint64_t membership = 0;  // the number that the epoch's records are under
  StagedEpoch staged;
  Bytes commit;
  std::vector<Member> expired;
  bool replaces = false;  // our former leaf
  // Of the group as we found it; nothing if the join was stored in between.
  std::optional<PublicGroup> before = {};
  std::optional<GroupIndex> index = {};
};

struct PendingJoinAccess {
  using Impl = PendingJoin::Impl;
  static PendingJoin Make(Impl impl) {
    return PendingJoin(std::make_unique<PendingJoin::Impl>(std::move(impl)));
  }
  static Impl& Of(PendingJoin& pending) { return *pending.impl_; }
};

// Adds the join, and the end of one that was pending before it.
Result<void> RecordPendingJoin(const PendingJoinAccess::Impl& join, WriteBatch& batch);

}  // namespace conclave
