// Stories of application messages: late, out of order, replayed, forged, and too many
// (RFC 9420, sections 6.3, 9.2 and 15.3).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/must.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

std::vector<Bytes> Say(Session& session, std::size_t count) {
  std::vector<Bytes> messages;
  for (std::size_t i = 0; i < count; ++i) {
    messages.push_back(Must(session.Protect(AsBytes("message " + std::to_string(i)))));
  }
  return messages;
}

}  // namespace

TEST_CASE("Messages that overtake each other are all read") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  std::vector<Bytes> messages = Say(room[0], 20);
  std::ranges::reverse(messages);
  std::size_t number = messages.size();
  for (const Bytes& message : messages) {
    REQUIRE(TextOf(ReceiveApplication(room[1], message).plaintext) ==
            "message " + std::to_string(--number));
  }
}

TEST_CASE("A replayed message is refused") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const std::vector<Bytes> messages = Say(room[0], 3);
  ReceiveApplication(room[1], messages[2]);
  ReceiveApplication(room[1], messages[0]);
  for (const std::size_t replayed : {0u, 2u}) {
    REQUIRE(KindOf(room[1].Receive(messages[replayed])) == ErrorKind::kAlreadyUsed);
  }
  ReceiveApplication(room[1], messages[1]);
  REQUIRE(KindOf(room[1].Receive(messages[1])) == ErrorKind::kAlreadyUsed);
  // In the next epoch too.
  room.Commit(room[0]);
  REQUIRE(KindOf(room[1].Receive(messages[1])) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("The window for messages out of order is as wide as the policy says") {
  TestClientOptions options;
  options.policy.max_forward_generations = 10;
  options.policy.max_retained_keys = 4;
  TestClient alice("alice"), bob("bob", options);
  Room room({&alice, &bob});
  const std::vector<Bytes> messages = Say(room[0], 30);
  // Too far ahead, and nothing was consumed by trying.
  REQUIRE(KindOf(room[1].Receive(messages[11])) == ErrorKind::kRejectedByPolicy);
  ReceiveApplication(room[1], messages[10]);
  // The last four that were skipped are kept; those before are not.
  for (const std::size_t late : {6u, 7u, 8u, 9u}) ReceiveApplication(room[1], messages[late]);
  for (const std::size_t lost : {0u, 5u}) {
    REQUIRE(KindOf(room[1].Receive(messages[lost])) == ErrorKind::kAlreadyUsed);
  }
  ReceiveApplication(room[1], messages[21]);
}

TEST_CASE("A forged message costs an honest sender nothing") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const std::vector<Bytes> messages = Say(room[0], 2);
  const Snapshot before = SnapshotOf(room[1]);
  for (const std::size_t target : {0u, 1u}) {
    // Every byte of the message flipped in turn: none of them is read, none harms.
    for (std::size_t i = 0; i < messages[target].size(); ++i) {
      Bytes forged = messages[target];
      forged[i] ^= 0x40;
      REQUIRE_FALSE(room[1].Receive(forged).ok());
    }
    Bytes cut = messages[target];
    cut.pop_back();
    REQUIRE(KindOf(room[1].Receive(cut)) == ErrorKind::kMalformed);
  }
  REQUIRE(SnapshotOf(room[1]) == before);
  for (const Bytes& message : messages) ReceiveApplication(room[1], message);
}

TEST_CASE("A forged commit is no commit, and the true one still works") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob, &carol});
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  const Snapshot before = SnapshotOf(room[1]);
  for (std::size_t i = 0; i < offer.commit.size(); i += 7) {
    Bytes forged = offer.commit;
    forged[i] ^= 0x01;
    REQUIRE_FALSE(room[1].Receive(forged).ok());
  }
  REQUIRE(SnapshotOf(room[1]) == before);
  DeliverCommit(room.all(), offer.commit);
  RequireHealthy(room.all());
}

TEST_CASE("A late message of a past epoch is attributed to who held the leaf then") {
  TestClient alice("alice"), bob("bob"), carol("carol");
  Room room({&alice, &bob});
  const Bytes late = Must(room[1].Protect(AsBytes("on my way out"), AsBytes("aad")));
  const Epoch epoch = room[1].epoch();
  room.Commit(room[0], {.remove = {{1}}});
  REQUIRE(room.Add(room[0], carol).own_leaf() == LeafIndex{1});
  REQUIRE(NameOf(room[0].FindMember({1})->credential) == "carol");

  const ApplicationMessage read = ReceiveApplication(room[0], late);
  REQUIRE(read.epoch == epoch);
  REQUIRE(NameOf(read.sender.credential) == "bob");
  REQUIRE(read.sender.leaf == LeafIndex{1});
  REQUIRE(read.sender.signature_key == ToBytes(bob->signature_key()));
  REQUIRE(TextOf(read.plaintext) == "on my way out");
  REQUIRE(KindOf(room[0].Receive(late)) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("Late messages are read for as many epochs as the policy keeps") {
  TestClientOptions options;
  options.policy.past_epochs = 2;
  TestClient alice("alice"), bob("bob", options);
  Room room({&alice, &bob});
  std::vector<Bytes> messages;
  for (int epoch = 0; epoch < 4; ++epoch) {
    messages.push_back(Must(room[0].Protect(AsBytes("hello"))));
    room.Commit(room[0]);
  }
  REQUIRE(KindOf(room[1].Receive(messages[0])) == ErrorKind::kEpochTooOld);
  REQUIRE(KindOf(room[1].Receive(messages[1])) == ErrorKind::kEpochTooOld);
  REQUIRE(ReceiveApplication(room[1], messages[2]).epoch == 3);
  REQUIRE(ReceiveApplication(room[1], messages[3]).epoch == 4);
}

TEST_CASE("Without past epochs nothing of one can be read") {
  TestClientOptions options;
  options.policy.past_epochs = 0;
  TestClient alice("alice"), bob("bob", options);
  Room room({&alice, &bob});
  const Bytes message = Must(room[0].Protect(AsBytes("hello")));
  room.Commit(room[0]);
  REQUIRE(KindOf(room[1].Receive(message)) == ErrorKind::kEpochTooOld);
  RequireHealthy(room.all());
}

TEST_CASE("A message of an epoch that we have not entered is kept until its commit arrives") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const OutgoingCommit offer = Must(room[0].CreateCommit({}));
  ReceiveAndApply(room[0], offer.commit);
  const Bytes early = Must(room[0].Protect(AsBytes("early")));
  const OutgoingCommit next = Must(room[0].CreateCommit({}));
  REQUIRE(KindOf(room[1].Receive(early)) == ErrorKind::kEpochInFuture);
  REQUIRE(KindOf(room[1].Receive(next.commit)) == ErrorKind::kEpochInFuture);
  ReceiveAndApply(room[1], offer.commit);
  REQUIRE(TextOf(ReceiveApplication(room[1], early).plaintext) == "early");
  DeliverCommit(room.all(), next.commit);
}

TEST_CASE("When the messages of an epoch are used up, a commit makes room") {
  TestClientOptions options;
  options.policy.max_messages_per_epoch = 3;
  TestClient alice("alice", options), bob("bob");
  Room room({&alice, &bob});
  Say(room[0], 3);
  REQUIRE(KindOf(room[0].Protect(AsBytes("one more"))) == ErrorKind::kCommitFirst);
  room.Commit(room[0]);
  Say(room[0], 3);
  REQUIRE(KindOf(room[0].Protect(AsBytes("one more"))) == ErrorKind::kCommitFirst);
}

TEST_CASE("Messages may be empty, and authenticated data may be") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const ApplicationMessage read = ReceiveApplication(room[1], Must(room[0].Protect({})));
  REQUIRE(read.plaintext.empty());
  REQUIRE(read.authenticated_data.empty());
  const ApplicationMessage other =
      ReceiveApplication(room[1], Must(room[0].Protect({}, AsBytes("only this"))));
  REQUIRE(TextOf(other.authenticated_data) == "only this");
}

TEST_CASE("What is sent is padded, as the policy says") {
  for (const Padding padding : {Padding::none, Padding::block, Padding::padme}) {
    TestClientOptions options;
    options.policy.padding = padding;
    options.policy.padding_block = 256;
    TestClient alice("alice", options), bob("bob");
    Room room({&alice, &bob});
    std::set<std::size_t> sizes;
    for (std::size_t size = 100; size < 110; ++size) {
      const Bytes message = Must(room[0].Protect(Bytes(size, 'x')));
      sizes.insert(message.size());
      REQUIRE(ReceiveApplication(room[1], message).plaintext == Bytes(size, 'x'));
    }
    if (padding == Padding::none) {
      REQUIRE(sizes.size() == 10);
    } else {
      REQUIRE(sizes.size() <= 3);
    }
  }
}

TEST_CASE("Whatever is no message of a group is the caller's mistake, and harmless") {
  TestClient alice("alice"), bob("bob");
  Room room({&alice, &bob});
  const Snapshot before = SnapshotOf(room[0]);
  REQUIRE(KindOf(room[0].Receive(bob.KeyPackage())) == ErrorKind::kMisuse);
  REQUIRE(KindOf(room[0].Receive(Must(MakeGroupInfo(room[1])))) == ErrorKind::kMisuse);
  REQUIRE(KindOf(room[0].Receive({})) == ErrorKind::kMalformed);
  REQUIRE(KindOf(room[0].Receive(AsBytes("hello"))) != std::nullopt);
  REQUIRE(SnapshotOf(room[0]) == before);
}

}  // namespace conclave::testing
