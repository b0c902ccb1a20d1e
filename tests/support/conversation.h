// For tests: a delivery service in a few functions. They fail the test if what should work does
// not.
#pragma once

#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "conclave/conclave.h"
#include "support/parties.h"

namespace conclave::testing {

// Several sessions of one group, to be looked at together. They may be listed in braces.
using Sessions = std::vector<std::reference_wrapper<Session>>;

// -- One session reads one message of a given kind.

StagedCommit ReceiveCommit(Session& session, BytesView message);
ReceivedProposal ReceiveProposal(Session& session, BytesView message);
ApplicationMessage ReceiveApplication(Session& session, BytesView message);
// Reads a commit, our own or not, and enters the epoch it leads to.
Entered ReceiveAndApply(Session& session, BytesView commit);
// A message of ours comes back.
void ReceiveOwn(Session& session, BytesView message);

// -- All of them do. `Commit` makes a commit and delivers it to everybody, the committer first;
// what is left to be done for the committer is returned.

void DeliverCommit(const Sessions& sessions, BytesView commit);
void DeliverProposal(const Sessions& sessions, BytesView proposal);
Entered Commit(Session& committer, const CommitRequest& request, const Sessions& others);

// -- A group of several clients, the first of whom creates it and adds the others.

class Room {
 public:
  explicit Room(const std::vector<TestClient*>& clients, const GroupOptions& options = {});

  // In the order of the clients; references stay valid when others join.
  Session& operator[](std::size_t index) { return sessions_[index]; }
  std::size_t size() const { return sessions_.size(); }
  // Those who are members.
  Sessions all();
  // All members but one.
  Sessions others(const Session& session);
  // The session of whoever sits there.
  Session& at(LeafIndex leaf);

  // `committer` commits; every member applies it; those whom it adds join with `joiners`' clients.
  void Commit(Session& committer, const CommitRequest& request = {},
              const std::vector<TestClient*>& joiners = {});
  // `adder` adds a client, whose session is returned.
  Session& Add(Session& adder, TestClient& client);

 private:
  std::deque<Session> sessions_;
};

// -- What all members of a group must agree on: group, epoch, tree hash, transcript, extensions,
// roster, epoch authenticator and exporter.

void RequireAgreement(const Sessions& sessions);
// Each sends a message and all others read it.
void RequireEveryoneReadsEveryone(const Sessions& sessions);
// Both of the above.
void RequireHealthy(const Sessions& sessions);

// The serialized GroupContext of a session's epoch.
Bytes ContextOf(const Session& session);
Bytes TreeHashOf(const Session& session);
Bytes ConfirmedTranscriptHashOf(const Session& session);
// The names of all members, in leaf order.
std::vector<std::string> NamesOf(const Session& session);
// The leaf of the member of that name. Fails the test if there is none.
LeafIndex LeafOf(const Session& session, std::string_view name);

// Everything of a session that a failed call must not change, and its next messages must not need.
struct Snapshot {
  Bytes context;
  Bytes authenticator;
  std::size_t pending = 0;
  std::size_t offers = 0;
  bool operator==(const Snapshot&) const = default;
};
Snapshot SnapshotOf(const Session& session);

std::string TextOf(BytesView bytes);
Bytes BytesOf(const Secret& secret);

}  // namespace conclave::testing
