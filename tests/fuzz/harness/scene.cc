#include "fuzz/harness/scene.h"

#include <algorithm>
#include <utility>

#include "conclave/external_sender.h"
#include "conclave/proposals.h"
#include "conclave/successor.h"
#include "wire/parse.h"

namespace conclave::fuzz {

namespace {

constexpr std::uint64_t kSceneSeed = 1;
constexpr std::uint64_t kReaderSeed = 2;

Extension CustomExtension() { return {kCustomExtension, ToBytes("of the group")}; }

// What everybody has received and nobody has committed.
std::vector<ProposalRef> PendingIn(const Session& session) {
  std::vector<ProposalRef> refs;
  for (const ReceivedProposal& proposal : session.pending_proposals()) refs.push_back(proposal.ref);
  return refs;
}

void ReceiveIn(Session& session, BytesView message) {
  Event event = Must(session.Receive(message));
  if (auto* staged = std::get_if<StagedCommit>(&event)) Must(session.Apply(std::move(*staged)));
}

}  // namespace

const Scene& Scene::Real() {
  static const SeededProvider crypto;
  static const Scene scene(crypto);
  return scene;
}

const Scene& Scene::Unchecked() {
  static const UncheckedProvider crypto;
  static const Scene scene(crypto);
  return scene;
}

Scene::Scene(const SeededProvider& crypto) : crypto_(crypto), group_id_(ToBytes("the group")) {
  crypto_.Restart(kSceneSeed);
  Found();
  Talk();
  ProposeAndOffer();
  alice_rows_ = parties_.front().storage.rows;
  OfferCommits(SessionOf("bob"));
  OfferCommits(SessionOf("carol"));
  JoinFromOutside();
  ProposeFromOutside();
  Party& ivan = NewParty("ivan");
  Invite(SessionOf("carol"), ivan);
  Invite(SessionOf("dave"), ivan);
  ivan_rows_ = ivan.storage.rows;
  Propose(SessionOf("bob"));
  Propose(SessionOf("frank"));
  bob_ = &SessionOf("bob");
}

Party& Scene::NewParty(std::string_view name, HandshakeFraming framing) {
  Policy policy = UsualPolicy(framing);
  policy.tree_in_welcome = name != "dave";
  Party& party = parties_.emplace_back(name, crypto_, policy);
  Must(party->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("known to everybody in the group"))));
  return party;
}

Session& Scene::SessionOf(std::string_view name) { return sessions_.at(std::string(name)); }

void Scene::Deliver(BytesView message, const Session& sender) {
  for (auto& [name, session] : sessions_) {
    if (&session != &sender && session.is_member()) ReceiveIn(session, message);
  }
}

void Scene::Commit(Session& committer, const CommitRequest& request,
                   const std::vector<Party*>& joiners) {
  const OutgoingCommit offer = Must(committer.CreateCommit(request));
  Event own = Must(committer.Receive(offer.commit));
  const Entered entered = Must(committer.Apply(std::move(std::get<StagedCommit>(own))));
  Deliver(offer.commit, committer);
  for (Party* joiner : joiners) {
    const auto& identity = std::get<BasicCredential>(joiner->client.credential()).identity;
    sessions_.emplace(std::string(identity.begin(), identity.end()),
                      Must((*joiner)->Enter(Must((*joiner)->ReadWelcome(entered.welcomes.at(0))))));
  }
}

void Scene::Keep(const std::string& name, Bytes message) {
  // The wire format stands behind the version.
  (message.at(3) == 1 ? public_ : private_).push_back({name, std::move(message)});
}

bool Scene::IsHonest(BytesView message) const {
  const auto is_it = [message](const Seed& seed) {
    return std::ranges::equal(seed.input, message);
  };
  return std::ranges::any_of(public_, is_it) || std::ranges::any_of(private_, is_it);
}

// A group in which everybody has committed, somebody was removed and somebody is unmerged.
void Scene::Found() {
  using enum HandshakeFraming;
  post_.emplace(Must(SoftwareSigner::Generate(crypto_, SignatureScheme::ed25519)));
  const Extension senders = MakeExternalSenders(
      {{ToBytes(post_->public_key()), BasicCredential{ToBytes("the post office")}}});
  Party& alice = NewParty("alice");
  sessions_.emplace(
      "alice",
      Must(alice->CreateGroup({.id = group_id_, .extensions = {senders, CustomExtension()}})));
  std::vector<Party*> others = {&NewParty("bob", public_message), &NewParty("carol"),
                                &NewParty("dave", public_message), &NewParty("erin"),
                                &NewParty("frank", private_message)};
  CommitRequest request;
  for (Party* other : others) request.add.push_back(Must((*other)->NewKeyPackage()));
  Commit(SessionOf("alice"), request, others);
  for (const char* name : {"bob", "carol", "erin", "frank"}) {
    Commit(SessionOf(name), {.path = PathPolicy::always});
  }
}

void Scene::Talk() {
  Session& alice = SessionOf("alice");
  Session& bob = SessionOf("bob");
  Session& carol = SessionOf("carol");
  // Late messages of a past epoch: some read, some skipped.
  Keep("late_skipped", Must(carol.Protect(AsBytes("zero"))));
  ReceiveIn(alice, Must(carol.Protect(AsBytes("one"), AsBytes("with data"))));
  Keep("late", Must(carol.Protect(AsBytes("two"))));
  Commit(SessionOf("dave"), {.remove = {SessionOf("erin").own_leaf()}});
  Party& gina = NewParty("gina");
  Commit(SessionOf("frank"), {.add = {Must(gina->NewKeyPackage())}}, {&gina});

  ReceiveIn(alice, Must(bob.Protect(AsBytes("first"))));
  Keep("skipped", Must(bob.Protect(AsBytes("skipped"))));
  ReceiveIn(alice, Must(bob.Protect(AsBytes("third"))));
  Keep("next", Must(bob.Protect(AsBytes("next"), AsBytes("with data"))));
  Must(bob.Protect({}));
  Keep("ahead", Must(bob.Protect({})));
  Keep("first_of_a_sender", Must(carol.Protect(AsBytes("hello"))));
  Keep("own", Must(alice.Protect(AsBytes("our own"))));
}

void Scene::ProposeAndOffer() {
  Session& alice = SessionOf("alice");
  Session& bob = SessionOf("bob");
  Session& carol = SessionOf("carol");
  Session& frank = SessionOf("frank");
  Deliver(Must(ProposeRemove(bob, SessionOf("gina").own_leaf())), bob);
  Deliver(Must(ProposeCustom(carol, {kCustomProposal, ToBytes("custom")})), carol);
  Deliver(Must(ProposeUpdate(frank)), frank);
  Deliver(Must(ProposeUpdate(alice)), alice);
  Keep("own_offer", Must(alice.CreateCommit({})).commit);
}

void Scene::OfferCommits(Session& author) {
  const std::vector<ProposalRef> pending = PendingIn(author);
  Party newcomer("newcomer", crypto_);
  const Bytes key_package = Must(newcomer->NewKeyPackage());
  const LeafIndex alice = SessionOf("alice").own_leaf();
  const LeafIndex frank = SessionOf("frank").own_leaf();
  const ProposedReInit reinit{
      ToBytes("the next group"), ProtocolVersion::mls10, author.suite(), {}};
  const std::pair<const char*, CommitRequest> requests[] = {
      {"commit_of_what_waits", {}},
      {"commit_of_nothing", {.exclude = pending, .path = PathPolicy::always}},
      {"commit_of_add", {.add = {key_package}, .exclude = pending}},
      {"commit_of_remove", {.remove = {frank}, .exclude = pending}},
      {"commit_that_removes_us", {.remove = {alice}, .exclude = pending}},
      {"commit_of_psk", {.psks = {ExternalPskId{ToBytes("psk")}}, .exclude = pending}},
      {"commit_of_extensions", {.extensions = {{CustomExtension()}}, .exclude = pending}},
      {"commit_of_reinit", {.reinit = reinit, .exclude = pending}},
      {"commit_of_custom",
       {.custom = {{kCustomProposal, ToBytes("x")}},
        .exclude = pending,
        .authenticated_data = ToBytes("with data")}},
      {"commit_of_many",
       {.add = {key_package},
        .remove = {frank},
        .psks = {ExternalPskId{ToBytes("psk")}, ResumptionPskId{group_id_, author.epoch()}},
        .extensions = {{CustomExtension()}},
        .exclude = pending,
        .path = PathPolicy::always}},
  };
  for (const auto& [name, request] : requests) {
    Keep(name, Must(author.CreateCommit(request)).commit);
  }
}

void Scene::JoinFromOutside() {
  Session& bob = SessionOf("bob");
  const Bytes group_info = Must(MakeGroupInfo(bob));
  group_infos_.push_back({"group_info", group_info});
  group_infos_.push_back(
      {"group_info_extended",
       Must(MakeGroupInfo(bob, {.extensions = {{kCustomExtension, ToBytes("more")}}}))});

  Party newcomer("newcomer", crypto_);
  Keep("external_commit", Must(StartExternalJoin(newcomer.client, group_info)).commit());
  Party frank("frank", crypto_);
  Keep("resync",
       Must(StartExternalJoin(frank.client, group_info, {.replace = SessionOf("frank").own_leaf()}))
           .commit());

  const Bytes key_package = Must(newcomer->NewKeyPackage());
  Keep("request_to_join", Must(RequestToJoin(newcomer.client, group_info, key_package)));
  key_packages_.push_back({"key_package", key_package});
  key_packages_.push_back(
      {"key_package_last_resort", Must(newcomer->NewKeyPackage({.last_resort = true}))});
  key_packages_.push_back(
      {"key_package_extended",
       Must(newcomer->NewKeyPackage({.extensions = {{kCustomExtension, ToBytes("more")}}}))});
}

void Scene::ProposeFromOutside() {
  const Bytes& group_info = group_infos_.front().input;
  const std::pair<const char*, ExternalProposal> proposals[] = {
      {"external_add", ExternalAdd{key_packages_.front().input}},
      {"external_remove", ExternalRemove{SessionOf("frank").own_leaf()}},
      {"external_psk", ProposedPsk{ExternalPskId{ToBytes("psk")}}},
      {"external_extensions", ProposedExtensions{{CustomExtension()}}},
  };
  for (const auto& [name, proposal] : proposals) {
    Keep(name, Must(ProposeExternally(crypto_, *post_, 0, group_info, proposal)));
  }
}

void Scene::Propose(Session& author) {
  const ProposedReInit reinit{
      ToBytes("the next group"), ProtocolVersion::mls10, author.suite(), {}};
  Keep("proposal_add", Must(ProposeAdd(author, key_packages_.front().input)));
  Keep("proposal_update", Must(ProposeUpdate(author)));
  Keep("proposal_remove", Must(ProposeRemove(author, SessionOf("dave").own_leaf())));
  Keep("proposal_psk", Must(ProposePsk(author, ExternalPskId{ToBytes("psk")})));
  Keep("proposal_reinit", Must(ProposeReInit(author, reinit)));
  Keep("proposal_extensions", Must(ProposeExtensions(author, {CustomExtension()})));
  Keep("proposal_custom",
       Must(ProposeCustom(author, {kCustomProposal, ToBytes("y")}, AsBytes("with data"))));
}

void Scene::Invite(Session& inviter, Party& ivan) {
  Invitation& invitation = invitations_.emplace_back();
  const OutgoingCommit offer = Must(inviter.CreateCommit(
      {.add = {Must(ivan->NewKeyPackage({.last_resort = !invitations_.empty()}))},
       .psks = {ExternalPskId{ToBytes("psk")}},
       .exclude = PendingIn(inviter),
       .path = PathPolicy::always}));
  Event own = Must(inviter.Receive(offer.commit));
  Entered entered = Must(inviter.Apply(std::move(std::get<StagedCommit>(own))));
  invitation.welcome = {"welcome_" + std::to_string(invitations_.size()),
                        std::move(entered.welcomes.at(0))};
  invitation.tree = Must(ExportRatchetTree(inviter));
  invitation.authenticator = inviter.EpochAuthenticator();
}

void Reader::Restart() {
  scene_.crypto().Restart(kReaderSeed);
  session_.reset();
  party_.emplace("alice", scene_.crypto(), UsualPolicy(), scene_.alice());
  session_.emplace(Must((*party_)->OpenGroup(scene_.group_id())));
  is_fresh_ = true;
}

Received Reader::Read(BytesView message) {
  if (!is_fresh_) Restart();
  scene_.crypto().Restart(kReaderSeed);
  Received received = ReceiveAndCheck(*party_, *session_, message);
  is_fresh_ = received.refused.has_value();
  if (received.was_commit) Exercise(*party_, *session_);
  return received;
}

}  // namespace conclave::fuzz
