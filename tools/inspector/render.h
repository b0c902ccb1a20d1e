// Objects as text, in the manner of `openssl x509 -text`, and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "object.h"
#include "paint.h"

namespace conclave::inspector {

struct TextOptions {
  bool is_full = false;      // long byte strings to their end, and every finding
  bool has_offsets = false;  // each line begins with the offset of what it shows
  bool has_colours = false;
};
std::string RenderText(const Object& object, const TextOptions& options);

// Fields in the RFC's order and under its names: opaque strings in hexadecimal, numbers as numbers,
// a code point as {"code", "name"}, an absent optional as null, a secret as {"secret", "size"}.
// What is computed is in "computed", beside the fields.
nlohmann::ordered_json RenderJson(const Object& object);

}  // namespace conclave::inspector
