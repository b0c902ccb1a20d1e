// Included by every test before everything else: a failed assertion prints bytes as hexadecimal
// digits. (As the characters they would be otherwise, they can be terminal controls.)
#pragma once

#include <catch2/catch_tostring.hpp>
#include <string>

#include "base/hex.h"

template <>
struct Catch::StringMaker<conclave::Bytes> {
  static std::string convert(const conclave::Bytes& bytes) { return conclave::ToHex(bytes); }
};
