// Result<T>: a value, or the reason there is none.
//
// The library throws nothing. Every function that can fail on its input returns a Result, and an
// Error says two things: `kind`, which tells the caller what to do next, and `detail`, a static
// string for logs that names the rule that was broken. `detail` is never a secret, never stable and
// never to be parsed. Whenever a member function returns an error, its object is exactly as it was.
//
// Result is a subset of std::expected and will become it in C++23. value() aborts on an error: fine
// in an example or a test, nowhere else.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include "conclave/export.h"

namespace conclave {

// What the caller should do. The numbers are the C API's too; they are only ever appended to.
enum class ErrorKind : std::uint8_t {
  kMalformed = 1,          // drop the message
  kNotAuthentic = 2,       // drop and count: a bad signature, tag, MAC or decryption
  kWrongGroup = 3,         // route it elsewhere
  kEpochTooOld = 4,        // drop
  kEpochInFuture = 5,      // keep it until the missing commit arrives
  kAlreadyUsed = 6,        // drop: this generation's key is gone (a replay, or beyond the window)
  kInvalidProposal = 7,    // report the committer
  kInvalidCommit = 8,      // report the committer
  kUnsupported = 9,        // update the application
  kRejectedByPolicy = 10,  // the application's own verifier or policy said no
  kNotMember = 11,         // we were removed, or never joined
  kMissing = 12,           // fetch what it names, then give the same bytes again
  kCommitFirst = 13,       // commit, then try again
  kGroupClosed = 14,       // go to the successor: the group was re-initialised
  kUnavailable = 15,       // retry: the application's verifier could not say yet
  kStorage = 16,           // retry, or surface: the embedder's storage failed
  kCrypto = 17,            // retry, or surface: the embedder's crypto provider failed
  kMisuse = 18,            // fix the calling code
};

// The enumerator's name without its `k`, for logs: "NotAuthentic". Static storage.
[[nodiscard]] CONCLAVE_EXPORT const char* ErrorKindName(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kMisuse;
  const char* detail = "";  // static storage; for logs
};

namespace internal {
[[noreturn]] CONCLAVE_EXPORT void AbortOnBadResultAccess(const Error* error);
}  // namespace internal

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<1>, std::move(value)) {}  // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<0>, error) {}         // NOLINT: implicit
  Result(ErrorKind kind, const char* detail) : Result(Error{kind, detail}) {}

  bool ok() const { return state_.index() == 1; }
  explicit operator bool() const { return ok(); }

  // The error; abort if there is none.
  const Error& error() const {
    if (ok()) internal::AbortOnBadResultAccess(nullptr);
    return *std::get_if<0>(&state_);
  }

  // The value; abort if there is none.
  T& value() & { return Get(); }
  const T& value() const& { return const_cast<Result*>(this)->Get(); }
  T&& value() && { return std::move(Get()); }

  T& operator*() & { return Get(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(Get()); }
  T* operator->() { return &Get(); }
  const T* operator->() const { return &value(); }

 private:
  T& Get() {
    if (!ok()) internal::AbortOnBadResultAccess(std::get_if<0>(&state_));
    return *std::get_if<1>(&state_);
  }

  std::variant<Error, T> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(error), ok_(false) {}  // NOLINT: implicit
  Result(ErrorKind kind, const char* detail) : Result(Error{kind, detail}) {}

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }

  const Error& error() const {
    if (ok_) internal::AbortOnBadResultAccess(nullptr);
    return error_;
  }

  void value() const {
    if (!ok_) internal::AbortOnBadResultAccess(&error_);
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace conclave
