// Findings: what somebody who looks at an object should know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace conclave::inspector {

enum class Severity : std::uint8_t {
  note,     // legal, and worth knowing: GREASE, something that could not be checked
  warning,  // fine when it was made: a lifetime that has ended
  error,    // against a rule of RFC 9420
};

struct Finding {
  Severity severity = Severity::note;
  std::string text = {};
  std::string rule = {};   // the library's id of the rule that is broken, or empty
  std::string field = {};  // "leaf_node.capabilities"; empty for the object as a whole
  std::size_t offset = 0;  // of the field
};

inline const char* NameOf(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

}  // namespace conclave::inspector
