// Colours, for terminals only.
#pragma once

#include <cstdint>
#include <string>

namespace conclave::inspector {

enum class Colour : std::uint8_t { plain, name, dim, good, bad, warning, mark };

class Paint {
 public:
  explicit Paint(bool is_on) : is_on_(is_on) {}

  std::string operator()(Colour colour, const std::string& text) const {
    if (!is_on_ || colour == Colour::plain || text.empty()) return text;
    return std::string(CodeOf(colour)) + text + "\033[0m";
  }

 private:
  static const char* CodeOf(Colour colour) {
    switch (colour) {
      case Colour::plain:
        break;
      case Colour::name:
        return "\033[36m";
      case Colour::dim:
        return "\033[2m";
      case Colour::good:
        return "\033[32m";
      case Colour::bad:
        return "\033[1;31m";
      case Colour::warning:
        return "\033[33m";
      case Colour::mark:
        return "\033[35m";
    }
    return "";
  }

  bool is_on_;
};

}  // namespace conclave::inspector
