#include "tree/key_table.h"

#include <utility>

#include "base/check.h"

namespace conclave {

namespace {

constexpr std::size_t kFirstSlots = 8;

}  // namespace

void KeyTable::Insert(Hash hash, NodeIndex node) {
  CONCLAVE_CHECK(node.value != kFree);
  // At most four in five are taken, so that a search is short.
  if (5 * (size_ + 1) > 4 * slots_.size()) Grow();
  Place({hash, node});
  ++size_;
}

void KeyTable::Erase(Hash hash, NodeIndex node) {
  CONCLAVE_CHECK(!slots_.empty());
  std::size_t hole = Home(hash);
  while (slots_[hole].node != node || slots_[hole].hash != hash) {
    CONCLAVE_CHECK(!slots_[hole].is_free());
    hole = Next(hole);
  }
  // Those behind the hole that could not be found across it move into it.
  for (std::size_t i = Next(hole); !slots_[i].is_free(); i = Next(i)) {
    const std::size_t mask = slots_.size() - 1;
    const std::size_t from_home = (i - Home(slots_[i].hash)) & mask;
    if (from_home < ((i - hole) & mask)) continue;
    slots_[hole] = slots_[i];
    hole = i;
  }
  slots_[hole] = Slot();
  --size_;
}

void KeyTable::Grow() {
  const std::size_t slots = slots_.empty() ? kFirstSlots : 2 * slots_.size();
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
  for (const Slot& slot : old) {
    if (!slot.is_free()) Place(slot);
  }
}

void KeyTable::Place(Slot slot) {
  std::size_t i = Home(slot.hash);
  while (!slots_[i].is_free()) i = Next(i);
  slots_[i] = slot;
}

}  // namespace conclave
