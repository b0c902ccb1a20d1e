// A bounded window of past epochs, so that late application messages still open
// (RFC 9420, sections 9.2 and 15.3). Handshake messages of a past epoch never do.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include "conclave/secret.h"
#include "group/epoch_state.h"

namespace conclave {

// What is kept of an epoch that was left. Its tree says who held each leaf then.
struct PastEpoch {
  PublicGroup group;
  LeafIndex own_leaf;
  Secret sender_data_secret;
  SecretTree secret_tree;
};

class PastEpochs {
 public:
  // Keeps what reads late messages of `left` and destroys its other secrets. At most `limit` epochs
  // are kept.
  void Push(EpochState left, std::size_t limit) {
    left.secret_tree.ForgetHandshake();
    epochs_.push_back({std::move(left.group), left.path.leaf(),
                       std::move(left.secrets.sender_data_secret), std::move(left.secret_tree)});
    while (epochs_.size() > limit) epochs_.pop_front();
  }

  PastEpoch* Find(Epoch epoch) {
    for (PastEpoch& past : epochs_) {
      if (past.group.epoch() == epoch) return &past;
    }
    return nullptr;
  }

  void Clear() { epochs_.clear(); }

 private:
  std::deque<PastEpoch> epochs_;
};

}  // namespace conclave
