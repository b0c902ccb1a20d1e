// For the model: what a client must have, and can do. All of it is values: a copy of a client's
// storage comes with a copy of what the model knows of it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "conclave/policy.h"
#include "model/mail.h"

namespace conclave::testing::model {

// The messages of one sender in one epoch, as one reader knows them (RFC 9420, sections 9.1
// and 15.3): all before `head` are gone but for those that were skipped.
struct Ratchet {
  std::uint64_t head = 0;
  std::set<std::uint32_t> skipped = {};

  // Why a message cannot be opened.
  std::optional<ErrorKind> WhyNot(std::uint32_t generation, const Policy& policy) const;
  void Open(std::uint32_t generation, const Policy& policy);
};

// An epoch of which messages can be read.
struct Reading {
  PointId point = 0;
  LeafIndex leaf = {};
  std::map<LeafIndex, Ratchet> application = {};
  std::map<LeafIndex, Ratchet> handshake = {};
};

// A session, open or not.
struct Seat {
  Number since = 0;                   // the operation that began it
  std::deque<Reading> readings = {};  // past epochs, and the current one last
  std::vector<Number> pending = {};   // proposals of this epoch, as they came
  std::set<Number> own_updates = {};  // whose keys it has
  std::vector<Number> offers = {};
  std::deque<Number> own_messages = {};  // that are recognised when they come back
  std::uint64_t sent = 0;                // in this epoch
  std::optional<Number> restored = {};   // the operation
  std::set<Number> undelivered = {};     // commits whose Welcomes it keeps

  PointId point() const { return readings.back().point; }
  LeafIndex leaf() const { return readings.back().leaf; }
  bool HasPending(Number proposal) const;
  const Reading* FindReading(PointId point) const;
  Reading* FindReading(PointId point);

  void RememberOwn(Number message, const Policy& policy);
  // Enters the next epoch.
  void Enter(PointId point, LeafIndex leaf, const Policy& policy);
};

enum class PackageState : std::uint8_t { single, last_resort, superseded };

struct ClientModel {
  std::map<Number, Seat> seats = {};  // by group
  std::map<Number, PackageState> packages = {};
  std::map<Number, Number> psks = {};                           // and their versions
  std::map<std::pair<Number, Epoch>, PointId> resumption = {};  // by group
  std::map<Number, Number> joins = {};                          // pending, by group
  std::set<PointId> been = {};  // all points where it has had a session

  void KeepResumption(Number group, Epoch epoch, PointId point, const Policy& policy);
  // Forgets all that it has of a group.
  void Leave(Number group);
};

}  // namespace conclave::testing::model
