#include "model/driver.h"

#include <algorithm>

namespace conclave::testing::model {

Operation Driver::Next() {
  DecideRaces();
  for (;;) {
    auto thought = dice_.Chance(60) ? ThinkAsService() : ThinkAsUser();
    if (!thought.has_value()) continue;
    ++next_;
    return *std::move(thought);
  }
}

void Driver::Note(const Operation& operation, const Outcome& outcome) {
  if (outcome.kind != Outcome::Kind::done) return;
  const Number number = operation.number;
  if (operation.verb == Verb::create) groups_.push_back(number);
  if (operation.verb == Verb::publish) infos_[operation.Get(Key::group)] = number;
  const auto made = world_.mails().find(number);
  if (made != world_.mails().end()) {
    const Mail& mail = made->second;
    if (!mail.bytes.empty()) recent_.push_back(number);
    if (mail.kind == MailKind::commit && !mail.bytes.empty()) {
      offered_[*mail.point].push_back(number);
    }
    if (mail.origin.has_value()) {
      welcomes_.push_back(number);
      if (std::ranges::find(groups_, mail.group) == groups_.end()) groups_.push_back(mail.group);
    }
  }
  const auto delivered = world_.mails().find(operation.Get(Key::mail));
  const bool is_welcomed = operation.verb == Verb::deliver && delivered != world_.mails().end() &&
                           delivered->second.is_welcomed();
  if (is_welcomed && std::ranges::find(welcomes_, delivered->first) == welcomes_.end()) {
    welcomes_.push_back(delivered->first);
  }
}

std::vector<Driver::Place> Driver::Places(bool open) const {
  std::vector<Place> places;
  for (const Party& party : world_.parties()) {
    for (const auto& [group, seat] : party.model.seats) {
      if (party.sessions.contains(group) == open) places.push_back({party.number(), group, &seat});
    }
  }
  return places;
}

std::optional<Driver::Place> Driver::SomePlace() {
  const std::vector<Place> places = Places();
  if (places.empty()) return std::nullopt;
  return dice_.Pick(places);
}

std::optional<PointId> Driver::MainPoint(Number group) const {
  std::map<PointId, int> sessions;
  for (const Place& place : Places()) {
    if (place.group == group) ++sessions[place.seat->point()];
  }
  const auto most = std::ranges::max_element(
      sessions, {}, [](const auto& one) { return std::pair(one.second, one.first); });
  return most == sessions.end() ? std::nullopt : std::optional(most->first);
}

std::vector<Number> Driver::Newcomers(PointId point, std::size_t count) {
  std::vector<Number> packages;
  for (const Party& party : world_.parties()) {
    if (world_.history()[point].FindClient(party.number()).has_value()) continue;
    if (!party.model.packages.empty()) packages.push_back(party.model.packages.rbegin()->first);
  }
  return dice_.Some(std::move(packages), count);
}

Number Driver::AnyPackage() {
  if (world_.packages().empty()) return 0;
  std::vector<Number> all;
  for (const auto& [number, package] : world_.packages()) all.push_back(number);
  return dice_.Pick(all);
}

Number Driver::AnyMail() {
  if (recent_.empty()) return 0;
  const std::size_t back = std::min<std::size_t>(recent_.size(), dice_.Chance(80) ? 60 : 1000);
  return recent_[recent_.size() - 1 - dice_.Below(back)];
}

}  // namespace conclave::testing::model
