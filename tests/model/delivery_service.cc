// What the delivery service of the model thinks of. It is not honest.
#include <algorithm>

#include "model/driver.h"

namespace conclave::testing::model {

std::optional<Operation> Driver::ThinkAsService() {
  const std::uint32_t roll = dice_.Below(100);
  if (roll < 42) return Lead();
  if (roll < 54) return Welcome();
  if (roll < 66) return Spread();
  if (roll < 88) return Show();
  return Interfere();
}

// Of the commits that are offered at a point one wins, and sometimes two: each for half of the
// group.
void Driver::DecideRaces() {
  for (auto& [point, commits] : offered_) {
    std::vector<Number>& accepted = accepted_[point];
    if (!accepted.empty() || !dice_.Chance(15)) continue;
    accepted = dice_.Some(commits, dice_.Chance(7) ? 2 : 1);
  }
  std::erase_if(offered_, [this](const auto& one) { return !accepted_[one.first].empty(); });
}

// The commit that whoever sits there is given next.
std::optional<Number> Driver::Accepted(const Place& place) const {
  const auto found = accepted_.find(place.seat->point());
  if (found == accepted_.end() || found->second.empty()) return std::nullopt;
  const std::vector<Number>& accepted = found->second;
  for (const Number commit : accepted) {
    if (world_.mails().at(commit).client == place.client) return commit;
  }
  return accepted[place.client % accepted.size()];
}

// What was refused three times is not tried much longer.
bool Driver::IsPatient(Number client, Number group, Number mail) {
  int& attempts = attempts_[{client, group, mail}];
  if (attempts >= 3 && !dice_.Chance(2)) return false;
  ++attempts;
  return true;
}

// Somebody gets the commit that won.
std::optional<Operation> Driver::Lead() {
  std::vector<Operation> entries;
  for (const Party& party : world_.parties()) {
    for (const auto& [group, join] : party.model.joins) {
      const auto accepted = accepted_.find(*world_.mails().at(join).point);
      if (accepted == accepted_.end() || accepted->second.empty()) continue;
      const bool has_won = std::ranges::find(accepted->second, join) != accepted->second.end();
      entries.push_back(Make(has_won ? Verb::enter : Verb::abandon)
                            .With(Key::who, party.number())
                            .With(has_won ? Key::mail : Key::group, has_won ? join : group));
    }
  }
  if (!entries.empty() && dice_.Chance(25)) return dice_.Pick(entries);
  std::vector<Place> behind;
  for (const Place& place : Places()) {
    if (Accepted(place).has_value()) behind.push_back(place);
  }
  for (const Place& place : dice_.Some(behind, 4)) {
    const Number commit = Accepted(place).value();
    if (IsPatient(place.client, place.group, commit)) return LeadOne(place, commit);
  }
  return std::nullopt;
}

// The commit, or first what it needs.
std::optional<Operation> Driver::LeadOne(const Place& place, Number commit) {
  const Mail& mail = world_.mails().at(commit);
  for (const Listed& listed : mail.effect.list) {
    if (listed.reference == 0 || place.seat->HasPending(listed.reference)) continue;
    if (dice_.Chance(75)) return Make(Verb::deliver, place).With(Key::mail, listed.reference);
  }
  for (const UsedPsk& psk : mail.effect.psks) {
    if (psk.kind != ProposalKind::psk) continue;
    const auto& psks = world_.parties()[place.client].model.psks;
    const auto known = psks.find(psk.what);
    if ((known != psks.end() && known->second == psk.value) || dice_.Chance(30)) continue;
    return Make(Verb::give)
        .With(Key::who, place.client)
        .With(Key::psk, psk.what)
        .With(Key::version, static_cast<Number>(psk.value));
  }
  Operation deliver = Make(Verb::deliver, place).With(Key::mail, commit);
  if (dice_.Chance(3)) deliver.With(Key::drop, 1);
  return deliver;
}

std::optional<Operation> Driver::Welcome() {
  if (welcomes_.empty()) return std::nullopt;
  const std::size_t back = std::min<std::size_t>(welcomes_.size(), 10);
  for (int i = 0; i < 6; ++i) {
    const Number commit = welcomes_[welcomes_.size() - 1 - dice_.Below(back)];
    const Mail& mail = world_.mails().at(commit);
    const Number package = dice_.Pick(mail.packages);
    if ((commit + package) % 10 == 0) continue;  // kept back for good
    const Number who = world_.packages().at(package).client;
    const Party& party = world_.parties()[who];
    const bool is_wanted =
        party.model.packages.contains(package) && party.FindSeat(mail.group) == nullptr;
    if (!is_wanted && !dice_.Chance(4)) continue;
    for (const UsedPsk& psk : mail.effect.psks) {
      if (psk.kind != ProposalKind::psk || party.model.psks.contains(psk.what)) continue;
      if (dice_.Chance(30)) continue;
      return Make(Verb::give)
          .With(Key::who, who)
          .With(Key::psk, psk.what)
          .With(Key::version, static_cast<Number>(psk.value));
    }
    Operation join =
        Make(Verb::join).With(Key::who, who).With(Key::mail, commit).With(Key::package, package);
    if (dice_.Chance(mail.tree_inside ? 20 : 92)) join.With(Key::tree, 1);
    if (dice_.Chance(4)) join.With(Key::drop, 1);
    if (dice_.Chance(5)) join.With(Key::flip, dice_.Below(20000));
    return join;
  }
  return std::nullopt;
}

// Somebody gets a proposal.
std::optional<Operation> Driver::Spread() {
  const auto place = SomePlace();
  if (!place.has_value()) return std::nullopt;
  const Epoch epoch = world_.history()[place->seat->point()].epoch;
  std::vector<Number> missing;
  for (std::size_t i = recent_.size(); i > 0 && i + 150 > recent_.size(); --i) {
    const Mail& mail = world_.mails().at(recent_[i - 1]);
    const bool is_here = mail.kind == MailKind::proposal && mail.group == place->group &&
                         mail.epoch == epoch &&
                         (!mail.point.has_value() || *mail.point == place->seat->point());
    if (is_here && !place->seat->HasPending(mail.number)) missing.push_back(mail.number);
  }
  if (missing.empty()) return std::nullopt;
  const Number proposal = dice_.Pick(missing);
  if (!IsPatient(place->client, place->group, proposal)) return std::nullopt;
  return Make(Verb::deliver, *place).With(Key::mail, proposal);
}

// Somebody gets an application message, in any order.
std::optional<Operation> Driver::Show() {
  const auto place = SomePlace();
  if (!place.has_value()) return std::nullopt;
  const Party& party = world_.parties()[place->client];
  for (int i = 0; i < 12; ++i) {
    const Number number = AnyMail();
    if (number == 0) return std::nullopt;
    const Mail& mail = world_.mails().at(number);
    if (mail.kind != MailKind::application || mail.group != place->group) continue;
    const Answer wanted{Happening::application};
    const bool is_readable = world_.Expect(party, place->group, mail).front() == wanted;
    if (!is_readable && !dice_.Chance(10)) continue;
    return Make(Verb::deliver, *place).With(Key::mail, number);
  }
  return std::nullopt;
}

std::optional<Operation> Driver::Interfere() {
  const auto place = SomePlace();
  const Number mail = AnyMail();
  if (!place.has_value() || mail == 0) return std::nullopt;
  if (dice_.Chance(7)) return Make(Verb::audit, *place);
  Operation deliver = Make(Verb::deliver, *place);
  if (dice_.Chance(5)) return deliver.With(Key::package, AnyPackage());
  if (dice_.Chance(5) && !infos_.empty()) return deliver.With(Key::info, infos_.begin()->second);
  deliver.With(Key::mail, mail);
  const std::uint32_t roll = dice_.Below(100);
  if (roll < 30) return deliver;  // whatever it is
  if (roll < 50) return deliver.With(Key::readdress, 1);
  if (roll < 90) return deliver.With(Key::flip, dice_.Below(20000));
  if (roll < 95) return deliver.With(Key::cut, dice_.Below(1000));
  return deliver.With(Key::grow, 1 + dice_.Below(5));
}

}  // namespace conclave::testing::model
