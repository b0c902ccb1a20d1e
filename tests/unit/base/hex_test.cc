// Hexadecimal text, as vectors have it.
#include "base/hex.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace conclave {
namespace {

TEST_CASE("Every byte is two small digits, and comes back from small and large ones") {
  for (int value = 0; value <= 0xff; ++value) {
    const Bytes byte = {static_cast<std::uint8_t>(value)};
    const std::string text = ToHex(byte);
    REQUIRE(text.size() == 2);
    CHECK(FromHex(text) == byte);
    std::string large = text;
    for (char& digit : large) digit = digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
    CHECK(FromHex(large) == byte);
  }
  CHECK(ToHex(Bytes{0xde, 0xad, 0x00}) == "dead00");
}

TEST_CASE("Nothing is the text of no bytes") {
  CHECK(ToHex(Bytes{}).empty());
  CHECK(FromHex("") == Bytes{});
}

TEST_CASE("Text that is not pairs of hexadecimal digits is no bytes") {
  CHECK_FALSE(FromHex("abc").has_value());
  for (int character = 0; character <= 0x7f; ++character) {
    const char c = static_cast<char>(character);
    const bool is_digit =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    CHECK(FromHex(std::string("0") + c).has_value() == is_digit);
    CHECK(FromHex(std::string(1, c) + '0').has_value() == is_digit);
  }
}

}  // namespace
}  // namespace conclave
