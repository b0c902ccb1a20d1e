// The model's groups and how clients get into them: by creating them, by a Welcome, and out of
// other groups.
#include <algorithm>
#include <set>
#include <utility>

#include "model/world.h"
#include "session/records.h"
#include "session/session_state.h"

namespace conclave::testing::model {

// A session has begun at `point`.
void World::Sit(Party& party, Number operation, Session session, PointId point) {
  const Point& at = history_[point];
  touched_ = at.group;
  Seat seat{.since = operation};
  seat.readings.push_back({.point = point, .leaf = at.FindClient(party.number()).value()});
  party.model.seats[touched_] = std::move(seat);
  party.model.KeepResumption(touched_, at.epoch, point, party.policy());
  party.sessions.erase(touched_);
  party.sessions.emplace(touched_, std::move(session));
}

Outcome World::Create(const Operation& operation, Party& party) {
  const Number flags = operation.Get(Key::extensions) & kAllExtensions;
  Session session =
      Need(party.client->CreateGroup(
               {.id = IdOf(now_), .extensions = ExtensionsOf(flags, external_senders_)}),
           "a group cannot be created");
  const PointId point = history_.Begin(
      {.group = now_, .members = {{LeafIndex{0}, {party.number(), 0}}}, .extensions = flags});
  Sit(party, now_, std::move(session), point);
  return {Outcome::Kind::done, "group"};
}

Outcome World::MakePackage(const Operation& operation, Party& party) {
  const bool last_resort = operation.Get(Key::last) != 0;
  Bytes bytes = Need(party.client->NewKeyPackage({.last_resort = last_resort}), "no key package");
  std::optional<KeyPackageRef> reference;
  for (KeyPackageSummary& one : Need(KeyPackages(*party.client), "no key packages")) {
    if (one.key_package == bytes) reference = std::move(one.ref);
  }
  Require(reference.has_value(), "the key package is not there");
  auto record = Need(ReadKeyPackage(party.storage, *reference), "no record of the key package");
  for (const Secret* secret : {&record->init_private_key, &record->leaf_private_key}) {
    vault_.Add({SecretKind::package, false, ToBytes(secret->ExposeForProvider())}, std::nullopt);
  }
  if (last_resort) {
    for (auto& [number, state] : party.model.packages) {
      if (state == PackageState::last_resort) state = PackageState::superseded;
    }
  }
  party.model.packages[now_] = last_resort ? PackageState::last_resort : PackageState::single;
  packages_[now_] = {now_, party.number(), last_resort, std::move(bytes), std::move(*reference)};
  return {Outcome::Kind::done, last_resort ? "last-resort key package" : "key package"};
}

Outcome World::ForgetPackage(const Operation& operation, Party& party) {
  const auto found = packages_.find(operation.Get(Key::package));
  if (found == packages_.end()) return {};
  const bool is_held = party.model.packages.contains(found->first);
  const Before before = Look(party, touched_);
  const auto gone = DeleteKeyPackage(*party.client, found->second.reference);
  const Errors expected = {is_held ? std::nullopt : std::optional(ErrorKind::kMissing)};
  if (const auto refused = Refusal(gone, expected, before, party, touched_)) return *refused;
  party.model.packages.erase(found->first);
  return {Outcome::Kind::done, "key package forgotten"};
}

// What the sessions of those who join must show of the group that it comes out of.
std::optional<ErrorKind> World::WhyNotOrigin(Party& party, const Mail& mail, PointId point) const {
  const Seat* seat = party.FindSeat(*mail.origin);
  if (seat == nullptr || party.FindSession(*mail.origin) == nullptr) return ErrorKind::kMissing;
  const Point& origin = history_[seat->point()];
  const auto clients_of = [](const Point& one) {
    std::set<Number> clients;
    for (const auto& [leaf, person] : one.members) clients.insert(person.client);
    return clients;
  };
  const std::set<Number> now = clients_of(history_[point]);
  const std::set<Number> then = clients_of(origin);
  if (!mail.is_successor) {
    const bool is_part = std::ranges::includes(then, now);
    return is_part ? std::nullopt : std::optional(ErrorKind::kInvalidCommit);
  }
  const bool is_all = origin.epoch == mail.epoch && std::ranges::includes(now, then) &&
                      origin.successor == mail.group;
  return is_all ? std::nullopt : std::optional(ErrorKind::kInvalidCommit);
}

Errors World::ExpectJoin(Party& party, const Mail& mail, Number package, bool has_tree) {
  if (!party.model.packages.contains(package)) return {ErrorKind::kMissing};
  const auto psks = WhyNotPsks(party, mail.origin.value_or(mail.group), mail.effect.psks);
  if (psks.has_value()) return {psks};
  if (!has_tree) return {ErrorKind::kMissing};
  const PointId point = history_.FindNext(*mail.point, mail.number).value();
  if (mail.origin.has_value()) {
    const auto origin = WhyNotOrigin(party, mail, point);
    if (origin.has_value()) return {origin};
  }
  if (party.model.seats.contains(mail.group)) return {ErrorKind::kMisuse};
  return {std::nullopt};
}

Outcome World::Join(const Operation& operation, Party& party) {
  const Mail* mail = FindMail(operation.Get(Key::mail));
  if (mail == nullptr || !mail->is_welcomed()) return {};
  const Number package = operation.Get(Key::package);
  const auto place = std::ranges::find(mail->packages, package);
  if (place == mail->packages.end()) return {};
  if (packages_.at(package).client != party.number()) return {};
  const std::size_t each =
      mail->joiners_per_welcome == 0 ? mail->packages.size() : mail->joiners_per_welcome;
  const std::size_t index = static_cast<std::size_t>(place - mail->packages.begin()) / each;
  touched_ = mail->group;
  // A Welcome for a last-resort key package can be read as often as it is given. Who has left and
  // enters the same epoch once more has its keys again: the application must not.
  const PointId to = history_.FindNext(*mail->point, mail->number).value();
  if (party.model.been.contains(to) && party.FindSeat(touched_) == nullptr) return {};
  JoinOptions options;
  if (operation.Has(Key::tree)) options.ratchet_tree = mail->tree;
  if (mail->origin.has_value()) options.origin = party.FindSession(*mail->origin);
  const bool has_tree = mail->tree_inside || operation.Has(Key::tree);
  const Bytes welcome = Altered(operation, mail->welcomes[index]);
  Errors expected = ExpectJoin(party, *mail, package, has_tree);
  const bool is_altered = welcome != mail->welcomes[index];
  if (is_altered) {
    expected.insert(expected.end(),
                    {ErrorKind::kMalformed, ErrorKind::kNotAuthentic, ErrorKind::kMissing,
                     ErrorKind::kUnsupported, ErrorKind::kMisuse});
    // What is for others, nobody checks.
    if (each == 1 || mail->packages.size() == 1) std::erase(expected, std::nullopt);
  }
  const Before before = Look(party, touched_);
  auto staged = party.client->ReadWelcome(welcome, options);
  if (const auto refused = Refusal(staged, expected, before, party, touched_)) {
    return {refused->kind, (is_altered ? "altered: " : "") + refused->what};
  }
  const PointId point = history_.FindNext(*mail->point, mail->number).value();
  const Point& at = history_[point];
  const LeafIndex leaf = at.FindClient(party.number()).value();
  Require(staged->group_id() == IdOf(at.group) && staged->epoch() == at.epoch,
          "a Welcome to another epoch");
  Require(staged->own_leaf() == leaf, "another leaf");
  Require(staged->members().size() == at.members.size(), "another number of members");
  Require(staged->inviter() == MemberAt(point, mail->leaf), "another inviter");
  Require(staged->psks().size() == mail->effect.psks.size(), "another number of PSKs");
  RequireUnchanged(before, party, touched_);
  if (operation.Has(Key::drop)) return {Outcome::Kind::done, "Welcome, not entered"};
  Session session = Need(party.client->Enter(std::move(staged).value()), "cannot be entered");
  if (party.model.packages[package] != PackageState::last_resort) {
    party.model.packages.erase(package);
  }
  Sit(party, now_, std::move(session), point);
  return {Outcome::Kind::done, mail->origin.has_value() ? "Welcome out of a group" : "Welcome"};
}

Outcome World::Delivered(const Operation& operation, Party& party) {
  Session* session = FindSession(party, operation);
  if (session == nullptr) return {};
  Seat& seat = party.model.seats.at(touched_);
  const Number commit = operation.Get(Key::mail);
  if (!seat.undelivered.contains(commit)) return {};
  const auto waiting = Need(Undelivered(*session), "no Welcomes");
  const Mail& mail = mails_.at(commit);
  const auto found = std::ranges::find(waiting, mail.welcomes, &UndeliveredWelcomes::welcomes);
  Require(found != waiting.end(), "the Welcomes are not there");
  Need(conclave::Delivered(*session, found->offer), "cannot be marked as delivered");
  seat.undelivered.erase(commit);
  return {Outcome::Kind::done, "Welcomes delivered"};
}

// A group of members of another one, or the successor of one that is closed.
Outcome World::Branch(const Operation& operation, Party& party) {
  Session* session = FindSession(party, operation);
  if (session == nullptr) return {};
  const PointId from = party.FindSeat(touched_)->point();
  const Number origin = touched_;
  const bool succeeds = operation.verb == Verb::succeed;
  std::vector<Number> packages;
  std::vector<Bytes> bytes;
  std::set<Number> clients = {party.number()};
  bool is_twice = false;
  for (const Number package : operation.All(Key::add)) {
    const auto found = packages_.find(package);
    if (found == packages_.end()) continue;
    packages.push_back(package);
    bytes.push_back(found->second.bytes);
    is_twice = is_twice || !clients.insert(found->second.client).second;
  }
  if (packages.empty()) return {};
  const std::optional<Number> successor = history_[from].successor;
  const Number group = succeeds ? successor.value_or(0) : now_;
  std::optional<ErrorKind> why_not;
  if (succeeds && !successor.has_value()) {
    why_not = ErrorKind::kMisuse;
  } else if (party.model.seats.contains(group)) {
    why_not = ErrorKind::kMisuse;
  } else if (is_twice) {
    why_not = ErrorKind::kInvalidCommit;
  }
  const Before before = Look(party, touched_);
  auto made = succeeds ? CreateSuccessor(*party.client, *session, bytes)
                       : CreateBranch(*party.client, *session, {.id = IdOf(group)}, bytes);
  if (const auto refused = Refusal(made, {why_not}, before, party, touched_)) return *refused;

  // The first commit of the new group, as if it came out of the old one.
  Mail mail{.number = now_,
            .kind = MailKind::commit,
            .group = group,
            .epoch = history_[from].epoch,
            .point = from,
            .client = party.number(),
            .packages = packages,
            .welcomes = std::move(made->welcomes),
            .tree = Need(ExportRatchetTree(made->session), "no tree"),
            .tree_inside = party.policy().tree_in_welcome,
            .origin = origin,
            .is_successor = succeeds};
  const auto epoch = static_cast<Number>(history_[from].epoch);
  mail.effect.psks = {FindPsk(party, origin, {ProposalKind::resumption, epoch}).value()};
  Point first{.group = group, .epoch = 1, .members = {{LeafIndex{0}, {party.number(), 0}}}};
  for (const Number package : packages) {
    first.members[first.FreeLeaf()] = {packages_.at(package).client, 0};
  }
  const PointId point = history_.Begin(std::move(first));
  history_.Link(from, now_, point);
  mails_[now_] = std::move(mail);
  Sit(party, now_, std::move(made->session), point);
  party.model.seats.at(group).undelivered.insert(now_);
  return {Outcome::Kind::done, succeeds ? "successor" : "branch"};
}

}  // namespace conclave::testing::model
