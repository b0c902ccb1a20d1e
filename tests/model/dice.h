// For the random-operations test: chance, reproducible from one number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace conclave::testing {

// The seed of this run: CONCLAVE_SEED, or a fresh one. Printed, so that a failure can be repeated.
std::uint64_t RunSeed();

// What it answers depends on the seed alone, not on the standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  // 0 to sides - 1.
  std::size_t Below(std::size_t sides) { return static_cast<std::size_t>(engine_() % sides); }
  std::size_t Between(std::size_t least, std::size_t most) {
    return least + Below(most - least + 1);
  }
  bool Chance(std::size_t percent) { return Below(100) < percent; }

  template <class T>
  T& Pick(std::vector<T>& from) {
    return from[Below(from.size())];
  }
  template <class T>
  void Shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[Below(i)]);
  }
  // At most `count` of them, in random order.
  template <class T>
  std::vector<T> Some(std::vector<T> from, std::size_t count) {
    Shuffle(from);
    if (from.size() > count) from.resize(count);
    return from;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace conclave::testing
