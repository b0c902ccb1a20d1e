// Boxed<T>: a T on the heap that behaves like a T. Keeps a large alternative of a Select from
// making every element of a list large.
#pragma once

#include <concepts>
#include <memory>
#include <utility>

namespace conclave::wire {

template <class T>
class Boxed {
 public:
  using value_type = T;

  Boxed() : value_(std::make_unique<T>()) {}
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT: implicit
  Boxed(const Boxed& other) : value_(std::make_unique<T>(*other.value_)) {}
  Boxed& operator=(const Boxed& other) {
    if (this != &other) value_ = std::make_unique<T>(*other.value_);
    return *this;
  }
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }

  bool operator==(const Boxed& other) const
    requires(std::equality_comparable<T>)
  {
    return *value_ == *other.value_;
  }

 private:
  std::unique_ptr<T> value_;  // null only when moved from
};

}  // namespace conclave::wire
