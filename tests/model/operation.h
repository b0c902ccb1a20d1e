// For the model: operations as data. An operation names what it is about by the numbers of earlier
// operations, so that it means the same when others are taken out of the list; if what it names is
// not there, it does nothing. A script is a list of them as text, one on each line:
//
//     world suite=1 clients=3 groups=1 seed=7
//     1 create who=0
//     2 package who=1
//     3 commit who=0 group=1 add=2
//     4 deliver who=0 group=1 mail=3
//     5 join who=1 mail=3 package=2
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conclave::testing::model {

// Of an operation, and of what it makes. 0 is none.
using Number = std::uint32_t;

enum class Verb : std::uint8_t {
  create,     // a group
  package,    // a key package
  send,       // an application message
  propose,    // a proposal of a member's
  request,    // a newcomer's proposal to be added
  outside,    // an external sender's proposal
  commit,     // a commit, offered
  withdraw,   // an offer
  deliver,    // a message to a session
  publish,    // a GroupInfo
  external,   // an external commit, offered
  enter,      // it was accepted
  abandon,    // it was not
  join,       // by a Welcome
  delivered,  // the Welcomes of a commit are out
  give,       // a pre-shared key
  take,       // a pre-shared key
  forget,     // a key package
  close,      // a session
  open,       // a session
  copy,       // the client's storage
  restore,    // a copy of it
  roll_back,  // a copy of it, behind the back of the running program
  leave,      // a group: everything of it is deleted
  branch,     // a group of some members of another
  succeed,    // the successor of a closed group
  audit,      // what others know of a member's epoch
};
inline constexpr std::size_t kVerbs = static_cast<std::size_t>(Verb::audit) + 1;
const char* NameOf(Verb verb);

enum class Key : std::uint8_t {
  who,      // the client
  group,    // the operation that created it
  mail,     // the operation that made a message
  package,  // the operation that made a key package
  info,     // the operation that published a GroupInfo
  copy,     // the operation that made a copy
  // What a commit or a proposal asks for.
  add,         // a key package
  remove,      // a leaf
  update,      // whether the new leaf has a new identity
  psk,         // a pre-shared key
  resumption,  // an epoch
  extensions,  // a set of flags
  custom,
  reinit,
  identity,   // the committer moves to a new one
  exclude,    // a proposal
  path,       // though none is required
  joiners,    // for each Welcome
  replace,    // the leaf of whom an external commit replaces
  sender,     // the external sender
  last,       // whether the key package is a last-resort one
  tree,       // whether the tree travels inside
  version,    // of a pre-shared key; or whether a restored storage is recognised by its version
  drop,       // whether the outcome is not applied
  flip,       // a bit of the message that is inverted
  cut,        // how much of the message remains, in thousandths
  grow,       // how many bytes are appended
  readdress,  // whether group and epoch of the message become those of the recipient
};
inline constexpr std::size_t kKeys = static_cast<std::size_t>(Key::readdress) + 1;

struct Detail {
  Key key{};
  Number value = 0;
  bool operator==(const Detail&) const = default;
};

struct Operation {
  Number number = 0;
  Verb verb{};
  std::vector<Detail> details = {};

  std::optional<Number> Find(Key key) const;
  Number Get(Key key) const { return Find(key).value_or(0); }
  bool Has(Key key) const { return Find(key).has_value(); }
  std::vector<Number> All(Key key) const;
  Operation& With(Key key, Number value);
  bool operator==(const Operation&) const = default;
};

// In what the model is told a lie, so that it can be seen that this is noticed, and how a failure
// is shrunk.
enum class Lie : std::uint8_t {
  none,
  replays_are_read,      // a message can be read twice
  removed_members_stay,  // a Remove has no effect
  restored_may_send,     // a session that was restored sends as any other
  window_is_endless,     // late messages of all epochs are read
  stores_erase,          // they keep a second copy of whatever is erased
};

struct Setting {
  Number suite = 1;
  Number clients = 3;
  Number groups = 1;  // that the driver creates at most
  std::uint64_t seed = 1;
  Lie lie = Lie::none;
};

struct Script {
  Setting setting;
  std::vector<Operation> operations;
};

std::string Print(const Operation& operation);
std::string Print(const Setting& setting);
std::string Print(const Script& script);
// Nothing if a line is not what Print() makes. Empty lines and what follows a # do not count.
std::optional<Script> ParseScript(std::string_view text);

}  // namespace conclave::testing::model
