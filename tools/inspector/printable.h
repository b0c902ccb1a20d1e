// Bytes, times and numbers as people read them. What comes out is safe to print on a terminal,
// whatever went in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "conclave/bytes.h"
#include "conclave/credential.h"

namespace conclave::inspector {

// The bytes as text, if they are UTF-8 of visible characters and there are any. Nothing that moves
// a cursor or turns the direction of writing is visible.
std::optional<std::string> VisibleText(BytesView bytes);

// `"text"`, or else the hexadecimal digits of the first `most` bytes, with an ellipsis if there are
// more.
std::string TextOrHex(BytesView bytes, std::size_t most);

// Whom a credential names: the identity of a basic one, what there is of others.
std::string CredentialText(const Credential& credential);

// "2027-01-15 08:00:00 UTC"; a time after the year 9999 is said to be that.
std::string DateOf(std::uint64_t seconds);

// "1,234 bytes", "1 byte".
std::string Grouped(std::uint64_t number);
std::string Count(std::uint64_t number, const char* what);

}  // namespace conclave::inspector
