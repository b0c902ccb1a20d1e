#include "group/choose_proposals.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/result_macros.h"
#include "tree/tree_builder.h"
#include "wire/parse.h"

namespace conclave {

namespace {

using rfc9420::Proposal;

// What a list already does, as far as it rules out more of the same.
struct Taken {
  std::set<LeafIndex> leaves;          // updated or removed
  std::set<Bytes> added_keys;          // signature keys of Adds
  std::set<Bytes> added_clients;
  std::set<Bytes> psks;
  bool extensions = false;
  bool anything = false;
};

// The leaf that an Update or a Remove concerns.
std::optional<LeafIndex> LeafOf(const ListedProposal& entry) {
  if (const auto* remove = entry.proposal->GetIf<rfc9420::Remove>()) return remove->removed;
  if (entry.proposal->Is<rfc9420::Update>()) return entry.member();
  return std::nullopt;
}

void Note(const ListedProposal& entry, CredentialVerifier& verifier, Taken& taken) {
  taken.anything = true;
  if (const auto leaf = LeafOf(entry)) taken.leaves.insert(*leaf);
  if (const auto* add = entry.proposal->GetIf<rfc9420::Add>()) {
    const rfc9420::LeafNode& leaf = add->key_package.leaf_node;
    taken.added_keys.insert(leaf.signature_key);
    Bytes client = verifier.ClientId(leaf.credential.value);
    if (!client.empty()) taken.added_clients.insert(std::move(client));
  }
  if (const auto* psk = entry.proposal->GetIf<rfc9420::PreSharedKey>()) {
    taken.psks.insert(wire::Serialize(psk->psk));
  }
  if (entry.proposal->Is<rfc9420::GroupContextExtensions>()) taken.extensions = true;
}

const char* WhyNotAdd(const rfc9420::Add& add, CredentialVerifier& verifier, const Taken& taken) {
  const rfc9420::LeafNode& leaf = add.key_package.leaf_node;
  const Bytes client = verifier.ClientId(leaf.credential.value);
  const bool twice = taken.added_keys.contains(leaf.signature_key) ||
                     (!client.empty() && taken.added_clients.contains(client));
  return twice ? "12.2:no-two-adds-of-one-client" : nullptr;
}

// The rule that `entry` would break beside what is taken, or null.
const char* WhyNot(const ListedProposal& entry, LeafIndex committer, CredentialVerifier& verifier,
                   const Taken& taken) {
  const Proposal& proposal = *entry.proposal;
  if (proposal.Is<rfc9420::ExternalInit>()) return "12.2:no-external-init";
  if (const auto leaf = LeafOf(entry)) {
    if (*leaf == committer) {
      return proposal.Is<rfc9420::Remove>() ? "12.2:no-remove-of-committer"
                                            : "12.2:no-update-by-committer";
    }
    if (taken.leaves.contains(*leaf)) return "12.2:one-update-or-remove-per-leaf";
  }
  if (const auto* add = proposal.GetIf<rfc9420::Add>()) return WhyNotAdd(*add, verifier, taken);
  if (const auto* psk = proposal.GetIf<rfc9420::PreSharedKey>()) {
    if (taken.psks.contains(wire::Serialize(psk->psk))) return "12.2:psk-ids-once";
  }
  if (proposal.Is<rfc9420::GroupContextExtensions>() && taken.extensions) {
    return "12.2:one-group-context-extensions";
  }
  return nullptr;
}

// The order of preference: Removes first, then everything else as it came, but the most recent of
// several Updates of a leaf before the others; ReInit last.
std::vector<const StoredProposal*> ByPreference(const ProposalStore& store) {
  std::map<LeafIndex, const StoredProposal*> latest_update;
  for (const StoredProposal& stored : store.all()) {
    const auto* member = stored.sender.GetIf<rfc9420::MemberSender>();
    if (stored.proposal.Is<rfc9420::Update>() && member != nullptr) {
      latest_update[member->leaf_index] = &stored;
    }
  }
  const auto rank = [&latest_update](const StoredProposal& stored) {
    if (stored.proposal.Is<rfc9420::Remove>()) return 0;
    if (stored.proposal.Is<rfc9420::ReInit>()) return 3;
    const auto* member = stored.sender.GetIf<rfc9420::MemberSender>();
    const bool superseded = stored.proposal.Is<rfc9420::Update>() && member != nullptr &&
                            latest_update[member->leaf_index] != &stored;
    return superseded ? 2 : 1;
  };
  std::vector<const StoredProposal*> ordered;
  for (int wanted = 0; wanted <= 3; ++wanted) {
    for (const StoredProposal& stored : store.all()) {
      if (rank(stored) == wanted) ordered.push_back(&stored);
    }
  }
  return ordered;
}

// The tree without the leaves that a list removes, against which new members are compared.
Result<RatchetTree> WithoutRemoved(const PublicGroup& group, const ProposalStore& store,
                                   const ProposalList& requested) {
  std::set<LeafIndex> removed;
  const auto note = [&removed](const Proposal& proposal) {
    if (const auto* remove = proposal.GetIf<rfc9420::Remove>()) removed.insert(remove->removed);
  };
  for (const StoredProposal& stored : store.all()) note(stored.proposal);
  for (const ListedProposal& entry : requested) note(*entry.proposal);
  if (removed.empty()) return group.tree();
  TreeBuilder builder(group.tree());
  for (const LeafIndex leaf : removed) {
    if (group.tree().leaf(leaf) != nullptr) builder.RemoveLeaf(leaf);
  }
  return std::move(builder).Finish(group.suite());
}

// Whether an Add is of somebody who is a member and stays one.
Result<bool> AddsMember(const PublicGroup& group, const GroupIndex& index,
                        const RatchetTree& current, const Proposal& proposal) {
  const auto* add = proposal.GetIf<rfc9420::Add>();
  if (add == nullptr) return false;
  return index.tree.HasSignatureKey(group.suite(), group.tree(), current,
                                    add->key_package.leaf_node.signature_key);
}

}  // namespace

Result<ChosenProposals> ChooseProposals(const PublicGroup& group, const GroupIndex& index,
                                        const Environment& environment, LeafIndex committer,
                                        const ProposalStore& store, const ProposalList& requested,
                                        const std::vector<ProposalRef>& excluded) {
  ChosenProposals chosen;
  Taken taken;
  for (const ListedProposal& entry : requested) Note(entry, environment.verifier, taken);
  const bool reinit_requested = std::ranges::any_of(
      requested, [](const ListedProposal& entry) { return entry.proposal->Is<rfc9420::ReInit>(); });
  CONCLAVE_ASSIGN_OR_RETURN(const RatchetTree current, WithoutRemoved(group, store, requested));

  std::set<ProposalRef> kept;
  for (const StoredProposal* stored : ByPreference(store)) {
    const ListedProposal entry{&stored->proposal, stored->sender, stored->ref};
    CONCLAVE_ASSIGN_OR_RETURN(const bool adds_member,
                              AddsMember(group, index, current, stored->proposal));
    const bool is_reinit = stored->proposal.Is<rfc9420::ReInit>();
    const char* why = nullptr;
    if (std::ranges::find(excluded, stored->ref) != excluded.end()) {
      why = "excluded by the request";
    } else if (reinit_requested || (is_reinit && taken.anything)) {
      why = "12.2:reinit-alone";
    } else if (adds_member) {
      why = "7.3:signature-key-unique";
    } else {
      why = WhyNot(entry, committer, environment.verifier, taken);
    }
    if (why != nullptr) {
      chosen.skipped.push_back({stored->ref, why});
      continue;
    }
    Note(entry, environment.verifier, taken);
    kept.insert(stored->ref);
  }
  // The list keeps the order of arrival, which decides where those added sit.
  for (const StoredProposal& stored : store.all()) {
    if (!kept.contains(stored.ref)) continue;
    chosen.list.push_back({&stored.proposal, stored.sender, stored.ref});
  }
  chosen.list.insert(chosen.list.end(), requested.begin(), requested.end());
  return chosen;
}

}  // namespace conclave
