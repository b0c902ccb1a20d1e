// Select and Boxed: the RFC's variants, small in memory whatever they may hold.
#include "wire/select.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "wire/parse.h"

namespace conclave::wire {

// Not in an unnamed namespace: reflection names their types in a declaration with linkage.
namespace select_test {

enum class Kind : std::uint8_t { empty = 1, small = 2, large = 3 };
struct Nothing {
  bool operator==(const Nothing&) const = default;
};
struct Small {
  std::uint32_t number = 0;
  bool operator==(const Small&) const = default;
};
struct Large {
  std::array<std::uint8_t, 200> bytes{};
  bool operator==(const Large&) const = default;
};
struct Other {
  Kind tag{};
  Bytes data;
  bool operator==(const Other&) const = default;
};
using Variant = Select<Kind, Case<Kind::empty, Nothing>, Case<Kind::small, Small>,
                       Case<Kind::large, Large>, Otherwise<Other>>;

}  // namespace select_test

namespace {

using namespace select_test;  // NOLINT: the types of this file

static_assert(std::is_same_v<Stored<Small>, Small>);
static_assert(std::is_same_v<Stored<Large>, Boxed<Large>>);
static_assert(sizeof(Boxed<Large>) == sizeof(void*));
static_assert(sizeof(Variant) <= kLargestInPlace + sizeof(void*));
static_assert(std::is_nothrow_move_constructible_v<Variant>);

TEST_CASE("The alternative that is held decides the tag") {
  CHECK(Variant::Of(Nothing{}).tag() == Kind::empty);
  CHECK(Variant::Of(Small{5}).tag() == Kind::small);
  CHECK(Variant::Of(Large{}).tag() == Kind::large);
  CHECK(Variant::Of(Other{Kind{200}, {1}}).tag() == Kind{200});
  CHECK(Variant{}.tag() == Kind::empty);
}

TEST_CASE("An alternative is found by its own type, boxed or not") {
  Variant variant = Variant::Of(Large{{7}});
  CHECK(variant.Is<Large>());
  CHECK_FALSE(variant.Is<Small>());
  REQUIRE(variant.GetIf<Large>() != nullptr);
  CHECK(variant.GetIf<Small>() == nullptr);
  variant.GetIf<Large>()->bytes[0] = 8;
  CHECK(std::as_const(variant).GetIf<Large>()->bytes[0] == 8);
}

TEST_CASE("A copy of a boxed alternative is its own, and equality looks inside the box") {
  const Variant original = Variant::Of(Large{{1}});
  Variant copy = original;
  CHECK(copy == original);
  copy.GetIf<Large>()->bytes[0] = 2;
  CHECK_FALSE(copy == original);
  CHECK(original.GetIf<Large>()->bytes[0] == 1);
  copy = original;
  CHECK(copy == original);
  const Variant moved = std::move(copy);
  CHECK(moved == original);
  CHECK_FALSE(Variant::Of(Small{1}) == Variant::Of(Nothing{}));
}

TEST_CASE("A box that is assigned to itself keeps its content") {
  Boxed<Large> box = Large{{9}};
  const Boxed<Large>& self = box;
  box = self;
  CHECK((*box).bytes[0] == 9);
}

TEST_CASE("An empty case is its tag alone") {
  CHECK(Serialize(Variant::Of(Nothing{})) == Bytes{1});
  CHECK(Parse<Variant>(Bytes{1}).value() == Variant::Of(Nothing{}));
  CHECK_FALSE(Parse<Variant>(Bytes{1, 0}).ok());
}

TEST_CASE("What the tag says must follow") {
  CHECK(Parse<Variant>(Bytes{2, 0, 0, 0, 5}).value() == Variant::Of(Small{5}));
  CHECK_FALSE(Parse<Variant>(Bytes{2, 0, 0, 5}).ok());
  CHECK_FALSE(Parse<Variant>(Bytes{3, 0, 0, 0, 5}).ok());
  CHECK_FALSE(Parse<Variant>(Bytes{}).ok());
}

TEST_CASE("An unknown tag is kept once, in front of its content") {
  const Bytes wire = {99, 2, 4, 5};
  const auto parsed = Parse<Variant>(wire).value();
  CHECK(parsed.GetIf<Other>()->tag == Kind{99});
  CHECK(parsed.GetIf<Other>()->data == Bytes{4, 5});
  CHECK(Serialize(parsed) == wire);
}

}  // namespace
}  // namespace conclave::wire
