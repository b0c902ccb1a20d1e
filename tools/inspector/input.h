// Where an object comes from: a file or standard input, in binary, hexadecimal or base64.
#pragma once

#include <string>

#include "conclave/bytes.h"

namespace conclave::inspector {

enum class InputForm { automatic, binary, hex, base64 };

// The content of a file; of standard input for "-". Ends with Trouble if it cannot be read, or is
// empty or larger than kLargestInput.
inline constexpr std::size_t kLargestInput = std::size_t{256} << 20;
Bytes ReadInput(const std::string& path);

// The bytes that `content` stands for. Hexadecimal may have spaces, line breaks, colons and a
// leading 0x; base64, of either alphabet, spaces, line breaks and the lines around PEM. Text that
// is neither ends with Trouble that names the first character that does not fit.
Bytes BytesOf(const Bytes& content, InputForm form);

}  // namespace conclave::inspector
