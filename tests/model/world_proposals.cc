// The model's proposals: of members, of newcomers and of external senders.
#include <algorithm>
#include <utility>

#include "model/world.h"

namespace conclave::testing::model {

// What an operation proposes; nothing if it names what is not there.
std::optional<Proposed> World::ProposedBy(const Operation& operation, Number client) const {
  if (const auto package = operation.Find(Key::add)) {
    const auto found = packages_.find(*package);
    if (found == packages_.end()) return std::nullopt;
    return Proposed{ProposalKind::add, 0, {found->second.client, 0}, *package};
  }
  if (const auto is_new = operation.Find(Key::update)) {
    return Proposed{ProposalKind::update, *is_new, {client, *is_new != 0 ? now_ : 0}};
  }
  constexpr std::pair<Key, ProposalKind> kOthers[] = {
      {Key::remove, ProposalKind::remove},         {Key::psk, ProposalKind::psk},
      {Key::resumption, ProposalKind::resumption}, {Key::extensions, ProposalKind::extensions},
      {Key::custom, ProposalKind::custom},         {Key::reinit, ProposalKind::reinit}};
  for (const auto& [key, kind] : kOthers) {
    const auto value = operation.Find(key);
    if (!value.has_value()) continue;
    if (kind == ProposalKind::reinit) return Proposed{kind, now_};
    if (kind == ProposalKind::extensions) return Proposed{kind, *value & kAllExtensions};
    return Proposed{kind, *value};
  }
  return std::nullopt;
}

PskId PskIdOf(ProposalKind kind, Number what, Number group) {
  if (kind == ProposalKind::resumption) return ResumptionPskId{IdOf(group), what};
  return ExternalPskId{ToBytes(AsBytes("psk " + std::to_string(what)))};
}

ProposedReInit ReInitOf(Number successor, const Setting& setting) {
  return {.group_id = IdOf(successor),
          .cipher_suite = static_cast<CipherSuite>(setting.suite),
          .extensions = {}};
}

Outcome World::Propose(const Operation& operation, Party& party) {
  Session* session = FindSession(party, operation);
  auto proposed = ProposedBy(operation, party.number());
  if (session == nullptr || !proposed.has_value()) return {};
  Seat& seat = party.model.seats.at(touched_);
  const Point& point = history_[seat.point()];
  std::optional<ErrorKind> why_not;
  if (seat.restored.has_value()) {
    why_not = ErrorKind::kCommitFirst;
  } else if (point.successor.has_value()) {
    why_not = ErrorKind::kGroupClosed;
  } else if (proposed->kind == ProposalKind::remove && !point.members.contains({proposed->what})) {
    why_not = ErrorKind::kInvalidProposal;
  }
  std::optional<Identity> identity;
  if (proposed->kind == ProposalKind::update) {
    if (proposed->what != 0) identity = party.MakeIdentity(now_);
    if (proposed->what == 0) proposed->person = point.members.at(seat.leaf());
  }
  const Before before = Look(party, touched_);
  const auto call = [&]() -> Result<Bytes> {
    const Bytes aad = ToBytes(AsBytes("proposal " + std::to_string(now_)));
    switch (proposed->kind) {
      case ProposalKind::add:
        return ProposeAdd(*session, PackageBytes(proposed->package), aad);
      case ProposalKind::update:
        return ProposeUpdate(*session, identity, aad);
      case ProposalKind::remove:
        return ProposeRemove(*session, {proposed->what}, aad);
      case ProposalKind::psk:
      case ProposalKind::resumption:
        return ProposePsk(*session, PskIdOf(proposed->kind, proposed->what, touched_), aad);
      case ProposalKind::extensions:
        return ProposeExtensions(*session, ExtensionsOf(proposed->what, external_senders_), aad);
      case ProposalKind::custom:
        return ProposeCustom(*session, {kModelProposal, {1, 2}}, aad);
      case ProposalKind::reinit:
        break;
    }
    return ProposeReInit(*session, ReInitOf(proposed->what, setting_), aad);
  };
  auto made = call();
  if (const auto refused = Refusal(made, {why_not}, before, party, touched_)) return *refused;
  Mail mail{.number = now_,
            .kind = MailKind::proposal,
            .group = touched_,
            .epoch = point.epoch,
            .point = seat.point(),
            .client = party.number(),
            .leaf = seat.leaf(),
            .bytes = std::move(made).value(),
            .proposed = *proposed,
            .reference = session->pending_proposals().back().ref};
  NoteKey(mail, *session);
  if (mail.is_private) {
    ++seat.sent;
    seat.RememberOwn(now_, party.policy());
  }
  seat.pending.push_back(now_);
  if (proposed->kind == ProposalKind::update) seat.own_updates.insert(now_);
  mails_[now_] = std::move(mail);
  return {Outcome::Kind::done, "proposal " + std::to_string(static_cast<int>(proposed->kind))};
}

// Whether a message is one that was made before: outsiders who ask for the same twice may say it
// in the same bytes.
bool World::IsKnown(const Bytes& message) const {
  return std::ranges::any_of(
      mails_, [&message](const auto& entry) { return entry.second.bytes == message; });
}

// Somebody who is not in the group asks to be added.
Outcome World::Request(const Operation& operation, Party& party) {
  const auto info = infos_.find(operation.Get(Key::info));
  const auto package = packages_.find(operation.Get(Key::add));
  if (info == infos_.end() || package == packages_.end()) return {};
  if (package->second.client != party.number()) return {};
  touched_ = history_[info->second.point].group;
  const bool has_tree = info->second.tree_inside || operation.Has(Key::tree);
  const Before before = Look(party, touched_);
  auto made = RequestToJoin(*party.client, info->second.bytes, package->second.bytes,
                            operation.Has(Key::tree) ? BytesView(info->second.tree) : BytesView());
  const std::optional<ErrorKind> why_not =
      has_tree ? std::nullopt : std::optional(ErrorKind::kMissing);
  if (const auto refused = Refusal(made, {why_not}, before, party, touched_)) return *refused;
  if (IsKnown(*made)) return {Outcome::Kind::done, "request to join, again"};
  mails_[now_] = {.number = now_,
                  .kind = MailKind::proposal,
                  .group = touched_,
                  .epoch = history_[info->second.point].epoch,
                  .client = party.number(),
                  .bytes = std::move(made).value(),
                  .proposed = {ProposalKind::add, 0, {party.number(), 0}, package->second.number},
                  .from_newcomer = true};
  return {Outcome::Kind::done, "request to join"};
}

Outcome World::ProposeFromOutside(const Operation& operation) {
  const auto info = infos_.find(operation.Get(Key::info));
  const auto proposed = ProposedBy(operation, 0);
  const Number key = operation.Get(Key::sender);
  if (info == infos_.end() || !proposed.has_value() || key >= external_senders_.size()) return {};
  const Point& point = history_[info->second.point];
  const std::vector<Number> senders = SendersIn(point.extensions);
  const auto listed = std::ranges::find(senders, key);
  const auto index = static_cast<Number>(listed - senders.begin());
  const auto as_external = [&]() -> std::optional<ExternalProposal> {
    switch (proposed->kind) {
      case ProposalKind::add:
        return ExternalAdd{PackageBytes(proposed->package)};
      case ProposalKind::remove:
        return ExternalRemove{{proposed->what}};
      case ProposalKind::psk:
      case ProposalKind::resumption:
        return ProposedPsk{PskIdOf(proposed->kind, proposed->what, point.group)};
      case ProposalKind::extensions:
        return ProposedExtensions{ExtensionsOf(proposed->what, external_senders_)};
      case ProposalKind::reinit:
        return ReInitOf(proposed->what, setting_);
      case ProposalKind::update:
      case ProposalKind::custom:
        break;
    }
    return std::nullopt;
  };
  const auto external = as_external();
  if (!external.has_value()) return {};
  auto made =
      ProposeExternally(crypto_, external_senders_[key], index, info->second.bytes, *external);
  const bool is_listed = listed != senders.end();
  RequireExpected(made.ok() ? std::nullopt : std::optional(made.error()),
                  {is_listed ? std::nullopt : std::optional(ErrorKind::kMisuse)});
  if (!made.ok()) return {Outcome::Kind::refused, ErrorKindName(made.error().kind)};
  if (IsKnown(*made)) return {Outcome::Kind::done, "outsider's proposal, again"};
  mails_[now_] = {.number = now_,
                  .kind = MailKind::proposal,
                  .group = point.group,
                  .epoch = point.epoch,
                  .client = key,
                  .bytes = std::move(made).value(),
                  .proposed = *proposed,
                  .external_sender = index};
  return {Outcome::Kind::done, "outsider's proposal"};
}

namespace {

ProposalKind KindOf(const ProposalDetails& details) {
  constexpr ProposalKind kByIndex[] = {
      ProposalKind::add,    ProposalKind::update, ProposalKind::remove,     ProposalKind::psk,
      ProposalKind::reinit, ProposalKind::custom, ProposalKind::extensions, ProposalKind::custom};
  const auto* psk = std::get_if<ProposedPsk>(&details);
  if (psk != nullptr && std::holds_alternative<ResumptionPskId>(psk->psk)) {
    return ProposalKind::resumption;
  }
  return kByIndex[details.index()];
}

}  // namespace

// What a session says about a proposal that it has received at `point`.
void World::Received(const Mail& mail, PointId point, const ReceivedProposal& proposal) {
  Bytes& reference = mails_.at(mail.number).reference.value;
  if (reference.empty()) reference = proposal.ref.value;
  Require(reference == proposal.ref.value, "one proposal has two references");
  Require(KindOf(proposal.proposal) == mail.proposed.kind, "another kind of proposal");
  if (const auto* remove = std::get_if<ProposedRemove>(&proposal.proposal)) {
    Require(remove->member == MemberAt(point, {mail.proposed.what}), "a Remove of another member");
  }
  if (const auto* add = std::get_if<ProposedAdd>(&proposal.proposal)) {
    const Party& added = parties_[mail.proposed.person.client];
    Require(add->signature_key == added.KeyOf(0), "an Add of another client");
  }
  if (const auto* update = std::get_if<ProposedUpdate>(&proposal.proposal)) {
    const Party& author = parties_[mail.client];
    Require(update->change.before == MemberAt(point, mail.leaf), "an Update of another member");
    Require(update->change.after.signature_key == author.KeyOf(mail.proposed.person.identity),
            "an Update to another identity");
  }
  if (mail.external_sender.has_value()) {
    const auto* sender = std::get_if<ExternalParty>(&proposal.sender);
    Require(sender != nullptr && sender->sender_index == *mail.external_sender,
            "not from the external sender");
  } else if (mail.from_newcomer) {
    const auto* sender = std::get_if<Newcomer>(&proposal.sender);
    Require(sender != nullptr && sender->signature_key == parties_[mail.client].KeyOf(0),
            "not from the newcomer");
  } else {
    const auto* sender = std::get_if<Member>(&proposal.sender);
    Require(sender != nullptr && *sender == MemberAt(*mail.point, mail.leaf),
            "not from the member");
  }
}

}  // namespace conclave::testing::model
