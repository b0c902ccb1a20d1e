// Proposals on their way into a commit (RFC 9420, sections 12.1 and 12.2): each with its sender,
// and with its reference if it travelled on its own.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "conclave/crypto_provider.h"
#include "conclave/secret.h"
#include "rfc9420/framing.h"

namespace conclave {

// A proposal of this epoch that travelled on its own and has been found valid.
struct StoredProposal {
  ProposalRef ref;
  rfc9420::Sender sender;
  rfc9420::Proposal proposal;
};

// An Update of ours that somebody may commit: what we then need.
struct OwnUpdate {
  Bytes encryption_key;
  Secret private_key;
  const Signer* signer = nullptr;
};

// What has been proposed in this epoch, in the order of arrival.
class ProposalStore {
 public:
  const std::vector<StoredProposal>& all() const { return proposals_; }

  const StoredProposal* Find(const ProposalRef& ref) const {
    const auto found = by_ref_.find(ref);
    return found == by_ref_.end() ? nullptr : &proposals_[found->second];
  }
  // A reference that is in the store already is kept once.
  void Add(StoredProposal proposal) {
    if (!by_ref_.emplace(proposal.ref, proposals_.size()).second) return;
    proposals_.push_back(std::move(proposal));
  }

  void AddOwnUpdate(OwnUpdate update) { own_updates_.push_back(std::move(update)); }
  const std::vector<OwnUpdate>& own_updates() const { return own_updates_; }
  const OwnUpdate* FindOwnUpdate(BytesView encryption_key) const {
    for (const OwnUpdate& update : own_updates_) {
      if (ConstantTimeEquals(update.encryption_key, encryption_key)) return &update;
    }
    return nullptr;
  }

 private:
  std::vector<StoredProposal> proposals_;
  std::map<ProposalRef, std::size_t> by_ref_;
  std::vector<OwnUpdate> own_updates_;
};

// One entry of a commit's list. The proposal lives in the store or in the commit.
struct ListedProposal {
  const rfc9420::Proposal* proposal = nullptr;
  rfc9420::Sender sender;
  std::optional<ProposalRef> ref = {};

  // The leaf whose proposal it is, or nothing if no member made it.
  std::optional<LeafIndex> member() const {
    const auto* member = sender.GetIf<rfc9420::MemberSender>();
    if (member == nullptr) return std::nullopt;
    return member->leaf_index;
  }
};
using ProposalList = std::vector<ListedProposal>;

}  // namespace conclave
