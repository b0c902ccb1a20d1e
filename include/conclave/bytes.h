// Bytes that are not secret: owned (`Bytes`) and borrowed (`BytesView`).
//
// Everything that travels between clients is `Bytes`. Key material has a type of its own, `Secret`,
// in conclave/secret.h. A `BytesView` borrows: whoever passes one keeps the bytes alive until the
// call returns; the library never holds on to a view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace conclave {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;
using MutableBytesView = std::span<std::uint8_t>;

// The bytes of `text`, without a terminating zero. Borrows from `text`.
inline BytesView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A copy of `view` that owns its bytes.
inline Bytes ToBytes(BytesView view) { return {view.begin(), view.end()}; }
inline Bytes ToBytes(std::string_view text) { return ToBytes(AsBytes(text)); }

}  // namespace conclave
