#include "diagnosis.h"

#include <utility>

#include "code_points.h"
#include "printable.h"
#include "wire/writer.h"

namespace conclave::inspector {

namespace {

Failure Because(std::string reason, const char* section) {
  Failure failure;
  failure.reason = std::move(reason);
  failure.section = section;
  return failure;
}

std::string Remaining(std::size_t size) {
  if (size == 0) return "and nothing is left";
  return "and " + Count(size, "byte") + (size == 1 ? " is left" : " are left");
}

}  // namespace

std::string TextOf(const Failure& failure) {
  std::string text = "at byte " + std::to_string(failure.offset);
  if (!failure.field.empty()) text += ", in " + failure.field;
  return text + ": " + failure.reason + " (RFC 9420, section " + failure.section + ")";
}

Failure DiagnoseVector(BytesView rest) {
  constexpr const char* kSection = "2.1.2";
  if (rest.empty()) return Because("a vector is expected, " + Remaining(0), kSection);
  const unsigned prefix = rest[0] >> 6;
  if (prefix == 3) {
    return Because("the size of a vector begins with the bits 11 (" + CodeText(rest[0], 1) + ")",
                   kSection);
  }
  const std::size_t header = std::size_t{1} << prefix;
  if (rest.size() < header) {
    return Because(
        "the size of a vector takes " + Count(header, "byte") + ", " + Remaining(rest.size()),
        kSection);
  }
  std::size_t size = rest[0] & 0x3f;
  for (const std::uint8_t byte : rest.subspan(1, header - 1)) size = size << 8 | byte;
  if (wire::VarIntSize(size) != header) {
    return Because("the size of a vector, " + std::to_string(size) + ", is written in " +
                       Count(header, "byte") + " instead of " +
                       std::to_string(wire::VarIntSize(size)),
                   kSection);
  }
  return Because(
      "a vector announces " + Count(size, "byte") + ", " + Remaining(rest.size() - header),
      kSection);
}

Failure DiagnoseFixed(BytesView rest, std::size_t size) {
  return Because(
      Count(size, "byte") + (size == 1 ? " is" : " are") + " expected, " + Remaining(rest.size()),
      "2.1");
}

Failure DiagnosePresence(BytesView rest) {
  if (rest.empty()) return DiagnoseFixed(rest, 1);
  return Because("a presence octet is " + CodeText(rest[0], 1) + ", neither 0 nor 1", "2.1.1");
}

}  // namespace conclave::inspector
