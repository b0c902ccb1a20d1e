// TreeKEM among simulated members (RFC 9420, sections 7.4 to 7.6 and 12.4.3.1), and paths that a
// receiver must refuse.
#include "tree/update_path.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/watched_provider.h"
#include "tree/parent_hash.h"
#include "unit/tree/member_simulation.h"

namespace conclave::test {

namespace {

std::vector<std::uint32_t> MembersOf(const MemberSimulation& group) {
  std::vector<std::uint32_t> members;
  for (const auto& [index, member] : group.members()) members.push_back(index);
  return members;
}

// RandomChange, for a group that has no reference tree.
TreeChange RandomCommit(const MemberSimulation& group, std::mt19937& random,
                        std::uint32_t max_members) {
  std::vector<std::uint32_t> members = MembersOf(group);
  std::ranges::shuffle(members, random);
  const auto up_to = [&random](std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit)(random);
  };
  const auto count = static_cast<std::uint32_t>(members.size());
  TreeChange change;
  change.adds = count < max_members ? std::min(max_members - count, up_to(3)) : 0;
  if (up_to(3) == 0) return change;  // without a path
  change.committer = members[0];
  std::uint32_t next = 1;
  for (std::uint32_t i = up_to(2); i > 0 && next < count; --i) {
    change.removes.push_back(members[next++]);
  }
  for (std::uint32_t i = up_to(2); i > 0 && next < count; --i) {
    change.updates.push_back(members[next++]);
  }
  return change;
}

// A group in which leaf 3 has just committed, adding leaf 5:
//
//                  7
//          3              11 [5]
//       1     5         _        _
//     0   1  2  3     4   5    6   _
MemberSimulation SmallGroup(const Suite& suite) {
  MemberSimulation group(suite);
  group.Commit({.adds = 5, .committer = 0});
  group.Commit({.committer = 4});
  group.Commit({.committer = 2});
  group.Commit({.adds = 1});
  group.Commit({.removes = {5}, .committer = 4});
  group.Commit({.adds = 1, .committer = 3});
  return group;
}

using Sent = MemberSimulation::Sent;

std::string RuleOf(const Error& error) { return error.detail; }

// The rule by which the path is refused when it is merged; "" if it is accepted.
std::string MergeRule(const Suite& suite, const Sent& sent) {
  const auto merged = MergePath(suite, sent.before, sent.committer, sent.path, sent.added);
  return merged.ok() ? "" : RuleOf(merged.error());
}

}  // namespace

TEST_CASE("all members agree on the commit secret through random commits", "[update-path]") {
  const Suite suite = TestSuite();
  const std::uint32_t seed = GENERATE(1u, 2u, 3u, 4u);
  CAPTURE(seed);
  std::mt19937 random(seed);
  MemberSimulation group(suite);
  for (int i = 0; i < 40; ++i) {
    if (i % 10 == 9 && group.members().size() < 17) {
      group.CommitExternally();
    } else {
      group.Commit(RandomCommit(group, random, seed % 2 == 0 ? 17 : 6));
    }
  }
}

TEST_CASE("members agree in every cipher suite", "[update-path]") {
  for (const Suite& suite : AllSuites()) {
    CAPTURE(suite.name());
    MemberSimulation group(suite);
    group.Commit({.adds = 3, .committer = 0});
    group.Commit({.adds = 1, .committer = 2});
    group.Commit({.updates = {1}, .removes = {3}, .adds = 1, .committer = 4});
    group.CommitExternally();
    CHECK(group.members().size() == 6);
  }
}

//= rfc9420#7.6
//# For each UpdatePathNode, the resolution of the corresponding copath node MUST exclude all new
//# leaf nodes added as part of the current Commit.
TEST_CASE("each path secret is sealed to the resolution, without the members just added",
          "[update-path]") {
  const Suite suite = TestSuite();
  std::mt19937 random(3);
  MemberSimulation group(suite);
  group.Commit({.adds = 8, .committer = 0});
  for (int i = 0; i < 30; ++i) {
    TreeChange change = RandomCommit(group, random, 16);
    change.committer = MembersOf(group).front();
    std::erase(change.removes, *change.committer);
    std::erase(change.updates, *change.committer);
    group.Commit(change);
    const Sent& sent = *group.sent();
    const auto steps = sent.before.FilteredDirectPath(sent.committer);
    REQUIRE(sent.path.nodes.size() == steps.size());
    for (std::size_t j = 0; j < steps.size(); ++j) {
      std::size_t expected = 0;
      for (const NodeIndex node : sent.before.Resolution(steps[j].copath_child)) {
        const bool added =
            IsLeaf(node) && std::ranges::find(sent.added, ToLeaf(node)) != sent.added.end();
        expected += added ? 0 : 1;
      }
      CHECK(sent.path.nodes[j].encrypted_path_secret.size() == expected);
    }
  }
}

TEST_CASE("a member alone commits with a path of its leaf only", "[update-path]") {
  const Suite suite = TestSuite();
  MemberSimulation group(suite);
  group.Commit({.committer = 0});
  CHECK(group.sent()->path.nodes.empty());
  CHECK(group.tree()
            .leaf({0})
            ->Parse()
            .leaf_node_source.GetIf<rfc9420::ParentHash>()
            ->parent_hash.empty());
  group.Commit({.adds = 1, .committer = 0});
  group.Commit({.removes = {1}, .committer = 0});
  CHECK(group.sent()->path.nodes.empty());
  CHECK(group.tree().width() == 1);
}

TEST_CASE("a path of another shape than the filtered direct path is refused", "[update-path]") {
  const Suite suite = TestSuite();
  const MemberSimulation group = SmallGroup(suite);
  const Sent& sent = *group.sent();
  REQUIRE(MergeRule(suite, sent).empty());
  REQUIRE(sent.path.nodes.size() == 3);

  const auto spoiled = [&](const std::function<void(rfc9420::UpdatePath&)>& spoil) {
    Sent other = sent;
    spoil(other.path);
    return MergeRule(suite, other);
  };
  constexpr auto kShape = "7.5:path-covers-filtered-direct-path";
  CHECK(spoiled([](auto& path) { path.nodes.pop_back(); }) == kShape);
  CHECK(spoiled([](auto& path) { path.nodes.push_back(path.nodes.back()); }) == kShape);
  CHECK(spoiled([](auto& path) { path.nodes.clear(); }) == kShape);
  for (std::size_t i = 0; i < 3; ++i) {
    constexpr auto kCount = "7.6:one-ciphertext-per-recipient";
    CHECK(spoiled([i](auto& path) { path.nodes[i].encrypted_path_secret.pop_back(); }) == kCount);
    CHECK(spoiled([i](auto& path) { path.nodes[i].encrypted_path_secret.push_back({}); }) ==
          kCount);
    CHECK(spoiled([i](auto& path) { path.nodes[i].encryption_key.pop_back(); }) ==
          "7.6:path-key-size");
    // Every key of the path is in the hash that the leaf has signed.
    CHECK(spoiled([i](auto& path) { path.nodes[i].encryption_key[5] ^= 1; }) ==
          "7.9.2:leaf-parent-hash");
  }
  // Encrypting to the new member too is as wrong as leaving an old one out.
  Sent other = sent;
  other.added.clear();
  CHECK(MergeRule(suite, other) == "7.6:one-ciphertext-per-recipient");
}

TEST_CASE("a leaf without the path's parent hash is refused", "[update-path]") {
  const Suite suite = TestSuite();
  const MemberSimulation group = SmallGroup(suite);
  Sent sent = *group.sent();
  auto& source = sent.path.leaf_node.leaf_node_source;
  source.GetIf<rfc9420::ParentHash>()->parent_hash.back() ^= 1;
  CHECK(MergeRule(suite, sent) == "7.9.2:leaf-parent-hash");
  source.GetIf<rfc9420::ParentHash>()->parent_hash.clear();
  CHECK(MergeRule(suite, sent) == "7.9.2:leaf-parent-hash");
  source = std::remove_cvref_t<decltype(source)>::Of(rfc9420::NoLeafContext{});
  CHECK(MergeRule(suite, sent) == "7.9.2:leaf-parent-hash");
}

TEST_CASE("a committer who has no leaf is refused", "[update-path]") {
  const Suite suite = TestSuite();
  const MemberSimulation group = SmallGroup(suite);
  Sent sent = *group.sent();
  for (const std::uint32_t index : {7u, 8u, 0xffffffffu}) {
    sent.committer = {index};
    CHECK(MergeRule(suite, sent) == "7.5:committer-has-a-leaf");
  }
}

namespace {

// What each member, with its keys as they were before the commit, says to a path that merges.
struct Receivers {
  Suite suite;
  RatchetTree merged;
  Sent sent;
  std::map<std::uint32_t, PrivatePath> known;

  // The committer's path over `before`, with nodes[i]'s secrets replaced by `secret(i)`.
  static Receivers Of(const Suite& suite) {
    MemberSimulation group = SmallGroup(suite);
    std::map<std::uint32_t, PrivatePath> known;
    for (const auto& [index, member] : group.members()) known.emplace(index, member.path.Clone());
    group.Commit({.committer = 3});
    return {suite, group.tree(), *group.sent(), std::move(known)};
  }

  std::string Rule(std::uint32_t index) const {
    const auto opened = OpenPath(suite, merged, sent.committer, sent.path, sent.context, sent.added,
                                 known.at(index));
    return opened.ok() ? "" : RuleOf(opened.error());
  }

  // The receivers who refuse the path, all by this rule.
  std::vector<std::uint32_t> RefusedBy(const std::string& expected) const {
    std::vector<std::uint32_t> refused;
    for (const auto& [index, path] : known) {
      if (index == sent.committer.value) continue;
      const std::string rule = Rule(index);
      if (rule.empty()) continue;
      CHECK(rule == expected);
      refused.push_back(index);
    }
    return refused;
  }
};

}  // namespace

TEST_CASE("a ciphertext that does not open is refused by those it is for, and by no others",
          "[update-path]") {
  const Suite suite = TestSuite();
  Receivers receivers = Receivers::Of(suite);
  std::uint32_t ciphertexts = 0;
  for (std::size_t i = 0; i < receivers.sent.path.nodes.size(); ++i) {
    for (std::size_t j = 0; j < receivers.sent.path.nodes[i].encrypted_path_secret.size(); ++j) {
      ++ciphertexts;
      auto& ciphertext = receivers.sent.path.nodes[i].encrypted_path_secret[j];
      const rfc9420::HPKECiphertext good = ciphertext;
      ciphertext.ciphertext.back() ^= 1;
      const auto refused_by = receivers.RefusedBy("7.6:path-secret-opens");
      CHECK(!refused_by.empty());
      CHECK(refused_by.size() < receivers.known.size() - 1);
      ciphertext = good;
      ciphertext.kem_output.clear();
      CHECK(receivers.RefusedBy("7.6:path-secret-opens") == refused_by);
      ciphertext = good;
      CHECK(receivers.RefusedBy("7.6:path-secret-opens").empty());
    }
  }
  CHECK(ciphertexts == 4);
}

TEST_CASE("a path secret that does not lead to the path's public keys is refused",
          "[update-path]") {
  const Suite suite = TestSuite();
  Receivers receivers = Receivers::Of(suite);
  const auto reseal = [&](std::size_t node, const Secret& secret) {
    const auto steps = receivers.sent.before.FilteredDirectPath(receivers.sent.committer);
    auto& ciphertexts = receivers.sent.path.nodes[node].encrypted_path_secret;
    ciphertexts.clear();
    for (const NodeIndex to : receivers.merged.Resolution(steps[node].copath_child)) {
      ciphertexts.push_back(
          Must(EncryptWithLabel(suite, receivers.merged.EncryptionKey(to),
                                rfc9420::labels::kUpdatePathNode, receivers.sent.context, secret)));
    }
  };
  REQUIRE(receivers.Rule(2).empty());
  reseal(0, FilledSecret(32, 1));
  CHECK(receivers.Rule(2) == "7.5:derived-public-key-is-the-nodes");
  CHECK(receivers.Rule(0).empty());
  CHECK(receivers.Rule(4).empty());
  reseal(1, FilledSecret(31, 1));
  CHECK(receivers.Rule(0) == "7.4:path-secret-size");
  CHECK(receivers.Rule(1) == "7.4:path-secret-size");
  CHECK(receivers.Rule(4).empty());
}

TEST_CASE("a path that agrees at its first node and not above it is refused", "[update-path]") {
  // The committer seals one secret to its sibling and builds the rest of the path from another.
  const Suite suite = TestSuite();
  const Receivers receivers = Receivers::Of(suite);
  const auto steps = receivers.sent.before.FilteredDirectPath(receivers.sent.committer);
  std::vector<TreeBuilder::NewParent> parents;
  rfc9420::UpdatePath path = receivers.sent.path;
  Bytes parent_hash;
  path.nodes.back().encryption_key = UniqueBytes(32);
  for (std::size_t i = steps.size(); i-- > 0;) {
    const Bytes& key = path.nodes[i].encryption_key;
    parents.insert(parents.begin(), {steps[i].node, key, parent_hash});
    parent_hash =
        Must(ParentHashOf(suite, key, parent_hash, receivers.sent.before, steps[i].copath_child));
  }
  path.leaf_node.leaf_node_source.GetIf<rfc9420::ParentHash>()->parent_hash = parent_hash;
  Receivers forged{suite,
                   Must(MergePath(suite, receivers.sent.before, receivers.sent.committer, path,
                                  receivers.sent.added)),
                   receivers.sent,
                   {}};
  forged.sent.path = path;
  for (const auto& [index, known] : receivers.known) {
    if (index == receivers.sent.committer.value) continue;
    forged.known.emplace(index, known.Clone());
    CHECK(forged.Rule(index) == "7.5:derived-public-key-is-the-nodes");
  }
}

TEST_CASE("a path cannot be opened with another context, by its committer, or without the keys",
          "[update-path]") {
  const Suite suite = TestSuite();
  Receivers receivers = Receivers::Of(suite);
  CHECK(receivers.Rule(receivers.sent.committer.value) == "7.5:path-is-for-us");
  // Somebody who knows neither the node nor a leaf that the secret was sealed to.
  receivers.known.at(4).ForgetFrom({11});
  receivers.known.insert_or_assign(4, PrivatePath({5}, FilledSecret(32, 1)));
  receivers.known.insert_or_assign(0, PrivatePath({7}, FilledSecret(32, 1)));
  CHECK(receivers.Rule(0) == "7.5:recipient-key-known");
  receivers.sent.context.push_back(0);
  CHECK(receivers.Rule(1) == "7.6:path-secret-opens");
}

TEST_CASE("a joiner refuses a path secret that is not its common ancestor's", "[update-path]") {
  const Suite suite = TestSuite();
  const MemberSimulation group = SmallGroup(suite);
  const auto implant = [&](std::uint32_t leaf, std::uint32_t committer, Secret secret) {
    PrivatePath path({leaf}, FilledSecret(32, 1));
    const auto result =
        ImplantPathSecret(suite, group.tree(), {committer}, {std::move(secret)}, path);
    // A failure leaves no key behind.
    for (NodeIndex node; node.value < NodeCount(group.tree().width()); ++node.value) {
      CHECK((path.Find(node) != nullptr) == (node == ToNode({leaf})));
    }
    return result.ok() ? std::string() : RuleOf(result.error());
  };
  CHECK(implant(5, 3, FilledSecret(32, 2)) == "7.5:derived-public-key-is-the-nodes");
  CHECK(implant(5, 3, FilledSecret(33, 2)) == "7.4:path-secret-size");
  CHECK(implant(5, 5, FilledSecret(32, 2)) == "12.4.3.1:path-secret-is-of-common-ancestor");
  // A signer who is no member.
  CHECK(!implant(5, 7, FilledSecret(32, 2)).empty());
  CHECK(implant(5, 64, FilledSecret(32, 2)) == "12.4.3.1:path-secret-is-of-common-ancestor");
}

TEST_CASE("a failing provider fails the path and nothing else", "[update-path]") {
  WatchedProvider provider(Provider());
  const Suite suite = SuiteOver(provider);
  MemberSimulation group = SmallGroup(suite);
  const Bytes hash = ToBytes(group.tree().TreeHash());
  auto& committer = group.members().at(0);
  const auto attempt = [&]() -> Result<void> {
    const auto prepared = PreparePath(suite, group.tree(), {0}, group.tree().leaf({0})->Parse(),
                                      TestGroupId(), committer.signer);
    if (!prepared.ok()) return prepared.error();
    const auto path = SealPath(suite, *prepared, hash, {});
    if (!path.ok()) return path.error();
    const auto merged = MergePath(suite, group.tree(), {0}, *path, {});
    if (!merged.ok()) return merged.error();
    const auto opened = OpenPath(suite, *merged, {0}, *path, hash, {}, group.members().at(4).path);
    if (!opened.ok()) return opened.error();
    return {};
  };
  std::uint64_t failures = 0;
  for (std::uint64_t calls = 0;; ++calls) {
    provider.FailAfter(calls);
    const auto result = attempt();
    provider.FailAfter(std::nullopt);
    if (result.ok()) break;
    CHECK(result.error().kind == ErrorKind::kCrypto);
    ++failures;
  }
  CHECK(failures > 50);
  CHECK(ToBytes(group.tree().TreeHash()) == hash);
  group.Commit({.committer = 0});
}

}  // namespace conclave::test
