// Every wire struct of RFC 9420: what is encoded decodes to the same, nothing else does, and memory
// follows input (section 2.1).
#include <algorithm>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "support/heap.h"
#include "support/random_wire.h"
#include "wire/parse.h"

namespace conclave::rfc9420 {
namespace {

using test::g_heap;
using test::Random;
using test::RandomInstance;
using test::WireStructs;

constexpr int kInstances = 30;

// A GroupSecrets holds secrets, which only the wiping writer takes.
template <class T>
Bytes BytesOf(const T& value) {
  if constexpr (std::same_as<T, GroupSecrets>) {
    return ToBytes(wire::SerializeSecret(value).ExposeForProvider());
  } else {
    return wire::Serialize(value);
  }
}

TEMPLATE_LIST_TEST_CASE("What is encoded decodes to the same", "", WireStructs) {
  Random random(1);
  for (int i = 0; i < kInstances; ++i) {
    const TestType value = RandomInstance<TestType>(random);
    const Bytes wire = BytesOf(value);
    const auto parsed = wire::Parse<TestType>(wire);
    REQUIRE(parsed.ok());
    CHECK(BytesOf(*parsed) == wire);
    if constexpr (std::equality_comparable<TestType>) CHECK(*parsed == value);
    wire::SizeCounter counter;
    if constexpr (!wire::DecodesItself<TestType> && !std::same_as<TestType, MLSMessage>) {
      wire::Encode(counter, value);
      CHECK(counter.size() == wire.size());
    }
  }
}

TEMPLATE_LIST_TEST_CASE("Neither a prefix nor a longer input decodes", "", WireStructs) {
  Random random(2);
  for (int i = 0; i < kInstances; ++i) {
    Bytes wire = BytesOf(RandomInstance<TestType>(random));
    const std::size_t step = 1 + wire.size() / 300;
    bool accepted = false;
    for (std::size_t size = 0; size < wire.size(); size += step) {
      accepted = accepted || wire::Parse<TestType>(BytesView(wire).first(size)).ok();
    }
    if (!wire.empty()) {
      accepted = accepted || wire::Parse<TestType>(BytesView(wire).first(wire.size() - 1)).ok();
    }
    CHECK_FALSE(accepted);
    wire.push_back(static_cast<std::uint8_t>(random.Number()));
    CHECK_FALSE(wire::Parse<TestType>(wire).ok());
  }
}

// What decodes is what was encoded: no two inputs mean the same.
TEMPLATE_LIST_TEST_CASE("Whatever decodes is encoded as it came", "", WireStructs) {
  Random random(3);
  for (int i = 0; i < kInstances; ++i) {
    Bytes wire = BytesOf(RandomInstance<TestType>(random));
    if (wire.empty()) continue;
    for (int change = 0; change < 20; ++change) {
      wire[random.Below(wire.size())] = static_cast<std::uint8_t>(random.Number());
      const auto parsed = wire::Parse<TestType>(wire);
      if (parsed.ok()) CHECK(BytesOf(*parsed) == wire);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("Two bytes never become a kilobyte of heap", "", WireStructs) {
  std::size_t most = 0;
  for (unsigned both = 0; both <= 0xffff; ++both) {
    const std::uint8_t wire[] = {static_cast<std::uint8_t>(both >> 8),
                                 static_cast<std::uint8_t>(both)};
    const std::size_t before = g_heap.live;
    g_heap.StartPeak();
    static_cast<void>(wire::Parse<TestType>(wire).ok());
    most = std::max(most, g_heap.peak - before);
  }
  CHECK(most < 1024);
}

TEMPLATE_LIST_TEST_CASE("A megabyte never becomes more than a small multiple", "", WireStructs) {
  // Lists of the smallest elements there are: zeros are empty vectors, absent values, type 0.
  for (const std::uint8_t fill : Bytes{0x00, 0x01, 0x02, 0x0a}) {
    Bytes wire(std::size_t{1} << 20, fill);
    // In case the struct begins with a vector: one as long as the rest.
    const Bytes header = {0x80, 0x0f, 0xff, 0xfc};
    for (const bool with_header : {false, true}) {
      if (with_header) std::ranges::copy(header, wire.begin());
      const std::size_t before = g_heap.live;
      g_heap.StartPeak();
      static_cast<void>(wire::Parse<TestType>(wire).ok());
      // The budget is six times the input; a vector that grows has twice its size and the old one.
      CHECK(g_heap.peak - before < 20 * wire.size());
    }
  }
}

}  // namespace
}  // namespace conclave::rfc9420
