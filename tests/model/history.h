// For the model: what has become of groups. A Point is one epoch of one fork: two valid commits of
// one epoch lead to two points. Who is in the group at a point follows from the commits alone, by
// sections 12.2 and 12.3 of RFC 9420; no session is asked.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/types.h"
#include "model/operation.h"

namespace conclave::testing::model {

// Indices into a History.
using PointId = std::uint32_t;

// A client under one of its identities: its own (0), or the one that an operation gave it.
struct Person {
  Number client = 0;
  Number identity = 0;
  auto operator<=>(const Person&) const = default;
};

enum class ProposalKind : std::uint8_t {
  add,
  update,
  remove,
  psk,
  resumption,
  extensions,
  custom,
  reinit,
};

// What a proposal asks for.
struct Proposed {
  ProposalKind kind{};
  Number what = 0;     // a leaf, a pre-shared key, an epoch, extensions, or the successor's number
  Person person = {};  // whom an Add brings in, or what an Update makes of its author
  Number package = 0;  // of an Add
  bool operator==(const Proposed&) const = default;
};

// One entry of a commit's list.
struct Listed {
  Proposed proposed;
  Number reference = 0;  // the message that it travelled in; 0 if the commit carries it
  std::optional<LeafIndex> author = {};  // nothing if no member made it
};

// A pre-shared key as the committer knows it: of an external one which of its versions, of a
// resumption PSK which fork's.
struct UsedPsk {
  ProposalKind kind{};
  Number what = 0;
  std::uint64_t value = 0;
  bool operator==(const UsedPsk&) const = default;
};

// All that a commit does.
struct Effect {
  std::optional<LeafIndex> committer = {};  // nothing for one who joins with it
  Person newcomer = {};                     // who that is
  std::vector<Listed> list = {};
  std::vector<UsedPsk> psks = {};
  bool has_path = false;
  std::optional<Person> identity = {};  // that the committer moves to
};

// Where those sit whom a commit concerns.
struct Change {
  std::vector<LeafIndex> added;
  std::vector<LeafIndex> removed;
  std::vector<LeafIndex> updated;
};

// What all sessions at a point must have.
struct Common {
  Bytes context;
  Bytes authenticator;
  Bytes exported;
  bool operator==(const Common&) const = default;
};

struct Point {
  Number group = 0;
  Epoch epoch = 0;
  std::optional<PointId> before = {};
  std::map<LeafIndex, Person> members = {};
  Number extensions = 0;
  std::optional<Number> successor = {};  // of a group that was closed
  std::optional<Common> common = {};     // as the first session that came here had it
  std::set<std::pair<LeafIndex, std::uint64_t>> keys_used = {};  // sender, and type and generation

  std::optional<LeafIndex> FindClient(Number client) const;
  // The leftmost leaf that is free.
  LeafIndex FreeLeaf() const;
};

// The rule of section 12.2 that a list breaks in a regular commit, or null; and what is wrong with
// the members that it leads to, or null.
const char* BrokenListRule(LeafIndex committer, const std::vector<Listed>& list);
const char* BrokenMemberRule(const Point& point, const std::vector<Listed>& list);

class History {
 public:
  explicit History(Lie lie) : lie_(lie) {}

  PointId Begin(Point first);
  // The point that a commit leads to. The same commit always leads to the same.
  PointId Follow(PointId from, Number commit, const Effect& effect);
  std::optional<PointId> FindNext(PointId from, Number commit) const;
  // That a commit leads to a point of another group: the first of one that comes out of it.
  void Link(PointId from, Number commit, PointId next) { next_[{from, commit}] = next; }
  // What the commit does to the members.
  Change ChangeOf(PointId from, const Effect& effect) const;

  const Point& operator[](PointId point) const { return points_[point]; }
  Point& operator[](PointId point) { return points_[point]; }
  std::size_t size() const { return points_.size(); }

  // What a session found at a point, compared with what the first one found there. No two points
  // have an authenticator or an exporter in common.
  void Compare(PointId point, const Common& found);

 private:
  struct Applied {
    Point point;
    Change change;
  };
  Applied Apply(PointId from, const Effect& effect) const;

  Lie lie_;
  std::deque<Point> points_;
  std::map<std::pair<PointId, Number>, PointId> next_;
  std::map<Bytes, PointId> by_authenticator_;
  std::map<Bytes, PointId> by_exported_;
};

}  // namespace conclave::testing::model
