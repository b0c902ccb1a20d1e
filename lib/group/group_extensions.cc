#include "group/group_extensions.h"

#include <algorithm>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "wire/parse.h"

namespace conclave {

bool HasNoDuplicates(const std::vector<Extension>& extensions) {
  std::vector<ExtensionType> types;
  types.reserve(extensions.size());
  for (const Extension& extension : extensions) types.push_back(extension.extension_type);
  std::ranges::sort(types);
  return std::ranges::adjacent_find(types) == types.end();
}

Result<void> CheckExtensionsSize(const Policy& policy, const std::vector<Extension>& extensions) {
  return Rule("12.1.7:extensions-within-limit", ErrorKind::kRejectedByPolicy,
              wire::Serialize(extensions).size() <= policy.max_extensions_size);
}

Result<GroupExtensions> ParseGroupExtensions(const std::vector<Extension>& extensions) {
  CONCLAVE_RETURN_IF_ERROR(
      Rule("13.4:context-extensions-once", ErrorKind::kInvalidCommit, HasNoDuplicates(extensions)));
  GroupExtensions parsed;
  const auto* required = rfc9420::FindExtension(extensions, ExtensionType::required_capabilities);
  if (required != nullptr) {
    auto decoded = wire::Parse<RequiredCapabilities>(required->extension_data);
    CONCLAVE_RETURN_IF_ERROR(
        RuleFrom("11.1:required-capabilities-decodes", ErrorKind::kInvalidCommit, decoded));
    parsed.required_capabilities = std::move(decoded).value();
  }
  const auto* senders = rfc9420::FindExtension(extensions, ExtensionType::external_senders);
  if (senders != nullptr) {
    auto decoded = wire::Parse<std::vector<rfc9420::ExternalSender>>(senders->extension_data);
    CONCLAVE_RETURN_IF_ERROR(
        RuleFrom("12.1.8.1:external-senders-decodes", ErrorKind::kInvalidCommit, decoded));
    parsed.external_senders = std::move(decoded).value();
  }
  return parsed;
}

}  // namespace conclave
