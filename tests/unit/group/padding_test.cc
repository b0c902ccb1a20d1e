// Padding: what the length of a private message still tells (RFC 9420, section 15.1).
#include "group/padding.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace conclave {
namespace {

Policy With(Padding padding, std::size_t block = 64) {
  Policy policy;
  policy.padding = padding;
  policy.padding_block = block;
  return policy;
}

TEST_CASE("No padding adds nothing") {
  for (std::size_t size = 0; size < 300; ++size) CHECK(PaddingFor(With(Padding::none), size) == 0);
}

TEST_CASE("Block padding fills the last block") {
  for (const std::size_t block : {1u, 2u, 7u, 64u, 1000u}) {
    for (std::size_t size = 0; size < 300; ++size) {
      const std::size_t padding = PaddingFor(With(Padding::block, block), size);
      CHECK((size + padding) % block == 0);
      CHECK(padding < block);
    }
  }
}

TEST_CASE("A block of zero bytes is no padding") {
  CHECK(PaddingFor(With(Padding::block, 0), 5) == 0);
}

TEST_CASE("Padme adds at most twelve percent and leaves few lengths") {
  std::set<std::size_t> lengths;
  for (std::size_t size = 1; size <= 100'000; ++size) {
    const std::size_t padding = PaddingFor(With(Padding::padme), size);
    REQUIRE(padding * 100 <= size * 12);
    lengths.insert(size + padding);
  }
  CHECK(lengths.size() < 200);
}

TEST_CASE("Padme never makes a longer message shorter than a short one") {
  std::size_t last = 0;
  for (std::size_t size = 0; size <= 10'000; ++size) {
    const std::size_t padded = size + PaddingFor(With(Padding::padme), size);
    REQUIRE(padded >= last);
    last = padded;
  }
}

}  // namespace
}  // namespace conclave
