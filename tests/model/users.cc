// What the users of the model think of.
#include <algorithm>

#include "model/driver.h"

namespace conclave::testing::model {

std::optional<Operation> Driver::ThinkAsUser() {
  const std::uint32_t roll = dice_.Below(100);
  if (roll < 3) return Found();
  if (roll < 15) return Prepare();
  if (roll < 38) return Write();
  if (roll < 49) return Propose();
  if (roll < 53) return ProposeFromOutside();
  if (roll < 73) return Commit();
  if (roll < 79) return ComeIn();
  if (roll < 84) return ComeBack();
  if (roll < 86) return BranchOff();
  if (roll < 96) return Store();
  return Tidy();
}

std::optional<Operation> Driver::Found() {
  if (groups_.size() >= world_.setting().groups) return std::nullopt;
  Operation create = Make(Verb::create).With(Key::who, dice_.Below(world_.parties().size()));
  if (dice_.Chance(50)) create.With(Key::extensions, dice_.Below(16));
  return create;
}

// Key packages and pre-shared keys.
std::optional<Operation> Driver::Prepare() {
  const Party& party = world_.parties()[dice_.Below(world_.parties().size())];
  if (dice_.Chance(10)) {
    const Number psk = dice_.Below(3);
    if (dice_.Chance(15))
      return Make(Verb::take).With(Key::who, party.number()).With(Key::psk, psk);
    return Make(Verb::give)
        .With(Key::who, party.number())
        .With(Key::psk, psk)
        .With(Key::version, dice_.Chance(90) ? 0 : 1);
  }
  if (party.model.packages.size() > 3) return std::nullopt;
  Operation package = Make(Verb::package).With(Key::who, party.number());
  if (dice_.Chance(12)) package.With(Key::last, 1);
  return package;
}

std::optional<Operation> Driver::Write() {
  const auto place = SomePlace();
  if (!place.has_value()) return std::nullopt;
  return Make(Verb::send, *place);
}

std::optional<Operation> Driver::Propose() {
  const auto place = SomePlace();
  if (!place.has_value()) return std::nullopt;
  const Point& point = world_.history()[place->seat->point()];
  // While much is pending, nobody can write.
  if (place->seat->pending.size() > 3 || dice_.Chance(40)) return std::nullopt;
  Operation propose = Make(Verb::propose, *place);
  const std::uint32_t roll = dice_.Below(100);
  if (roll < 25) {
    const auto packages = Newcomers(place->seat->point(), 1);
    const Number package = packages.empty() ? AnyPackage() : packages.front();
    if (package == 0) return std::nullopt;
    return propose.With(Key::add, package);
  }
  if (roll < 50) return propose.With(Key::update, dice_.Below(2));
  if (roll < 70) {
    auto member = point.members.begin();
    std::advance(member, dice_.Below(point.members.size()));
    return propose.With(Key::remove, dice_.Chance(95) ? member->first.value : 99);
  }
  if (roll < 78) return propose.With(Key::psk, dice_.Below(3));
  if (roll < 82) {
    const auto epoch = static_cast<Number>(point.epoch);
    return propose.With(Key::resumption, epoch - std::min(epoch, dice_.Below(3)));
  }
  if (roll < 92) return propose.With(Key::extensions, dice_.Below(16));
  if (roll < 99) return propose.With(Key::custom, 1);
  return propose.With(Key::reinit, 1);
}

std::optional<Operation> Driver::ProposeFromOutside() {
  if (infos_.empty()) return std::nullopt;
  auto info = infos_.begin();
  std::advance(info, dice_.Below(infos_.size()));
  const PointId at = world_.infos().at(info->second).point;
  const Point& point = world_.history()[at];
  const std::vector<Number> senders = SendersIn(point.extensions);
  if (senders.empty() && dice_.Chance(90)) return std::nullopt;
  Operation outside = Make(Verb::outside).With(Key::info, info->second);
  outside.With(Key::sender, senders.empty() ? dice_.Below(2) : dice_.Pick(senders));
  const std::uint32_t roll = dice_.Below(100);
  if (roll < 40) {
    const auto packages = Newcomers(at, 1);
    if (packages.empty()) return std::nullopt;
    return outside.With(Key::add, packages.front());
  }
  if (roll < 75) {
    auto member = point.members.begin();
    std::advance(member, dice_.Below(point.members.size()));
    return outside.With(Key::remove, member->first.value);
  }
  if (roll < 87) return outside.With(Key::psk, dice_.Below(3));
  if (roll < 99) return outside.With(Key::extensions, dice_.Below(16));
  return outside.With(Key::reinit, 1);
}

std::optional<Operation> Driver::Commit() {
  const auto some = SomePlace();
  if (!some.has_value()) return std::nullopt;
  if (dice_.Chance(8)) {  // wherever it is
    Operation commit = Make(Verb::commit, *some);
    AskFor(commit, *some);
    return commit;
  }
  const PointId main = MainPoint(some->group).value();
  const auto decided = accepted_.find(main);
  if (decided != accepted_.end() && !decided->second.empty()) return std::nullopt;
  // When most are there.
  std::vector<Place> there;
  std::size_t all = 0;
  for (const Place& place : Places()) {
    if (place.group != some->group) continue;
    ++all;
    if (place.seat->point() == main) there.push_back(place);
  }
  if (there.size() * 10 < all * 7 && dice_.Chance(85)) return std::nullopt;
  const Place& place = dice_.Pick(there);
  Operation commit = Make(Verb::commit, place);
  AskFor(commit, place);
  return commit;
}

void Driver::AskFor(Operation& commit, const Place& place) {
  const Point& point = world_.history()[place.seat->point()];
  const std::size_t clients = world_.parties().size();
  const bool is_small = point.members.size() * 10 < clients * 7;
  if (dice_.Chance(is_small ? 80 : 25)) {
    for (const Number package : Newcomers(place.seat->point(), 1 + dice_.Below(is_small ? 6 : 2))) {
      commit.With(Key::add, package);
    }
  }
  if (dice_.Chance(3) && AnyPackage() != 0) commit.With(Key::add, AnyPackage());
  if (dice_.Chance(is_small ? 8 : 30)) {
    std::vector<Number> leaves;
    for (const auto& [leaf, person] : point.members) {
      if (person.client != place.client) leaves.push_back(leaf.value);
    }
    for (const Number leaf : dice_.Some(leaves, 1 + dice_.Below(3))) commit.With(Key::remove, leaf);
  }
  if (dice_.Chance(2))
    commit.With(Key::remove, dice_.Below(4) == 0 ? 99 : place.seat->leaf().value);
  if (dice_.Chance(10)) commit.With(Key::extensions, dice_.Below(16));
  if (dice_.Chance(10)) commit.With(Key::psk, dice_.Below(3));
  if (dice_.Chance(5)) {
    const auto epoch = static_cast<Number>(point.epoch);
    commit.With(Key::resumption, epoch - std::min(epoch, dice_.Below(4)));
  }
  if (dice_.Chance(6)) commit.With(Key::custom, 1);
  if (dice_.Chance(8)) commit.With(Key::identity, 1);
  if (dice_.Chance(25)) commit.With(Key::path, 1);
  if (dice_.Chance(30)) commit.With(Key::joiners, 1 + dice_.Below(2));
  for (const Number proposal : place.seat->pending) {
    if (dice_.Chance(8)) commit.With(Key::exclude, proposal);
  }
  if (dice_.Chance(1)) commit.details = {commit.details[0], commit.details[1], {Key::reinit, 1}};
}

// By an external commit, or by asking to be added.
std::optional<Operation> Driver::ComeIn() {
  const auto some = SomePlace();
  if (!some.has_value()) return std::nullopt;
  const PointId main = MainPoint(some->group).value();
  const auto info = infos_.find(some->group);
  const bool is_fresh = info != infos_.end() && world_.infos().at(info->second).point == main;
  if (!is_fresh && (info == infos_.end() || dice_.Chance(90))) {
    for (const Place& place : Places()) {
      if (place.group != some->group || place.seat->point() != main) continue;
      Operation publish = Make(Verb::publish, place);
      if (dice_.Chance(50)) publish.With(Key::tree, 1);
      return publish;
    }
  }
  const PublishedInfo& published = world_.infos().at(info->second);
  const Party& party = world_.parties()[dice_.Below(world_.parties().size())];
  const bool is_outside = party.FindSeat(some->group) == nullptr &&
                          !world_.history()[published.point].FindClient(party.number());
  if (!is_outside && dice_.Chance(90)) return std::nullopt;
  const bool asks = dice_.Chance(30) && !party.model.packages.empty();
  Operation come = Make(asks ? Verb::request : Verb::external)
                       .With(Key::who, party.number())
                       .With(Key::info, info->second);
  if (asks) come.With(Key::add, party.model.packages.rbegin()->first);
  if (dice_.Chance(published.tree_inside ? 20 : 92)) come.With(Key::tree, 1);
  if (!asks && dice_.Chance(10)) come.With(Key::psk, dice_.Below(3));
  if (!asks && dice_.Chance(8)) come.With(Key::flip, dice_.Below(60000));
  return come;
}

// Members who cannot go on join again.
std::optional<Operation> Driver::ComeBack() {
  if (groups_.empty()) return std::nullopt;
  const Number group = dice_.Pick(groups_);
  const auto main = MainPoint(group);
  const auto info = infos_.find(group);
  if (!main.has_value() || info == infos_.end()) return std::nullopt;
  const PublishedInfo& published = world_.infos().at(info->second);
  if (published.point != *main) return std::nullopt;
  const Point& point = world_.history()[*main];
  std::vector<Number> lost;
  for (const Party& party : world_.parties()) {
    const Seat* seat = party.FindSeat(group);
    const bool is_member = point.FindClient(party.number()).has_value();
    if (seat == nullptr ? !is_member : seat->point() == *main) continue;
    if (seat != nullptr && Accepted({party.number(), group, seat}).has_value() &&
        dice_.Chance(80)) {
      continue;
    }
    lost.push_back(party.number());
  }
  if (lost.empty() && dice_.Chance(90)) return std::nullopt;
  const Number who = lost.empty() ? dice_.Below(world_.parties().size()) : dice_.Pick(lost);
  const auto leaf = point.FindClient(who);
  if (!leaf.has_value() && world_.parties()[who].FindSeat(group) != nullptr) {
    return Make(Verb::leave).With(Key::who, who).With(Key::group, group);
  }
  Operation come = Make(Verb::external).With(Key::who, who).With(Key::info, info->second);
  if (leaf.has_value()) come.With(Key::replace, leaf->value);
  if (dice_.Chance(4)) {  // somebody else's
    come.details.back() = {Key::replace, point.members.begin()->first.value};
  }
  if (!published.tree_inside) come.With(Key::tree, 1);
  if (dice_.Chance(15)) {
    const auto epoch = static_cast<Number>(point.epoch);
    come.With(Key::resumption, epoch - std::min(epoch, dice_.Below(4)));
  }
  return come;
}

std::optional<Operation> Driver::BranchOff() {
  const auto place = SomePlace();
  if (!place.has_value()) return std::nullopt;
  const Point& point = world_.history()[place->seat->point()];
  const bool is_closed = point.successor.has_value();
  if (groups_.size() >= 3 * world_.setting().groups && !is_closed) return std::nullopt;
  Operation branch = Make(is_closed || dice_.Chance(3) ? Verb::succeed : Verb::branch, *place);
  bool has_all = true;
  for (const auto& [leaf, person] : point.members) {
    const auto& packages = world_.parties()[person.client].model.packages;
    if (person.client == place->client) continue;
    if (packages.empty() || (!is_closed && dice_.Chance(40))) {
      has_all = false;
      continue;
    }
    branch.With(Key::add, packages.rbegin()->first);
  }
  if (is_closed && !has_all && dice_.Chance(80)) return std::nullopt;
  if (dice_.Chance(5) && AnyPackage() != 0) branch.With(Key::add, AnyPackage());
  return branch.Has(Key::add) ? std::optional(branch) : std::nullopt;
}

std::optional<Operation> Driver::Store() {
  const std::uint32_t roll = dice_.Below(100);
  if (roll < 45) {
    const std::vector<Place> closed = Places(false);
    if (closed.empty()) return std::nullopt;
    return Make(Verb::open, dice_.Pick(closed));
  }
  if (roll < 70) {
    const auto place = SomePlace();
    if (!place.has_value()) return std::nullopt;
    return Make(Verb::close, *place);
  }
  const Party& party = world_.parties()[dice_.Below(world_.parties().size())];
  if (roll < 90) return Make(Verb::copy).With(Key::who, party.number());
  std::vector<Number> copies;
  for (const auto& [number, copy] : party.copies) copies.push_back(number);
  if (copies.empty()) return std::nullopt;
  const Number copy = dice_.Chance(70) ? copies.back() : dice_.Pick(copies);
  Operation put_back = Make(roll < 96 ? Verb::restore : Verb::roll_back)
                           .With(Key::who, party.number())
                           .With(Key::copy, copy);
  if (roll < 96 && dice_.Chance(40)) put_back.With(Key::version, 1);
  return put_back;
}

std::optional<Operation> Driver::Tidy() {
  const auto place = SomePlace();
  if (!place.has_value()) return std::nullopt;
  const std::uint32_t roll = dice_.Below(100);
  if (roll < 30) {
    if (place->seat->offers.empty()) return std::nullopt;
    return Make(Verb::withdraw, *place).With(Key::mail, place->seat->offers.front());
  }
  if (roll < 65) {
    if (place->seat->undelivered.empty()) return std::nullopt;
    return Make(Verb::delivered, *place).With(Key::mail, *place->seat->undelivered.begin());
  }
  if (roll < 80) return Make(Verb::abandon, *place);
  if (roll < 95) {
    const auto& packages = world_.parties()[place->client].model.packages;
    if (packages.empty()) return std::nullopt;
    return Make(Verb::forget)
        .With(Key::who, place->client)
        .With(Key::package, dice_.Chance(80) ? packages.begin()->first : AnyPackage());
  }
  return Make(Verb::leave, *place);
}

}  // namespace conclave::testing::model
