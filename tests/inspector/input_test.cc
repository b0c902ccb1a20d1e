// Binary, hexadecimal and base64, told apart.
#include "input.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "objects.h"
#include "printable.h"
#include "trouble.h"

namespace conclave::inspector {
namespace {

Bytes Read(const std::string& text, InputForm form = InputForm::automatic) {
  return BytesOf(ToBytes(text), form);
}

std::string TroubleOf(const std::string& text, InputForm form = InputForm::automatic) {
  try {
    Read(text, form);
  } catch (const Trouble& trouble) {
    CHECK(trouble.exit() == Exit::no_input);
    return trouble.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("Each form of input gives the same bytes") {
  Case([] {
    const Bytes bytes = {0x00, 0x01, 0x00, 0x05, 0xfb, 0xff};
    CHECK(BytesOf(bytes, InputForm::automatic) == bytes);
    CHECK(Read("00010005fbff\n") == bytes);
    CHECK(Read("0x00010005FBFF") == bytes);
    CHECK(Read("00:01:00:05\n fb ff") == bytes);
    CHECK(Read("AAEABfv/") == bytes);
    CHECK(Read("AAEA\nBfv_\n") == bytes);
    CHECK(Read("-----BEGIN MLS MESSAGE-----\nAAEABfv/\n-----END MLS MESSAGE-----\n") == bytes);
    CHECK(Read("AAE=", InputForm::base64) == Bytes{0x00, 0x01});
    CHECK(Read("0001", InputForm::binary) == Bytes{'0', '0', '0', '1'});
    // Digits of both are hexadecimal, unless base64 is asked for.
    CHECK(Read("abcd") == Bytes{0xab, 0xcd});
    CHECK(Read("abcd", InputForm::base64) == Bytes{0x69, 0xb7, 0x1d});
  });
}

TEST_CASE("Text that is neither says which character does not fit") {
  Case([] {
    CHECK(TroubleOf("0001zz05", InputForm::hex) ==
          "the input is not hexadecimal: byte 4 ('z') is not a hexadecimal digit");
    CHECK(TroubleOf("00010", InputForm::hex) ==
          "the input is not hexadecimal: the number of hexadecimal digits is odd");
    CHECK(TroubleOf("AA!A", InputForm::base64) ==
          "the input is not base64: byte 2 ('!') is not a digit of base64");
    CHECK(TroubleOf("AA=A", InputForm::base64) ==
          "the input is not base64: byte 3 ('A') is not expected after the padding");
    CHECK(TroubleOf("AAEAB", InputForm::base64) ==
          "the input is not base64: the last digits of base64 are incomplete");
    CHECK(TroubleOf("hello, world") ==
          "the input is text, but not hexadecimal (byte 0 ('h') is not a hexadecimal digit) and "
          "not base64 (byte 5 (',') is not a digit of base64)");
  });
}

TEST_CASE("Times and numbers are written as people read them") {
  Case([] {
    CHECK(DateOf(0) == "1970-01-01 00:00:00 UTC");
    CHECK(DateOf(1'800'000'000) == "2027-01-15 08:00:00 UTC");
    CHECK(DateOf(~std::uint64_t{0}) == "after the year 9999");
    CHECK(Grouped(999) == "999");
    CHECK(Grouped(1'234'567) == "1,234,567");
    CHECK(Count(1, "byte") == "1 byte");
    CHECK(Count(0, "byte") == "0 bytes");
    CHECK(TextOrHex(ToBytes("zoë"), 4) == "\"zoë\"");
    CHECK(TextOrHex(Bytes{1, 2, 3, 4, 5}, 4) == "01020304…");
  });
}

}  // namespace conclave::inspector
