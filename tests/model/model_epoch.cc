// One epoch of the model: commits and external joins race, one is accepted, everybody follows.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "model/model_group.h"
#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

using test::KindOf;
using test::Must;

namespace {

template <class T>
bool Contains(const std::vector<T>& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

}  // namespace

void ModelGroup::Race() {
  std::vector<Candidate> candidates;
  for (Player* committer : dice_.Some(Members(), dice_.Between(1, 3))) {
    candidates.push_back(OfferCommit(*committer));
    if (dice_.Chance(10)) candidates.push_back(OfferCommit(*committer));
  }
  if (dice_.Chance(25)) candidates.push_back(OfferExternalJoin());
  dice_.Shuffle(candidates);
  Candidate winner = std::move(candidates.back());
  candidates.pop_back();
  Accept(winner);
  for (const Candidate& loser : candidates) {
    // The same proposals twice, without a path and in public, are the same commit.
    if (loser.commit == winner.commit) continue;
    ++tally_.lost_races;
    if (loser.external.has_value()) REQUIRE(!loser.external->IsOurs(winner.commit));
    REQUIRE(KindOf(Anybody().session->Receive(loser.commit)) == ErrorKind::kEpochTooOld);
  }
  intents_.clear();
}

Candidate ModelGroup::OfferCommit(Player& committer) {
  Candidate candidate{.committer = &committer};
  CommitRequest request;
  FillRequest(candidate, request);
  const auto pending = committer.session->pending_proposals();
  const Snapshot before = SnapshotOf(*committer.session);
  const OutgoingCommit offer = Must(committer.session->CreateCommit(request));
  Snapshot after = SnapshotOf(*committer.session);
  REQUIRE(after.offers == before.offers + 1);
  after.offers = before.offers;
  REQUIRE(after == before);

  candidate.commit = offer.commit;
  for (const ReceivedProposal& proposal : pending) candidate.refs.push_back(proposal.ref);
  for (const SkippedProposal& skipped : offer.skipped) {
    std::erase(candidate.refs, skipped.ref);
    INFO("skipped: " << skipped.why);
    REQUIRE((Contains(request.exclude, skipped.ref) || HasConflict(skipped.ref, candidate)));
  }
  return candidate;
}

void ModelGroup::FillRequest(Candidate& candidate, CommitRequest& request) {
  Player& committer = *candidate.committer;
  std::vector<Player*> taken;
  for (const Intent& intent : intents_) {
    if (intent.added != nullptr) taken.push_back(intent.added);
  }
  const std::size_t room = max_members_ - std::min(max_members_, Members().size() + taken.size());
  const bool small = Members().size() < max_members_ / 2;
  for (std::size_t i = std::min(room, dice_.Below(small ? 5 : 2)); i > 0; --i) {
    Player& joiner = Newcomer(taken);
    taken.push_back(&joiner);
    candidate.adds.push_back(&joiner);
    request.add.push_back(joiner.client.KeyPackage());
  }
  if (dice_.Chance(small ? 20 : 40)) {
    for (Player* member : dice_.Some(Members(), dice_.Below(small ? 2 : 5))) {
      if (member == &committer) continue;
      candidate.removes.push_back(member);
      request.remove.push_back(member->expected->leaf);
    }
  }
  if (dice_.Chance(15)) request.extensions = candidate.extensions = RandomExtensions();
  if (dice_.Chance(15)) candidate.updated = NewIdentity(committer, request.new_identity);
  if (dice_.Chance(10)) request.custom.push_back({kModelProposal, {1, 2, 3}});
  if (dice_.Chance(20)) ChoosePsk(request, taken.empty());
  if (dice_.Chance(30)) request.path = PathPolicy::always;
  request.joiners_per_welcome = dice_.Below(3);
  for (const ReceivedProposal& proposal : committer.session->pending_proposals()) {
    if (dice_.Chance(10)) request.exclude.push_back(proposal.ref);
  }
}

void ModelGroup::ChoosePsk(CommitRequest& request, bool nobody_joins) {
  if (!nobody_joins || dice_.Chance(50)) {
    request.psks.push_back(ExternalPskId{NewPsk()});
    return;
  }
  // One that everybody was there for, and has not forgotten.
  const std::size_t kept = Policy{}.resumption_psks;
  Epoch oldest = epoch_ > kept ? epoch_ - kept : 0;
  for (const Player* member : Members()) oldest = std::max(oldest, member->joined);
  const Epoch chosen = oldest + dice_.Below(static_cast<std::size_t>(epoch_ - oldest) + 1);
  request.psks.push_back(ResumptionPskId{group_id_, chosen});
}

Candidate ModelGroup::OfferExternalJoin() {
  const bool full = Members().size() >= max_members_;
  const bool resync = full || dice_.Chance(40);
  ExternalJoinOptions options;
  Player& joiner = resync ? Anybody() : Newcomer({});
  Candidate candidate{.committer = &joiner};
  if (resync) {
    options.replace = joiner.expected->leaf;
    candidate.removes.push_back(&joiner);
  } else {
    ForgetPast(joiner);
  }
  if (dice_.Chance(30)) options.psks.push_back(ExternalPskId{NewPsk()});
  Session& source = *Anybody().session;
  const bool inside = dice_.Chance(50);
  const Bytes info = Must(MakeGroupInfo(source, {.ratchet_tree = inside}));
  const Bytes tree = Must(ExportRatchetTree(source));
  if (!inside) {
    REQUIRE(KindOf(StartExternalJoin(*joiner.client, info, options)) == ErrorKind::kMissing);
    options.ratchet_tree = tree;
  }
  candidate.external = Must(StartExternalJoin(*joiner.client, info, options));
  candidate.commit = candidate.external->commit();
  candidate.adds.push_back(&joiner);
  REQUIRE(candidate.external->members().size() == Members().size());
  return candidate;
}

void ModelGroup::Accept(Candidate& winner) {
  Player& committer = *winner.committer;
  std::vector<Player*> followers = Members();
  std::vector<Bytes> welcomes;
  const std::vector<PskId> psks = PsksOf(winner);
  if (winner.external.has_value()) {
    REQUIRE(winner.external->IsOurs(winner.commit));
    if (committer.session.has_value()) committer.lost = std::move(committer.session);
    committer.session = Must(EnterExternally(*committer.client, std::move(*winner.external)));
    (winner.removes.empty() ? tally_.external_joins : tally_.resyncs) += 1;
  } else {
    StagedCommit staged = ReceiveCommit(*committer.session, winner.commit);
    REQUIRE(staged.is_ours());
    REQUIRE(staged.proposals().size() >= winner.refs.size());
    Entered entered = Must(committer.session->Apply(std::move(staged)));
    CheckLeftOut(committer, winner, entered);
    welcomes = std::move(entered.welcomes);
  }
  std::erase(followers, &committer);
  UpdateModel(winner);
  dice_.Shuffle(followers);
  // The first follower hears from the new epoch before the commit reaches it.
  if (!followers.empty()) {
    Write(committer);
    Session& behind = *followers.front()->session;
    REQUIRE(KindOf(behind.Receive(mail_.back().message)) == ErrorKind::kEpochInFuture);
    ++tally_.refusals;
  }
  for (Player* follower : followers) Follow(*follower, winner, psks);
  if (committer.lost.has_value()) {
    const auto staged = committer.lost->Receive(winner.commit);
    if (staged.ok()) REQUIRE(std::get<StagedCommit>(*staged).removes_us());
  }
  Welcome(winner, welcomes, psks);
}

void ModelGroup::Follow(Player& member, const Candidate& winner, const std::vector<PskId>& psks) {
  Session& session = *member.session;
  const bool leaves = !member.expected.has_value();
  if (leaves && dice_.Chance(50)) return;  // the commit never arrives
  DeliverWithheld(member, winner);
  if (!leaves && dice_.Chance(20)) RequireMissingPsk(member, winner, psks);

  const Snapshot before = SnapshotOf(session);
  StagedCommit staged = ReceiveCommit(session, winner.commit);
  if (dice_.Chance(20)) staged = ReceiveCommit(session, winner.commit);  // as if refused at first
  REQUIRE(SnapshotOf(session) == before);
  REQUIRE(!staged.is_ours());
  REQUIRE(staged.epoch() == epoch_);
  REQUIRE(staged.removes_us() == leaves);
  REQUIRE(staged.removed().size() == removed_now_);
  REQUIRE(staged.added().size() == unplaced_.size());
  const Entered entered = Must(session.Apply(std::move(staged)));
  REQUIRE(session.is_member() == !leaves);
  REQUIRE(entered.welcomes.empty());
  if (!leaves) CheckLeftOut(member, winner, entered);
}

void ModelGroup::DeliverWithheld(Player& member, const Candidate& winner) {
  std::vector<Intent*> wanted;
  for (Intent& intent : intents_) {
    if (Contains(intent.withheld_from, &member) && Contains(winner.refs, intent.ref)) {
      wanted.push_back(&intent);
    }
  }
  if (wanted.empty()) return;
  const auto received = member.session->Receive(winner.commit);
  REQUIRE(KindOf(received) == ErrorKind::kMissing);
  ++tally_.refusals;
  for (Intent* intent : wanted) {
    REQUIRE(ReceiveProposal(*member.session, intent->message).ref == intent->ref);
  }
}

void ModelGroup::RequireMissingPsk(Player& member, const Candidate& winner,
                                   const std::vector<PskId>& psks) {
  const auto* external = psks.empty() ? nullptr : std::get_if<ExternalPskId>(&psks.front());
  if (external == nullptr) return;
  const Snapshot before = SnapshotOf(*member.session);
  Must(member.client->RemovePsk(external->id));
  REQUIRE(KindOf(member.session->Receive(winner.commit)) == ErrorKind::kMissing);
  REQUIRE(SnapshotOf(*member.session) == before);
  GivePsk(member, external->id);
  ++tally_.refusals;
}

void ModelGroup::CheckLeftOut(const Player& member, const Candidate& winner,
                              const Entered& entered) {
  std::vector<ProposalRef> expected;
  for (const Intent& intent : intents_) {
    if (intent.author == &member && !Contains(winner.refs, intent.ref)) {
      expected.push_back(intent.ref);
    }
  }
  std::vector<ProposalRef> left_out;
  for (const ReceivedProposal& proposal : entered.left_out) left_out.push_back(proposal.ref);
  REQUIRE(left_out == expected);
}

void ModelGroup::UpdateModel(const Candidate& winner) {
  const auto remove = [this](Player& player) {
    player.expected.reset();
    former_.push_back(&player);
    ++removed_now_;
  };
  removed_now_ = 0;
  unplaced_.clear();
  for (const ProposalRef& ref : winner.refs) {
    const Intent& intent = *std::ranges::find(intents_, ref, &Intent::ref);
    if (intent.updated.has_value()) intent.author->expected = intent.updated;
    if (intent.extensions.has_value()) extensions_ = *intent.extensions;
    if (intent.removed != nullptr) remove(*intent.removed);
    if (intent.added != nullptr) unplaced_.push_back(intent.added);
    tally_.updated += intent.updated.has_value();
    tally_.extension_changes += intent.extensions.has_value();
  }
  for (Player* player : winner.removes) remove(*player);
  unplaced_.insert(unplaced_.end(), winner.adds.begin(), winner.adds.end());
  if (winner.updated.has_value()) winner.committer->expected = winner.updated;
  if (winner.extensions.has_value()) extensions_ = *winner.extensions;
  tally_.updated += winner.updated.has_value();
  tally_.extension_changes += winner.extensions.has_value();
  tally_.removed += removed_now_;
  tally_.joined += unplaced_.size();
  ++epoch_;
  for (Player* player : unplaced_) {
    player->expected = Identity(*player, LeftmostFree());
    player->joined = epoch_;
  }
  // Whoever comes back by itself is not gone.
  if (!winner.removes.empty() && winner.removes.front() == winner.committer) {
    std::erase(former_, winner.committer);
  }
}

void ModelGroup::Welcome(const Candidate& winner, const std::vector<Bytes>& welcomes,
                         const std::vector<PskId>& psks) {
  Player& committer = *winner.committer;
  const Bytes tree = Must(ExportRatchetTree(*committer.session));
  for (Player* joiner : unplaced_) {
    if (joiner == &committer) continue;
    ForgetPast(*joiner);
    for (const PskId& psk : psks) {
      if (const auto* external = std::get_if<ExternalPskId>(&psk)) GivePsk(*joiner, external->id);
    }
    JoinOptions options;
    if (!committer.policy.tree_in_welcome) options.ratchet_tree = tree;
    std::optional<StagedJoin> found;
    for (const Bytes& welcome : welcomes) {
      auto staged = joiner->client->ReadWelcome(welcome, options);
      if (staged.ok()) {
        REQUIRE(!found.has_value());
        found = std::move(staged).value();
      } else {
        REQUIRE(KindOf(staged) == ErrorKind::kMissing);
      }
    }
    REQUIRE(found.has_value());
    REQUIRE(found->inviter() == *committer.expected);
    REQUIRE(found->own_leaf() == joiner->expected->leaf);
    REQUIRE(found->members().size() == Members().size());
    joiner->session = Must(joiner->client->Enter(std::move(*found)));
  }
}

}  // namespace conclave::testing
