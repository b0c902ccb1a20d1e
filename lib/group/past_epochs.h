// A bounded window of past epochs, so that late application messages still open
// (RFC 9420, sections 9.2 and 15.3). Handshake messages of a past epoch never do.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "conclave/secret.h"
#include "group/epoch_state.h"
#include "tree/tree_delta.h"

namespace conclave {

// What is kept of an epoch that was left.
struct PastEpoch {
  Epoch epoch = 0;
  Bytes serialized_context;
  LeafIndex own_leaf;
  Secret sender_data_secret;
  SecretTree secret_tree;
  // Who held the leaves that the next epoch has not, or has otherwise: nothing for a blank one. A
  // leaf that is not here was what it is in the epoch after.
  std::map<LeafIndex, std::optional<LeafRecord>> replaced;
};

class PastEpochs {
 public:
  // Keeps what reads late messages of `left`, which `delta` turned into its successor, and destroys
  // its other secrets. At most `limit` epochs are kept.
  void Push(EpochState left, const TreeDelta& delta, std::size_t limit);
  // As they were stored: the oldest first.
  void Restore(PastEpoch past) { epochs_.push_back(std::move(past)); }
  // The epochs that Push() will drop.
  std::vector<Epoch> DroppedByPush(std::size_t limit) const;

  const std::deque<PastEpoch>& all() const { return epochs_; }
  // As Group::TakeSecretChanges().
  template <class Take>
  void TakeSecretChanges(const Take& take) {
    for (PastEpoch& past : epochs_) {
      take(past.epoch, past.secret_tree, past.secret_tree.TakeChanges());
    }
  }
  PastEpoch* Find(Epoch epoch);
  // The leaf as it was in a past epoch that is kept; null if it was blank. `now` is the tree of
  // the epoch that we are in.
  const LeafRecord* FindLeaf(const PastEpoch& past, LeafIndex leaf, const RatchetTree& now) const;

 private:
  std::deque<PastEpoch> epochs_;
};

}  // namespace conclave
