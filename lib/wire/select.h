// Select<Tag, Case<tag, T>...>: the RFC's `select (tag) { case tag: T; ... }`, tag included.
//
// The alternative that is held decides the tag, so the two cannot disagree. The alternatives of one
// Select are distinct types; distinct empty structs name the empty cases. A last alternative
// Otherwise<T> takes every tag that no case names; the first field of T is then the tag itself.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include "wire/boxed.h"

namespace conclave::wire {

template <auto kTag, class T>
struct Case {
  using type = T;
  static constexpr bool kIsOtherwise = false;
  static constexpr auto tag = kTag;
};

template <class T>
struct Otherwise {
  using type = T;
  static constexpr bool kIsOtherwise = true;
};

// A large alternative is kept in a box, a small one in place.
inline constexpr std::size_t kLargestInPlace = 56;
template <class T>
using Stored = std::conditional_t<(sizeof(T) > kLargestInPlace), Boxed<T>, T>;

template <class Tag, class... Cases>
struct Select {
  using TagType = Tag;
  std::variant<Stored<typename Cases::type>...> value;

  // Holds an alternative by its own type, boxed or not.
  template <class T>
  static Select Of(T alternative) {
    Select made;
    made.value.template emplace<Stored<T>>(std::move(alternative));
    return made;
  }

  Tag tag() const {
    Tag found{};
    std::size_t index = 0;
    ((index++ == value.index() ? void(found = TagOf<Cases>()) : void()), ...);
    return found;
  }

  template <class T>
  bool Is() const {
    return std::holds_alternative<Stored<T>>(value);
  }

  // The alternative T, or null if another one is held.
  template <class T>
  const T* GetIf() const {
    const auto* stored = std::get_if<Stored<T>>(&value);
    if (stored == nullptr) return nullptr;
    if constexpr (std::is_same_v<Stored<T>, T>) {
      return stored;
    } else {
      return &**stored;
    }
  }
  template <class T>
  T* GetIf() {
    return const_cast<T*>(std::as_const(*this).template GetIf<T>());
  }

  bool operator==(const Select& other) const
    requires(std::equality_comparable<Stored<typename Cases::type>> && ...)
  {
    return value == other.value;
  }

 private:
  template <class C>
  Tag TagOf() const {
    if constexpr (C::kIsOtherwise) {
      const auto* other = GetIf<typename C::type>();
      if (other == nullptr) return Tag{};
      const auto& [tag, data] = *other;
      return tag;
    } else {
      return C::tag;
    }
  }
};

}  // namespace conclave::wire
