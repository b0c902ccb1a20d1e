// For the model: who thinks of operations. Users found groups, invite, propose, commit, write, and
// lose their storage; the delivery service decides which commit wins, loses, repeats and reorders
// messages, keeps some back, sends them to the wrong groups, and splits groups by giving one commit
// to some and another to others. All of it follows from a seed and from what has come of the
// operations before; what it thinks of is plain data.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "model/dice.h"
#include "model/world.h"

namespace conclave::testing::model {

class Driver {
 public:
  explicit Driver(const World& world)
      : world_(world), dice_(world.setting().seed * 7919 + world.setting().suite) {}

  Operation Next();
  // What came of the last one.
  void Note(const Operation& operation, const Outcome& outcome);

 private:
  // A client's place in a group.
  struct Place {
    Number client = 0;
    Number group = 0;
    const Seat* seat = nullptr;
  };

  // users.cc
  std::optional<Operation> ThinkAsUser();
  std::optional<Operation> Found();
  std::optional<Operation> Prepare();
  std::optional<Operation> Write();
  std::optional<Operation> Propose();
  std::optional<Operation> ProposeFromOutside();
  std::optional<Operation> Commit();
  void AskFor(Operation& commit, const Place& place);
  std::optional<Operation> ComeIn();
  std::optional<Operation> ComeBack();
  std::optional<Operation> BranchOff();
  std::optional<Operation> Store();
  std::optional<Operation> Tidy();

  // delivery_service.cc
  std::optional<Operation> ThinkAsService();
  void DecideRaces();
  std::optional<Number> Accepted(const Place& place) const;
  std::optional<Operation> Lead();
  std::optional<Operation> LeadOne(const Place& place, Number commit);
  std::optional<Operation> Welcome();
  std::optional<Operation> Spread();
  std::optional<Operation> Show();
  std::optional<Operation> Interfere();
  bool IsPatient(Number client, Number group, Number mail);

  Operation Make(Verb verb) const { return {next_, verb}; }
  Operation Make(Verb verb, const Place& place) const {
    return Make(verb).With(Key::who, place.client).With(Key::group, place.group);
  }
  // Places whose session is open, or closed.
  std::vector<Place> Places(bool open = true) const;
  std::optional<Place> SomePlace();
  // The point of a group where most of its sessions are.
  std::optional<PointId> MainPoint(Number group) const;
  std::vector<Number> Groups() const;
  // An unused key package of a client that is not at `point`; 0 if there is none.
  std::vector<Number> Newcomers(PointId point, std::size_t count);
  Number AnyPackage();
  Number AnyMail();

  const World& world_;
  Dice dice_;
  Number next_ = 1;
  std::map<PointId, std::vector<Number>> accepted_;  // commits that lead on from a point
  std::map<PointId, std::vector<Number>> offered_;
  std::map<std::tuple<Number, Number, Number>, int> attempts_;  // client, group, mail
  std::vector<Number> groups_;
  std::vector<Number> recent_;      // mail, the newest last
  std::vector<Number> welcomes_;    // commits whose Welcomes are out
  std::map<Number, Number> infos_;  // by group, the newest
};

}  // namespace conclave::testing::model
