// What an object says, as a tree of fields that text and JSON are made from: one Node for each
// field of a struct and each element of a list, in the order of their bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conclave/bytes.h"

namespace conclave::inspector {

enum class Kind : std::uint8_t {
  structure,
  list,
  number,
  code_point,
  bytes,
  secret,  // never shown; `size` is its size
  absent,  // an optional that is not there
};

// What follows from the object and does not stand in it: a hash, a number, or whether a signature
// is valid.
struct Computed {
  const char* name = "";
  // Nothing: it cannot be found out from the object, and `note` says why.
  std::variant<std::monostate, bool, std::uint64_t, Bytes> value;
  std::string note = {};
};

struct Node {
  const char* name = "";  // the RFC's; of an element of a list, none
  const char* type = "";  // the RFC's
  const char* noun = "";  // of a code point: what its type is called in a sentence
  Kind kind = Kind::structure;
  bool is_named = false;     // of a code point: RFC 9420 has a name for it
  bool is_decoded = false;   // of bytes: the next sibling shows what is in them
  std::uint8_t width = 0;    // of a number or a code point, in bytes
  std::uint64_t number = 0;  // of a number or a code point
  std::string meaning = {};  // the name of a code point, the date of a time
  Bytes bytes = {};          // of bytes
  std::size_t offset = 0;    // of the field's first byte in the object
  std::size_t size = 0;      // in bytes, with the header of a vector; of a secret without
  std::vector<Node> children = {};
  std::vector<Computed> computed = {};

  // The field of that name. Ends the program if there is none.
  Node& at(std::string_view field);
  // The same, or null.
  Node* Find(std::string_view field);
};

bool IsScalar(const Node& node);

}  // namespace conclave::inspector
