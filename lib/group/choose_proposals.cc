#include "group/choose_proposals.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "base/result_macros.h"
#include "group/apply_proposals.h"
#include "group/describe.h"
#include "group/proposal_rules.h"
#include "tree/tree_delta.h"
#include "wire/parse.h"

namespace conclave {

namespace {

using rfc9420::Proposal;

// What a list already does, as far as it rules out more of the same.
struct Taken {
  std::set<LeafIndex> leaves;  // updated or removed
  std::set<Bytes> added_keys;  // signature keys of Adds
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

// What a commit of `requested` and of chosen entries of the store would lead to. Entries are tried
// in the order of preference, and listed in the order of arrival.
class Trial {
 public:
  Trial(const PublicGroup& group, const GroupIndex& index, const Environment& environment,
        const ProposalList& requested)
      : group_(group), index_(index), environment_(environment), requested_(requested) {}

  // Takes as many of `candidates` as lead to a valid tree, and says why the others do not. Halves
  // them until the bad ones stand alone: few tests if few are bad. If a flood of bad ones takes too
  // many, others go with them.
  Result<void> Take(std::span<const StoredProposal* const> candidates,
                    std::vector<Skipped>& skipped) {
    if (candidates.empty()) return {};
    taken_.insert(candidates.begin(), candidates.end());
    const Result<void> valid = CheckTree();
    if (valid.ok() || !IsVerdict(valid.error().kind)) return valid;
    for (const StoredProposal* candidate : candidates) taken_.erase(candidate);
    if (candidates.size() == 1 || ++tests_failed_ > kMaxTestsFailed) {
      for (const StoredProposal* candidate : candidates) {
        skipped.push_back({candidate->ref, valid.error().detail});
      }
      return {};
    }
    const std::size_t half = candidates.size() / 2;
    CONCLAVE_RETURN_IF_ERROR(Take(candidates.first(half), skipped));
    return Take(candidates.subspan(half), skipped);
  }

  // The list keeps the order of arrival, which decides where those added sit.
  ProposalList List() const {
    ProposalList list;
    for (const StoredProposal* stored : taken_) {
      list.push_back({&stored->proposal, stored->sender, stored->ref});
    }
    list.insert(list.end(), requested_.begin(), requested_.end());
    return list;
  }

 private:
  static constexpr int kMaxTestsFailed = 500;

  // Whether the error is about the proposals, and not about a component that failed.
  static bool IsVerdict(ErrorKind kind) {
    return kind == ErrorKind::kInvalidCommit || kind == ErrorKind::kRejectedByPolicy;
  }

  Result<void> CheckTree() const {
    CONCLAVE_ASSIGN_OR_RETURN(const AppliedProposals applied, ApplyProposals(group_, List()));
    const auto checked = CheckResultingTree(group_, index_, environment_, applied, applied.tree,
                                            DifferenceOf(group_.tree(), applied.tree));
    if (!checked.ok()) return checked.error();
    return {};
  }

  const PublicGroup& group_;
  const GroupIndex& index_;
  const Environment& environment_;
  const ProposalList& requested_;
  // Of one store, so in the order in which they arrived.
  std::set<const StoredProposal*> taken_;
  int tests_failed_ = 0;
};

// Whether the PSK that a proposal names, if it does, is one that we can commit.
Result<bool> HasPsk(const Environment& environment, const Proposal& proposal) {
  const auto* psk = proposal.GetIf<rfc9420::PreSharedKey>();
  if (psk == nullptr) return true;
  const auto found = environment.psks.Find(DescribePsk(psk->psk));
  if (!found.ok() && found.error().kind != ErrorKind::kMissing) return found.error();
  return found.ok();
}

}  // namespace

Result<ChosenProposals> ChooseProposals(const PublicGroup& group, const GroupIndex& index,
                                        const Environment& environment, LeafIndex committer,
                                        const ProposalStore& store, const ProposalList& requested,
                                        const std::vector<ProposalRef>& excluded) {
  CONCLAVE_RETURN_IF_ERROR(
      CheckProposalList(environment, CommitPurpose::regular, committer, requested));
  ChosenProposals chosen;
  Taken taken;
  for (const ListedProposal& entry : requested) Note(entry, environment.verifier, taken);
  const bool reinit_requested = std::ranges::any_of(
      requested, [](const ListedProposal& entry) { return entry.proposal->Is<rfc9420::ReInit>(); });

  // Those that go together, as far as they say by themselves.
  std::vector<const StoredProposal*> candidates;
  for (const StoredProposal* stored : ByPreference(store)) {
    const ListedProposal entry{&stored->proposal, stored->sender, stored->ref};
    CONCLAVE_ASSIGN_OR_RETURN(const bool has_psk, HasPsk(environment, stored->proposal));
    const bool is_reinit = stored->proposal.Is<rfc9420::ReInit>();
    const char* why = nullptr;
    if (std::ranges::find(excluded, stored->ref) != excluded.end()) {
      why = "excluded by the request";
    } else if (reinit_requested || (is_reinit && taken.anything)) {
      why = "12.2:reinit-alone";
    } else if (!has_psk) {
      why = "12.4.2:psk-available";
    } else {
      why = WhyNot(entry, committer, environment.verifier, taken);
    }
    if (why != nullptr) {
      chosen.skipped.push_back({stored->ref, why});
      continue;
    }
    Note(entry, environment.verifier, taken);
    candidates.push_back(stored);
  }

  // Those whose tree is valid: one member's bad proposal must not keep everybody from committing.
  Trial trial(group, index, environment, requested);
  CONCLAVE_RETURN_IF_ERROR(trial.Take(candidates, chosen.skipped));
  chosen.list = trial.List();
  return chosen;
}

}  // namespace conclave
