#include "support/conversation.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <variant>

#include "session/session_state.h"
#include "support/must.h"
#include "wire/parse.h"

namespace conclave::testing {

using test::Must;

namespace {

template <class T>
T ReceiveAs(Session& session, BytesView message) {
  Event event = Must(session.Receive(message));
  if (!std::holds_alternative<T>(event)) FAIL("an event of kind " << event.index());
  return std::get<T>(std::move(event));
}

const rfc9420::GroupContext& GroupContextOf(const Session& session) {
  return SessionAccess::Of(session).public_group().context();
}

}  // namespace

StagedCommit ReceiveCommit(Session& session, BytesView message) {
  return ReceiveAs<StagedCommit>(session, message);
}

ReceivedProposal ReceiveProposal(Session& session, BytesView message) {
  return ReceiveAs<ReceivedProposal>(session, message);
}

ApplicationMessage ReceiveApplication(Session& session, BytesView message) {
  return ReceiveAs<ApplicationMessage>(session, message);
}

Entered ReceiveAndApply(Session& session, BytesView commit) {
  return Must(session.Apply(ReceiveCommit(session, commit)));
}

void ReceiveOwn(Session& session, BytesView message) { ReceiveAs<OwnMessage>(session, message); }

void DeliverCommit(const Sessions& sessions, BytesView commit) {
  for (Session& session : sessions) ReceiveAndApply(session, commit);
}

void DeliverProposal(const Sessions& sessions, BytesView proposal) {
  for (Session& session : sessions) ReceiveProposal(session, proposal);
}

Entered Commit(Session& committer, const CommitRequest& request, const Sessions& others) {
  const OutgoingCommit offer = Must(committer.CreateCommit(request));
  Entered entered = ReceiveAndApply(committer, offer.commit);
  DeliverCommit(others, offer.commit);
  return entered;
}

Room::Room(const std::vector<TestClient*>& clients, const GroupOptions& options) {
  REQUIRE(!clients.empty());
  sessions_.push_back(Must((*clients.front())->CreateGroup(options)));
  const std::vector<TestClient*> joiners(clients.begin() + 1, clients.end());
  if (joiners.empty()) return;
  CommitRequest request;
  for (TestClient* joiner : joiners) request.add.push_back(joiner->KeyPackage());
  Commit(sessions_.front(), request, joiners);
}

Sessions Room::all() {
  Sessions members;
  for (Session& session : sessions_) {
    if (session.is_member()) members.push_back(session);
  }
  return members;
}

Sessions Room::others(const Session& session) {
  Sessions members = all();
  std::erase_if(members, [&session](Session& other) { return &other == &session; });
  return members;
}

Session& Room::at(LeafIndex leaf) {
  for (Session& session : sessions_) {
    if (session.is_member() && session.own_leaf() == leaf) return session;
  }
  FAIL("nobody at leaf " << leaf.value);
  return sessions_.front();
}

void Room::Commit(Session& committer, const CommitRequest& request,
                  const std::vector<TestClient*>& joiners) {
  const Entered entered = testing::Commit(committer, request, others(committer));
  if (joiners.empty()) return;
  REQUIRE(entered.welcomes.size() == 1);
  Bytes tree = Must(ExportRatchetTree(committer));
  for (TestClient* joiner : joiners) {
    sessions_.push_back(joiner->Join(entered.welcomes.front(), {.ratchet_tree = tree}));
  }
}

Session& Room::Add(Session& adder, TestClient& client) {
  Commit(adder, {.add = {client.KeyPackage()}}, {&client});
  return sessions_.back();
}

void RequireAgreement(const Sessions& sessions) {
  REQUIRE(!sessions.empty());
  const Session& first = sessions.front();
  const Bytes context = ContextOf(first);
  const Bytes exported =
      BytesOf(Must(first.ExportSecret("agreement", AsBytes("of the members"), 32)));
  const std::vector<Member> roster(first.members().begin(), first.members().end());
  for (const Session& session : sessions) {
    REQUIRE(session.is_member());
    REQUIRE(session.epoch() == first.epoch());
    REQUIRE(session.suite() == first.suite());
    REQUIRE(TreeHashOf(session) == TreeHashOf(first));
    REQUIRE(ConfirmedTranscriptHashOf(session) == ConfirmedTranscriptHashOf(first));
    REQUIRE(ContextOf(session) == context);
    REQUIRE(session.EpochAuthenticator() == first.EpochAuthenticator());
    REQUIRE(BytesOf(Must(session.ExportSecret("agreement", AsBytes("of the members"), 32))) ==
            exported);
    REQUIRE(std::vector<Member>(session.members().begin(), session.members().end()) == roster);
    REQUIRE(session.member_count() == roster.size());
  }
}

void RequireEveryoneReadsEveryone(const Sessions& sessions) {
  for (Session& sender : sessions) {
    const std::string text = "from leaf " + std::to_string(sender.own_leaf().value);
    const Bytes message = Must(sender.Protect(AsBytes(text), AsBytes("aad")));
    for (Session& reader : sessions) {
      if (&reader == &sender) continue;
      const ApplicationMessage read = ReceiveApplication(reader, message);
      REQUIRE(TextOf(read.plaintext) == text);
      REQUIRE(TextOf(read.authenticated_data) == "aad");
      REQUIRE(read.sender.leaf == sender.own_leaf());
      REQUIRE(read.epoch == sender.epoch());
    }
  }
}

void RequireHealthy(const Sessions& sessions) {
  RequireAgreement(sessions);
  RequireEveryoneReadsEveryone(sessions);
}

Bytes ContextOf(const Session& session) { return wire::Serialize(GroupContextOf(session)); }
Bytes TreeHashOf(const Session& session) { return GroupContextOf(session).tree_hash; }
Bytes ConfirmedTranscriptHashOf(const Session& session) {
  return GroupContextOf(session).confirmed_transcript_hash;
}

std::vector<std::string> NamesOf(const Session& session) {
  std::vector<std::string> names;
  for (const Member& member : session.members()) names.push_back(NameOf(member.credential));
  return names;
}

LeafIndex LeafOf(const Session& session, std::string_view name) {
  for (const Member& member : session.members()) {
    if (NameOf(member.credential) == name) return member.leaf;
  }
  FAIL("no member is called " << name);
  return {};
}

Snapshot SnapshotOf(const Session& session) {
  return {ContextOf(session), session.EpochAuthenticator(), session.pending_proposals().size(),
          Offers(session).size()};
}

std::string TextOf(BytesView bytes) { return {bytes.begin(), bytes.end()}; }

Bytes BytesOf(const Secret& secret) { return ToBytes(secret.ExposeForProvider()); }

}  // namespace conclave::testing
