#include "group/group_info.h"

#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "group/group_extensions.h"
#include "group/own_leaf.h"
#include "labeled/labeled.h"
#include "rfc9420/extensions.h"
#include "rfc9420/labels.h"
#include "schedule/key_schedule.h"
#include "tree/tree_rules.h"
#include "wire/parse.h"

namespace conclave {

Result<rfc9420::GroupInfo> MakeGroupInfo(const EpochState& epoch,
                                         const GroupInfoContents& contents) {
  const PublicGroup& group = epoch.group;
  rfc9420::GroupInfo info;
  info.group_context = group.context();
  info.confirmation_tag = group.confirmation_tag();
  info.signer = epoch.own_leaf();
  info.extensions = contents.extensions;
  if (contents.external_pub) {
    CONCLAVE_ASSIGN_OR_RETURN(KeyPair external,
                              DeriveExternalKeyPair(group.suite(), epoch.secrets.external_secret));
    info.extensions.push_back({ExtensionType::external_pub, wire::Serialize(rfc9420::ExternalPub{
                                                                std::move(external.public_key)})});
  }
  if (contents.ratchet_tree) {
    info.extensions.push_back({ExtensionType::ratchet_tree, group.tree().SerializeRatchetTree()});
  }
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3:own-group-info-extensions-once", ErrorKind::kMisuse,
                                HasNoDuplicates(info.extensions)));
  if (contents.grease) {
    CONCLAVE_ASSIGN_OR_RETURN(Extension grease, GreaseExtension(group.suite().provider()));
    info.extensions.push_back(std::move(grease));
  }
  CONCLAVE_ASSIGN_OR_RETURN(
      info.signature,
      SignWithLabel(*epoch.signer, rfc9420::labels::kGroupInfoTBS, wire::SerializeTbs(info)));
  return info;
}

Result<RatchetTree> TreeOf(const Suite& suite, const rfc9420::GroupInfo& info,
                           BytesView out_of_band, std::size_t max_size, std::uint32_t max_width) {
  const auto* inside = rfc9420::FindExtension(info.extensions, ExtensionType::ratchet_tree);
  const BytesView data = inside != nullptr ? BytesView(inside->extension_data) : out_of_band;
  //= rfc9420#12.4.3.1
  //# If it is sent otherwise (e.g., provided by a caching service on the Delivery Service), then
  //# the client MUST download the tree before processing the Welcome.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.3:tree-available", ErrorKind::kMissing, inside != nullptr || !data.empty()));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.3:tree-within-limit", ErrorKind::kRejectedByPolicy, data.size() <= max_size));
  CONCLAVE_ASSIGN_OR_RETURN(RatchetTree tree, ParseRatchetTree(suite, data, max_width));
  //= rfc9420#12.4.3.3
  //# Regardless of how the client obtains the tree, the client MUST verify that the root hash of
  //# the ratchet tree matches the `tree_hash` of the GroupContext before using the tree for MLS
  //# operations.
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:tree-hash", ErrorKind::kNotAuthentic,
                                ConstantTimeEquals(tree.TreeHash(), info.group_context.tree_hash)));
  return tree;
}

Result<void> VerifyGroupInfo(const Suite& suite, const rfc9420::GroupInfo& info,
                             const RatchetTree& tree) {
  const LeafRecord* signer = tree.leaf(info.signer);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:group-info-signer-exists", ErrorKind::kNotAuthentic, signer != nullptr));
  //= rfc9420#12.4.3
  //# New members also MUST verify the `signature` using the public key taken from the leaf node of
  //# the ratchet tree with leaf index `signer`.
  wire::SizeCounter counter;
  wire::EncodeTbs(counter, info);
  const Bytes content =
      MakeSignContent(rfc9420::labels::kGroupInfoTBS, counter.size(),
                      [&info](wire::Writer& writer) { wire::EncodeTbs(writer, info); });
  return RuleFrom("12.4.3.1:group-info-signature", ErrorKind::kNotAuthentic,
                  VerifySignContent(suite, signer->signature_key(), content, info.signature));
}

}  // namespace conclave
