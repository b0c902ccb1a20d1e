#include "conclave/result.h"

#include <cstdio>
#include <cstdlib>

namespace conclave {

const char* ErrorKindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformed:
      return "Malformed";
    case ErrorKind::kNotAuthentic:
      return "NotAuthentic";
    case ErrorKind::kWrongGroup:
      return "WrongGroup";
    case ErrorKind::kEpochTooOld:
      return "EpochTooOld";
    case ErrorKind::kEpochInFuture:
      return "EpochInFuture";
    case ErrorKind::kAlreadyUsed:
      return "AlreadyUsed";
    case ErrorKind::kInvalidProposal:
      return "InvalidProposal";
    case ErrorKind::kInvalidCommit:
      return "InvalidCommit";
    case ErrorKind::kUnsupported:
      return "Unsupported";
    case ErrorKind::kRejectedByPolicy:
      return "RejectedByPolicy";
    case ErrorKind::kNotMember:
      return "NotMember";
    case ErrorKind::kMissing:
      return "Missing";
    case ErrorKind::kCommitFirst:
      return "CommitFirst";
    case ErrorKind::kGroupClosed:
      return "GroupClosed";
    case ErrorKind::kUnavailable:
      return "Unavailable";
    case ErrorKind::kStorage:
      return "Storage";
    case ErrorKind::kCrypto:
      return "Crypto";
    case ErrorKind::kMisuse:
      return "Misuse";
  }
  return "Unknown";
}

namespace internal {

void AbortOnBadResultAccess(const Error* error) {
  // The one thing the library ever prints: value() was called without looking, so the program ends.
  if (error != nullptr) {
    std::fprintf(stderr, "conclave: value() of an error: %s: %s\n", ErrorKindName(error->kind),
                 error->detail);
  } else {
    std::fputs("conclave: error() of a value\n", stderr);
  }
  std::abort();
}

}  // namespace internal
}  // namespace conclave
