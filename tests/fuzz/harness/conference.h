// Several clients and a delivery service that does what it likes: it drops, repeats, reorders,
// withholds and changes messages, and lets the group fork. Every step is chosen by bytes.
//
// What must hold all the time: who has applied the same commits agrees about everything, and who
// has not agrees about nothing; a message that was changed is refused; a refusal changes nothing; a
// text is read at most once, by those who were members when it was written, as it was written; and
// a commit is accepted by whoever is where its maker was and has what it refers to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/harness/party.h"
#include "fuzz/harness/provider.h"

namespace conclave::fuzz {

// Bytes that are used up one by one; zeros when there are no more.
class Choices {
 public:
  explicit Choices(BytesView bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  std::uint8_t Next() {
    if (bytes_.empty()) return 0;
    const std::uint8_t next = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return next;
  }
  std::size_t Below(std::size_t bound) { return Next() % bound; }

 private:
  BytesView bytes_;
};

class Conference {
 public:
  // Of 3 to 8 clients, the first three of whom are in a group already.
  explicit Conference(std::size_t people);

  void Step(Choices& choices);
  // How many commits were applied, and texts read.
  std::size_t achieved() const { return achieved_; }

 private:
  // What a sequence of commits has led to. The root is the group as it was at first.
  using History = std::size_t;
  struct Past {
    History parent = 0;
    Bytes authenticator;  // empty while nobody has got there
    Bytes context;
  };

  struct Person {
    std::string name;
    std::optional<Party> party;
    std::optional<Session> session;
    History now = 0;
    History joined = 0;
    std::set<std::size_t> read;  // numbers of texts
  };

  enum class Kind { text, proposal, commit, welcome };
  struct Mail {
    Kind kind{};
    std::size_t number = 0;
    Bytes message;
    History history = 0;  // a Welcome's: the one that it leads to
    const Person* sender = nullptr;
    std::string text;
  };

  bool IsIn(Person& person);
  Person& Anybody(Choices& choices) { return people_[choices.Below(people_.size())]; }
  const Mail* AnyMail(Choices& choices);
  void Post(Kind kind, const Person& sender, History history, Bytes message, std::string text = {});
  void CheckState(Person& person);

  void Speak(Person& person, Choices& choices);
  void Propose(Person& person, Choices& choices);
  void Commit(Person& person, Choices& choices);
  void Deliver(Person& person, const Mail& mail);
  void DeliverChanged(Person& person, const Mail& mail, Choices& choices);
  void Join(Person& person, const Mail& mail);
  void JoinExternally(Person& person, Person& member, Choices& choices);
  void Reopen(Person& person);

  void CheckRead(Person& person, const Mail& mail, const ApplicationMessage& read);
  void Applied(Person& person, const Bytes& commit, Entered entered);
  bool IsWithin(History history, const Person& person) const;
  History After(History history, const Bytes& commit);

  FastProvider crypto_;
  std::deque<Person> people_;
  std::deque<Mail> mail_;
  std::size_t posted_ = 0;
  std::vector<Past> pasts_;
  std::map<std::pair<History, Bytes>, History> histories_;
  std::size_t achieved_ = 0;
};

}  // namespace conclave::fuzz
