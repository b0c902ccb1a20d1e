#include "conclave/credential.h"

namespace conclave {

CredentialType TypeOf(const Credential& credential) {
  if (const auto* custom = std::get_if<CustomCredential>(&credential)) {
    return custom->credential_type;
  }
  return std::holds_alternative<BasicCredential>(credential) ? CredentialType::basic
                                                             : CredentialType::x509;
}

}  // namespace conclave
