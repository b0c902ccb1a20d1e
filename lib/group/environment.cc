#include "group/environment.h"

#include "base/result_macros.h"
#include "base/rule.h"

namespace conclave {

Result<void> AskVerifier(const Environment& environment, CredentialMoment moment,
                         BytesView group_id, const Credential& credential, BytesView signature_key,
                         const Credential* replaces) {
  const CredentialAnswer answer = environment.verifier.Verify({.moment = moment,
                                                               .group_id = group_id,
                                                               .credential = &credential,
                                                               .signature_key = signature_key,
                                                               .replaces = replaces,
                                                               .now = environment.now});
  CONCLAVE_RETURN_IF_ERROR(Rule("5.3.1:verifier-can-say", ErrorKind::kUnavailable,
                                answer != CredentialAnswer::unavailable));
  //= rfc9420#5.3.1
  //# Whenever a new credential is introduced in the group, it MUST be validated with the AS.
  //= rfc9420#5.3.1
  //# In cases where a member's credential is being replaced, such as the Update and Commit cases
  //# above, the AS MUST also verify that the set of presented identifiers in the new credential is
  //# valid as a successor to the set of presented identifiers in the old credential, according to
  //# the application's policy.
  return Rule("5.3.1:verifier-accepts", ErrorKind::kRejectedByPolicy,
              answer == CredentialAnswer::accept);
}

Result<void> AskAboutSuccessor(const Environment& environment, CredentialMoment moment,
                               BytesView group_id, const Vouched& now, const Vouched& before) {
  if (now.credential == before.credential &&
      ConstantTimeEquals(now.signature_key, before.signature_key)) {
    return {};
  }
  return AskVerifier(environment, moment, group_id, now.credential, now.signature_key,
                     &before.credential);
}

}  // namespace conclave
