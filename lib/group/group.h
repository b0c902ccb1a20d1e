// Group: one client's state machine for one group. Four verbs over the functions of this directory:
// Seal and Open for messages, Stage for our own commits, Enter for every commit.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "conclave/result.h"
#include "group/create_commit.h"
#include "group/environment.h"
#include "group/epoch_state.h"
#include "group/past_epochs.h"
#include "group/process_commit.h"
#include "group/proposal_list.h"
#include "group/staged_epoch.h"

namespace conclave {

// A commit of ours that the group has been offered, until the epoch is left (section 14).
struct Offer {
  std::uint64_t id = 0;
  Bytes message;  // the MLSMessage, as it will come back
  StagedEpoch staged;
  std::vector<Bytes> welcomes;  // MLSMessages
};

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
  Group(EpochState epoch, GroupIndex index);

  const EpochState& epoch() const { return epoch_; }
  const GroupIndex& index() const { return index_; }
  const ProposalStore& proposals() const { return proposals_; }
  const std::vector<Offer>& offers() const { return offers_; }
  const Offer* FindOffer(std::uint64_t id) const;
  // The ReInit that closed the group, if one did.
  const std::optional<rfc9420::ReInit>& reinit() const { return reinit_; }

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
  Result<bool> IsOwnMessage(BytesView wire) const;
  Result<void> RememberOwnMessage(const Environment& environment, BytesView wire);

  EpochState epoch_;
  GroupIndex index_;
  ProposalStore proposals_;
  PastEpochs past_epochs_;
  std::vector<Offer> offers_;
  std::uint64_t next_offer_ = 1;
  std::uint64_t messages_sent_ = 0;  // in this epoch
  std::deque<Bytes> own_messages_;   // hashes of what we sent, newest last
  std::optional<rfc9420::ReInit> reinit_;
};

}  // namespace conclave
