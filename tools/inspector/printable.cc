#include "printable.h"

#include <algorithm>
#include <ctime>

#include "base/hex.h"
#include "base/overloaded.h"
#include "code_points.h"

namespace conclave::inspector {

namespace {

constexpr std::uint64_t kLastSecondOf9999 = 253'402'300'799;

struct Character {
  std::uint32_t value = 0;
  std::size_t size = 0;  // 0 if it is no UTF-8
};

Character FirstCharacter(BytesView bytes) {
  const std::uint8_t first = bytes.front();
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < size) return {};
  std::uint32_t value = first & (0x7fU >> size);
  for (const std::uint8_t next : bytes.subspan(1, size - 1)) {
    if ((next & 0xc0) != 0x80) return {};
    value = value << 6 | (next & 0x3fU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
  return value < kLeast[size] || is_surrogate || value > 0x10ffff ? Character{}
                                                                  : Character{value, size};
}

bool IsVisible(std::uint32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;
  struct Range {
    std::uint32_t first;
    std::uint32_t last;
  };
  // Soft hyphens, marks of zero width, line separators, the direction of writing, private use and
  // tags.
  constexpr Range kInvisible[] = {
      {0xad, 0xad},     {0x61c, 0x61c},   {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
      {0xe000, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0x10ffff}};
  return std::ranges::none_of(
      kInvisible, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

}  // namespace

std::optional<std::string> VisibleText(BytesView bytes) {
  if (bytes.empty()) return std::nullopt;
  for (BytesView rest = bytes; !rest.empty();) {
    const Character character = FirstCharacter(rest);
    if (character.size == 0 || !IsVisible(character.value)) return std::nullopt;
    rest = rest.subspan(character.size);
  }
  return std::string(bytes.begin(), bytes.end());
}

std::string TextOrHex(BytesView bytes, std::size_t most) {
  if (const auto text = VisibleText(bytes)) return "\"" + *text + "\"";
  if (bytes.size() <= most) return ToHex(bytes);
  return ToHex(bytes.first(most)) + "…";
}

std::string CredentialText(const Credential& credential) {
  return std::visit(
      Overloaded{[](const BasicCredential& basic) { return TextOrHex(basic.identity, 8); },
                 [](const X509Credential& x509) {
                   return "x509, " + Count(x509.certificates.size(), "certificate");
                 },
                 [](const CustomCredential& custom) {
                   const auto type = static_cast<std::uint16_t>(custom.credential_type);
                   return "credential " + CodeText(type, 2);
                 }},
      credential);
}

std::string DateOf(std::uint64_t seconds) {
  if (seconds > kLastSecondOf9999) return "after the year 9999";
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

std::string Grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string Count(std::uint64_t number, const char* what) {
  return Grouped(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace conclave::inspector
