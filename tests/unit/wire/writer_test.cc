// Writer, its wiping twin, and the counter that goes before it (RFC 9420, section 2.1).
#include "wire/writer.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>

#include "support/ends_program.h"

namespace conclave::wire {
namespace {

using test::EndsProgram;

// Nested vectors with a secret inside; `inner` bytes of it.
template <class W>
void WriteNested(W& w, std::size_t inner) {
  const Bytes content(inner, 0x61);
  w.Uint(0x0102, 2);
  w.Vector([&] {
    w.Uint(7, 1);
    w.Vector([&] { w.Raw(content); });
    w.VectorOf(content);
  });
  w.Uint(9, 8);
}

TEST_CASE("Numbers are written big-endian and cut to their size") {
  Writer writer;
  writer.Uint(0x0102030405060708, 8);
  writer.Uint(0x0102, 4);
  writer.Uint(0xfeff, 1);
  CHECK(writer.bytes() == Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 1, 2, 0xff});
  CHECK(writer.size() == 13);
}

TEST_CASE("All three writers agree, whatever headers the vectors inside need") {
  for (const std::size_t inner : {0U, 1U, 30U, 61U, 62U, 63U, 64U, 8190U, 16381U, 16384U, 40000U}) {
    Writer writer;
    WriteNested(writer, inner);
    SizeCounter counter;
    WriteNested(counter, inner);
    CHECK(counter.size() == writer.size());
    SecretWriter secret_writer(counter.size());
    WriteNested(secret_writer, inner);
    CHECK(ToBytes(secret_writer.Take().ExposeForProvider()) == writer.bytes());
  }
}

TEST_CASE("A vector can be written in front of its header") {
  Writer writer;
  writer.Vector([&] { writer.VectorOf(Bytes{1, 2}); });
  CHECK(writer.Take() == Bytes{3, 2, 1, 2});
}

TEST_CASE("A secret writer never grows: one byte too many ends the program") {
  CHECK(EndsProgram([] {
    SecretWriter writer(2);
    writer.Uint(1, 3);
  }));
  CHECK(EndsProgram([] {
    SecretWriter writer(2);
    // There is no place for the header.
    writer.Vector([&] { writer.Uint(1, 2); });
  }));
}

TEST_CASE("A secret writer gives its buffer away only when it is full") {
  CHECK(EndsProgram([] {
    SecretWriter writer(3);
    writer.Uint(1, 2);
    writer.Take();
  }));
  CHECK_FALSE(EndsProgram([] {
    SecretWriter writer(3);
    writer.RawSecret(Secret(3));
    writer.Take();
  }));
}

TEST_CASE("A vector that has no encoding ends the program") {
  CHECK(VarIntSize(kMaxVectorSize) == 4);
  CHECK(EndsProgram([] { VarIntSize(kMaxVectorSize + 1); }));
}

}  // namespace
}  // namespace conclave::wire
