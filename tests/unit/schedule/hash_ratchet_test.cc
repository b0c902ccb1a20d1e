// RFC 9420, sections 9.1, 9.2 and 15.3.
#include "schedule/hash_ratchet.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <utility>
#include <vector>

#include "labeled/labeled.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "support/watched_provider.h"

namespace conclave {
namespace {

using test::BytesOf;
using test::FilledSecret;
using test::KindOf;
using test::TestSuite;

HashRatchet Ratchet() { return HashRatchet(FilledSecret(32, 7)); }

std::pair<Bytes, Bytes> KeyAndNonce(const MessageKey& key) {
  return {BytesOf(key.key), BytesOf(key.nonce)};
}

// All that a ratchet holds.
std::vector<Bytes> StateOf(const HashRatchet& ratchet) {
  std::vector<Bytes> state{ToBytes(std::to_string(ratchet.head())), BytesOf(ratchet.secret())};
  for (const MessageKey& key : ratchet.retained()) {
    state.push_back(ToBytes(std::to_string(key.generation)));
    state.push_back(BytesOf(key.key));
    state.push_back(BytesOf(key.nonce));
  }
  return state;
}

std::optional<ErrorKind> KindOfOpening(const HashRatchet& ratchet, std::uint32_t generation,
                                       const RatchetWindow& window = {}) {
  return KindOf(ratchet.PrepareOpening(TestSuite(), generation, window));
}

void OpenOne(HashRatchet& ratchet, std::uint32_t generation, const RatchetWindow& window = {}) {
  ratchet.Install(ratchet.PrepareOpening(TestSuite(), generation, window).value());
}

TEST_CASE("Every generation has a key and a nonce of its own, of the suite's sizes") {
  for (const Suite& suite : test::AllSuites()) {
    HashRatchet ratchet(FilledSecret(suite.hash_size(), 1));
    std::set<Bytes> keys;
    std::set<Bytes> nonces;
    for (std::uint32_t generation = 0; generation < 20; ++generation) {
      const MessageKey key = ratchet.Next(suite).value();
      CHECK(key.generation == generation);
      CHECK(key.key.size() == suite.aead_key_size());
      CHECK(key.nonce.size() == suite.aead_nonce_size());
      keys.insert(BytesOf(key.key));
      nonces.insert(BytesOf(key.nonce));
    }
    CHECK(keys.size() == 20);
    CHECK(nonces.size() == 20);
  }
}

TEST_CASE("A key that was sealed with cannot be had again") {
  HashRatchet ratchet = Ratchet();
  const Bytes first_secret = BytesOf(ratchet.secret());
  REQUIRE(ratchet.Next(TestSuite()).ok());
  CHECK(ratchet.head() == 1);
  CHECK(BytesOf(ratchet.secret()) != first_secret);
  CHECK(ratchet.retained().empty());
  CHECK(KindOfOpening(ratchet, 0) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("A receiver opens messages in any order, each once") {
  HashRatchet sender = Ratchet();
  std::vector<MessageKey> sent;
  for (int i = 0; i < 8; ++i) sent.push_back(sender.Next(TestSuite()).value());

  HashRatchet receiver = Ratchet();
  for (const std::uint32_t generation : {3U, 0U, 7U, 6U, 1U, 2U, 5U, 4U}) {
    RatchetStep step = receiver.PrepareOpening(TestSuite(), generation, {}).value();
    CHECK(step.opened.generation == generation);
    CHECK(KeyAndNonce(step.opened) == KeyAndNonce(sent[generation]));
    receiver.Install(std::move(step));
    CHECK(KindOfOpening(receiver, generation) == ErrorKind::kAlreadyUsed);
  }
  CHECK(receiver.head() == 8);
  CHECK(receiver.retained().empty());
  CHECK(BytesOf(receiver.secret()) == BytesOf(sender.secret()));
}

TEST_CASE("Preparing to open a message changes nothing, however often") {
  HashRatchet ratchet = Ratchet();
  OpenOne(ratchet, 5);
  const auto before = StateOf(ratchet);
  for (const std::uint32_t generation : {2U, 6U, 40U, 2U}) {
    CHECK(ratchet.PrepareOpening(TestSuite(), generation, {}).ok());
    CHECK(StateOf(ratchet) == before);
  }
}

TEST_CASE("Only the key that was used and the secrets that lead to it are erased") {
  HashRatchet ratchet = Ratchet();
  OpenOne(ratchet, 4);
  REQUIRE(ratchet.retained().size() == 4);
  OpenOne(ratchet, 2);
  std::vector<std::uint32_t> kept;
  for (const MessageKey& key : ratchet.retained()) kept.push_back(key.generation);
  CHECK(kept == std::vector<std::uint32_t>{0, 1, 3});
  CHECK(ratchet.head() == 5);
}

TEST_CASE("A message may skip as many generations as the window says, and not one more") {
  const RatchetWindow window{.max_forward = 10, .max_retained = 5};
  HashRatchet ratchet = Ratchet();
  CHECK(ratchet.PrepareOpening(TestSuite(), 10, window).ok());
  CHECK(KindOfOpening(ratchet, 11, window) == ErrorKind::kRejectedByPolicy);

  OpenOne(ratchet, 10, window);
  CHECK(ratchet.head() == 11);
  CHECK(ratchet.PrepareOpening(TestSuite(), 21, window).ok());
  CHECK(KindOfOpening(ratchet, 22, window) == ErrorKind::kRejectedByPolicy);
}

TEST_CASE("With no window at all, messages open in order only") {
  const RatchetWindow window{.max_forward = 0, .max_retained = 0};
  HashRatchet ratchet = Ratchet();
  CHECK(KindOfOpening(ratchet, 1, window) == ErrorKind::kRejectedByPolicy);
  OpenOne(ratchet, 0, window);
  OpenOne(ratchet, 1, window);
  CHECK(ratchet.retained().empty());
}

TEST_CASE("A generation that is absurdly far ahead is rejected without deriving anything") {
  const test::WatchedProvider provider(test::Provider());
  const Suite suite = test::SuiteOver(provider);
  const HashRatchet ratchet = Ratchet();
  const auto opened = ratchet.PrepareOpening(suite, 0xffffffff, {});
  CHECK(KindOf(opened) == ErrorKind::kRejectedByPolicy);
  CHECK(provider.calls() == 0);
}

TEST_CASE("Of the keys that were skipped, the newest are kept") {
  const RatchetWindow window{.max_forward = 100, .max_retained = 3};
  HashRatchet ratchet = Ratchet();
  OpenOne(ratchet, 10, window);
  REQUIRE(ratchet.retained().size() == 3);
  CHECK(KindOfOpening(ratchet, 6, window) == ErrorKind::kAlreadyUsed);
  CHECK(ratchet.PrepareOpening(TestSuite(), 7, window).ok());

  OpenOne(ratchet, 12, window);
  REQUIRE(ratchet.retained().size() == 3);
  CHECK(KindOfOpening(ratchet, 7, window) == ErrorKind::kAlreadyUsed);
  CHECK(ratchet.PrepareOpening(TestSuite(), 8, window).ok());
  CHECK(ratchet.PrepareOpening(TestSuite(), 11, window).ok());
}

TEST_CASE("Steps may be installed in another order than they were prepared in") {
  HashRatchet in_order = Ratchet();
  for (const std::uint32_t generation : {3U, 1U, 6U}) OpenOne(in_order, generation);

  HashRatchet ratchet = Ratchet();
  RatchetStep third = ratchet.PrepareOpening(TestSuite(), 3, {}).value();
  RatchetStep first = ratchet.PrepareOpening(TestSuite(), 1, {}).value();
  RatchetStep sixth = ratchet.PrepareOpening(TestSuite(), 6, {}).value();
  RatchetStep sixth_again = ratchet.PrepareOpening(TestSuite(), 6, {}).value();
  ratchet.Install(std::move(first));
  ratchet.Install(std::move(sixth));
  ratchet.Install(std::move(third));
  CHECK(StateOf(ratchet) == StateOf(in_order));

  ratchet.Install(std::move(sixth_again));
  CHECK(StateOf(ratchet) == StateOf(in_order));
}

TEST_CASE("After the last generation the sender is asked to commit") {
  HashRatchet ratchet(0xfffffffe, FilledSecret(32, 1), {});
  CHECK(ratchet.Next(TestSuite()).value().generation == 0xfffffffe);
  CHECK(ratchet.Next(TestSuite()).value().generation == 0xffffffff);
  CHECK(ratchet.head() == HashRatchet::kUsedUp);
  CHECK(ratchet.secret().empty());
  CHECK(KindOf(ratchet.Next(TestSuite())) == ErrorKind::kCommitFirst);
  CHECK(KindOfOpening(ratchet, 0xffffffff) == ErrorKind::kAlreadyUsed);
  CHECK(KindOfOpening(ratchet, 0) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("The window does not wrap around at the last generation") {
  HashRatchet ratchet(0xfffffff0, FilledSecret(32, 1), {});
  CHECK(KindOfOpening(ratchet, 3) == ErrorKind::kAlreadyUsed);
  OpenOne(ratchet, 0xffffffff);
  CHECK(ratchet.head() == HashRatchet::kUsedUp);
  CHECK(ratchet.retained().size() == 15);
  OpenOne(ratchet, 0xfffffff5);
  CHECK(KindOfOpening(ratchet, 0xfffffff5) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("A ratchet that is put together again goes on where it was") {
  HashRatchet ratchet = Ratchet();
  OpenOne(ratchet, 3);
  std::vector<MessageKey> retained;
  for (const MessageKey& key : ratchet.retained()) {
    retained.push_back({key.generation, key.key.Clone(), key.nonce.Clone()});
  }
  HashRatchet again(ratchet.head(), ratchet.secret().Clone(), std::move(retained));
  CHECK(StateOf(again) == StateOf(ratchet));
  CHECK(KindOfOpening(again, 3) == ErrorKind::kAlreadyUsed);
  OpenOne(again, 1);
  OpenOne(again, 4);
}

TEST_CASE("A ratchet whose provider fails is as it was") {
  test::WatchedProvider provider(test::Provider());
  const Suite suite = test::SuiteOver(provider);
  HashRatchet ratchet = Ratchet();
  OpenOne(ratchet, 2);
  const auto before = StateOf(ratchet);
  for (std::uint64_t calls = 0; calls < 3; ++calls) {
    provider.FailAfter(calls);
    CHECK(KindOf(ratchet.Next(suite)) == ErrorKind::kCrypto);
    provider.FailAfter(calls);
    CHECK(KindOf(ratchet.PrepareOpening(suite, 9, {})) == ErrorKind::kCrypto);
    CHECK(StateOf(ratchet) == before);
  }
  provider.FailAfter(std::nullopt);
  CHECK(ratchet.Next(suite).value().generation == 3);
}

}  // namespace
}  // namespace conclave
