// For tests: secrets that this program has had, and where in its memory there is anything left of
// them. What is remembered of a secret is masked, so that it is not itself what is looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "conclave/bytes.h"

namespace conclave::testing {

// So many bytes in a row of a secret are a trace of it.
inline constexpr std::size_t kTraceSize = 16;

// Where a trace was found.
struct Trace {
  const char* secret = "";   // what it was
  std::uint32_t number = 0;  // which of all
  const std::uint8_t* at = nullptr;
  std::size_t size = 0;
  bool is_held = false;
};

class Traces {
 public:
  Traces();
  ~Traces();
  Traces(const Traces&) = delete;
  Traces& operator=(const Traces&) = delete;

  // Remembers a secret; `what` is a literal. Those that are shorter than a trace, or all zeros, are
  // not remembered.
  void Add(const char* what, BytesView secret);
  std::size_t size() const;

  // Somebody may hold the secret, which may be the beginning of a longer one, until HoldNone().
  void Hold(BytesView secret);
  void HoldNone();

  // Calls `found` for each trace in `memory`.
  void Search(BytesView memory, const std::function<void(const Trace&)>& found) const;

 private:
  struct Entry;
  struct Store;

  static bool BeginsWith(const Entry& entry, BytesView secret);
  Entry* Find(BytesView secret) const;
  // The longest trace that a word at `at` is in; of size 0 if there is none.
  Trace LongestAt(const std::uint8_t* at, BytesView memory) const;

  Store* const store_;
};

}  // namespace conclave::testing
