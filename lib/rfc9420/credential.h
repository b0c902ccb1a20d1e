// RFC 9420, section 5.3: Credential. The alternatives are the public ones of conclave/credential.h,
// so `.value` of this Select is the public Credential.
#pragma once

#include "conclave/credential.h"
#include "wire/select.h"

namespace conclave::rfc9420 {

using Credential = wire::Select<CredentialType, wire::Case<CredentialType::basic, BasicCredential>,
                                wire::Case<CredentialType::x509, X509Credential>,
                                wire::Otherwise<CustomCredential>>;

}  // namespace conclave::rfc9420
