// One call of the C API: what it was given is checked, and how it ended is said. conclave/c.h has
// the conventions; those of input are kept here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/c_types.h"
#include "conclave/result.h"

namespace conclave::capi {

// Convention 2: one enumerator for each. The switch lists all, or does not compile.
constexpr conclave_error ToC(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformed:
      return CONCLAVE_ERROR_MALFORMED;
    case ErrorKind::kNotAuthentic:
      return CONCLAVE_ERROR_NOT_AUTHENTIC;
    case ErrorKind::kWrongGroup:
      return CONCLAVE_ERROR_WRONG_GROUP;
    case ErrorKind::kEpochTooOld:
      return CONCLAVE_ERROR_EPOCH_TOO_OLD;
    case ErrorKind::kEpochInFuture:
      return CONCLAVE_ERROR_EPOCH_IN_FUTURE;
    case ErrorKind::kAlreadyUsed:
      return CONCLAVE_ERROR_ALREADY_USED;
    case ErrorKind::kInvalidProposal:
      return CONCLAVE_ERROR_INVALID_PROPOSAL;
    case ErrorKind::kInvalidCommit:
      return CONCLAVE_ERROR_INVALID_COMMIT;
    case ErrorKind::kUnsupported:
      return CONCLAVE_ERROR_UNSUPPORTED;
    case ErrorKind::kRejectedByPolicy:
      return CONCLAVE_ERROR_REJECTED_BY_POLICY;
    case ErrorKind::kNotMember:
      return CONCLAVE_ERROR_NOT_MEMBER;
    case ErrorKind::kMissing:
      return CONCLAVE_ERROR_MISSING;
    case ErrorKind::kCommitFirst:
      return CONCLAVE_ERROR_COMMIT_FIRST;
    case ErrorKind::kGroupClosed:
      return CONCLAVE_ERROR_GROUP_CLOSED;
    case ErrorKind::kUnavailable:
      return CONCLAVE_ERROR_UNAVAILABLE;
    case ErrorKind::kStorage:
      return CONCLAVE_ERROR_STORAGE;
    case ErrorKind::kCrypto:
      return CONCLAVE_ERROR_CRYPTO;
    case ErrorKind::kMisuse:
      return CONCLAVE_ERROR_MISUSE;
  }
  return CONCLAVE_ERROR_MISUSE;
}

inline constexpr int kLastError = CONCLAVE_ERROR_MISUSE;

// No byte string of MLS is longer (RFC 9420, section 2.1.2).
inline constexpr std::size_t kMaxInput = (std::size_t{1} << 30) - 1;

// No struct that a caller fills will grow to this: a larger `size` was never set.
inline constexpr std::size_t kMaxStruct = 4096;

// Sticky: after the first thing that is wrong, whatever else is read is of no use, and Failed()
// says what it was.
class Call {
 public:
  explicit Call(const char** detail = nullptr) : detail_(detail) {
    if (detail_ != nullptr) *detail_ = "";
  }

  bool ok() const { return !error_.has_value(); }

  void Require(bool holds, const char* why) {
    if (!holds && ok()) error_ = Error{ErrorKind::kMisuse, why};
  }

  // None of these may be NULL.
  template <class... Pointers>
  void Need(const Pointers&... pointers) {
    Require((... && (pointers != nullptr)), "argument: it may not be NULL");
  }

  BytesView Bytes(const std::uint8_t* data, std::size_t size) {
    Require(data != nullptr || size == 0, "argument: bytes are NULL and have a length");
    Require(size <= kMaxInput, "argument: longer than any byte string of MLS");
    return ok() ? BytesView(data, size) : BytesView();
  }
  BytesView Bytes(const conclave_bytes& bytes) { return Bytes(bytes.data, bytes.size); }

  template <class T>
  std::span<const T> Array(const T* items, std::size_t count) {
    Require(items != nullptr || count == 0, "argument: a list is NULL and has items");
    return ok() ? std::span<const T>(items, count) : std::span<const T>();
  }

  bool Flag(std::uint32_t flag) {
    Require(flag <= 1, "argument: a flag is neither 0 nor 1");
    return flag == 1;
  }

  // One of the enumerators from the first to the last.
  template <class Enum>
  Enum OneOf(std::uint32_t number, Enum first, Enum last) {
    const bool known =
        number >= static_cast<std::uint32_t>(first) && number <= static_cast<std::uint32_t>(last);
    Require(known, "argument: a number that is none of those listed");
    return known ? static_cast<Enum>(number) : first;
  }

  // A struct that begins with `size`, as this version knows it; or `absent`, if it is NULL. What a
  // later version has added has to be zero. (This is the first version of every such struct, so
  // none is shorter.)
  template <class T>
  T Filled(const T* given, const T& absent = {}) {
    static_assert(std::is_trivially_copyable_v<T> && offsetof(T, size) == 0);
    if (given == nullptr) return absent;
    Require(given->size >= sizeof(T) && given->size <= kMaxStruct,
            "argument: the size of a struct is not set");
    if (!ok()) return absent;
    const auto* bytes = reinterpret_cast<const unsigned char*>(given);
    const bool unknown = std::any_of(bytes + sizeof(T), bytes + given->size,
                                     [](unsigned char byte) { return byte != 0; });
    if (unknown) error_ = Error{ErrorKind::kUnsupported, "argument: a field of a later version"};
    return *given;
  }

  // How the call ends. Failed() is for one that is not ok().
  conclave_error Failed() { return Fail(*error_); }
  conclave_error Fail(const Error& error) {
    if (detail_ != nullptr) *detail_ = error.detail;
    return ToC(error.kind);
  }
  conclave_error End(const Result<void>& result) {
    return result.ok() ? CONCLAVE_OK : Fail(result.error());
  }
  conclave_error Show(const Result<conclave::Bytes>& result, conclave_view view, void* context) {
    if (!result.ok()) return Fail(result.error());
    view(context, result->data(), result->size());
    return CONCLAVE_OK;
  }

 private:
  const char** detail_;
  std::optional<Error> error_;
};

}  // namespace conclave::capi
