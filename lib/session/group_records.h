// What a step of a group puts into a batch. Each function adds to the batch; none writes.
//
// The group's head is in every batch: it is expected to be as the last write left it, so that two
// processes, or a file that was rolled back, are detected and not merged.
#pragma once

#include <cstdint>
#include <optional>

#include "conclave/policy.h"
#include "conclave/result.h"
#include "conclave/storage.h"
#include "group/group.h"
#include "session/group_record_formats.h"
#include "storage/record_key.h"

namespace conclave {

// How far a session's memory has been recorded, beyond what its group says itself.
struct Recorded {
  std::size_t proposals = 0;
  std::size_t own_updates = 0;
  std::uint64_t first_own_message = 0;
  std::uint64_t next_own_message = 0;
  // The generation up to which our application ratchet is reserved, where the stored one stands; 0
  // if nothing is.
  std::uint64_t leased_until = 0;

  static Recorded Of(const GroupState& state);
};

// The head's step from `before`, which the storage has, to `after`.
void RecordHead(BytesView group_id, const GroupHead& before, const GroupHead& after,
                WriteBatch& batch);

// All of one epoch, under the membership: O(N).
void RecordMembership(const record_key::Membership& keys, const EpochState& epoch,
                      WriteBatch& batch);
// That we are in a group that the storage does not have; its membership is recorded apart.
void RecordJoin(const GroupHead& head, const EpochState& epoch, WriteBatch& batch);
// The same in place of a membership of that group, whose head is `left`.
void RecordRejoin(const GroupHead& left, const GroupHead& head, const EpochState& epoch,
                  const Policy& policy, WriteBatch& batch);
// What sending and receiving messages have changed since `recorded`, which follows: ratchets,
// retained keys, proposals, hashes of our own messages. kCrypto if keys cannot be reserved.
Result<void> RecordMessages(const record_key::Membership& keys, Group& group, const Policy& policy,
                            Recorded& recorded, WriteBatch& batch);

void RecordOffer(const record_key::Membership& keys, const EpochState& current, const Offer& offer,
                 WriteBatch& batch);

// The step into the epoch that `staged` has, before it is taken. `offer` is the one that it is, if
// it is ours: its Welcomes are kept.
void RecordNextEpoch(const record_key::Membership& keys, const Group& group,
                     const StagedEpoch& staged, const Offer* offer, const Policy& policy,
                     WriteBatch& batch);

// The end of our membership; and of all that there is of a group, a pending join among it.
void RecordDeparture(const record_key::Membership& keys, const GroupHead& head, BytesView group_id,
                     WriteBatch& batch);
void RecordGroupEnd(BytesView group_id, WriteBatch& batch);

}  // namespace conclave
