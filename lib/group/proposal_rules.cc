#include "group/proposal_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "group/group_extensions.h"
#include "group/key_package_rules.h"
#include "tree/leaf_node_rules.h"
#include "wire/parse.h"

namespace conclave {

namespace {

// -- Section 12.1: each proposal on its own.

Result<void> CheckAdd(const PublicGroup& group, const Environment& environment,
                      CredentialMoment moment, const ListedProposal& proposal,
                      const rfc9420::Add& add) {
  CONCLAVE_RETURN_IF_ERROR(CheckKeyPackage(group.suite(), environment, add.key_package));
  // One that is asked of us, or that travels on its own, we may come to commit: with a Welcome. One
  // that somebody has committed is sealed to already, or never will be.
  const bool may_be_ours =
      moment == CredentialMoment::key_package_to_add || proposal.ref.has_value();
  if (may_be_ours) CONCLAVE_RETURN_IF_ERROR(CheckInitKey(group.suite(), add.key_package));
  const rfc9420::LeafNode& leaf = add.key_package.leaf_node;
  return AskVerifier(environment, moment, group.group_id(), leaf.credential.value,
                     leaf.signature_key);
}

Result<void> CheckUpdate(const PublicGroup& group, const Environment& environment,
                         const ListedProposal& proposal, const rfc9420::Update& update) {
  const std::optional<LeafIndex> sender = proposal.member();
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.1.2:update-by-member", ErrorKind::kInvalidProposal, sender.has_value()));
  const LeafRecord* old = group.tree().leaf(*sender);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.1.2:updated-leaf-exists", ErrorKind::kInvalidProposal, old != nullptr));
  CONCLAVE_RETURN_IF_ERROR(CheckLeafNode(group.suite(), update.leaf_node,
                                         {.source = rfc9420::LeafNodeSource::update,
                                          .group_id = group.group_id(),
                                          .leaf_index = *sender}));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.3:update-changes-encryption-key", ErrorKind::kInvalidProposal,
           !ConstantTimeEquals(update.leaf_node.encryption_key, old->encryption_key())));
  const Credential replaced = old->credential();
  return AskAboutSuccessor(environment, CredentialMoment::received_update, group.group_id(),
                           {update.leaf_node.credential.value, update.leaf_node.signature_key},
                           {replaced, old->signature_key()});
}

Result<void> CheckPsk(const PublicGroup& group, CommitPurpose purpose,
                      const rfc9420::PreSharedKeyID& psk) {
  if (const auto* resumption = psk.psk.GetIf<rfc9420::ResumptionPSK>()) {
    using rfc9420::ResumptionPSKUsage;
    //= rfc9420#11.2
    //# A PreSharedKey proposal with type `resumption` and usage `reinit` MUST be considered
    //# invalid.
    //= rfc9420#11.2
    //# Resumption PSKs with usage `reinit` MUST NOT be used in other contexts.
    CONCLAVE_RETURN_IF_ERROR(Rule(
        "12.1.4:reinit-psk-in-successor-only", ErrorKind::kInvalidProposal,
        resumption->usage != ResumptionPSKUsage::reinit || purpose == CommitPurpose::successor));
    //= rfc9420#11.3
    //# A PreSharedKey proposal with type `resumption` and usage `branch` MUST be considered
    //# invalid.
    //= rfc9420#11.3
    //# Resumption PSKs with usage `branch` MUST NOT be used in other contexts.
    CONCLAVE_RETURN_IF_ERROR(
        Rule("12.1.4:branch-psk-in-branch-only", ErrorKind::kInvalidProposal,
             resumption->usage != ResumptionPSKUsage::branch || purpose == CommitPurpose::branch));
    const auto usage = static_cast<std::uint8_t>(resumption->usage);
    CONCLAVE_RETURN_IF_ERROR(
        Rule("8.4:resumption-usage-known", ErrorKind::kInvalidProposal, usage >= 1 && usage <= 3));
  }
  return Rule("12.1.4:psk-nonce-size", ErrorKind::kInvalidProposal,
              psk.psk_nonce.size() == group.suite().hash_size());
}

Result<void> CheckExtensions(const PublicGroup& group, const Environment& environment,
                             const std::vector<Extension>& extensions) {
  CONCLAVE_RETURN_IF_ERROR(CheckExtensionsSize(environment.policy, extensions));
  CONCLAVE_ASSIGN_OR_RETURN(const GroupExtensions parsed, ParseGroupExtensions(extensions));
  const auto& old = group.extensions().external_senders;
  std::set<Bytes> listed;
  for (const rfc9420::ExternalSender& sender : old) listed.insert(wire::Serialize(sender));
  for (std::size_t i = 0; i < parsed.external_senders.size(); ++i) {
    const rfc9420::ExternalSender& sender = parsed.external_senders[i];
    if (listed.contains(wire::Serialize(sender))) continue;
    const bool updates = i < old.size();
    CONCLAVE_RETURN_IF_ERROR(AskVerifier(environment,
                                         updates ? CredentialMoment::external_sender_updated
                                                 : CredentialMoment::external_sender_added,
                                         group.group_id(), sender.credential.value,
                                         sender.signature_key,
                                         updates ? &old[i].credential.value : nullptr));
  }
  return {};
}

// -- Section 12.2: the rules of a list, one named predicate each.

struct ListView {
  const ProposalList& list;
  std::optional<LeafIndex> committer;
  CredentialVerifier& verifier;
};

template <class T>
std::ptrdiff_t Count(const ListView& view) {
  return std::ranges::count_if(view.list,
                               [](const ListedProposal& entry) { return entry.proposal->Is<T>(); });
}

bool NoUpdateByCommitter(const ListView& view) {
  return std::ranges::none_of(view.list, [&view](const ListedProposal& entry) {
    return entry.proposal->Is<rfc9420::Update>() && entry.member() == view.committer;
  });
}

bool NoRemoveOfCommitter(const ListView& view) {
  return std::ranges::none_of(view.list, [&view](const ListedProposal& entry) {
    const auto* remove = entry.proposal->GetIf<rfc9420::Remove>();
    return remove != nullptr && view.committer == remove->removed;
  });
}

bool OneUpdateOrRemovePerLeaf(const ListView& view) {
  std::set<LeafIndex> seen;
  for (const ListedProposal& entry : view.list) {
    if (const auto* remove = entry.proposal->GetIf<rfc9420::Remove>()) {
      if (!seen.insert(remove->removed).second) return false;
    } else if (entry.proposal->Is<rfc9420::Update>() && entry.member().has_value()) {
      if (!seen.insert(*entry.member()).second) return false;
    }
  }
  return true;
}

bool NoTwoAddsOfOneClient(const ListView& view) {
  std::set<Bytes> signature_keys;
  std::set<Bytes> client_ids;
  for (const ListedProposal& entry : view.list) {
    const auto* add = entry.proposal->GetIf<rfc9420::Add>();
    if (add == nullptr) continue;
    const rfc9420::LeafNode& leaf = add->key_package.leaf_node;
    if (!signature_keys.insert(leaf.signature_key).second) return false;
    Bytes client_id = view.verifier.ClientId(leaf.credential.value);
    if (!client_id.empty() && !client_ids.insert(std::move(client_id)).second) return false;
  }
  return true;
}

bool PskIdsOnce(const ListView& view) {
  std::set<Bytes> seen;
  return std::ranges::all_of(view.list, [&seen](const ListedProposal& entry) {
    const auto* psk = entry.proposal->GetIf<rfc9420::PreSharedKey>();
    return psk == nullptr || seen.insert(wire::Serialize(psk->psk)).second;
  });
}

bool OneGroupContextExtensions(const ListView& view) {
  return Count<rfc9420::GroupContextExtensions>(view) <= 1;
}

bool ReInitAlone(const ListView& view) {
  return Count<rfc9420::ReInit>(view) == 0 || view.list.size() == 1;
}

bool NoExternalInit(const ListView& view) { return Count<rfc9420::ExternalInit>(view) == 0; }

bool ExactlyOneExternalInit(const ListView& view) {
  return Count<rfc9420::ExternalInit>(view) == 1;
}

bool AtMostOneRemove(const ListView& view) { return Count<rfc9420::Remove>(view) <= 1; }

bool NothingElse(const ListView& view) {
  return std::ranges::all_of(view.list, [](const ListedProposal& entry) {
    return entry.proposal->Is<rfc9420::ExternalInit>() || entry.proposal->Is<rfc9420::Remove>() ||
           entry.proposal->Is<rfc9420::PreSharedKey>();
  });
}

bool NoReferences(const ListView& view) {
  return std::ranges::none_of(view.list,
                              [](const ListedProposal& entry) { return entry.ref.has_value(); });
}

struct ListRule {
  const char* id;
  bool (*holds)(const ListView&);
};

constexpr ListRule kRegularRules[] = {
    {"12.2:no-update-by-committer", NoUpdateByCommitter},
    {"12.2:no-remove-of-committer", NoRemoveOfCommitter},
    {"12.2:one-update-or-remove-per-leaf", OneUpdateOrRemovePerLeaf},
    {"12.2:no-two-adds-of-one-client", NoTwoAddsOfOneClient},
    {"12.2:psk-ids-once", PskIdsOnce},
    {"12.2:one-group-context-extensions", OneGroupContextExtensions},
    {"12.2:reinit-alone", ReInitAlone},
    {"12.2:no-external-init", NoExternalInit},
};

constexpr ListRule kExternalRules[] = {
    {"12.2:external-exactly-one-external-init", ExactlyOneExternalInit},
    {"12.2:external-at-most-one-remove", AtMostOneRemove},
    {"12.2:external-nothing-else", NothingElse},
    {"12.2:external-psk-ids-once", PskIdsOnce},
    //= rfc9420#12.4.3.2
    //# The Commit MUST NOT include any proposals by reference, since an external joiner cannot
    //# determine the validity of proposals sent within the group.
    {"12.4.3.2:external-no-references", NoReferences},
};

bool NeedsPath(const Policy& policy, ProposalType type) {
  switch (type) {
    case ProposalType::add:
    case ProposalType::psk:
    case ProposalType::reinit:
      return false;
    case ProposalType::update:
    case ProposalType::remove:
    case ProposalType::external_init:
    case ProposalType::group_context_extensions:
      return true;
  }
  return std::ranges::find(policy.pathless_proposals, type) == policy.pathless_proposals.end();
}

}  // namespace

Result<void> CheckProposal(const PublicGroup& group, const Environment& environment,
                           CommitPurpose purpose, CredentialMoment moment,
                           const ListedProposal& proposal) {
  if (const auto* add = proposal.proposal->GetIf<rfc9420::Add>()) {
    return CheckAdd(group, environment, moment, proposal, *add);
  }
  if (const auto* update = proposal.proposal->GetIf<rfc9420::Update>()) {
    return CheckUpdate(group, environment, proposal, *update);
  }
  if (const auto* remove = proposal.proposal->GetIf<rfc9420::Remove>()) {
    return Rule("12.1.3:removed-leaf-exists", ErrorKind::kInvalidProposal,
                group.tree().leaf(remove->removed) != nullptr);
  }
  if (const auto* psk = proposal.proposal->GetIf<rfc9420::PreSharedKey>()) {
    return CheckPsk(group, purpose, psk->psk);
  }
  if (const auto* reinit = proposal.proposal->GetIf<rfc9420::ReInit>()) {
    CONCLAVE_RETURN_IF_ERROR(Rule("12.1.5:reinit-extensions-once", ErrorKind::kInvalidProposal,
                                  HasNoDuplicates(reinit->extensions)));
    return Rule("12.1.5:reinit-version-not-lower", ErrorKind::kInvalidProposal,
                reinit->version >= group.context().version);
  }
  if (const auto* replacement = proposal.proposal->GetIf<rfc9420::GroupContextExtensions>()) {
    return CheckExtensions(group, environment, replacement->extensions);
  }
  return {};
}

Result<void> CheckProposalList(const Environment& environment, CommitPurpose purpose,
                               std::optional<LeafIndex> committer, const ProposalList& list) {
  const ListView view{list, committer, environment.verifier};
  //= rfc9420#12.2
  //# A group member creating a Commit and a group member processing a Commit MUST verify that the
  //# list of committed proposals is valid using one of the following procedures, depending on
  //# whether the Commit is external or not.
  //= rfc9420#12.2
  //# If the list of proposals is invalid, then the Commit message MUST be rejected as invalid.
  if (purpose == CommitPurpose::external) {
    for (const ListRule& rule : kExternalRules) {
      CONCLAVE_RETURN_IF_ERROR(Rule(rule.id, ErrorKind::kInvalidCommit, rule.holds(view)));
    }
    return {};
  }
  for (const ListRule& rule : kRegularRules) {
    CONCLAVE_RETURN_IF_ERROR(Rule(rule.id, ErrorKind::kInvalidCommit, rule.holds(view)));
  }
  return {};
}

bool PathRequired(const Policy& policy, const ProposalList& list) {
  return list.empty() || std::ranges::any_of(list, [&policy](const ListedProposal& entry) {
           return NeedsPath(policy, entry.proposal->tag());
         });
}

}  // namespace conclave
