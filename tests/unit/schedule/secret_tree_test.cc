// RFC 9420, sections 9, 9.1 and 9.2.
#include "schedule/secret_tree.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
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

constexpr RatchetType kHandshake = RatchetType::handshake;
constexpr RatchetType kApplication = RatchetType::application;

SecretTree Tree(std::uint32_t width) { return SecretTree(FilledSecret(32, 9), width); }

// Every secret that a tree holds.
std::set<Bytes> SecretsOf(const SecretTree& tree) {
  std::set<Bytes> secrets;
  for (const auto& [index, secret] : tree.nodes()) secrets.insert(BytesOf(secret));
  for (const auto& [id, ratchet] : tree.ratchets()) {
    secrets.insert(BytesOf(ratchet.secret()));
    for (const MessageKey& key : ratchet.retained()) {
      secrets.insert(BytesOf(key.key));
      secrets.insert(BytesOf(key.nonce));
    }
  }
  return secrets;
}

std::vector<std::uint32_t> NodesOf(const SecretTree& tree) {
  std::vector<std::uint32_t> nodes;
  for (const auto& [index, secret] : tree.nodes()) nodes.push_back(index.value);
  return nodes;
}

OpeningKey Prepare(const SecretTree& tree, std::uint32_t sender, RatchetType type,
                   std::uint32_t generation) {
  return tree.PrepareOpening(TestSuite(), {sender}, type, generation, {}).value();
}

std::optional<ErrorKind> KindOfOpening(const SecretTree& tree, std::uint32_t sender,
                                       RatchetType type, std::uint32_t generation) {
  return KindOf(tree.PrepareOpening(TestSuite(), {sender}, type, generation, {}));
}

Bytes Child(const Bytes& parent, const char* side) {
  return BytesOf(
      ExpandWithLabel(TestSuite(), Secret::CopyOf(parent), "tree", AsBytes(side), 32).value());
}
Bytes Root(const Bytes& leaf, const char* label) {
  return BytesOf(ExpandWithLabel(TestSuite(), Secret::CopyOf(leaf), label, {}, 32).value());
}
Bytes Step(const Bytes& secret, const char* label, std::uint32_t generation, std::size_t size) {
  return BytesOf(
      DeriveTreeSecret(TestSuite(), Secret::CopyOf(secret), label, generation, size).value());
}

TEST_CASE("The deletion example of RFC 9420, section 9.2, holds to the letter") {
  // Everything in figure 14, computed without the tree.
  const Bytes g(32, 9);
  const Bytes e = Child(g, "left");
  const Bytes f = Child(g, "right");
  const Bytes c = Child(f, "left");
  const Bytes d = Child(f, "right");
  const Bytes hr0 = Root(d, "handshake");
  const Bytes ar0 = Root(d, "application");
  const Bytes ar1 = Step(ar0, "secret", 0, 32);
  const Bytes ar2 = Step(ar1, "secret", 1, 32);
  const Bytes k0 = Step(ar0, "key", 0, 16);
  const Bytes n0 = Step(ar0, "nonce", 0, 12);
  const Bytes k1 = Step(ar1, "key", 1, 16);
  const Bytes n1 = Step(ar1, "nonce", 1, 12);

  SecretTree tree = Tree(4);
  OpeningKey key = Prepare(tree, 3, kApplication, 1);
  CHECK(BytesOf(key.key()) == k1);
  CHECK(BytesOf(key.nonce()) == n1);
  CHECK(SecretsOf(tree) == std::set<Bytes>{g});

  tree.Install(std::move(key));
  CHECK(SecretsOf(tree) == std::set<Bytes>{k0, n0, ar2, hr0, e, c});
}

TEST_CASE("Sealing erases what leads to the key before it answers") {
  SecretTree tree = Tree(4);
  const MessageKey key = tree.NextKey(TestSuite(), {3}, kApplication).value();
  CHECK(key.generation == 0);
  const std::set<Bytes> held = SecretsOf(tree);
  CHECK_FALSE(held.contains(Bytes(32, 9)));
  CHECK_FALSE(held.contains(BytesOf(key.key)));
  CHECK_FALSE(held.contains(BytesOf(key.nonce)));
  CHECK(NodesOf(tree) == std::vector<std::uint32_t>{1, 4});
  CHECK(KindOfOpening(tree, 3, kApplication, 0) == ErrorKind::kAlreadyUsed);
}

TEST_CASE("A member's keys do not depend on who else has sent before") {
  const std::uint32_t width = 8;
  std::vector<Bytes> expected;
  for (std::uint32_t leaf = 0; leaf < width; ++leaf) {
    const SecretTree untouched = Tree(width);
    expected.push_back(BytesOf(Prepare(untouched, leaf, kHandshake, 2).key()));
  }
  CHECK(std::set<Bytes>(expected.begin(), expected.end()).size() == width);

  for (const auto& order : {std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7},
                            std::vector<std::uint32_t>{5, 0, 7, 2, 3, 6, 1, 4}}) {
    SecretTree tree = Tree(width);
    for (const std::uint32_t leaf : order) {
      OpeningKey key = Prepare(tree, leaf, kHandshake, 2);
      CHECK(BytesOf(key.key()) == expected[leaf]);
      tree.Install(std::move(key));
    }
    CHECK(tree.nodes().empty());
    CHECK(tree.ratchets().size() == 2 * width);
  }
}

TEST_CASE("Handshake and application messages have ratchets of their own") {
  SecretTree tree = Tree(2);
  const MessageKey application = tree.NextKey(TestSuite(), {0}, kApplication).value();
  const MessageKey handshake = tree.NextKey(TestSuite(), {0}, kHandshake).value();
  CHECK(application.generation == 0);
  CHECK(handshake.generation == 0);
  CHECK(BytesOf(application.key) != BytesOf(handshake.key));
  CHECK(tree.NextKey(TestSuite(), {0}, kApplication).value().generation == 1);
}

TEST_CASE("A group of one has a secret tree") {
  SecretTree tree = Tree(1);
  CHECK(NodesOf(tree) == std::vector<std::uint32_t>{0});
  CHECK(tree.NextKey(TestSuite(), {0}, kApplication).ok());
  CHECK(tree.nodes().empty());
  CHECK(tree.ratchets().size() == 2);
  CHECK(tree.NextKey(TestSuite(), {0}, kHandshake).value().generation == 0);
}

TEST_CASE("A member's first message costs one path, every later one a single ratchet") {
  test::WatchedProvider provider(test::Provider());
  const Suite suite = test::SuiteOver(provider);
  SecretTree tree = Tree(1 << 20);
  tree.Install(tree.PrepareOpening(suite, {777777}, kApplication, 0, {}).value());
  CHECK(tree.nodes().size() == 20);
  CHECK(tree.ratchets().size() == 2);
  CHECK(provider.calls() < 100);

  const std::uint64_t before = provider.calls();
  tree.Install(tree.PrepareOpening(suite, {777777}, kApplication, 1, {}).value());
  CHECK(provider.calls() - before < 10);
  CHECK(tree.nodes().size() == 20);
}

TEST_CASE("The widest tree works") {
  SecretTree tree = Tree(kMaxTreeWidth);
  tree.Install(Prepare(tree, kMaxTreeWidth - 1, kApplication, 0));
  CHECK(tree.nodes().size() == 30);
}

TEST_CASE("Preparing to open a message leaves the tree as it was") {
  SecretTree tree = Tree(8);
  tree.Install(Prepare(tree, 2, kApplication, 3));
  const std::set<Bytes> before = SecretsOf(tree);
  {
    const OpeningKey known = Prepare(tree, 2, kApplication, 7);
    const OpeningKey late = Prepare(tree, 2, kApplication, 1);
    const OpeningKey fresh = Prepare(tree, 6, kHandshake, 0);
    CHECK(fresh.sender() == LeafIndex{6});
    CHECK(fresh.type() == kHandshake);
    CHECK(late.generation() == 1);
  }
  CHECK(SecretsOf(tree) == before);
}

TEST_CASE("Keys may be installed in another order than they were prepared in") {
  // Neighbours, cousins, the same leaf twice, and both its ratchets.
  const std::vector<RatchetId> ids{{{5}, kApplication}, {{4}, kApplication}, {{7}, kHandshake},
                                   {{5}, kHandshake},   {{0}, kApplication}, {{5}, kApplication}};
  SecretTree expected = Tree(8);
  std::uint32_t generation = 0;
  for (const RatchetId& id : ids) {
    expected.Install(Prepare(expected, id.sender.value, id.type, generation++));
  }

  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
  do {
    SecretTree tree = Tree(8);
    std::vector<OpeningKey> keys;
    for (std::uint32_t i = 0; i < ids.size(); ++i) {
      keys.push_back(Prepare(tree, ids[i].sender.value, ids[i].type, i));
    }
    for (const std::size_t i : order) tree.Install(std::move(keys[i]));
    REQUIRE(SecretsOf(tree) == SecretsOf(expected));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("A replay is recognised, and the message after it opens") {
  SecretTree tree = Tree(4);
  tree.Install(Prepare(tree, 1, kApplication, 0));
  CHECK(KindOfOpening(tree, 1, kApplication, 0) == ErrorKind::kAlreadyUsed);
  CHECK(KindOfOpening(tree, 1, kApplication, 0) == ErrorKind::kAlreadyUsed);
  tree.Install(Prepare(tree, 1, kApplication, 1));
}

TEST_CASE("A first message that is too far ahead changes nothing") {
  const SecretTree tree = Tree(4);
  CHECK(tree.PrepareOpening(TestSuite(), {1}, kApplication, 1000, {}).ok());
  CHECK(KindOfOpening(tree, 1, kApplication, 1001) == ErrorKind::kRejectedByPolicy);
  CHECK(KindOfOpening(tree, 1, kApplication, 0xffffffff) == ErrorKind::kRejectedByPolicy);
  CHECK(NodesOf(tree) == std::vector<std::uint32_t>{3});
}

TEST_CASE("An epoch that was left opens late application messages and no handshake messages") {
  SecretTree tree = Tree(4);
  tree.Install(Prepare(tree, 1, kHandshake, 0));
  OpeningKey prepared_before = Prepare(tree, 1, kHandshake, 1);
  tree.ForgetHandshake();
  CHECK(KindOfOpening(tree, 1, kHandshake, 1) == ErrorKind::kAlreadyUsed);
  CHECK(KindOfOpening(tree, 2, kHandshake, 0) == ErrorKind::kAlreadyUsed);
  tree.Install(std::move(prepared_before));
  tree.Install(Prepare(tree, 1, kApplication, 0));
  tree.Install(Prepare(tree, 2, kApplication, 0));
  for (const auto& [id, ratchet] : tree.ratchets()) CHECK(id.type == kApplication);
}

TEST_CASE("A tree whose provider fails opens and seals the same message afterwards") {
  test::WatchedProvider provider(test::Provider());
  const Suite suite = test::SuiteOver(provider);
  SecretTree reference = Tree(4);
  const Bytes expected = BytesOf(reference.NextKey(TestSuite(), {2}, kApplication).value().key);

  SecretTree tree = Tree(4);
  std::uint64_t calls = 0;
  for (;; ++calls) {
    provider.FailAfter(calls);
    if (tree.PrepareOpening(suite, {2}, kApplication, 0, {}).ok()) break;
    CHECK(NodesOf(tree) == std::vector<std::uint32_t>{3});
  }
  CHECK(calls > 6);
  for (std::uint64_t allowed = 0;; ++allowed) {
    provider.FailAfter(allowed);
    const auto key = tree.NextKey(suite, {2}, kApplication);
    if (!key.ok()) continue;
    CHECK(key->generation == 0);
    CHECK(BytesOf(key->key) == expected);
    break;
  }
}

}  // namespace
}  // namespace conclave
