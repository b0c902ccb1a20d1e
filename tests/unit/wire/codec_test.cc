// The presentation language (RFC 9420, section 2.1): what is written can be read, and nothing else.
#include "wire/codec.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <vector>

#include "wire/parse.h"

namespace conclave::wire {

// Not in an unnamed namespace: reflection names their types in a declaration with linkage.
namespace codec_test {

enum class Color : std::uint16_t { red = 1, green = 2 };
struct Small {
  std::uint8_t a = 0;
  bool operator==(const Small&) const = default;
};
struct Large {
  Bytes b;
  Bytes c;
  Bytes d;
  bool operator==(const Large&) const = default;
};
struct Unknown {
  Color tag{};
  Bytes data;
  bool operator==(const Unknown&) const = default;
};
using Closed = Select<Color, Case<Color::red, Small>, Case<Color::green, Large>>;
using Open = Select<Color, Case<Color::red, Small>, Otherwise<Unknown>>;
struct Everything {
  std::uint8_t one = 0;
  std::uint32_t four = 0;
  std::uint64_t eight = 0;
  std::array<std::uint8_t, 3> fixed{};
  std::optional<std::uint16_t> maybe;
  std::vector<Small> list;
  Bytes bytes;
  Closed choice;
  bool operator==(const Everything&) const = default;
};

struct Hidden {
  std::uint8_t tag = 0;
  Secret secret;
  std::optional<Small> small;
};

}  // namespace codec_test

namespace {

using namespace codec_test;  // NOLINT: the types of this file

Everything Example() {
  return {1, 2, 3, {4, 5, 6}, 7, {{8}, {9}}, {10, 11}, Closed::Of(Large{{1}, {2, 3}, {}})};
}

TEST_CASE("A struct is its fields, in order") {
  const Bytes expected = {1, 0, 0, 0, 2, 0, 0,  0,  0, 0, 0, 0, 3, 4, 5, 6, 1,
                          0, 7, 2, 8, 9, 2, 10, 11, 0, 2, 1, 1, 2, 2, 3, 0};
  CHECK(Serialize(Example()) == expected);
  CHECK(Parse<Everything>(expected).value() == Example());
}

TEST_CASE("Every strict prefix and every longer input is malformed") {
  Bytes wire = Serialize(Example());
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const auto parsed = Parse<Everything>(BytesView(wire).first(size));
    REQUIRE(!parsed.ok());
    CHECK(parsed.error().kind == ErrorKind::kMalformed);
  }
  wire.push_back(0);
  CHECK(!Parse<Everything>(wire).ok());
}

//= rfc9420#2.1.2
//# The encoded value MUST use the smallest number of bits required to represent the value.
TEST_CASE("A length takes the fewest bytes that hold it") {
  const std::pair<std::size_t, Bytes> cases[] = {{0, {0x00}},
                                                 {0x3f, {0x3f}},
                                                 {0x40, {0x40, 0x40}},
                                                 {0x3fff, {0x7f, 0xff}},
                                                 {0x4000, {0x80, 0x00, 0x40, 0x00}},
                                                 {15293, {0x7b, 0xbd}},
                                                 {494878333, {0x9d, 0x7f, 0x3e, 0x7d}},
                                                 {kMaxVectorSize, {0xbf, 0xff, 0xff, 0xff}}};
  for (const auto& [size, header] : cases) {
    Writer writer;
    writer.VarInt(size);
    CHECK(writer.bytes() == header);
    CHECK(VarIntSize(size) == header.size());
  }
}

TEST_CASE("Vectors of every boundary size round trip") {
  for (const std::size_t size : {0x3eu, 0x3fu, 0x40u, 0x41u, 0x3ffeu, 0x3fffu, 0x4000u, 0x4001u}) {
    const Bytes value(size, 0x61);
    const Bytes wire = Serialize(value);
    CHECK(wire.size() == size + VarIntSize(size));
    CHECK(Parse<Bytes>(wire).value() == value);
  }
}

//= rfc9420#2.1.2
//# When decoding, values using more bits than necessary MUST be treated as malformed.
TEST_CASE("A length that is longer than it must be is malformed") {
  Bytes wide = {0x40, 0x3f};
  wide.resize(2 + 0x3f);
  CHECK(!Parse<Bytes>(wide).ok());
  Bytes wider = {0x80, 0x00, 0x3f, 0xff};
  wider.resize(4 + 0x3fff);
  CHECK(!Parse<Bytes>(wider).ok());
}

//= rfc9420#2.1.2
//# Vectors that start with the prefix "11" are invalid and MUST be rejected.
TEST_CASE("The prefix 11 is rejected, whatever follows") {
  for (int first = 0xc0; first <= 0xff; ++first) {
    Bytes wire(300, 0);
    wire[0] = static_cast<std::uint8_t>(first);
    Reader reader(wire);
    reader.Vector();
    CHECK(!reader.ok());
  }
}

TEST_CASE("A vector that claims more than there is costs nothing") {
  const Bytes claim = {0xbf, 0xff, 0xff, 0xff, 1, 2, 3};
  CHECK(!Parse<Bytes>(claim).ok());
  CHECK(!Parse<std::vector<Large>>(claim).ok());
}

//= rfc9420#2.1.1
//# When decoding, a presence octet with a value other than 0 or 1 MUST be rejected as malformed.
TEST_CASE("An optional value is there or not, and nothing else") {
  using Maybe = std::optional<std::uint8_t>;
  CHECK(Parse<Maybe>(Bytes{0}).value() == std::nullopt);
  CHECK(Parse<Maybe>(Bytes{1, 9}).value() == 9);
  for (int flag = 2; flag <= 255; ++flag) {
    CHECK(!Parse<Maybe>(Bytes{static_cast<std::uint8_t>(flag), 9}).ok());
  }
}

TEST_CASE("A select holds its tag's alternative, and rejects a tag that it does not know") {
  CHECK(Parse<Closed>(Bytes{0, 1, 5}).value().GetIf<Small>()->a == 5);
  CHECK(Parse<Closed>(Bytes{0, 1, 5}).value().tag() == Color::red);
  CHECK(!Parse<Closed>(Bytes{0, 3, 5}).ok());
}

TEST_CASE("An open select keeps what it does not know") {
  const Bytes wire = {0xab, 0xcd, 2, 8, 9};
  const auto parsed = Parse<Open>(wire).value();
  CHECK(parsed.tag() == Color{0xabcd});
  CHECK(parsed.GetIf<Unknown>()->data == Bytes{8, 9});
  CHECK(Serialize(parsed) == wire);
}

TEST_CASE("Two bytes of input never become a kilobyte of heap") {
  static_assert(sizeof(Closed) <= 80);
  // Each element takes one byte of input and many of memory: the budget ends it.
  Bytes wire = Serialize(Bytes(1 << 20, 0));
  using Lists = std::vector<Bytes>;
  CHECK(!Parse<Lists>(wire).ok());
  // A list of ordinary elements is within it.
  const Lists ordinary(5000, Bytes(20, 7));
  CHECK(Parse<Lists>(Serialize(ordinary)).value() == ordinary);
}

TEST_CASE("After the first failure a reader yields nothing") {
  const Bytes wire = {1, 2};
  Reader reader(wire);
  CHECK(reader.Uint(4) == 0);
  CHECK(!reader.ok());
  CHECK(reader.empty());
  CHECK(reader.Uint(1) == 0);
  CHECK(reader.Raw(1).empty());
}

TEST_CASE("A struct with a secret is measured, written once and read back") {
  for (const std::size_t size : {0u, 1u, 63u, 64u, 20000u}) {
    Hidden hidden{7, Secret(size), Small{3}};
    const Secret wire = SerializeSecret(hidden);
    CHECK(wire.size() == 1 + VarIntSize(size) + size + 2);
    const auto parsed = Parse<Hidden>(wire.ExposeForProvider());
    REQUIRE(parsed.ok());
    CHECK(parsed->secret.size() == size);
    CHECK(parsed->small->a == 3);
  }
}

TEST_CASE("A struct without its last field is what is signed of it") {
  CHECK(SerializeTbs(Large{{1}, {2}, {3}}) == Bytes{1, 1, 1, 2});
}

}  // namespace
}  // namespace conclave::wire
