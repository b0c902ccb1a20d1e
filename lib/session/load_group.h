// A group out of its records (docs/storage_format.md).
#pragma once

#include <optional>
#include <span>

#include "conclave/result.h"
#include "group/group.h"
#include "session/client_state.h"
#include "session/group_record_formats.h"

namespace conclave {

// Those who may speak for our leaf, beside the client's own signer.
using Signers = std::span<const Signer* const>;

// The group's head, if we are in the group. kStorage if it cannot be read.
Result<std::optional<GroupHead>> ReadGroupHead(const Storage& storage, BytesView group_id);

struct LoadedGroup {
  GroupHead head;
  GroupState state;
};
// The group as the storage has it; nothing if we are not in it. O(N): each node of the tree is read
// and hashed, and the tree hash must be the GroupContext's. kStorage if something is missing or
// does not decode; kMissing if no signer has the key of our leaf.
Result<std::optional<LoadedGroup>> LoadGroup(const ClientState& client, BytesView group_id,
                                             Signers signers);

// The epoch that a pending join leads to, under its membership.
Result<EpochState> LoadPendingEpoch(const ClientState& client, BytesView group_id,
                                    std::uint64_t membership, Epoch epoch);

}  // namespace conclave
