#include "conclave/session.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/overloaded.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "group/choose_proposals.h"
#include "group/describe.h"
#include "schedule/exporter.h"
#include "session/request.h"
#include "session/session_state.h"

namespace conclave {

// A staged epoch: somebody else's, held here, or one of our offers, which stays where it is.
struct StagedCommit::Impl {
  const void* made_by = nullptr;  // for comparing
  std::uint64_t made_at_load = 0;
  Epoch made_in = 0;
  GroupId group_id;
  std::optional<std::uint64_t> offer;
  std::optional<StagedEpoch> staged;
  CommitSummary offered = {};  // an offer's; a staged epoch has its own

  const CommitSummary& summary() const { return staged.has_value() ? staged->summary : offered; }
};

StagedCommit::StagedCommit(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StagedCommit::StagedCommit(StagedCommit&&) noexcept = default;
StagedCommit& StagedCommit::operator=(StagedCommit&&) noexcept = default;
StagedCommit::~StagedCommit() = default;

const CommitSummary& StagedCommit::summary() const { return impl_->summary(); }

MemberRange::Iterator::Iterator(const Session* session, std::optional<Member> member)
    : session_(session), member_(std::move(member)) {}

MemberRange::Iterator& MemberRange::Iterator::operator++() {
  member_ = session_->NextMember({member_->leaf.value + 1});
  return *this;
}

MemberRange::Iterator MemberRange::begin() const { return {session_, session_->NextMember({0})}; }

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

const GroupId& Session::group_id() const { return impl_->public_group().group_id(); }
Epoch Session::epoch() const { return impl_->public_group().epoch(); }
CipherSuite Session::suite() const { return impl_->public_group().suite().id(); }
LeafIndex Session::own_leaf() const { return impl_->own_leaf(); }
const std::vector<Extension>& Session::extensions() const {
  return impl_->public_group().context().extensions;
}
bool Session::is_member() const { return !std::holds_alternative<Departed>(impl_->state); }
bool Session::is_restored() const { return impl_->restored(); }
std::uint64_t Session::version() const { return impl_->head.version; }

std::optional<ProposedReInit> Session::closed_by() const {
  const auto group = impl_->member();
  if (!group.ok() || !(*group)->reinit().has_value()) return std::nullopt;
  const rfc9420::ReInit& reinit = *(*group)->reinit();
  return ProposedReInit{reinit.group_id, reinit.version, reinit.cipher_suite, reinit.extensions};
}

std::size_t Session::member_count() const { return impl_->public_group().tree().member_count(); }

std::optional<Member> Session::FindMember(LeafIndex leaf) const {
  return impl_->public_group().FindMember(leaf);
}

std::optional<Member> Session::NextMember(LeafIndex from) const {
  const PublicGroup& group = impl_->public_group();
  const auto leaf = group.tree().NextMember(from);
  if (!leaf.has_value()) return std::nullopt;
  return group.FindMember(*leaf);
}

std::vector<ReceivedProposal> Session::pending_proposals() const {
  std::vector<ReceivedProposal> pending;
  const auto group = impl_->member();
  if (!group.ok()) return pending;
  for (const StoredProposal& stored : (*group)->proposals().all()) {
    pending.push_back(
        DescribeProposal((*group)->epoch().group, {&stored.proposal, stored.sender, stored.ref}));
  }
  return pending;
}

Result<Bytes> Session::Protect(BytesView plaintext, BytesView authenticated_data,
                               std::span<const AppRow> rows) {
  CONCLAVE_ASSIGN_OR_RETURN(Group * group, impl_->member());
  //= rfc9420#6.3.1
  //# Because the key schedule generates nonces deterministically, a client MUST keep persistent
  //# state as to where in the key schedule it is; if this persistent state is lost or corrupted, a
  //# client might reuse a generation that has already been used, causing reuse of a key/nonce pair.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("6.3.1:restored-sends-nothing", ErrorKind::kCommitFirst, !impl_->restored()));
  CONCLAVE_ASSIGN_OR_RETURN(
      Bytes message, group->Seal(impl_->client->environment(), plaintext, authenticated_data));
  if (rows.empty() && impl_->IsLeased()) return message;
  CONCLAVE_RETURN_IF_ERROR(impl_->WriteMessages(rows, message));
  return message;
}

Result<Event> Session::Receive(BytesView message, std::span<const AppRow> rows, Inbox* inbox) {
  CONCLAVE_ASSIGN_OR_RETURN(Group * group, impl_->member());
  CONCLAVE_ASSIGN_OR_RETURN(Opened opened, group->Open(impl_->client->environment(), message));
  const auto stage = [this, group](std::optional<std::uint64_t> offer,
                                   std::optional<StagedEpoch> staged, CommitSummary offered) {
    const PublicGroup& current = group->epoch().group;
    return StagedCommit(std::make_unique<StagedCommit::Impl>(
        StagedCommit::Impl{impl_.get(), impl_->loads, current.epoch(), current.group_id(), offer,
                           std::move(staged), std::move(offered)}));
  };
  Event event =
      std::visit(Overloaded{
                     [](OpenedApplication& application) -> Event {
                       return ApplicationMessage{std::move(application.sender), application.epoch,
                                                 std::move(application.plaintext),
                                                 std::move(application.authenticated_data)};
                     },
                     [](ReceivedProposal& proposal) -> Event { return std::move(proposal); },
                     [&stage](StagedEpoch& staged) -> Event {
                       CommitSummary summary = staged.summary;
                       return stage(std::nullopt, std::move(staged), std::move(summary));
                     },
                     [&stage, group](OpenedOwnOffer& own) -> Event {
                       return stage(own.id, std::nullopt, group->FindOffer(own.id)->staged.summary);
                     },
                     [](OpenedOwnMessage&) -> Event { return OwnMessage{}; },
                 },
                 opened);
  if (const auto* application = std::get_if<ApplicationMessage>(&event)) {
    std::vector<AppRow> with_inbox;
    if (inbox != nullptr) {
      with_inbox.assign(rows.begin(), rows.end());
      std::ranges::move(inbox->RowsFor(*application), std::back_inserter(with_inbox));
      rows = with_inbox;
    }
    CONCLAVE_RETURN_IF_ERROR(impl_->WriteMessages(rows, application->plaintext));
  } else if (std::holds_alternative<ReceivedProposal>(event)) {
    CONCLAVE_RETURN_IF_ERROR(impl_->WriteMessages(rows, {}));
  }
  return event;
}

Result<OutgoingCommit> Session::CreateCommit(const CommitRequest& request) {
  CONCLAVE_ASSIGN_OR_RETURN(Group * group, impl_->member());
  const Environment environment = impl_->client->environment();
  CONCLAVE_ASSIGN_OR_RETURN(const RequestedProposals requested,
                            ProposalsOf(request, *group, environment));
  CONCLAVE_ASSIGN_OR_RETURN(const GroupIndex* index, group->Index(environment));
  CONCLAVE_ASSIGN_OR_RETURN(
      ChosenProposals chosen,
      ChooseProposals(group->epoch().group, *index, environment, group->epoch().own_leaf(),
                      group->proposals(), requested.list, request.exclude));

  CommitPlan plan;
  plan.list = std::move(chosen.list);
  plan.path = request.path;
  plan.authenticated_data = request.authenticated_data;
  // A restored ratchet may have been used already.
  plan.framing =
      impl_->restored() ? HandshakeFraming::public_message : environment.policy.handshakes;
  plan.joiners_per_welcome = request.joiners_per_welcome;
  plan.welcome_contents = {.ratchet_tree = environment.policy.tree_in_welcome,
                           .external_pub = false,
                           .grease = environment.policy.grease};
  if (request.new_identity.has_value()) {
    CONCLAVE_ASSIGN_OR_RETURN(plan.profile, ProfileOf(*request.new_identity, *group));
    plan.signer = request.new_identity->signer;
    impl_->Remember(plan.signer);
  }
  CONCLAVE_ASSIGN_OR_RETURN(const Offer* offer, group->Stage(environment, plan));
  OutgoingCommit outgoing{{offer->id}, offer->message, {}};
  WriteBatch batch;
  RecordOffer(impl_->keys, group->epoch(), *offer, batch);
  CONCLAVE_RETURN_IF_ERROR(impl_->WriteMessages({}, {}, std::move(batch)));
  for (const Skipped& skipped : chosen.skipped) {
    outgoing.skipped.push_back({skipped.ref, skipped.why});
  }
  return outgoing;
}

namespace {

// Our own proposals of the epoch that the commit does not carry.
std::vector<ReceivedProposal> LeftOut(const Group& group, const CommitSummary& summary) {
  std::set<ProposalRef> carried;
  for (const ReceivedProposal& proposal : summary.proposals) carried.insert(proposal.ref);
  std::vector<ReceivedProposal> left_out;
  for (const StoredProposal& stored : group.proposals().all()) {
    const auto* sender = stored.sender.GetIf<rfc9420::MemberSender>();
    const bool ours = sender != nullptr && sender->leaf_index == group.epoch().own_leaf();
    if (!ours || carried.contains(stored.ref)) continue;
    left_out.push_back(
        DescribeProposal(group.epoch().group, {&stored.proposal, stored.sender, stored.ref}));
  }
  return left_out;
}

}  // namespace

Result<Entered> Session::Apply(StagedCommit staged, std::span<const AppRow> rows) {
  CONCLAVE_ASSIGN_OR_RETURN(Group * group, impl_->member());
  StagedCommit::Impl& commit = *staged.impl_;
  const PublicGroup& current = group->epoch().group;
  const Offer* offer = commit.offer.has_value() ? group->FindOffer(*commit.offer) : nullptr;
  const bool made_now = commit.made_by == impl_.get() && commit.made_at_load == impl_->loads &&
                        commit.made_in == current.epoch() &&
                        commit.group_id == current.group_id() &&
                        (!commit.offer.has_value() || offer != nullptr);
  CONCLAVE_RETURN_IF_ERROR(Rule("session:staged-in-this-epoch", ErrorKind::kMisuse, made_now));

  Entered entered;
  WriteBatch batch;
  AddAppRows(rows, {}, batch);
  if (commit.summary().removes_us) {
    CONCLAVE_RETURN_IF_ERROR(impl_->Depart(batch));
    return entered;
  }
  const StagedEpoch& next = offer != nullptr ? offer->staged : *commit.staged;
  CONCLAVE_RETURN_IF_ERROR(impl_->AddMessages(batch));
  RecordNextEpoch(impl_->keys, *group, next, offer, impl_->client->policy, batch);
  CONCLAVE_RETURN_IF_ERROR(impl_->Write(batch, impl_->HeadInNextEpoch(offer)));

  entered.left_out = LeftOut(*group, commit.summary());
  if (offer != nullptr) {
    //= rfc9420#14
    //# Similarly, the Welcome message corresponding to a Commit MUST NOT be delivered to a new
    //# joiner until it's clear that the Commit has been accepted.
    entered.welcomes = offer->welcomes;
    entered.offer = OfferId{offer->id};
  }
  group->Enter(impl_->client->environment(),
               offer != nullptr ? group->TakeOffer(offer->id) : std::move(*commit.staged));
  impl_->recorded = Recorded::Of(group->state());
  return entered;
}

Result<Secret> Session::ExportSecret(std::string_view label, BytesView context,
                                     std::size_t size) const {
  CONCLAVE_ASSIGN_OR_RETURN(const Group* group, impl_->member());
  return conclave::ExportSecret(group->epoch().group.suite(),
                                group->epoch().secrets.exporter_secret, label, context, size);
}

Bytes Session::EpochAuthenticator() const {
  const auto group = impl_->member();
  if (!group.ok()) return {};
  return ToBytes((*group)->epoch().secrets.epoch_authenticator.ExposeForProvider());
}

}  // namespace conclave
