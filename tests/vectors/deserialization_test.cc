// deserialization.json: the headers of variable-size vectors (RFC 9420, section 2.1.2).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "vectors/vectors.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace conclave::test {

namespace {

struct Free {
  void operator()(std::uint8_t* memory) const { std::free(memory); }
};

void CheckHeader(const nlohmann::json& vector) {
  const Bytes header = Hex(vector.at("vlbytes_header"));
  const std::size_t length = vector.at("length");
  CHECK(wire::VarIntSize(length) == header.size());
  wire::Writer writer;
  writer.VarInt(length);
  CHECK(writer.bytes() == header);

  // Header and content, which is up to a gigabyte of zeros. Nothing looks at them, so the system
  // makes none of them.
  const std::size_t size = header.size() + length;
  const std::unique_ptr<std::uint8_t, Free> input(static_cast<std::uint8_t*>(std::calloc(size, 1)));
  REQUIRE(input != nullptr);
  std::ranges::copy(header, input.get());
  wire::Reader reader({input.get(), size});
  CHECK(reader.Vector().size() == length);
  CHECK(reader.ok());
  CHECK(reader.empty());

  wire::Reader one_byte_short({input.get(), size - 1});
  one_byte_short.Vector();
  CHECK_FALSE(one_byte_short.ok());
}

}  // namespace

TEST_CASE("deserialization.json", "[deserialization]") {
  ForEachVector("deserialization.json", "/1/length", CheckHeader);
}

}  // namespace conclave::test
