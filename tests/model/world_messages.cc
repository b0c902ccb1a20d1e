// The model's application messages, and how messages of any kind are delivered.
#include <algorithm>
#include <utility>

#include "framing/private_message.h"
#include "model/world.h"
#include "session/session_state.h"
#include "wire/parse.h"

namespace conclave::testing::model {

namespace {

bool SaysThat(BytesView bytes, const std::string& text) {
  return std::ranges::equal(bytes, AsBytes(text));
}

// The message with the group and the epoch of a session in place of its own.
Bytes Readdressed(const Bytes& message, const Session& session) {
  auto parsed = Need(wire::Parse<rfc9420::MLSMessage>(message), "a message that does not parse");
  if (auto* sealed = parsed.message.GetIf<rfc9420::PrivateMessage>()) {
    sealed->group_id = session.group_id();
    sealed->epoch = session.epoch();
  } else if (auto* open = parsed.message.GetIf<rfc9420::PublicMessage>()) {
    open->content.group_id = session.group_id();
    open->content.epoch = session.epoch();
  }
  return wire::Serialize(parsed);
}

}  // namespace

Bytes Altered(const Operation& operation, Bytes message) {
  if (const auto bit = operation.Find(Key::flip)) {
    message[*bit / 8 % message.size()] ^= static_cast<std::uint8_t>(1 << *bit % 8);
  }
  if (const auto thousandths = operation.Find(Key::cut)) {
    message.resize(message.size() * std::min<Number>(*thousandths, 1000) / 1000);
  }
  if (const auto bytes = operation.Find(Key::grow)) message.resize(message.size() + *bytes);
  return message;
}

Outcome World::Send(const Operation& operation, Party& party) {
  Session* session = FindSession(party, operation);
  if (session == nullptr) return {};
  Seat& seat = party.model.seats.at(touched_);
  const bool is_silenced = seat.restored.has_value() && setting_.lie != Lie::restored_may_send;
  std::optional<ErrorKind> why_not;
  if (is_silenced) {
    why_not = ErrorKind::kCommitFirst;
  } else if (history_[seat.point()].successor.has_value()) {
    why_not = ErrorKind::kGroupClosed;
  } else if (!seat.pending.empty() || seat.sent >= party.policy().max_messages_per_epoch) {
    why_not = ErrorKind::kCommitFirst;
  }
  Mail mail{.number = now_,
            .kind = MailKind::application,
            .group = touched_,
            .epoch = session->epoch(),
            .point = seat.point(),
            .client = party.number(),
            .leaf = seat.leaf(),
            .text = "message " + std::to_string(now_)};
  const Before before = Look(party, touched_);
  auto sent = session->Protect(AsBytes(mail.text), AsBytes("about " + mail.text));
  if (const auto refused = Refusal(sent, {why_not}, before, party, touched_)) return *refused;
  mail.bytes = std::move(sent).value();
  NoteKey(mail, *session);
  ++seat.sent;
  seat.RememberOwn(now_, party.policy());
  mails_[now_] = std::move(mail);
  return {Outcome::Kind::done, "application message"};
}

// Which key a message of ours was sealed with, if it was; it was never used before.
void World::NoteKey(Mail& mail, Session& session) {
  const auto parsed = Need(wire::Parse<rfc9420::MLSMessage>(mail.bytes), "an unreadable message");
  const auto* sealed = parsed.message.GetIf<rfc9420::PrivateMessage>();
  if (sealed == nullptr) return;
  const EpochState& epoch =
      Need(SessionAccess::Of(session).member(), "not a member")->state().epoch;
  const auto sender = Need(
      OpenSenderData(epoch.group.suite(), *sealed, epoch.secrets.sender_data_secret), "no sender");
  Require(sender.leaf_index == mail.leaf, "another sender than who sends");
  mail.is_private = true;
  mail.generation = sender.generation;
  const bool is_application = mail.kind == MailKind::application;
  const std::uint64_t key = (is_application ? std::uint64_t{1} << 32 : 0) | sender.generation;
  Require(history_[*mail.point].keys_used.emplace(mail.leaf, key).second, "a key is used twice");
  Reading& reading = parties_[mail.client].model.seats.at(mail.group).readings.back();
  Ratchet& own = (is_application ? reading.application : reading.handshake)[mail.leaf];
  own.head = std::uint64_t{sender.generation} + 1;
}

namespace {

Answer AnswerOf(const Result<Event>& received) {
  if (!received.ok()) return RefusedAs(received.error().kind);
  constexpr Happening kByIndex[] = {Happening::application, Happening::proposal, Happening::commit,
                                    Happening::own};
  return {kByIndex[received->index()]};
}

void RequireAnswer(const Result<Event>& received, const std::vector<Answer>& expected) {
  const Answer got = AnswerOf(received);
  if (std::ranges::find(expected, got) != expected.end()) return;
  const auto name = [](const Answer& answer) {
    constexpr const char* kNames[] = {"", "a message", "a proposal", "a commit",
                                      "a message of its own"};
    return answer.happening == Happening::refused
               ? std::string(ErrorKindName(answer.error))
               : std::string(kNames[static_cast<std::size_t>(answer.happening)]);
  };
  std::string what = "expected";
  for (const Answer& one : expected) what += " " + name(one) + ",";
  what += " got " + name(got);
  if (!received.ok()) what += std::string(": ") + received.error().detail;
  throw Disagreement{what};
}

}  // namespace

// A message that is for no session is delivered to one.
Outcome World::Misdirect(Party& party, Session& session, BytesView message) {
  const Before before = Look(party, touched_);
  const auto received = session.Receive(message);
  const auto refused = Refusal(received, {ErrorKind::kMisuse}, before, party, touched_);
  return {Outcome::Kind::refused, "misdirected: " + refused.value().what};
}

Outcome World::Deliver(const Operation& operation, Party& party) {
  Session* session = FindSession(party, operation);
  if (session == nullptr) return {};
  if (const auto package = packages_.find(operation.Get(Key::package));
      package != packages_.end()) {
    return Misdirect(party, *session, package->second.bytes);
  }
  if (const auto info = infos_.find(operation.Get(Key::info)); info != infos_.end()) {
    return Misdirect(party, *session, info->second.bytes);
  }
  const Mail* mail = FindMail(operation.Get(Key::mail));
  if (mail == nullptr || mail->bytes.empty()) return {};
  Bytes bytes = mail->bytes;
  if (operation.Has(Key::readdress)) bytes = Readdressed(bytes, *session);
  bytes = Altered(operation, std::move(bytes));
  const bool is_altered = bytes != mail->bytes;
  const Before before = Look(party, touched_);
  auto received = session->Receive(bytes);
  RequireAnswer(received, is_altered ? ExpectAltered(operation, party, touched_, *mail)
                                     : Expect(party, touched_, *mail));
  const Happening happening = AnswerOf(received).happening;
  const bool changes = happening == Happening::application || happening == Happening::proposal;
  if (!changes) RequireUnchanged(before, party, touched_);
  if (is_altered) {
    return {
        Outcome::Kind::refused,
        "altered: " + std::string(received.ok() ? "staged" : ErrorKindName(received.error().kind))};
  }
  if (!received.ok()) return {Outcome::Kind::refused, ErrorKindName(received.error().kind)};
  if (happening == Happening::commit && operation.Has(Key::drop)) {
    received = Error{ErrorKind::kMisuse, "dropped"};
    RequireUnchanged(before, party, touched_);
    return {Outcome::Kind::done, "commit, not applied"};
  }
  return Accept(party, *mail, std::move(received).value());
}

Outcome World::Accept(Party& party, const Mail& mail, Event event) {
  if (std::holds_alternative<OwnMessage>(event)) return {Outcome::Kind::done, "own message"};
  if (const auto* message = std::get_if<ApplicationMessage>(&event)) {
    CheckApplication(mail, *message);
    NoteRead(party, mail);
    const bool is_late = mail.epoch < history_[party.FindSeat(touched_)->point()].epoch;
    return {Outcome::Kind::done, is_late ? "late application message" : "application message"};
  }
  Seat& seat = party.model.seats.at(touched_);
  if (const auto* proposal = std::get_if<ReceivedProposal>(&event)) {
    Received(mail, seat.point(), *proposal);
    if (seat.HasPending(mail.number)) return {Outcome::Kind::done, "proposal, known"};
    NoteRead(party, mail);
    seat.pending.push_back(mail.number);
    return {Outcome::Kind::done, mail.point.has_value() ? "proposal" : "outsider's proposal"};
  }
  return Apply(party, mail, std::get<StagedCommit>(std::move(event)));
}

void World::NoteRead(Party& party, const Mail& mail) {
  if (!mail.is_private) return;
  Reading& reading = *party.model.seats.at(touched_).FindReading(*mail.point);
  const bool is_application = mail.kind == MailKind::application;
  auto& ratchets = is_application ? reading.application : reading.handshake;
  ratchets[mail.leaf].Open(mail.generation, party.policy());
}

void World::CheckApplication(const Mail& mail, const ApplicationMessage& message) const {
  Require(SaysThat(message.plaintext, mail.text), "another text than was sent");
  Require(SaysThat(message.authenticated_data, "about " + mail.text), "other authenticated data");
  Require(message.sender == MemberAt(*mail.point, mail.leaf), "another sender than who sent");
  Require(message.epoch == mail.epoch, "another epoch than it was sent in");
}

}  // namespace conclave::testing::model
