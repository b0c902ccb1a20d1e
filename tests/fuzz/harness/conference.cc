#include "fuzz/harness/conference.h"

#include <algorithm>
#include <array>

#include "conclave/external_join.h"
#include "conclave/offers.h"
#include "conclave/proposals.h"
#include "session/session_state.h"

namespace conclave::fuzz {

namespace {

constexpr std::uint64_t kConferenceSeed = 8;
constexpr std::size_t kMaxPeople = 8;
constexpr std::size_t kFounders = 3;
constexpr std::size_t kMailbox = 48;

Bytes GroupName() { return ToBytes("conference"); }
std::string NameOf(std::size_t number) { return "person " + std::to_string(number); }
Policy PolicyOf(std::size_t number) {
  Policy policy = UsualPolicy(number % 2 == 0 ? HandshakeFraming::private_message
                                              : HandshakeFraming::public_message);
  policy.max_forward_generations = 100;  // more messages than anybody sends here
  return policy;
}

// What everybody has at first.
std::array<Rows, kMaxPeople> MakeStart() {
  const FastProvider crypto;
  crypto.Restart(kConferenceSeed);
  std::deque<Party> parties;
  for (std::size_t i = 0; i < kMaxPeople; ++i) {
    Must(parties.emplace_back(NameOf(i), crypto, PolicyOf(i))
             ->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("known to everybody"))));
  }
  Session founder = Must(parties[0]->CreateGroup({.id = GroupName()}));
  CommitRequest request;
  for (std::size_t i = 1; i < kFounders; ++i) {
    request.add.push_back(Must(parties[i]->NewKeyPackage()));
  }
  const OutgoingCommit offer = Must(founder.CreateCommit(request));
  const Received own = ReceiveAndCheck(parties[0], founder, offer.commit);
  Must(Delivered(founder, offer.id));
  for (std::size_t i = 1; i < kFounders; ++i) {
    (void)Must(parties[i]->Enter(Must(parties[i]->ReadWelcome(own.entered.welcomes.at(0)))));
  }
  std::array<Rows, kMaxPeople> start;
  for (std::size_t i = 0; i < kMaxPeople; ++i) start[i] = parties[i].storage.rows;
  return start;
}

Bytes ContextOf(const Session& session) {
  return ToBytes(SessionAccess::Of(session).public_group().serialized_context());
}

}  // namespace

Conference::Conference(std::size_t people) : pasts_(1) {
  static const std::array<Rows, kMaxPeople> start = MakeStart();
  crypto_.Restart(kConferenceSeed + 1);
  people = kFounders + people % (kMaxPeople - kFounders + 1);
  for (std::size_t i = 0; i < people; ++i) {
    Person& person = people_.emplace_back();
    person.name = NameOf(i);
    person.party.emplace(person.name, crypto_, PolicyOf(i), start[i]);
    if (i >= kFounders) continue;
    person.session.emplace(Must((*person.party)->OpenGroup(GroupName())));
    CheckState(person);
  }
}

bool Conference::IsIn(Person& person) {
  return person.session.has_value() && person.session->is_member();
}

const Conference::Mail* Conference::AnyMail(Choices& choices) {
  if (mail_.empty()) return nullptr;
  // The newest first: what is most likely to be of use.
  return &mail_[mail_.size() - 1 - choices.Below(mail_.size())];
}

void Conference::Post(Kind kind, const Person& sender, History history, Bytes message,
                      std::string text) {
  mail_.push_back({kind, posted_++, std::move(message), history, &sender, std::move(text)});
  if (mail_.size() > kMailbox) mail_.pop_front();
}

// Whether the person was a member when the group was at `history`.
bool Conference::IsWithin(History history, const Person& person) const {
  for (History at = person.now;; at = pasts_[at].parent) {
    if (at == history) return true;
    if (at == person.joined) return false;
  }
}

Conference::History Conference::After(History history, const Bytes& commit) {
  const auto [found, is_new] = histories_.try_emplace({history, commit}, pasts_.size());
  if (is_new) pasts_.push_back({history, {}, {}});
  return found->second;
}

void Conference::CheckState(Person& person) {
  Past& past = pasts_[person.now];
  const Bytes authenticator = person.session->EpochAuthenticator();
  const Bytes context = ContextOf(*person.session);
  if (past.authenticator.empty()) {
    for (const Past& other : pasts_) {
      Require(other.authenticator != authenticator, "a fork has secrets of its own");
    }
    past.authenticator = authenticator;
    past.context = context;
  }
  Require(past.authenticator == authenticator && past.context == context,
          "who has applied the same commits agrees");
}

void Conference::Step(Choices& choices) {
  const std::uint8_t what = choices.Next();
  Person& person = Anybody(choices);
  switch (what % 16) {
    case 0:
    case 1:
      return Speak(person, choices);
    case 2:
    case 3:
      return Propose(person, choices);
    case 4:
    case 5:
      return Commit(person, choices);
    case 6:
      return JoinExternally(person, Anybody(choices), choices);
    case 7:
      return Reopen(person);
    case 8:
    case 9:
      if (const Mail* mail = AnyMail(choices)) DeliverChanged(person, *mail, choices);
      return;
    case 10:
    case 11:
    case 12:
      if (const Mail* mail = AnyMail(choices)) {
        const Mail kept = *mail;  // new mail may push it out
        for (Person& everybody : people_) Deliver(everybody, kept);
      }
      return;
    default:
      if (const Mail* mail = AnyMail(choices)) {
        const Mail kept = *mail;
        Deliver(person, kept);
      }
  }
}

void Conference::Speak(Person& person, Choices& choices) {
  if (!IsIn(person)) return;
  const std::string text = person.name + " says " + std::to_string(choices.Next());
  auto message = person.session->Protect(AsBytes(text));
  if (message.ok()) Post(Kind::text, person, person.now, std::move(*message), text);
}

void Conference::Propose(Person& person, Choices& choices) {
  if (!IsIn(person)) return;
  Session& session = *person.session;
  const std::size_t kind = choices.Below(6);
  Person& other = Anybody(choices);
  auto proposal = [&]() -> Result<Bytes> {
    switch (kind) {
      case 0:
        return ProposeAdd(session, Must((*other.party)->NewKeyPackage()));
      case 1:
        return ProposeUpdate(session);
      case 2:
        return ProposeRemove(session, LeafIndex{static_cast<std::uint32_t>(choices.Below(8))});
      case 3:
        return ProposePsk(session, ExternalPskId{ToBytes("psk")});
      case 4:
        return ProposeExtensions(session, {{kCustomExtension, {choices.Next()}}});
      default:
        return ProposeCustom(session, {kCustomProposal, {choices.Next()}});
    }
  }();
  if (proposal.ok()) Post(Kind::proposal, person, person.now, std::move(*proposal));
}

void Conference::Commit(Person& person, Choices& choices) {
  if (!IsIn(person)) return;
  const std::uint8_t what = choices.Next();
  CommitRequest request;
  if ((what & 1) != 0) request.path = PathPolicy::always;
  if ((what & 2) != 0) {
    request.add.push_back(Must((*Anybody(choices).party)->NewKeyPackage()));
  }
  if ((what & 4) != 0) request.remove = {LeafIndex{static_cast<std::uint32_t>(choices.Below(8))}};
  if ((what & 8) != 0) request.psks = {ExternalPskId{ToBytes("psk")}};
  if ((what & 16) != 0) request.extensions = {{kCustomExtension, {choices.Next()}}};
  if ((what & 32) != 0) {
    for (const ReceivedProposal& proposal : person.session->pending_proposals()) {
      request.exclude.push_back(proposal.ref);
    }
  }
  auto offer = person.session->CreateCommit(request);
  if (!offer.ok()) return;
  Post(Kind::commit, person, person.now, std::move(offer->commit));
  // A delivery service that is not in the way.
  if ((what & 64) == 0) return;
  const Mail mail = mail_.back();
  for (Person& everybody : people_) Deliver(everybody, mail);
}

void Conference::Applied(Person& person, const Bytes& commit, Entered entered) {
  ++achieved_;
  person.now = After(person.now, commit);
  if (!person.session->is_member()) {
    person.session.reset();
    return;
  }
  CheckState(person);
  for (Bytes& welcome : entered.welcomes) {
    Post(Kind::welcome, person, person.now, std::move(welcome));
  }
  if (entered.offer.has_value()) Must(Delivered(*person.session, *entered.offer));
}

void Conference::CheckRead(Person& person, const Mail& mail, const ApplicationMessage& read) {
  ++achieved_;
  Require(mail.kind == Kind::text && std::ranges::equal(read.plaintext, AsBytes(mail.text)),
          "a text is read as it was written");
  const auto* author = std::get_if<BasicCredential>(&read.sender.credential);
  Require(author != nullptr && std::ranges::equal(author->identity, AsBytes(mail.sender->name)),
          "and as the author's");
  Require(person.read.insert(mail.number).second, "nobody reads a text twice");
  Require(IsWithin(mail.history, person), "only who was there reads a text");
}

void Conference::Deliver(Person& person, const Mail& mail) {
  if (mail.kind == Kind::welcome) return Join(person, mail);
  if (!IsIn(person)) return;
  const bool same_place = mail.history == person.now && mail.sender != &person;
  Received received = ReceiveAndCheck(*person.party, *person.session, mail.message);
  if (received.refused.has_value()) {
    const ErrorKind kind = received.refused->kind;
    if (same_place && mail.kind == Kind::commit && kind != ErrorKind::kMissing) {
      std::fprintf(stderr, "%s\n", received.refused->detail);
      Require(false, "a commit is accepted by whoever is where its maker was");
    }
    if (same_place && mail.kind == Kind::text) {
      Require(kind == ErrorKind::kAlreadyUsed || kind == ErrorKind::kRejectedByPolicy,
              "a text is read by whoever is where its author was");
    }
    return;
  }
  if (const auto* text = std::get_if<ApplicationMessage>(&*received.event)) {
    CheckRead(person, mail, *text);
  }
  if (received.was_commit) {
    Require(mail.kind == Kind::commit && mail.history == person.now,
            "a commit is accepted where it was made and nowhere else");
    Applied(person, mail.message, std::move(received.entered));
  }
}

void Conference::DeliverChanged(Person& person, const Mail& mail, Choices& choices) {
  if (!IsIn(person) || mail.kind == Kind::welcome) return;
  Bytes changed = mail.message;
  const std::size_t at = (choices.Next() * 256U + choices.Next()) % changed.size();
  const std::uint8_t how = choices.Next();
  if (how == 0) {
    changed.resize(at);
  } else {
    changed[at] = static_cast<std::uint8_t>(changed[at] ^ how);
  }
  const Received received = ReceiveAndCheck(*person.party, *person.session, changed);
  Require(received.refused.has_value(), "a message that was changed is refused");
}

void Conference::Join(Person& person, const Mail& mail) {
  if (IsIn(person)) return;
  auto staged = (*person.party)->ReadWelcome(mail.message);
  if (!staged.ok()) return;
  person.session.emplace(Must((*person.party)->Enter(std::move(*staged))));
  person.now = mail.history;
  person.joined = mail.history;
  ++achieved_;
  CheckState(person);
  RequireStored(*person.party, *person.session);
}

void Conference::JoinExternally(Person& person, Person& member, Choices& choices) {
  if (!IsIn(member) || &person == &member) return;
  const auto group_info = MakeGroupInfo(*member.session);
  if (!group_info.ok()) return;
  ExternalJoinOptions options;
  if (IsIn(person)) options.replace = person.session->own_leaf();
  auto pending = StartExternalJoin(person.party->client, *group_info, options);
  if (!pending.ok()) return;
  const Bytes commit = pending->commit();
  Post(Kind::commit, person, member.now, commit);
  if (choices.Below(4) == 0) {
    Must(AbandonExternalJoin(person.party->client, GroupName()));
    return;
  }
  person.session.emplace(Must(EnterExternally(person.party->client, std::move(*pending))));
  person.now = After(member.now, commit);
  person.joined = person.now;
  ++achieved_;
  CheckState(person);
  RequireStored(*person.party, *person.session);
}

// The program ends and is started again.
void Conference::Reopen(Person& person) {
  if (!IsIn(person)) return;
  const Bytes before = StateOf(*person.session);
  person.session.reset();
  Rows rows = person.party->storage.rows;
  const auto number = static_cast<std::size_t>(
      std::ranges::find(people_, &person, [](Person& each) { return &each; }) - people_.begin());
  person.party.emplace(person.name, crypto_, PolicyOf(number), std::move(rows));
  person.session.emplace(Must((*person.party)->OpenGroup(GroupName())));
  Require(StateOf(*person.session) == before, "a session goes on where it stopped");
}

}  // namespace conclave::fuzz
