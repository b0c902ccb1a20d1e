// KeyTable: where in the ratchet tree the keys of a hash are, eight bytes a key. Hashes are short,
// so there may be several places: whoever asks compares the keys themselves. The hashes must be
// keyed with a secret, since those who choose the keys are not trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tree/tree_math.h"

namespace conclave {

class KeyTable {
 public:
  using Hash = std::uint32_t;

  // Several nodes may have one hash, and one node may be in the table once.
  void Insert(Hash hash, NodeIndex node);
  // Takes out what Insert() put in.
  void Erase(Hash hash, NodeIndex node);

  // Whether `accepts(node)` holds for one of the nodes of this hash.
  template <class Accepts>
  bool AnyOf(Hash hash, const Accepts& accepts) const {
    if (slots_.empty()) return false;
    for (std::size_t i = Home(hash); !slots_[i].is_free(); i = Next(i)) {
      if (slots_[i].hash == hash && accepts(slots_[i].node)) return true;
    }
    return false;
  }

  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kFree = 0xffffffff;  // no index of a node

  struct Slot {
    Hash hash = 0;
    NodeIndex node{kFree};
    bool is_free() const { return node.value == kFree; }
  };

  // A key is in the first free slot at or behind its home.
  std::size_t Home(Hash hash) const { return hash & (slots_.size() - 1); }
  std::size_t Next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }
  void Grow();
  void Place(Slot slot);

  std::vector<Slot> slots_;  // a power of two of them
  std::size_t size_ = 0;
};

}  // namespace conclave
