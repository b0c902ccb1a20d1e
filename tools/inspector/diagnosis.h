// Why bytes do not decode: where, in which field, and against which rule (RFC 9420, section 2.1).
#pragma once

#include <cstddef>
#include <string>

#include "conclave/bytes.h"

namespace conclave::inspector {

struct Failure {
  std::size_t offset = 0;
  std::string field = {};  // "leaf_node.capabilities.versions"; empty for the object as a whole
  std::string reason = {};
  const char* section = "2.1";  // of RFC 9420
};

// "at byte 71, in leaf_node.capabilities.versions: … (RFC 9420, section 2.1.2)"
std::string TextOf(const Failure& failure);

// What was to be read, and what is there instead. `rest` begins with the field.
Failure DiagnoseVector(BytesView rest);
Failure DiagnoseFixed(BytesView rest, std::size_t size);
Failure DiagnosePresence(BytesView rest);

}  // namespace conclave::inspector
