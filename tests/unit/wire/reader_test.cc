// Reader: a cursor that fails once and for all, and a budget of heap (RFC 9420, section 2.1).
#include "wire/reader.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>

namespace conclave::wire {
namespace {

TEST_CASE("Numbers are big-endian, of one to eight bytes") {
  const Bytes wire = {1, 2, 3, 4, 5, 6, 7, 8};
  for (std::size_t size = 0; size <= 8; ++size) {
    Reader reader(wire);
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < size; ++i) expected = expected << 8 | wire[i];
    CHECK(reader.Uint(size) == expected);
    CHECK(reader.remaining() == 8 - size);
  }
  const Bytes largest(8, 0xff);
  Reader reader(largest);
  CHECK(reader.Uint(8) == UINT64_MAX);
}

TEST_CASE("A vector is the bytes that its header announces, and the rest stays") {
  const Bytes wire = {2, 10, 11, 0, 12};
  Reader reader(wire);
  CHECK(ToBytes(reader.Vector()) == Bytes{10, 11});
  CHECK(reader.Vector().empty());
  CHECK(reader.ok());
  CHECK(ToBytes(reader.rest()) == Bytes{12});
}

TEST_CASE("A header that is cut off is a failure") {
  for (const Bytes& wire : {Bytes{}, Bytes{0x40}, Bytes{0x80, 0, 0x40}, Bytes{0x80}}) {
    Reader reader(wire);
    CHECK(reader.Vector().empty());
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("A failure is for good, and a later success does not hide it") {
  const Bytes wire = {1, 2, 3};
  Reader reader(wire);
  CHECK(reader.Raw(4).empty());
  CHECK_FALSE(reader.ok());
  CHECK(reader.remaining() == 0);
  CHECK(reader.Raw(0).empty());
  CHECK(reader.Vector().empty());
  CHECK_FALSE(reader.ok());
}

TEST_CASE("A nested reader sees one vector and fails the outer one") {
  const Bytes wire = {2, 7, 8, 9};
  {
    Reader reader(wire);
    reader.Nested([](Reader& inner) {
      CHECK(inner.Uint(2) == 0x0708);
      CHECK(inner.empty());
    });
    CHECK(reader.ok());
    CHECK(reader.Uint(1) == 9);
  }
  {
    // It may not read beyond the vector.
    Reader reader(wire);
    reader.Nested([](Reader& inner) { inner.Uint(3); });
    CHECK_FALSE(reader.ok());
  }
  {
    // Nor leave something.
    Reader reader(wire);
    reader.Nested([](Reader& inner) { inner.Uint(1); });
    CHECK_FALSE(reader.ok());
  }
  {
    // Without a vector there is nothing to read.
    const Bytes claim = {5, 1};
    Reader reader(claim);
    bool called = false;
    reader.Nested([&called](Reader&) { called = true; });
    CHECK_FALSE(called);
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("The heap that may be used grows with the input, and runs out") {
  const Bytes none;
  Reader small(none);
  CHECK(small.Charge(64 * 1024));
  CHECK_FALSE(small.Charge(1));
  CHECK_FALSE(small.ok());

  const Bytes input(1000);
  Reader larger(input);
  CHECK(larger.Charge(64 * 1024 + 6000));
  CHECK_FALSE(larger.Charge(1));
}

TEST_CASE("Nested readers share one budget") {
  const Bytes wire = {1, 0, 1, 0};
  Reader reader(wire);
  reader.Nested([](Reader& inner) {
    inner.Uint(1);
    CHECK(inner.Charge(64 * 1024));
  });
  CHECK(reader.ok());
  reader.Nested([](Reader& inner) {
    inner.Uint(1);
    CHECK_FALSE(inner.Charge(1024));
  });
  CHECK_FALSE(reader.ok());
}

}  // namespace
}  // namespace conclave::wire
