// Those outside a group who make proposals to it (RFC 9420, section 12.1.8).
#include <algorithm>
#include <utility>

#include "base/result_macros.h"
#include "crypto/cipher_suite.h"
#include "group/group_info.h"
#include "interop/grpc_client/mls_client.h"
#include "rfc9420/extensions.h"
#include "session/client_state.h"
#include "wire/parse.h"

namespace conclave::interop {

namespace {

Result<std::vector<rfc9420::ExternalSender>> SendersIn(const std::vector<Extension>& extensions) {
  const Extension* listed = rfc9420::FindExtension(extensions, ExtensionType::external_senders);
  if (listed == nullptr) return std::vector<rfc9420::ExternalSender>();
  return wire::Parse<std::vector<rfc9420::ExternalSender>>(listed->extension_data);
}

// Who goes by `identity` in the group of a GroupInfo.
Result<LeafIndex> FindLeafOf(const Suite& suite, const rfc9420::GroupInfo& info,
                             BytesView ratchet_tree, const Bytes& identity) {
  const Policy limits;
  CONCLAVE_ASSIGN_OR_RETURN(
      const RatchetTree tree,
      TreeOf(suite, info, ratchet_tree, limits.max_message_size, limits.max_group_size));
  for (auto leaf = tree.NextMember({0}); leaf.has_value();
       leaf = tree.NextMember({leaf->value + 1})) {
    if (tree.leaf(*leaf)->credential() == Credential(BasicCredential{identity})) return *leaf;
  }
  return Error{ErrorKind::kMisuse, "interop: no such member"};
}

Result<ExternalProposal> Described(const Suite& suite, const rfc9420::GroupInfo& info,
                                   BytesView ratchet_tree, const ProposalDescription& description) {
  using Made = Result<ExternalProposal>;
  const std::string& type = description.proposal_type;
  if (type == "add") return Made(ExternalAdd{description.key_package});
  if (type == "remove") {
    CONCLAVE_ASSIGN_OR_RETURN(const LeafIndex leaf,
                              FindLeafOf(suite, info, ratchet_tree, description.removed_id));
    return Made(ExternalRemove{leaf});
  }
  if (type == "externalPSK") return Made(ProposedPsk{ExternalPskId{description.psk_id}});
  if (type == "resumptionPSK") {
    return Made(ProposedPsk{ResumptionPskId{info.group_context.group_id, description.epoch_id}});
  }
  if (type == "groupContextExtensions") return Made(ProposedExtensions{description.extensions});
  if (type == "reinit") {
    return Made(ProposedReInit{.group_id = description.group_id,
                               .cipher_suite = description.cipher_suite,
                               .extensions = description.extensions});
  }
  return Error{ErrorKind::kUnsupported, "interop: no such proposal from outside"};
}

}  // namespace

Result<MadeKeyPackage> MlsClient::NewMemberAddProposal(BytesView group_info, BytesView identity) {
  CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::GroupInfo info, ParseGroupInfoMessage(group_info));
  CONCLAVE_ASSIGN_OR_RETURN(
      std::shared_ptr<Party> party,
      Party::Create(surroundings(), info.group_context.cipher_suite, identity));
  CONCLAVE_ASSIGN_OR_RETURN(const Bytes key_package, party->client().NewKeyPackage());
  CONCLAVE_ASSIGN_OR_RETURN(Bytes proposal,
                            RequestToJoin(party->client(), group_info, key_package));
  return KeepKeyPackage(std::move(party), key_package, std::move(proposal));
}

Result<MadeExternalSigner> MlsClient::CreateExternalSigner(CipherSuite suite, BytesView identity) {
  CONCLAVE_ASSIGN_OR_RETURN(const Suite found, FindSuite(suite, crypto_));
  CONCLAVE_ASSIGN_OR_RETURN(SoftwareSigner signer,
                            SoftwareSigner::Generate(crypto_, found.signature()));
  const Credential credential = BasicCredential{ToBytes(identity)};
  Bytes sender = wire::Serialize(
      rfc9420::ExternalSender{ToBytes(signer.public_key()), rfc9420::Credential{credential}});
  CONCLAVE_ASSIGN_OR_RETURN(const std::uint32_t id, NextId());
  signers_.emplace(id, std::move(signer));
  return MadeExternalSigner{id, std::move(sender)};
}

Result<Bytes> MlsClient::AddExternalSigner(std::uint32_t state_id, BytesView external_sender) {
  CONCLAVE_ASSIGN_OR_RETURN(State * state, FindState(state_id));
  std::vector<Extension> extensions = state->session.extensions();
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<rfc9420::ExternalSender> senders, SendersIn(extensions));
  CONCLAVE_ASSIGN_OR_RETURN(rfc9420::ExternalSender sender,
                            wire::Parse<rfc9420::ExternalSender>(external_sender));
  senders.push_back(std::move(sender));
  std::erase_if(extensions, [](const Extension& extension) {
    return extension.extension_type == ExtensionType::external_senders;
  });
  extensions.push_back({ExtensionType::external_senders, wire::Serialize(senders)});
  return Propose(*state, ProposeExtensions(state->session, extensions));
}

Result<Bytes> MlsClient::ExternalSignerProposal(std::uint32_t signer_id, BytesView group_info,
                                                BytesView ratchet_tree,
                                                const ProposalDescription& description) {
  const auto signer = signers_.find(signer_id);
  if (signer == signers_.end()) return Error{ErrorKind::kMisuse, "interop: no such id"};
  CONCLAVE_ASSIGN_OR_RETURN(const rfc9420::GroupInfo info, ParseGroupInfoMessage(group_info));
  CONCLAVE_ASSIGN_OR_RETURN(const std::vector<rfc9420::ExternalSender> senders,
                            SendersIn(info.group_context.extensions));
  // The harness does not say where in the list we are: whoever has our key is us.
  const auto self = std::ranges::find_if(senders, [&](const rfc9420::ExternalSender& sender) {
    return std::ranges::equal(sender.signature_key, signer->second.public_key());
  });
  const auto index = static_cast<std::uint32_t>(self - senders.begin());
  CONCLAVE_ASSIGN_OR_RETURN(const Suite suite, FindSuite(info.group_context.cipher_suite, crypto_));
  CONCLAVE_ASSIGN_OR_RETURN(const ExternalProposal proposal,
                            Described(suite, info, ratchet_tree, description));
  return ProposeExternally(crypto_, signer->second, index, group_info, proposal);
}

}  // namespace conclave::interop
