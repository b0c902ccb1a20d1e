#include "hostile/refusal.h"

#include <algorithm>

#include "hostile/forge.h"

namespace conclave::testing {

using test::Must;

namespace {

const char* const kNames[] = {"alice",  "bob",   "carol",  "dave",  "erin",    "frank",
                              "grace",  "heidi", "ivan",   "judy",  "mallory", "niaj",
                              "olivia", "peggy", "rupert", "sybil", "trent",   "victor"};

}  // namespace

std::vector<std::pair<Bytes, Bytes>> StoredBy(const TestClient& client) {
  std::vector<std::pair<Bytes, Bytes>> stored;
  for (const Bytes& key : Must(client.storage.Keys({}))) {
    stored.emplace_back(key, BytesOf(*Must(client.storage.Read(key))));
  }
  return stored;
}

Observed Observe(const Session& session, const TestClient& client) {
  return {.parts = PartsOf(session),
          .members = {session.members().begin(), session.members().end()},
          .stored = StoredBy(client)};
}

void RequireUnchanged(const Observed& before, const Session& session, const TestClient& client) {
  const Observed after = Observe(session, client);
  for (const NamedParts* parts : {&before.parts, &after.parts}) {
    const NamedParts& others = parts == &before.parts ? after.parts : before.parts;
    for (const auto& [name, part] : *parts) {
      const auto other = others.find(name);
      if (other == others.end() || other->second != part) UNSCOPED_INFO("changed: " << name);
    }
  }
  REQUIRE(after == before);
}

std::string Describe(ErrorKind kind, std::string_view rule) {
  return std::string(ErrorKindName(kind)) + " " + std::string(rule);
}

void RequireStillHealthy(const Sessions& sessions) {
  RequireHealthy(sessions);
  NoteGoingOn();
}

HostileRoom::HostileRoom(std::size_t size, const TestClientOptions& options,
                         const GroupOptions& group)
    : HostileRoom(std::vector<TestClientOptions>(size, options), group) {}

HostileRoom::HostileRoom(const std::vector<TestClientOptions>& options, const GroupOptions& group)
    : options_(options.front()) {
  for (const TestClientOptions& each : options) {
    clients_.emplace_back(kNames[clients_.size()], each);
  }
  std::vector<TestClient*> clients;
  for (TestClient& client : clients_) clients.push_back(&client);
  room_.emplace(clients, group);
}

const Suite& HostileRoom::suite() { return GroupOf((*this)[0]).suite(); }

TestClient& HostileRoom::Outsider() {
  return clients_.emplace_back(kNames[clients_.size()], options_);
}

void HostileRoom::RequireRefusedBy(std::size_t member, BytesView message, ErrorKind kind,
                                   std::string_view rule) {
  INFO("received by " << clients_[member].identity);
  Session& session = (*this)[member];
  const Observed before = Observe(session, clients_[member]);
  const auto received = session.Receive(message);
  REQUIRE(ErrorOf(received) == Describe(kind, rule));
  RequireUnchanged(before, session, clients_[member]);
  NoteRejection(rule);
}

void HostileRoom::RequireRefused(BytesView message, ErrorKind kind, std::string_view rule,
                                 std::size_t sender) {
  for (std::size_t i = 0; i < size(); ++i) {
    if (i != sender && (*this)[i].is_member()) RequireRefusedBy(i, message, kind, rule);
  }
}

void HostileRoom::RequireRequestRefused(std::size_t committer, const CommitRequest& request,
                                        ErrorKind kind, std::string_view rule) {
  RequireCallRefused(
      committer, [&] { return (*this)[committer].CreateCommit(request); }, kind, rule);
}

void HostileRoom::RequireGoesOn() {
  RequireAgreement(room_->all());
  for (const std::size_t committer : {size() - 1, std::size_t{0}}) {
    room_->Commit((*this)[committer], {.path = PathPolicy::always});
    RequireHealthy(room_->all());
  }
  NoteGoingOn();
}

void HostileRoom::RequireAccepted(BytesView commit, std::size_t sender) {
  for (std::size_t i = 0; i < size(); ++i) {
    if (i == sender || !(*this)[i].is_member()) continue;
    INFO("received by " << clients_[i].identity);
    const auto received = (*this)[i].Receive(commit);
    REQUIRE(ErrorOf(received) == "ok");
    REQUIRE(std::holds_alternative<StagedCommit>(*received));
  }
}

}  // namespace conclave::testing
