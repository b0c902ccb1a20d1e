#include "input.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string_view>
#include <variant>

#include "trouble.h"

namespace conclave::inspector {

namespace {

// Where text stops being what it is taken for, and how.
struct Misfit {
  std::string what;
};
using Decoded = std::variant<Bytes, Misfit>;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool IsText(std::string_view content) {
  return std::ranges::all_of(content, [](char c) { return IsSpace(c) || (c >= 0x20 && c < 0x7f); });
}

Misfit At(std::size_t offset, char c, const char* what) {
  return {"byte " + std::to_string(offset) + " ('" + c + "') is not " + what};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Decoded FromHexText(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && IsSpace(text[at])) ++at;
  if (text.substr(at, 2) == "0x" || text.substr(at, 2) == "0X") at += 2;
  Bytes bytes;
  bool is_half = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (IsSpace(c) || c == ':') continue;
    const int digit = HexDigit(c);
    if (digit < 0) return At(at, c, "a hexadecimal digit");
    if (is_half) {
      bytes.back() = static_cast<std::uint8_t>(bytes.back() << 4 | digit);
    } else {
      bytes.push_back(static_cast<std::uint8_t>(digit));
    }
    is_half = !is_half;
  }
  if (is_half) return Misfit{"the number of hexadecimal digits is odd"};
  return bytes;
}

int Base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

Decoded FromBase64Text(std::string_view text) {
  Bytes bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;  // of bits
  bool is_over = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    if (begins_line && text.substr(at).starts_with("-----")) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (IsSpace(c)) continue;
    if (c == '=') {
      is_over = true;
      continue;
    }
    const int digit = Base64Digit(c);
    if (digit < 0) return At(at, c, "a digit of base64");
    if (is_over) return At(at, c, "expected after the padding");
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> count));
      bits &= (1U << count) - 1;
    }
  }
  if (count == 6 || bits != 0) return Misfit{"the last digits of base64 are incomplete"};
  return bytes;
}

Bytes OrTrouble(Decoded decoded, const std::string& form) {
  if (const auto* misfit = std::get_if<Misfit>(&decoded)) {
    throw Trouble(Exit::no_input, "the input is not " + form + ": " + misfit->what);
  }
  return std::get<Bytes>(std::move(decoded));
}

// Text of either form. Digits that could be both are hexadecimal.
Bytes FromAnyText(std::string_view text) {
  Decoded hex = FromHexText(text);
  if (auto* bytes = std::get_if<Bytes>(&hex)) return std::move(*bytes);
  Decoded base64 = FromBase64Text(text);
  if (auto* bytes = std::get_if<Bytes>(&base64)) return std::move(*bytes);
  throw Trouble(Exit::no_input, "the input is text, but not hexadecimal (" +
                                    std::get<Misfit>(hex).what + ") and not base64 (" +
                                    std::get<Misfit>(base64).what + ")");
}

Bytes ReadStream(std::istream& stream) {
  Bytes content;
  char block[65536];
  while (stream.read(block, sizeof block), stream.gcount() > 0) {
    content.insert(content.end(), block, block + stream.gcount());
    if (content.size() > kLargestInput) {
      throw Trouble(Exit::no_input, "the input is larger than 256 MiB");
    }
  }
  if (stream.bad()) throw Trouble(Exit::no_input, "reading failed");
  return content;
}

}  // namespace

Bytes ReadInput(const std::string& path) {
  Bytes content;
  if (path == "-") {
    content = ReadStream(std::cin);
  } else {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
      throw Trouble(Exit::no_input, "it is a directory");
    }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw Trouble(Exit::no_input, "the file cannot be opened");
    content = ReadStream(stream);
  }
  if (content.empty()) throw Trouble(Exit::no_input, "the input is empty");
  return content;
}

Bytes BytesOf(const Bytes& content, InputForm form) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  switch (form) {
    case InputForm::binary:
      return content;
    case InputForm::hex:
      return OrTrouble(FromHexText(text), "hexadecimal");
    case InputForm::base64:
      return OrTrouble(FromBase64Text(text), "base64");
    case InputForm::automatic:
      break;
  }
  return IsText(text) ? FromAnyText(text) : content;
}

}  // namespace conclave::inspector
