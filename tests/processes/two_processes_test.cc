// Two processes with one database: an application and its notification extension, say. Whoever
// writes second is told so and goes on from what the first has written: nothing is lost, and no key
// is used twice.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <optional>
#include <vector>

#include "support/conversation.h"
#include "support/forked.h"
#include "support/must.h"
#include "support/stored_client.h"
#include "support/temporary_directory.h"
#include "wire/parse.h"

namespace conclave::testing {

namespace {

using test::KindOf;
using test::Must;

constexpr std::size_t kMessages = 100;

// So many messages, however often somebody else comes first. Ends the program on any other error:
// it runs in a child as well, in which nothing can be asserted.
std::vector<Bytes> SendMany(Session& session) {
  std::vector<Bytes> messages;
  while (messages.size() < kMessages) {
    Result<Bytes> message = session.Protect(AsBytes("a message"));
    if (message.ok()) {
      messages.push_back(std::move(*message));
    } else if (message.error().detail != kStorageConflict) {
      std::abort();
    }
  }
  return messages;
}

void WriteAll(int file, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t done = write(file, bytes.data(), bytes.size());
    if (done <= 0) _exit(9);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
}
Bytes ReadAll(int file) {
  Bytes all;
  std::uint8_t block[4096];
  for (ssize_t got; (got = read(file, block, sizeof block)) > 0;) {
    all.insert(all.end(), block, block + got);
  }
  return all;
}

}  // namespace

TEST_CASE("Two processes that send at the same time use no key twice and lose no message") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.File("alice.sqlite");
  TestClient bob("bob");
  std::optional<Session> bobs;
  GroupId group;
  {
    StoredClient alice(path, "alice");
    Session session = Must(alice.client.CreateGroup());
    group = session.group_id();
    bobs = bob.Join(Commit(session, {.add = {bob.KeyPackage()}}, {}).welcomes.front());
  }
  int sent[2];
  REQUIRE(pipe(sent) == 0);
  test::Forked child([&] {
    close(sent[0]);
    StoredClient alice(path, "alice");
    Session session = Must(alice.client.OpenGroup(group));
    WriteAll(sent[1], wire::Serialize(SendMany(session)));
    return 0;
  });
  close(sent[1]);
  StoredClient alice(path, "alice");
  Session session = Must(alice.client.OpenGroup(group));
  std::vector<Bytes> messages = SendMany(session);
  const auto others = Must(wire::Parse<std::vector<Bytes>>(ReadAll(sent[0])));
  close(sent[0]);
  REQUIRE(child.Wait() == 0);
  REQUIRE(others.size() == kMessages);
  messages.insert(messages.end(), others.begin(), others.end());
  // A key that was used twice would be gone for the second message.
  for (const Bytes& message : messages) {
    CHECK(TextOf(ReceiveApplication(*bobs, message).plaintext) == "a message");
  }
  session = Must(alice.client.OpenGroup(group));
  RequireHealthy({session, *bobs});
}

TEST_CASE("The second of two writers is told, whatever it was doing, and can go on") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.File("alice.sqlite");
  TestClient bob("bob");
  StoredClient one(path, "alice"), two(path, "alice");
  Session first = Must(one.client.CreateGroup());
  Session bobs = bob.Join(Commit(first, {.add = {bob.KeyPackage()}}, {}).welcomes.front());
  Session second = Must(two.client.OpenGroup(first.group_id()));

  const Bytes message = Must(bobs.Protect(AsBytes("hello")));
  ReceiveApplication(first, message);
  CHECK(KindOf(second.Receive(message)) == ErrorKind::kStorage);
  // It knows now that the message has been read.
  CHECK(KindOf(second.Receive(message)) == ErrorKind::kAlreadyUsed);

  const OutgoingCommit commit = Must(bobs.CreateCommit({}));
  ReceiveAndApply(bobs, commit.commit);
  StagedCommit staged = ReceiveCommit(first, commit.commit);
  ReceiveAndApply(second, commit.commit);
  CHECK(KindOf(first.Apply(std::move(staged))) == ErrorKind::kStorage);
  CHECK(first.epoch() == second.epoch());
  CHECK(KindOf(one.client.CreateGroup({.id = first.group_id()})) == ErrorKind::kMisuse);
  RequireHealthy({first, bobs});
}

}  // namespace conclave::testing
