// What the public functions take and give: MLSMessages of one kind each (RFC 9420, section 6).
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "session/client_state.h"
#include "wire/parse.h"

namespace conclave {

Result<rfc9420::KeyPackage> ParseKeyPackageMessage(BytesView message) {
  CONCLAVE_ASSIGN_OR_RETURN(auto parsed, wire::Parse<rfc9420::MLSMessage>(message));
  auto* key_package = parsed.message.GetIf<rfc9420::KeyPackage>();
  CONCLAVE_RETURN_IF_ERROR(Rule("10:is-a-key-package", ErrorKind::kMisuse, key_package != nullptr));
  //= rfc9420#10
  //# If a client receives a KeyPackage carried within an MLSMessage object, then it MUST verify
  //# that the `version` field of the KeyPackage has the same value as the `version` field of the
  //# MLSMessage.
  CONCLAVE_RETURN_IF_ERROR(Rule("10:version-is-the-messages", ErrorKind::kMalformed,
                                key_package->version == parsed.version));
  return std::move(*key_package);
}

Result<rfc9420::GroupInfo> ParseGroupInfoMessage(BytesView message) {
  CONCLAVE_ASSIGN_OR_RETURN(auto parsed, wire::Parse<rfc9420::MLSMessage>(message));
  auto* info = parsed.message.GetIf<rfc9420::GroupInfo>();
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3:is-a-group-info", ErrorKind::kMisuse, info != nullptr));
  CONCLAVE_RETURN_IF_ERROR(Rule("6:group-info-version", ErrorKind::kUnsupported,
                                parsed.version == ProtocolVersion::mls10));
  return std::move(*info);
}

}  // namespace conclave
