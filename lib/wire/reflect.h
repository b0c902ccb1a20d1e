// The fields of an aggregate, in declaration order: what lets the codec read an RFC struct without
// the field list being written a second time.
//
// An aggregate's fields are counted by how many values of a convert-to-anything type can initialize
// it, and then bound by name. Wire structs are therefore plain aggregates: no constructors, no
// bases, no private members, no C arrays, no references, at most eight fields.
#pragma once

#include <cstddef>
#include <type_traits>

namespace conclave::wire {

namespace internal {

struct AnyField {
  template <class T>
  operator T() const noexcept;  // declared only; never called
};

template <class T, class... Found>
consteval std::size_t Arity() {
  if constexpr (requires { T{Found{}..., AnyField{}}; }) {
    return Arity<T, Found..., AnyField>();
  } else {
    return sizeof...(Found);
  }
}

}  // namespace internal

template <class T>
inline constexpr std::size_t kFieldCount = internal::Arity<std::remove_cvref_t<T>>();

// Calls `visit(field)` for each of the first `kCount` fields of `s`.
template <std::size_t kCount, class S, class Visit>
constexpr void ForFirstFields([[maybe_unused]] S& s, [[maybe_unused]] Visit visit) {
  constexpr std::size_t n = kFieldCount<S>;
  static_assert(n <= 8, "no RFC 9420 struct has more than eight fields");
  [[maybe_unused]] const auto each = [&visit](auto&... field) {
    std::ptrdiff_t left = kCount;
    ((left-- > 0 ? visit(field) : void()), ...);
  };
  if constexpr (n == 1) {
    auto& [a] = s;
    each(a);
  } else if constexpr (n == 2) {
    auto& [a, b] = s;
    each(a, b);
  } else if constexpr (n == 3) {
    auto& [a, b, c] = s;
    each(a, b, c);
  } else if constexpr (n == 4) {
    auto& [a, b, c, d] = s;
    each(a, b, c, d);
  } else if constexpr (n == 5) {
    auto& [a, b, c, d, e] = s;
    each(a, b, c, d, e);
  } else if constexpr (n == 6) {
    auto& [a, b, c, d, e, f] = s;
    each(a, b, c, d, e, f);
  } else if constexpr (n == 7) {
    auto& [a, b, c, d, e, f, g] = s;
    each(a, b, c, d, e, f, g);
  } else if constexpr (n == 8) {
    auto& [a, b, c, d, e, f, g, h] = s;
    each(a, b, c, d, e, f, g, h);
  }
}

template <class S, class Visit>
constexpr void ForEachField(S& s, Visit visit) {
  ForFirstFields<kFieldCount<S>>(s, visit);
}

}  // namespace conclave::wire
