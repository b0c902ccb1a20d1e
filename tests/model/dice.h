// For the model: chance, reproducible from one number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace conclave::testing::model {

// What it answers depends on the seed alone, not on the standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  // 0 to sides - 1.
  std::uint32_t Below(std::size_t sides) { return static_cast<std::uint32_t>(engine_() % sides); }
  bool Chance(std::size_t percent) { return Below(100) < percent; }

  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }
  // At most `count` of them, in random order.
  template <class T>
  std::vector<T> Some(std::vector<T> from, std::size_t count) {
    for (std::size_t i = from.size(); i > 1; --i) std::swap(from[i - 1], from[Below(i)]);
    if (from.size() > count) from.resize(count);
    return from;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace conclave::testing::model
