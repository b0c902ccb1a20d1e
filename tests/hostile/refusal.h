// For hostile tests: that a message is refused by the rule it breaks, that refusing it changes
// nothing, and that the honest conversation goes on. What they require is counted
// (hostile/rejections.h).
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conclave/conclave.h"
#include "crypto/cipher_suite.h"
#include "hostile/rejections.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/parties.h"
#include "support/session_parts.h"

namespace conclave::testing {

// All records of a client's storage.
std::vector<std::pair<Bytes, Bytes>> StoredBy(const TestClient& client);

// All that a session holds and tells, secrets included, and all that its client has stored.
struct Observed {
  NamedParts parts = {};
  std::vector<Member> members = {};
  std::vector<std::pair<Bytes, Bytes>> stored = {};
  bool operator==(const Observed&) const = default;
};
Observed Observe(const Session& session, const TestClient& client);
// That they are what they were. If not, the test says which part has changed.
void RequireUnchanged(const Observed& before, const Session& session, const TestClient& client);

// The error of a Result, in one string: "InvalidCommit 12.2:no-external-init"; "ok" if there is
// none.
template <class T>
std::string ErrorOf(const Result<T>& result) {
  if (result.ok()) return "ok";
  return std::string(ErrorKindName(result.error().kind)) + " " + result.error().detail;
}
std::string Describe(ErrorKind kind, std::string_view rule);

// Everyone reads everyone: so far, all that was refused has harmed nobody.
void RequireStillHealthy(const Sessions& sessions);

// A call of a client that is in no group is refused, and its storage is as before.
template <class Call>
void RequireRefusedBy(const TestClient& client, const Call& call, ErrorKind kind,
                      std::string_view rule) {
  const auto stored = StoredBy(client);
  REQUIRE(ErrorOf(call()) == Describe(kind, rule));
  REQUIRE(StoredBy(client) == stored);
  NoteRejection(rule);
}

// A group of several clients in suite 1, the first of whom is its creator and, in most tests, the
// one who misbehaves.
class HostileRoom {
 public:
  explicit HostileRoom(std::size_t size = 4, const TestClientOptions& options = {},
                       const GroupOptions& group = {});
  // Clients that differ.
  explicit HostileRoom(const std::vector<TestClientOptions>& options,
                       const GroupOptions& group = {});

  TestClient& client(std::size_t index) { return clients_[index]; }
  Session& operator[](std::size_t index) { return room_->operator[](index); }
  std::size_t size() const { return room_->size(); }
  Room& room() { return *room_; }
  const Suite& suite();

  // A client with the same options that is not in the group.
  TestClient& Outsider();

  // Every member but `sender` refuses the message, with this error, and is as before.
  void RequireRefused(BytesView message, ErrorKind kind, std::string_view rule,
                      std::size_t sender = 0);
  void RequireRefusedBy(std::size_t member, BytesView message, ErrorKind kind,
                        std::string_view rule);
  // The committer's own side refuses the request, and is as before.
  void RequireRequestRefused(std::size_t committer, const CommitRequest& request, ErrorKind kind,
                             std::string_view rule);
  // A call that a member's own application makes is refused, and the member is as before.
  template <class Call>
  void RequireCallRefused(std::size_t member, const Call& call, ErrorKind kind,
                          std::string_view rule) {
    INFO("called by " << clients_[member].identity);
    const Observed before = Observe((*this)[member], clients_[member]);
    REQUIRE(ErrorOf(call()) == Describe(kind, rule));
    RequireUnchanged(before, (*this)[member], clients_[member]);
    NoteRejection(rule);
  }
  // Everyone reads everyone, now and after an honest commit by each of two members.
  void RequireGoesOn();
  // All members accept the commit and go on: what it does is allowed.
  void RequireAccepted(BytesView commit, std::size_t sender = 0);

 private:
  void Fill(const GroupOptions& group);

  TestClientOptions options_;
  std::deque<TestClient> clients_;
  std::optional<Room> room_;
};

}  // namespace conclave::testing
