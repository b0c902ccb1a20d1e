#include "group/successor.h"

#include <algorithm>
#include <set>

#include "base/result_macros.h"
#include "base/rule.h"
#include "rfc9420/credential.h"
#include "wire/parse.h"

namespace conclave {

namespace {

using rfc9420::ResumptionPSKUsage;

// The clients of a group, each as the application names it, or else as its credential.
std::set<Bytes> ClientsOf(const RatchetTree& tree, CredentialVerifier& verifier) {
  std::set<Bytes> clients;
  for (auto leaf = tree.NextMember({0}); leaf.has_value();
       leaf = tree.NextMember({leaf->value + 1})) {
    rfc9420::Credential credential{tree.leaf(*leaf)->credential()};
    Bytes client = verifier.ClientId(credential.value);
    clients.insert(client.empty() ? wire::Serialize(credential) : std::move(client));
  }
  return clients;
}

Result<void> CheckReInit(const Origin& origin, const PublicGroup& group,
                         CredentialVerifier& verifier) {
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:origin-was-reinitialized", ErrorKind::kInvalidCommit,
                                origin.reinit.has_value()));
  const rfc9420::ReInit& reinit = *origin.reinit;
  const rfc9420::GroupContext& context = group.context();
  //= rfc9420#11.2
  //# The `version`, `cipher_suite`, `group_id`, and `extensions` fields of the GroupContext object
  //# in the Welcome message MUST be the same as the corresponding fields in the ReInit proposal.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("11.2:successor-matches-reinit", ErrorKind::kInvalidCommit,
           context.version == reinit.version && context.cipher_suite == reinit.cipher_suite &&
               context.group_id == reinit.group_id && context.extensions == reinit.extensions));
  return Rule("12.4.3.1:successor-has-all-members", ErrorKind::kInvalidCommit,
              std::ranges::includes(ClientsOf(group.tree(), verifier),
                                    ClientsOf(origin.group.tree(), verifier)));
}

Result<void> CheckBranch(const Origin& origin, const PublicGroup& group,
                         CredentialVerifier& verifier) {
  //= rfc9420#11.3
  //# A client receiving a Welcome message including a PreSharedKey of type `resumption` with usage
  //# `branch` MUST verify that the new group reflects a subgroup branched from the referenced group
  //# by checking that:
  CONCLAVE_RETURN_IF_ERROR(
      Rule("11.3:branch-has-version-and-suite", ErrorKind::kInvalidCommit,
           group.context().version == origin.group.context().version &&
               group.context().cipher_suite == origin.group.context().cipher_suite));
  //= rfc9420#11.3
  //# Each LeafNode in a new subgroup MUST match some LeafNode in the original group.
  return Rule("11.3:branch-members-are-original", ErrorKind::kInvalidCommit,
              std::ranges::includes(ClientsOf(origin.group.tree(), verifier),
                                    ClientsOf(group.tree(), verifier)));
}

}  // namespace

Result<const rfc9420::ResumptionPSK*> FindOriginPsk(
    const std::vector<rfc9420::PreSharedKeyID>& psks) {
  const rfc9420::ResumptionPSK* found = nullptr;
  for (const rfc9420::PreSharedKeyID& psk : psks) {
    const auto* resumption = psk.psk.GetIf<rfc9420::ResumptionPSK>();
    if (resumption == nullptr || resumption->usage == ResumptionPSKUsage::application) continue;
    CONCLAVE_RETURN_IF_ERROR(
        Rule("12.4.3.1:one-origin-psk", ErrorKind::kInvalidCommit, found == nullptr));
    found = resumption;
  }
  return found;
}

Result<void> CheckOrigin(const rfc9420::ResumptionPSK& psk, const Origin* origin,
                         const PublicGroup& group, CredentialVerifier& verifier) {
  //= rfc9420#11.2
  //# The `epoch` in the Welcome message MUST be 1.
  //= rfc9420#11.3
  //# The `epoch` in the Welcome message MUST be 1.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.1:origin-psk-in-first-epoch", ErrorKind::kInvalidCommit, group.epoch() == 1));
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.1:origin-known", ErrorKind::kMissing,
                                origin != nullptr && origin->group.group_id() == psk.psk_group_id));
  if (psk.usage == ResumptionPSKUsage::branch) return CheckBranch(*origin, group, verifier);
  //= rfc9420#11.2
  //# The Welcome message MUST specify a PreSharedKeyID of type `resumption` with usage `reinit`,
  //# where the `group_id` field matches the old group and the `epoch` field indicates the epoch
  //# after the Commit covering the ReInit.
  CONCLAVE_RETURN_IF_ERROR(Rule("11.2:reinit-psk-epoch", ErrorKind::kInvalidCommit,
                                psk.psk_epoch == origin->group.epoch()));
  return CheckReInit(*origin, group, verifier);
}

}  // namespace conclave
