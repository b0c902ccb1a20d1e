// The fields of an aggregate, counted and visited: what the codec stands on.
#include "wire/reflect.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

namespace conclave::wire {

// Not in an unnamed namespace: reflection names their types in a declaration with linkage.
namespace reflect_test {

struct F0 {};
struct F1 {
  int a = 0;
};
struct F2 {
  int a = 0;
  std::vector<int> b;
};
struct F3 {
  std::optional<F2> a;
  F1 b;
  int c = 0;
};
struct F4 {
  int a = 0, b = 0, c = 0, d = 0;
};
struct F5 {
  int a = 0, b = 0, c = 0, d = 0, e = 0;
};
struct F6 {
  int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0;
};
struct F7 {
  int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0;
};
struct F8 {
  int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
};
struct Mixed {
  std::array<std::uint8_t, 4> array{};
  std::variant<int, F2> variant;
  std::unique_ptr<int> pointer;
  F0 nothing;
};

}  // namespace reflect_test

namespace {

using namespace reflect_test;  // NOLINT: the types of this file

static_assert(kFieldCount<F0> == 0);
static_assert(kFieldCount<F1> == 1);
static_assert(kFieldCount<F2> == 2);
static_assert(kFieldCount<F3> == 3);
static_assert(kFieldCount<F4> == 4);
static_assert(kFieldCount<F5> == 5);
static_assert(kFieldCount<F6> == 6);
static_assert(kFieldCount<F7> == 7);
static_assert(kFieldCount<F8> == 8);
static_assert(kFieldCount<Mixed> == 4);
static_assert(kFieldCount<const F8&> == 8);

template <class T>
std::vector<int> Visited(const T& value) {
  std::vector<int> seen;
  ForEachField(value, [&seen](int field) { seen.push_back(field); });
  return seen;
}

TEST_CASE("Every field is visited once, in the order of its declaration") {
  CHECK(Visited(F0{}).empty());
  CHECK(Visited(F1{1}) == std::vector{1});
  CHECK(Visited(F4{1, 2, 3, 4}) == std::vector{1, 2, 3, 4});
  CHECK(Visited(F5{1, 2, 3, 4, 5}) == std::vector{1, 2, 3, 4, 5});
  CHECK(Visited(F6{1, 2, 3, 4, 5, 6}) == std::vector{1, 2, 3, 4, 5, 6});
  CHECK(Visited(F7{1, 2, 3, 4, 5, 6, 7}) == std::vector{1, 2, 3, 4, 5, 6, 7});
  CHECK(Visited(F8{1, 2, 3, 4, 5, 6, 7, 8}) == std::vector{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("The first fields are visited without the last") {
  const F4 value{1, 2, 3, 4};
  std::vector<int> seen;
  ForFirstFields<3>(value, [&seen](int field) { seen.push_back(field); });
  CHECK(seen == std::vector{1, 2, 3});
}

TEST_CASE("Visited fields are the struct's own, and can be changed") {
  F3 value;
  ForEachField(value, [](auto& field) {
    if constexpr (std::is_same_v<decltype(field), int&>) field = 6;
  });
  CHECK(value.c == 6);
}

}  // namespace
}  // namespace conclave::wire
