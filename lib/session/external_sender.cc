#include "conclave/external_sender.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "framing/content_auth.h"
#include "framing/public_message.h"
#include "group/group_extensions.h"
#include "session/client_state.h"
#include "session/request.h"
#include "wire/parse.h"

namespace conclave {

Extension MakeExternalSenders(const std::vector<ExternalSenderEntry>& senders) {
  std::vector<rfc9420::ExternalSender> entries;
  entries.reserve(senders.size());
  for (const ExternalSenderEntry& sender : senders) {
    entries.push_back({sender.signature_key, {sender.credential}});
  }
  return {ExtensionType::external_senders, wire::Serialize(entries)};
}

Extension MakeRequiredCapabilities(const RequiredCapabilities& required) {
  return {ExtensionType::required_capabilities, wire::Serialize(required)};
}

namespace {

Result<rfc9420::Proposal> ToWire(const Suite& suite, const ExternalProposal& proposal) {
  using rfc9420::Proposal;
  using Made = Result<Proposal>;
  return std::visit(
      Overloaded{
          [](const ExternalAdd& add) -> Made {
            CONCLAVE_ASSIGN_OR_RETURN(auto key_package, ParseKeyPackageMessage(add.key_package));
            return Proposal::Of(rfc9420::Add{std::move(key_package)});
          },
          [](const ExternalRemove& remove) -> Made {
            return Proposal::Of(rfc9420::Remove{remove.leaf});
          },
          [&suite](const ProposedPsk& psk) -> Made {
            CONCLAVE_ASSIGN_OR_RETURN(auto id, NewPskId(suite, psk.psk));
            return Proposal::Of(rfc9420::PreSharedKey{std::move(id)});
          },
          [](const ProposedReInit& reinit) -> Made {
            return Proposal::Of(conclave::ToWire(reinit));
          },
          [](const ProposedExtensions& extensions) -> Made {
            return Proposal::Of(rfc9420::GroupContextExtensions{extensions.extensions});
          },
          [](const CustomProposal& custom) -> Made { return Proposal::Of(custom); },
      },
      proposal);
}

}  // namespace

Result<Bytes> ProposeExternally(const CryptoProvider& crypto, const Signer& signer,
                                std::uint32_t sender_index, BytesView group_info,
                                const ExternalProposal& proposal) {
  CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::GroupInfo info, ParseGroupInfoMessage(group_info));
  const rfc9420::GroupContext& context = info.group_context;
  CONCLAVE_ASSIGN_OR_RETURN(const Suite suite, FindSuite(context.cipher_suite, crypto));
  CONCLAVE_ASSIGN_OR_RETURN(const GroupExtensions extensions,
                            ParseGroupExtensions(context.extensions));
  const auto& senders = extensions.external_senders;
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.1.8.1:we-are-listed", ErrorKind::kMisuse,
           sender_index < senders.size() &&
               std::ranges::equal(senders[sender_index].signature_key, signer.public_key())));

  rfc9420::FramedContent content;
  content.group_id = context.group_id;
  content.epoch = context.epoch;
  content.sender = rfc9420::Sender::Of(rfc9420::ExternalSenderIndex{sender_index});
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::Proposal made, ToWire(suite, proposal));
  content.content = rfc9420::Content::Of(std::move(made));
  CONCLAVE_ASSIGN_OR_RETURN(
      rfc9420::AuthenticatedContent signed_content,
      SignContent(signer, rfc9420::WireFormat::mls_public_message, std::move(content), {}));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::PublicMessage message,
                            ProtectPublic(suite, std::move(signed_content), Secret{}, {}));
  return WrapMessage(std::move(message));
}

}  // namespace conclave
