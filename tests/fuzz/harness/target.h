// What a fuzz target is: a function that takes any bytes, and inputs to begin with. Each target is
// one file of tests/fuzz, which registers it; the same file is linked into a libFuzzer program of
// its own (harness/libfuzzer.cc) and into the program that replays all corpora (harness/replay.cc).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "support/random_wire.h"

namespace conclave::fuzz {

// An input to begin with, and whether what is under test accepts it, if that is known.
struct Seed {
  std::string name;
  Bytes input;
  std::optional<bool> accepted = true;
};

struct Target {
  std::string_view name;
  // Whether what is under test accepted the input. Ends the program if a promise is broken.
  bool (*run)(BytesView input);
  std::vector<Seed> (*seeds)();
  // Changes an input as the structure that it is. Null: inputs are changed as bytes only.
  void (*mutate)(test::Random& random, Bytes& input) = nullptr;
};

// All targets that are linked into this program.
std::vector<Target>& Targets();

struct Registration {
  explicit Registration(const Target& target) { Targets().push_back(target); }
};

// Ends the program unless `holds`: a promise of the library was broken.
inline void Require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

// The value of what cannot fail here.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) std::fprintf(stderr, "failed: %s\n", result.error().detail);
  return std::move(result).value();
}

}  // namespace conclave::fuzz
