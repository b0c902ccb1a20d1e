// ECDSA's malleability (security of the transcript against whoever turns a signature around).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "base/hex.h"
#include "hostile/forge.h"

namespace conclave::testing {

namespace {

// The orders of P-256, P-521 and P-384.
Bytes OrderFor(CipherSuite suite) {
  switch (static_cast<std::uint16_t>(suite)) {
    case 2:
      return *FromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    case 5:
      return *FromHex(
          "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
          "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409");
    case 7:
      return *FromHex(
          "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
          "581a0db248b0a77aecec196accc52973");
    default:
      FAIL("a suite without ECDSA");
      return {};
  }
}

// The INTEGER at `at` in a DER signature, which moves behind it.
Bytes ReadInteger(BytesView der, std::size_t& at) {
  REQUIRE(der[at] == 2);
  const std::size_t size = der[at + 1];
  Bytes value = ToBytes(der.subspan(at + 2, size));
  at += 2 + size;
  return value;
}

Bytes WriteInteger(Bytes value) {
  while (value.size() > 1 && value[0] == 0 && value[1] < 0x80) value.erase(value.begin());
  if (value[0] >= 0x80) value.insert(value.begin(), 0);
  Bytes der = {2, static_cast<std::uint8_t>(value.size())};
  der.insert(der.end(), value.begin(), value.end());
  return der;
}

Bytes Subtract(Bytes from, Bytes what) {
  while (what.size() > from.size()) what.erase(what.begin());
  what.insert(what.begin(), from.size() - what.size(), 0);
  int borrow = 0;
  for (std::size_t i = from.size(); i-- > 0;) {
    const int digit = from[i] - what[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    from[i] = static_cast<std::uint8_t>(digit + 256 * borrow);
  }
  return from;
}

}  // namespace

Bytes TurnedAround(CipherSuite suite, BytesView signature) {
  std::size_t at = signature[1] == 0x81 ? 3 : 2;
  const Bytes r = ReadInteger(signature, at);
  const Bytes s = ReadInteger(signature, at);
  Bytes body = WriteInteger(r);
  const Bytes turned = WriteInteger(Subtract(OrderFor(suite), s));
  body.insert(body.end(), turned.begin(), turned.end());
  Bytes der = {0x30};
  if (body.size() >= 0x80) der.push_back(0x81);
  der.push_back(static_cast<std::uint8_t>(body.size()));
  der.insert(der.end(), body.begin(), body.end());
  return der;
}

}  // namespace conclave::testing
