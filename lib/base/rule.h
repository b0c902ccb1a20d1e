// Rule(): the one way in which the library checks what RFC 9420 demands of its input.
//
// Each rule stands once in the code and has an id of its own, "<RFC section>:<short-name>", which
// becomes the `detail` of the error: a log line names the rule that was broken. tools/rules.py
// lists the rules of the whole library from these calls and fails on an id that is used twice. A
// build with CONCLAVE_RULE_SWITCH can switch off any one rule, to show that some test notices.
#pragma once

#include "conclave/result.h"

namespace conclave {

#if defined(CONCLAVE_RULE_SWITCH)
// The id of the rule to leave unchecked, or null. Test builds only; not thread-safe.
extern const char* g_rule_switched_off;
bool IsSwitchedOff(const char* id);
#endif

[[nodiscard]] inline Result<void> Rule(const char* id, ErrorKind kind, bool holds) {
#if defined(CONCLAVE_RULE_SWITCH)
  if (IsSwitchedOff(id)) return {};
#endif
  if (holds) return {};
  return Error{kind, id};
}

// A rule that another function has judged (a signature, a decoder): its failure becomes this
// rule's. Failures of the embedder's components keep their own kind.
template <class T>
[[nodiscard]] Result<void> RuleFrom(const char* id, ErrorKind kind, const Result<T>& judged) {
  if (!judged.ok()) {
    switch (judged.error().kind) {
      case ErrorKind::kCrypto:
      case ErrorKind::kStorage:
      case ErrorKind::kUnavailable:
      case ErrorKind::kUnsupported:
        return judged.error();
      default:
        break;
    }
  }
  return Rule(id, kind, judged.ok());
}

}  // namespace conclave
