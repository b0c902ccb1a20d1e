// What a session has to say to a message, whoever made it, wherever and whenever it arrives. In the
// order in which RFC 9420 has the message looked at: where it belongs, its keys, its signature, and
// what it asks for.
#include <algorithm>
#include <utility>

#include "model/world.h"

namespace conclave::testing::model {

namespace {

Answer HappeningOf(MailKind kind) {
  switch (kind) {
    case MailKind::application:
      return {Happening::application};
    case MailKind::proposal:
      return {Happening::proposal};
    case MailKind::commit:
      break;
  }
  return {Happening::commit};
}

}  // namespace

std::vector<Answer> World::Expect(const Party& party, Number group, const Mail& mail) const {
  const Seat& seat = *party.FindSeat(group);
  const Point& point = history_[seat.point()];
  if (std::ranges::find(seat.offers, mail.number) != seat.offers.end()) {
    return {{Happening::commit}};
  }
  if (history_[seat.point()].group != mail.group) return {RefusedAs(ErrorKind::kWrongGroup)};
  if (mail.epoch > point.epoch) return {RefusedAs(ErrorKind::kEpochInFuture)};
  if (mail.epoch == point.epoch) {
    const bool is_here = !mail.point.has_value() || *mail.point == seat.point();
    if (!is_here) return {RefusedAs(ErrorKind::kNotAuthentic)};
    return ExpectHere(party, seat, mail);
  }
  // Of the past, application messages are read, in so many epochs.
  if (mail.kind != MailKind::application) return {RefusedAs(ErrorKind::kEpochTooOld)};
  const bool is_kept = std::ranges::any_of(seat.readings, [&](const Reading& reading) {
    return history_[reading.point].epoch == mail.epoch;
  });
  const bool is_endless = setting_.lie == Lie::window_is_endless;
  if (!is_kept)
    return {is_endless ? Answer{Happening::application} : RefusedAs(ErrorKind::kEpochTooOld)};
  if (seat.FindReading(*mail.point) == nullptr) return {RefusedAs(ErrorKind::kNotAuthentic)};
  return ExpectHere(party, seat, mail);
}

std::vector<Answer> World::ExpectHere(const Party& party, const Seat& seat,
                                      const Mail& mail) const {
  if (!mail.is_private) return {ExpectAccepted(party, seat, mail)};
  const Reading& reading = *seat.FindReading(*mail.point);
  if (mail.leaf == reading.leaf && mail.kind != MailKind::commit) {
    return ExpectOwn(party, seat, mail);
  }
  const bool is_application = mail.kind == MailKind::application;
  const auto& ratchets = is_application ? reading.application : reading.handshake;
  const auto found = ratchets.find(mail.leaf);
  const Ratchet ratchet = found == ratchets.end() ? Ratchet{} : found->second;
  const auto why_not = ratchet.WhyNot(mail.generation, party.policy());
  if (why_not == ErrorKind::kAlreadyUsed && setting_.lie == Lie::replays_are_read) {
    return {HappeningOf(mail.kind)};
  }
  if (why_not.has_value()) return {RefusedAs(*why_not)};
  if (is_application) return {{Happening::application}};
  return {ExpectAccepted(party, seat, mail)};
}

// One of ours that comes back. It is recognised if it is remembered; or else its key is gone,
// unless the session is an old one that has never sent it.
std::vector<Answer> World::ExpectOwn(const Party& party, const Seat& seat, const Mail& mail) const {
  const Reading& reading = *seat.FindReading(*mail.point);
  const auto& ratchets =
      mail.kind == MailKind::application ? reading.application : reading.handshake;
  const auto found = ratchets.find(mail.leaf);
  const Ratchet ratchet = found == ratchets.end() ? Ratchet{} : found->second;
  const auto why_not = ratchet.WhyNot(mail.generation, party.policy());
  Answer forgotten = why_not.has_value() ? RefusedAs(*why_not) : HappeningOf(mail.kind);
  if (forgotten.happening == Happening::proposal) forgotten = ExpectAccepted(party, seat, mail);
  const bool is_remembered =
      std::ranges::find(seat.own_messages, mail.number) != seat.own_messages.end();
  // What a lease has skipped, and which messages went with it, is not followed.
  if (party.policy().sending_lease > 1) {
    return {{Happening::own},
            forgotten,
            HappeningOf(mail.kind),
            RefusedAs(ErrorKind::kAlreadyUsed),
            RefusedAs(ErrorKind::kRejectedByPolicy)};
  }
  return {is_remembered ? Answer{Happening::own} : forgotten};
}

// A proposal or a commit that is authentic.
Answer World::ExpectAccepted(const Party& party, const Seat& seat, const Mail& mail) const {
  const Point& point = history_[seat.point()];
  if (mail.external_sender.has_value()) {
    const std::vector<Number> senders = SendersIn(point.extensions);
    const bool is_listed =
        *mail.external_sender < senders.size() && senders[*mail.external_sender] == mail.client;
    if (!is_listed) return RefusedAs(ErrorKind::kNotAuthentic);
  }
  if (point.successor.has_value()) return RefusedAs(ErrorKind::kGroupClosed);
  return mail.kind == MailKind::proposal ? ExpectProposal(party, seat, mail)
                                         : ExpectCommit(party, seat, mail);
}

Answer World::ExpectProposal(const Party& party, const Seat& seat, const Mail& mail) const {
  if (seat.HasPending(mail.number)) return {Happening::proposal};
  if (seat.pending.size() >= party.policy().max_pending_proposals) {
    return RefusedAs(ErrorKind::kRejectedByPolicy);
  }
  const bool removes_nobody = mail.proposed.kind == ProposalKind::remove &&
                              !history_[seat.point()].members.contains({mail.proposed.what});
  if (removes_nobody) return RefusedAs(ErrorKind::kInvalidProposal);
  return {Happening::proposal};
}

Answer World::ExpectCommit(const Party& party, const Seat& seat, const Mail& mail) const {
  const Point& point = history_[seat.point()];
  const Effect& effect = mail.effect;
  // Our own, that was withdrawn, or was made by a state that was lost.
  if (effect.committer == seat.leaf()) return RefusedAs(ErrorKind::kMissing);
  for (const Listed& listed : effect.list) {
    if (listed.reference != 0 && !seat.HasPending(listed.reference)) {
      return RefusedAs(ErrorKind::kMissing);
    }
  }
  bool removes_us = false;
  for (const auto& [proposed, reference, author] : effect.list) {
    if (proposed.kind != ProposalKind::remove) continue;
    const LeafIndex leaf{proposed.what};
    removes_us = removes_us || leaf == seat.leaf();
    // Who joins may take its own former place, and nobody else's.
    if (mail.is_external && point.members.at(leaf).client != effect.newcomer.client) {
      return RefusedAs(ErrorKind::kRejectedByPolicy);
    }
  }
  if (removes_us) return {Happening::commit};
  for (const auto& [proposed, reference, author] : effect.list) {
    const bool is_ours = proposed.kind == ProposalKind::update && author == seat.leaf();
    if (is_ours && !seat.own_updates.contains(reference)) {
      return RefusedAs(ErrorKind::kInvalidCommit);
    }
  }
  if (const auto why_not = WhyNotPsks(party, point.group, effect.psks)) return RefusedAs(*why_not);
  return {Happening::commit};
}

// A message that somebody has altered on its way is refused, unless the alteration is of what
// nobody can check: one that is removed cannot know the confirmation tag of an external commit.
std::vector<Answer> World::ExpectAltered(const Operation& operation, const Party& party,
                                         Number group, const Mail& mail) const {
  if (operation.Has(Key::readdress)) return {RefusedAs(ErrorKind::kNotAuthentic)};
  std::vector<Answer> expected;
  for (const ErrorKind kind :
       {ErrorKind::kMalformed, ErrorKind::kNotAuthentic, ErrorKind::kWrongGroup,
        ErrorKind::kEpochInFuture, ErrorKind::kEpochTooOld, ErrorKind::kUnsupported,
        ErrorKind::kMisuse}) {
    expected.push_back(RefusedAs(kind));
  }
  const bool removes_us =
      mail.is_external && std::ranges::any_of(mail.effect.list, [&](const Listed& listed) {
        return listed.proposed.kind == ProposalKind::remove &&
               LeafIndex{listed.proposed.what} == party.FindSeat(group)->leaf();
      });
  for (const Answer& honest : Expect(party, group, mail)) {
    if (honest.happening == Happening::refused || removes_us) expected.push_back(honest);
  }
  if (mail.is_private && mail.client == party.number()) {
    expected.push_back(RefusedAs(ErrorKind::kAlreadyUsed));
  }
  return expected;
}

}  // namespace conclave::testing::model
