#include "model/seat.h"

#include <algorithm>

namespace conclave::testing::model {

std::optional<ErrorKind> Ratchet::WhyNot(std::uint32_t generation, const Policy& policy) const {
  if (generation < head) {
    return skipped.contains(generation) ? std::nullopt : std::optional(ErrorKind::kAlreadyUsed);
  }
  if (generation - head > policy.max_forward_generations) return ErrorKind::kRejectedByPolicy;
  return std::nullopt;
}

void Ratchet::Open(std::uint32_t generation, const Policy& policy) {
  if (generation < head) {
    skipped.erase(generation);
    return;
  }
  for (; head < generation; ++head) skipped.insert(static_cast<std::uint32_t>(head));
  ++head;
  while (skipped.size() > policy.max_retained_keys) skipped.erase(skipped.begin());
}

bool Seat::HasPending(Number proposal) const {
  return std::ranges::find(pending, proposal) != pending.end();
}

const Reading* Seat::FindReading(PointId point) const {
  const auto found = std::ranges::find(readings, point, &Reading::point);
  return found == readings.end() ? nullptr : &*found;
}
Reading* Seat::FindReading(PointId point) {
  return const_cast<Reading*>(std::as_const(*this).FindReading(point));
}

void Seat::RememberOwn(Number message, const Policy& policy) {
  own_messages.push_back(message);
  while (own_messages.size() > policy.max_own_messages) own_messages.pop_front();
}

void Seat::Enter(PointId point, LeafIndex leaf, const Policy& policy) {
  readings.back().handshake.clear();
  readings.push_back({point, leaf});
  while (readings.size() > policy.past_epochs + 1) readings.pop_front();
  pending.clear();
  own_updates.clear();
  offers.clear();
  sent = 0;
}

void ClientModel::KeepResumption(Number group, Epoch epoch, PointId point, const Policy& policy) {
  resumption[{group, epoch}] = point;
  std::erase_if(resumption, [&](const auto& kept) {
    return kept.first.first == group && kept.first.second + policy.resumption_psks < epoch;
  });
}

void ClientModel::Leave(Number group) {
  seats.erase(group);
  std::erase_if(resumption, [group](const auto& kept) { return kept.first.first == group; });
}

}  // namespace conclave::testing::model
