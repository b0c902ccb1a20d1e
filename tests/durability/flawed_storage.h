// For tests: a storage that breaks the promises of conclave/storage.h, to show that somebody
// notices.
#pragma once

#include <cstdint>
#include <utility>

#include "conclave/storage.h"

namespace conclave::testing {

enum class Flaw : std::uint8_t {
  none,
  two_steps,  // half of a batch is written, and then the other half
  too_late,   // a batch is written when the next one comes, or somebody reads
};

class FlawedStorage final : public Storage {
 public:
  FlawedStorage(Storage& below, Flaw flaw) : below_(below), flaw_(flaw) {}
  ~FlawedStorage() override { (void)WriteLate(); }
  FlawedStorage(const FlawedStorage&) = delete;
  FlawedStorage& operator=(const FlawedStorage&) = delete;

  Result<void> Write(const WriteBatch& batch) override {
    switch (flaw_) {
      case Flaw::two_steps: {
        const Result<void> first = below_.Write(Part(batch, 0, batch.size() / 2));
        return first.ok() ? below_.Write(Part(batch, batch.size() / 2, batch.size())) : first;
      }
      case Flaw::too_late: {
        const Result<void> earlier = WriteLate();
        late_ = Part(batch, 0, batch.size());
        return earlier;
      }
      case Flaw::none:
        break;
    }
    return below_.Write(batch);
  }
  Result<std::optional<Secret>> Read(BytesView key) const override {
    (void)WriteLate();
    return below_.Read(key);
  }
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override {
    (void)WriteLate();
    return below_.Scan(prefix, visitor);
  }

 private:
  static WriteBatch Part(const WriteBatch& batch, std::size_t from, std::size_t to) {
    WriteBatch part;
    for (std::size_t i = from; i < to; ++i) part.Add(batch[i]);
    return part;
  }

  Result<void> WriteLate() const {
    const WriteBatch batch = std::exchange(late_, WriteBatch());
    return batch.empty() ? Result<void>() : below_.Write(batch);
  }

  Storage& below_;
  const Flaw flaw_;
  mutable WriteBatch late_;
};

}  // namespace conclave::testing
