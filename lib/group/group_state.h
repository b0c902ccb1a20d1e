// Everything that a client keeps of a group it is in: what is stored, and what a Group moves
// through the epochs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "group/epoch_state.h"
#include "group/past_epochs.h"
#include "group/proposal_list.h"
#include "group/staged_epoch.h"
#include "rfc9420/proposal.h"

namespace conclave {

// A commit of ours that the group has been offered, until the epoch is left (section 14).
struct Offer {
  std::uint64_t id = 0;
  Bytes message;  // the MLSMessage, as it will come back
  StagedEpoch staged;
  std::vector<Bytes> welcomes;  // MLSMessages
};

// Hashes of the private messages that we sent, so that they are recognised when they come back.
struct OwnMessages {
  std::deque<Bytes> hashes;  // the newest last
  std::uint64_t next = 0;    // how many there have ever been

  std::uint64_t first() const { return next - hashes.size(); }
  void Add(Bytes hash, std::size_t limit) {
    hashes.push_back(std::move(hash));
    ++next;
    while (hashes.size() > limit) hashes.pop_front();
  }
};

struct GroupState {
  EpochState epoch;
  ProposalStore proposals = {};
  PastEpochs past_epochs = {};
  std::vector<Offer> offers = {};
  std::uint64_t next_offer = 1;     // never the same twice, as long as we are in the group
  std::uint64_t messages_sent = 0;  // in this epoch
  OwnMessages own_messages = {};
  std::optional<rfc9420::ReInit> reinit = {};  // that closed the group
};

}  // namespace conclave
