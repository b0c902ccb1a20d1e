// Whoever sits where: what holds for one leaf holds for the first, the last and those between, and
// for leaves that others have left (G23, and the audits that found members confused with each
// other).
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "hostile/forge.h"
#include "hostile/refusal.h"

namespace conclave::testing {
namespace {

using rfc9420::Remove;
using test::Must;

constexpr std::size_t kMembers = 5;

TEST_CASE("Any member, at the first leaf or the last, may do what members do") {
  const std::size_t who = GENERATE(range(std::size_t{0}, kMembers));
  HostileRoom room(kMembers);
  Session& session = room[who];
  const std::size_t other = (who + 1) % kMembers;
  REQUIRE(session.own_leaf().value == who);

  // Commits; has an Update committed by somebody else; proposes a removal.
  room.room().Commit(session, {.path = PathPolicy::always});
  DeliverProposal(room.room().others(session), Must(ProposeUpdate(session)));
  const Bytes old_key = LeafOf(session).encryption_key;
  room.room().Commit(room[other]);
  REQUIRE(LeafOf(session).encryption_key != old_key);
  RequireHealthy(room.room().all());

  // Comes back into the same place by an external commit, when everything is lost.
  const Bytes info = Must(MakeGroupInfo(room[other]));
  TestClient& client = room.client(who);
  PendingJoin back = Must(StartExternalJoin(*client, info, {.replace = session.own_leaf()}));
  DeliverCommit(room.room().others(session), back.commit());
  session = Must(EnterExternally(*client, std::move(back)));
  REQUIRE(session.own_leaf().value == who);
  RequireHealthy(room.room().all());

  // Is removed, and learns of it; the leaf goes to whoever comes next.
  TestClient& newcomer = room.Outsider();
  room.room().Commit(room[other], {.add = {newcomer.KeyPackage()}, .remove = {session.own_leaf()}},
                     {&newcomer});
  REQUIRE(!session.is_member());
  REQUIRE(room[kMembers].own_leaf().value == who);
  RequireHealthy(room.room().all());
}

TEST_CASE("A forged commit is refused, whoever it is said to be from and whoever reads it") {
  const std::size_t who = GENERATE(range(std::size_t{0}, kMembers));
  HostileRoom room(kMembers);
  const auto spoil = [](rfc9420::FramedContentAuthData& auth) {
    if (auth.confirmation_tag.has_value()) auth.confirmation_tag->front() ^= 1;
  };
  room.RequireRefused(ForgeCommit(room.client(who), room[who], {.framing = {.auth = spoil}}),
                      ErrorKind::kNotAuthentic, "12.4.2:confirmation-tag", who);
  const auto leaf = static_cast<std::uint32_t>(who);
  room.RequireRefused(ForgeCommit(room.client(who), room[who],
                                  {.proposals = {ByValue(Remove{{leaf}})}, .applied = {{}}}),
                      ErrorKind::kInvalidCommit, "12.2:no-remove-of-committer", who);
  room.RequireGoesOn();
}

// Alice, loaded anew from her records as they are: a world of its own, for one attempt.
struct AnotherAlice {
  AnotherAlice(const std::vector<std::pair<Bytes, Bytes>>& rows, const Signer& signer,
               BytesView group_id)
      : client("alice", {.signer = &signer}), session(Open(rows, group_id)) {}

  Session Open(const std::vector<std::pair<Bytes, Bytes>>& rows, BytesView group_id) {
    WriteBatch batch;
    for (const auto& [key, value] : rows) batch.Put(key, value);
    Must(client.storage.Write(batch));
    return Must(client->OpenGroup(group_id));
  }

  TestClient client;
  Session session;
};

// S2-2, G8, G9: a late message is read by its sender's leaf in its own epoch, and not by the how
// manieth member that is today.
TEST_CASE("Late messages are from whom they are from, whichever leaves are blank by now") {
  HostileRoom room(8);
  const auto rows = StoredBy(room.client(0));
  const std::vector<Member> then(room[0].members().begin(), room[0].members().end());
  std::vector<Bytes> late;
  for (std::size_t i = 1; i < 8; ++i) {
    late.push_back(Must(room[i].Protect(AsBytes("from " + room.client(i).identity))));
  }
  for (unsigned blank = 1; blank < 128; ++blank) {
    INFO("blank leaves " << blank);
    AnotherAlice alice(rows, SignerOf(room.client(0)), room[0].group_id());
    CommitRequest request;
    for (std::uint32_t leaf = 1; leaf < 8; ++leaf) {
      if ((blank >> (leaf - 1) & 1) != 0) request.remove.push_back({leaf});
    }
    Commit(alice.session, request, {});
    for (std::size_t i = 1; i < 8; ++i) {
      const ApplicationMessage read = ReceiveApplication(alice.session, late[i - 1]);
      REQUIRE(read.sender == then[i]);
      REQUIRE(TextOf(read.plaintext) == "from " + room.client(i).identity);
    }
  }
}

}  // namespace
}  // namespace conclave::testing
