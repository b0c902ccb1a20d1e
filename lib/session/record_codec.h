// How values that never travel are encoded in records: variants by the number of what they hold,
// and a commit's summary field by field. Everything else is encoded as on the wire.
#pragma once

#include <cstdint>
#include <utility>
#include <variant>

#include "conclave/commit_summary.h"
#include "wire/codec.h"

namespace conclave {

template <class W, class... Held>
void EncodeWire(W& w, const std::variant<Held...>& value) {
  w.Uint(value.index(), 1);
  std::visit([&w](const auto& held) { wire::Encode(w, held); }, value);
}

template <class... Held>
void DecodeWire(wire::Reader& r, std::variant<Held...>& value) {
  const std::uint64_t wanted = r.Uint(1);
  if (wanted >= sizeof...(Held)) return r.Fail();
  const auto one = [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    ((wanted == kIndex ? wire::Decode(r, value.template emplace<kIndex>()) : void()), ...);
  };
  one(std::index_sequence_for<Held...>{});
}

// Calls `each` for every field that is stored.
template <class Summary, class Each>
void ForEachSummaryField(Summary& summary, const Each& each) {
  each(summary.epoch);
  each(summary.committer);
  each(summary.committer_leaf);
  each(summary.added);
  each(summary.removed);
  each(summary.updated);
  each(summary.extensions);
  each(summary.psks);
  each(summary.reinit);
  each(summary.proposals);
  each(summary.authenticated_data);
}

template <class W>
void EncodeWire(W& w, const CommitSummary& summary) {
  w.Uint(summary.is_ours ? 1 : 0, 1);
  w.Uint(summary.has_path ? 1 : 0, 1);
  ForEachSummaryField(summary, [&w](const auto& field) { wire::Encode(w, field); });
}

inline void DecodeWire(wire::Reader& r, CommitSummary& summary) {
  summary.is_ours = r.Uint(1) != 0;
  summary.has_path = r.Uint(1) != 0;
  ForEachSummaryField(summary, [&r](auto& field) { wire::Decode(r, field); });
}

}  // namespace conclave
