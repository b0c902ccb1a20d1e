// Four threads at once, each with clients and sessions of its own, over one provider and one
// storage, as the headers allow: nothing is shared but what those serialize. What a thread does
// wrong in memory is for ThreadSanitizer to see (tools/test.sh threads); that everything comes out
// as if each thread were alone is seen here.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "conclave/boringssl_provider.h"
#include "conclave/external_join.h"
#include "conclave/group_info.h"
#include "conclave/memory_storage.h"
#include "conclave/sqlite_storage.h"
#include "support/parties.h"
#include "support/temporary_directory.h"

namespace conclave::testing {
namespace {

constexpr std::size_t kThreads = 4;
constexpr int kRounds = 3;

// Catch2's assertions are for one thread: on the others, what is wrong is thrown.
void Demand(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}
template <class T>
T Need(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().detail);
  return std::move(result).value();
}
void Need(const Result<void>& result) { Demand(result.ok(), "a call failed"); }

// Runs `work(thread)` on all threads at once, and fails the test for each that throws.
void OnThreads(const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> ready = 0;
  std::vector<std::string> errors(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < kThreads) std::this_thread::yield();
      try {
        work(i);
      } catch (const std::exception& error) {
        errors[i] = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& error : errors) CHECK(error == "");
}

// A MemoryStorage that several threads may use.
class LockedStorage final : public Storage {
 public:
  Result<void> Write(const WriteBatch& batch) override {
    const std::scoped_lock lock(mutex_);
    return below_.Write(batch);
  }
  Result<std::optional<Secret>> Read(BytesView key) const override {
    const std::scoped_lock lock(mutex_);
    return below_.Read(key);
  }
  // A visitor may read the storage that it visits.
  Result<void> Scan(BytesView prefix, RecordVisitor& visitor) const override {
    const std::scoped_lock lock(mutex_);
    return below_.Scan(prefix, visitor);
  }

 private:
  mutable std::recursive_mutex mutex_;
  MemoryStorage below_;
};

// Says yes, and remembers nothing.
class AcceptingVerifier final : public CredentialVerifier {
 public:
  CredentialAnswer Verify(const CredentialQuestion&) override { return CredentialAnswer::accept; }
  Bytes ClientId(const Credential&) override { return {}; }
};

// What the clients of a test share, on whatever thread.
struct Shared {
  const CryptoProvider& crypto;
  Storage& storage;
  AcceptingVerifier verifier = {};
  SettableClock clock = {};

  // The storage is everybody's: a client has a signer of its own.
  Client NewClient(const std::string& name, const Signer& signer) {
    return Need(Client::Create({.identity = name,
                                .crypto = crypto,
                                .clock = clock,
                                .verifier = verifier,
                                .storage = storage,
                                .signer = &signer}));
  }
};

template <class T>
T Read(Session& session, BytesView message) {
  Event event = Need(session.Receive(message));
  Demand(std::holds_alternative<T>(event), "not what was sent");
  return std::get<T>(std::move(event));
}

Entered Enter(Session& session, BytesView commit) {
  return Need(session.Apply(Read<StagedCommit>(session, commit)));
}

// A conversation that knows of no other thread.
void Converse(Shared& shared, Storage& others, std::size_t thread) {
  const std::string number = std::to_string(thread);
  const auto signer = MakeSigner();
  const auto others_signer = MakeSigner();
  Client alice = shared.NewClient("alice " + number, *signer);
  // Members of one group do not share a storage: it has one state of a group.
  Shared elsewhere{shared.crypto, others};
  Client bob = elsewhere.NewClient("bob " + number, *others_signer);
  for (int round = 0; round < kRounds; ++round) {
    const Bytes id = ToBytes("group " + number + " " + std::to_string(round));
    Session at_alice = Need(alice.CreateGroup({.id = id}));
    const OutgoingCommit offer = Need(at_alice.CreateCommit({.add = {Need(bob.NewKeyPackage())}}));
    const Entered entered = Enter(at_alice, offer.commit);
    Session at_bob = Need(bob.Enter(Need(bob.ReadWelcome(entered.welcomes.front()))));
    for (int i = 0; i < 3; ++i) {
      const std::string text = "message " + std::to_string(i);
      const Bytes message = Need(at_alice.Protect(AsBytes(text)));
      Demand(Read<ApplicationMessage>(at_bob, message).plaintext == ToBytes(text), "another text");
    }
    const Bytes commit = Need(at_bob.CreateCommit({})).commit;
    Enter(at_bob, commit);
    Enter(at_alice, commit);
    Demand(at_alice.EpochAuthenticator() == at_bob.EpochAuthenticator(), "no agreement");
    at_alice = Need(alice.OpenGroup(id));
    const Bytes answer = Need(at_bob.Protect(AsBytes("answer")));
    Demand(Read<ApplicationMessage>(at_alice, answer).plaintext == ToBytes("answer"),
           "another answer");
    if (round > 0) Need(alice.DeleteGroup(id));
  }
  Demand(Need(bob.Groups()).size() >= static_cast<std::size_t>(kRounds), "groups are missing");
}

}  // namespace

TEST_CASE("Clients on several threads share a provider and a database") {
  const BoringSslProvider crypto;
  const test::TemporaryDirectory directory;
  const auto file = Need(SqliteStorage::Open({.path = directory.File("db")}));
  const auto others = Need(SqliteStorage::Open({.path = directory.File("others")}));
  OnThreads([&](std::size_t thread) {
    Shared shared{crypto, *file};
    Converse(shared, *others, thread);
  });
}

TEST_CASE("Clients on several threads have each a connection to one database") {
  const BoringSslProvider crypto;
  const test::TemporaryDirectory directory;
  const std::string path = directory.File("db");
  REQUIRE(SqliteStorage::Open({.path = path}).ok());
  OnThreads([&](std::size_t thread) {
    const auto file = Need(SqliteStorage::Open({.path = path, .busy_timeout_ms = 60000}));
    MemoryStorage others;
    Shared shared{crypto, *file};
    Converse(shared, others, thread);
  });
}

TEST_CASE("Clients on several threads share a storage in memory that is locked") {
  const BoringSslProvider crypto;
  LockedStorage storage;
  LockedStorage others;
  OnThreads([&](std::size_t thread) {
    Shared shared{crypto, storage};
    Converse(shared, others, thread);
  });
}

// Trees share their nodes, and count on every thread who refers to them.
TEST_CASE("Members of one group are on several threads") {
  const BoringSslProvider crypto;
  std::vector<std::unique_ptr<TestClient>> clients;
  for (std::size_t i = 0; i < kThreads; ++i) {
    clients.push_back(std::make_unique<TestClient>("client " + std::to_string(i),
                                                   TestClientOptions{.crypto = &crypto}));
  }
  std::vector<Session> sessions;
  sessions.push_back(Need((*clients[0])->CreateGroup()));
  CommitRequest request;
  for (std::size_t i = 1; i < kThreads; ++i) request.add.push_back(clients[i]->KeyPackage());
  const Bytes commit = Need(sessions[0].CreateCommit(request)).commit;
  const Entered entered = Enter(sessions[0], commit);
  for (std::size_t i = 1; i < kThreads; ++i) {
    sessions.push_back(clients[i]->Join(entered.welcomes.front()));
  }
  for (int round = 0; round < kRounds; ++round) {
    const Bytes next =
        Need(sessions[static_cast<std::size_t>(round) % kThreads].CreateCommit({})).commit;
    std::vector<Bytes> sent(kThreads);
    OnThreads([&](std::size_t thread) {
      Enter(sessions[thread], next);
      sent[thread] = Need(sessions[thread].Protect(AsBytes("hello")));
    });
    OnThreads([&](std::size_t thread) {
      for (std::size_t from = 0; from < kThreads; ++from) {
        if (from != thread) Read<ApplicationMessage>(sessions[thread], sent[from]);
      }
    });
  }
}

// A session may go from one thread to another, one at a time; so may what it returned.
TEST_CASE("A session goes from thread to thread") {
  const BoringSslProvider crypto;
  TestClient alice("alice", {.crypto = &crypto});
  Session session = Need(alice->CreateGroup());
  std::optional<StagedCommit> staged;
  for (int round = 0; round < kRounds; ++round) {
    std::string error;
    const auto step = [&](const std::function<void()>& act) {
      std::thread([&] {
        try {
          act();
        } catch (const std::exception& thrown) {
          error = thrown.what();
        }
      }).join();
      CHECK(error.empty());
    };
    step([&] { staged = Read<StagedCommit>(session, Need(session.CreateCommit({})).commit); });
    REQUIRE(staged.has_value());
    step([&] { Need(session.Apply(*std::exchange(staged, std::nullopt))); });
    CHECK(session.epoch() == static_cast<Epoch>(round) + 1);
  }
}

// Two sessions of one group over one storage, which should not be: each write that is too late is
// refused, and nothing is lost.
TEST_CASE("Two sessions of one group on two threads get conflicts, and neither repeats a key") {
  const BoringSslProvider crypto;
  const test::TemporaryDirectory directory;
  const auto file = Need(SqliteStorage::Open({.path = directory.File("db")}));
  Shared shared{crypto, *file};
  const auto signer = MakeSigner();
  TestClient bob("bob", {.crypto = &crypto});
  Client alice = shared.NewClient("alice", *signer);
  std::optional<Session> first = Need(alice.CreateGroup({.id = ToBytes("room")}));
  const Bytes commit = Need(first->CreateCommit({.add = {bob.KeyPackage()}})).commit;
  Session at_bob = bob.Join(Enter(*first, commit).welcomes.front());
  first.reset();

  std::vector<std::vector<Bytes>> sent(kThreads);
  OnThreads([&](std::size_t thread) {
    Shared own{crypto, *file};
    Client again = own.NewClient("alice", *signer);
    Result<Session> opened = again.OpenGroup(AsBytes("room"));
    while (!opened.ok()) {  // somebody wrote while it was read
      Demand(std::string_view(opened.error().detail) == kStorageConflict, "another error");
      opened = again.OpenGroup(AsBytes("room"));
    }
    Session session = std::move(opened).value();
    while (sent[thread].size() < 5) {
      const auto message = session.Protect(AsBytes("hello"));
      if (message.ok()) {
        sent[thread].push_back(*message);
      } else {
        Demand(message.error().kind == ErrorKind::kStorage, "another error");
      }
    }
  });
  std::size_t read = 0;
  for (const std::vector<Bytes>& messages : sent) {
    for (const Bytes& message : messages) {
      REQUIRE(at_bob.Receive(message).ok());  // a repeated key would be kAlreadyUsed
      ++read;
    }
  }
  CHECK(read == 5 * kThreads);
}

}  // namespace conclave::testing
