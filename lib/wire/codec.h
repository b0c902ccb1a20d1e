// Encode and Decode: one rung for each construct of the presentation language (RFC 9420,
// section 2.1).
//
// A struct whose shape depends on another struct provides Encode(Writer&, const T&) and
// Decode(Reader&, T&) of its own, found by overload resolution; see rfc9420/framing.cc.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/secret.h"
#include "wire/boxed.h"
#include "wire/reader.h"
#include "wire/reflect.h"
#include "wire/select.h"
#include "wire/writer.h"

namespace conclave::wire {

template <class T>
inline constexpr bool kIsSelect = false;
template <class Tag, class... Cases>
inline constexpr bool kIsSelect<Select<Tag, Cases...>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsBoxed = false;
template <class T>
inline constexpr bool kIsBoxed<Boxed<T>> = true;
template <class T>
inline constexpr bool kIsOpaqueArray = false;
template <std::size_t N>
inline constexpr bool kIsOpaqueArray<std::array<std::uint8_t, N>> = true;

// A struct that encodes itself: it has EncodeWire(W&, const T&) and DecodeWire(Reader&, T&) beside
// its definition, found by argument-dependent lookup.
template <class W, class T>
concept EncodesItself = requires(W& w, const T& v) { EncodeWire(w, v); };
template <class T>
concept DecodesItself = requires(Reader& r, T& v) { DecodeWire(r, v); };

template <class W, class T>
void Encode(W& w, const T& v) {
  if constexpr (EncodesItself<W, T>) {
    EncodeWire(w, v);
  } else if constexpr (std::unsigned_integral<T>) {
    w.Uint(v, sizeof(T));
  } else if constexpr (std::is_enum_v<T>) {
    Encode(w, static_cast<std::underlying_type_t<T>>(v));
  } else if constexpr (kIsOpaqueArray<T>) {
    w.Raw(v);
  } else if constexpr (std::same_as<T, Bytes>) {
    w.VectorOf(v);
  } else if constexpr (std::same_as<T, Secret>) {
    // Only SecretWriter and SizeCounter can do this.
    w.Vector([&] { w.RawSecret(v); });
  } else if constexpr (kIsVector<T>) {
    w.Vector([&] {
      for (const auto& item : v) Encode(w, item);
    });
  } else if constexpr (kIsOptional<T>) {
    w.Uint(v.has_value() ? 1 : 0, 1);
    if (v.has_value()) Encode(w, *v);
  } else if constexpr (kIsBoxed<T>) {
    Encode(w, *v);
  } else if constexpr (kIsSelect<T>) {
    EncodeSelect(w, v);
  } else {
    static_assert(std::is_aggregate_v<T>, "not an RFC 9420 wire type");
    ForEachField(v, [&w](const auto& field) { Encode(w, field); });
  }
}

template <class W, class Tag, class... Cases>
void EncodeSelect(W& w, const Select<Tag, Cases...>& v) {
  const auto one = [&]<class C>(std::type_identity<C>) {
    const auto* held = v.template GetIf<typename C::type>();
    if (held == nullptr) return;
    // The first field of an Otherwise alternative is the tag.
    if constexpr (!C::kIsOtherwise) Encode(w, C::tag);
    Encode(w, *held);
  };
  (one(std::type_identity<Cases>{}), ...);
}

template <class T>
void Decode(Reader& r, T& v);

template <class Tag, class... Cases>
void DecodeSelect(Reader& r, Select<Tag, Cases...>& v) {
  Tag tag{};
  Decode(r, tag);
  if (!r.ok()) return;
  bool done = false;
  const auto one = [&]<class C>(std::type_identity<C>) {
    using T = typename C::type;
    if (done) return;
    if constexpr (C::kIsOtherwise) {
      auto& made = v.value.template emplace<Stored<T>>();
      auto& [first, rest] = made;
      first = tag;
      Decode(r, rest);
      done = true;
    } else {
      if (tag != C::tag) return;
      done = true;
      if constexpr (kIsBoxed<Stored<T>>) {
        if (!r.Charge(sizeof(T))) return;
      }
      Decode(r, v.value.template emplace<Stored<T>>());
    }
  };
  (one(std::type_identity<Cases>{}), ...);
  if (!done) r.Fail();
}

template <class T>
void DecodeVector(Reader& r, std::vector<T>& v) {
  v.clear();
  r.Nested([&v](Reader& items) {
    while (items.ok() && !items.empty()) {
      if (!items.Charge(sizeof(T))) return;
      Decode(items, v.emplace_back());
    }
  });
}

template <class T>
void Decode(Reader& r, T& v) {
  if constexpr (DecodesItself<T>) {
    DecodeWire(r, v);
  } else if constexpr (std::unsigned_integral<T>) {
    v = static_cast<T>(r.Uint(sizeof(T)));
  } else if constexpr (std::is_enum_v<T>) {
    v = static_cast<T>(r.Uint(sizeof(T)));
  } else if constexpr (kIsOpaqueArray<T>) {
    const BytesView bytes = r.Raw(v.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) v[i] = bytes[i];
  } else if constexpr (std::same_as<T, Bytes>) {
    const BytesView bytes = r.Vector();
    v.assign(bytes.begin(), bytes.end());
  } else if constexpr (std::same_as<T, Secret>) {
    v = Secret::CopyOf(r.Vector());
  } else if constexpr (kIsVector<T>) {
    DecodeVector(r, v);
  } else if constexpr (kIsOptional<T>) {
    const std::uint64_t present = r.Uint(1);
    //= rfc9420#2.1.1
    //# When decoding, a presence octet with a value other than 0 or 1 MUST be rejected as
    //# malformed.
    if (present > 1) return r.Fail();
    if (present == 1) {
      Decode(r, v.emplace());
    } else {
      v.reset();
    }
  } else if constexpr (kIsBoxed<T>) {
    Decode(r, *v);
  } else if constexpr (kIsSelect<T>) {
    DecodeSelect(r, v);
  } else {
    static_assert(std::is_aggregate_v<T>, "not an RFC 9420 wire type");
    ForEachField(v, [&r](auto& field) { Decode(r, field); });
  }
}

// The fields of `v` but the last: what the RFC calls its TBS struct, where that is the struct
// without its signature.
template <class W, class T>
void EncodeTbs(W& w, const T& v) {
  ForFirstFields<kFieldCount<T> - 1>(v, [&w](const auto& field) { Encode(w, field); });
}

}  // namespace conclave::wire
