// Group: one client's state machine for one group. Four verbs over the functions of this directory:
// Seal and Open for messages, Stage for our own commits, Enter for every commit.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "conclave/result.h"
#include "group/create_commit.h"
#include "group/environment.h"
#include "group/group_state.h"
#include "group/process_commit.h"

namespace conclave {

// What Open() found.
struct OpenedApplication {
  Member sender;
  Epoch epoch = 0;
  Bytes plaintext;
  Bytes authenticated_data;
};
struct OpenedOwnOffer {
  std::uint64_t id = 0;
};
struct OpenedOwnMessage {};
using Opened = std::variant<OpenedApplication, ReceivedProposal, StagedEpoch, OpenedOwnOffer,
                            OpenedOwnMessage>;

class Group {
 public:
  // Without an index, one is made when it is needed.
  explicit Group(GroupState state, std::optional<GroupIndex> index = std::nullopt);
  explicit Group(EpochState epoch, std::optional<GroupIndex> index = std::nullopt)
      : Group(GroupState{std::move(epoch)}, std::move(index)) {}

  const GroupState& state() const { return state_; }
  const EpochState& epoch() const { return state_.epoch; }
  const ProposalStore& proposals() const { return state_.proposals; }
  const std::vector<Offer>& offers() const { return state_.offers; }
  const Offer* FindOffer(std::uint64_t id) const;
  // The ReInit that closed the group, if one did.
  const std::optional<rfc9420::ReInit>& reinit() const { return state_.reinit; }
  // O(N) the first time.
  Result<const GroupIndex*> Index(const Environment& environment);
  // The index, if there is one, for another group of the same tree.
  std::optional<GroupIndex> TakeIndex() { return std::exchange(index_, std::nullopt); }

  // Calls `take(epoch, tree, changes)` for the secret tree of each epoch: what has changed in it
  // since the last call, for storing.
  template <class Take>
  void TakeSecretChanges(const Take& take) {
    SecretTree& tree = state_.epoch.secret_tree;
    take(state_.epoch.group.epoch(), tree, tree.TakeChanges());
    state_.past_epochs.TakeSecretChanges(take);
  }

  // An application message, sealed (section 6.3). kCommitFirst while received proposals wait
  // (section 12.4), or when the epoch has seen Policy::max_messages_per_epoch of ours.
  Result<Bytes> Seal(const Environment& environment, BytesView plaintext,
                     BytesView authenticated_data);

  // A proposal of ours, on its own (section 12.1). It joins the store.
  Result<Bytes> Propose(const Environment& environment, rfc9420::Proposal proposal,
                        Bytes authenticated_data, std::optional<OwnUpdate> update);

  // Reads one message. On error nothing has changed; a commit changes nothing until Enter().
  Result<Opened> Open(const Environment& environment, BytesView message);

  // Makes a commit of `plan` and keeps it as an offer.
  Result<const Offer*> Stage(const Environment& environment, const CommitPlan& plan);
  bool Withdraw(std::uint64_t id);

  // Enters the staged epoch, which has a `next`, and erases the secrets of the one that is left.
  void Enter(const Environment& environment, StagedEpoch staged);
  // The staged epoch of an offer, taken out of it.
  StagedEpoch TakeOffer(std::uint64_t id);

 private:
  Result<Opened> OpenPublic(const Environment& environment, rfc9420::PublicMessage message);
  Result<Opened> OpenPrivate(const Environment& environment, const rfc9420::PrivateMessage& message,
                             BytesView wire);
  Result<Opened> OpenLate(const Environment& environment, const rfc9420::PrivateMessage& message,
                          BytesView wire);
  Result<Opened> Accept(const Environment& environment,
                        const rfc9420::AuthenticatedContent& content);
  Result<Opened> AcceptProposal(const Environment& environment,
                                const rfc9420::AuthenticatedContent& content);
  Result<Bytes> SendPrivate(const Environment& environment,
                            const rfc9420::AuthenticatedContent& content);
  Result<void> RememberOwnMessage(const Environment& environment, BytesView wire);

  GroupState state_;
  std::optional<GroupIndex> index_;
};

}  // namespace conclave
