// Forged trees of real groups, each hashed and signed for by a member: whoever finds one in a
// Welcome or a GroupInfo does not join, and keeps what they had (RFC 9420, section 12.4.3.1).
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "hostile/forge_group.h"
#include "support/cases.h"
#include "tree_model/forgeries.h"
#include "tree_model/trial.h"

namespace conclave::testing {

namespace {

using test::Forgery;
using test::ReferenceTree;

void CommitFrom(HostileRoom& room, std::size_t member, CommitRequest request = {}) {
  request.path = PathPolicy::always;
  room.room().Commit(room[member], request);
}

// Every parent of two members has a key.
void FillTree(HostileRoom& room) {
  for (std::size_t i = room.size(); i-- > 0;) CommitFrom(room, i);
}

// Members have come and gone since: parents are blank here and there, and those who have come are
// unmerged on both sides of the root.
void ChurnTree(HostileRoom& room) {
  FillTree(room);
  CommitFrom(room, 0, {.remove = {{2}, {5}}});
  CommitFrom(room, 7);
  CommitFrom(room, 3);
  room.room().Add(room[8], room.Outsider());
  CommitFrom(room, 4);
  CommitFrom(room, 1, {.remove = {{6}}});
  CommitFrom(room, 8);
  room.room().Add(room[1], room.Outsider());
}

// Hardly anybody has committed, and a whole subtree is empty.
void EmptyTree(HostileRoom& room) {
  CommitFrom(room, 8, {.remove = {{4}, {5}, {6}, {7}}});
  CommitFrom(room, 2);
  CommitFrom(room, 9, {.remove = {{3}}});
}

// Whatever happens.
void ChurnAtRandom(HostileRoom& room, std::mt19937& random) {
  for (std::size_t i = 0; i < 12; ++i) {
    std::vector<std::size_t> members;
    for (std::size_t j = 0; j < room.size(); ++j) {
      if (room[j].is_member()) members.push_back(j);
    }
    const std::size_t committer = members[random() % members.size()];
    const std::size_t other = members[random() % members.size()];
    if (random() % 4 == 0 && room.size() < 14) {
      room.room().Add(room[committer], room.Outsider());
    } else if (random() % 3 == 0 && other != committer && other != 0) {
      CommitFrom(room, committer, {.remove = {room[other].own_leaf()}});
    } else {
      CommitFrom(room, committer);
    }
  }
}

const Signer& SignerAt(HostileRoom& room, std::uint32_t leaf) {
  for (std::size_t i = 0; i < room.size(); ++i) {
    if (room[i].is_member() && room[i].own_leaf().value == leaf) return SignerOf(room.client(i));
  }
  FAIL("nobody sits at leaf " << leaf);
  return SignerOf(room.client(0));
}

// The leaves of the first member and of the last who came.
std::vector<std::uint32_t> InsidersOf(HostileRoom& room) {
  std::vector<std::uint32_t> insiders = {room[0].own_leaf().value};
  for (std::size_t i = room.size(); i-- > 1 && insiders.size() < 2;) {
    if (room[i].is_member()) insiders.push_back(room[i].own_leaf().value);
  }
  return insiders;
}

// What is valid by the text of the RFC is joined, and nothing else. Whether it is.
bool JudgeInWelcome(Invitation& invitation, const ForgedGroup& forged) {
  const Suite& suite = invitation.room().suite();
  const std::optional<Error> refusal = test::Judge(suite, forged.TreeExtension());
  REQUIRE(refusal.has_value() == !ReferenceTree(suite, forged.nodes).IsValid());
  if (refusal.has_value()) {
    invitation.RequireUnjoinable(forged, refusal->kind, refusal->detail);
    return false;
  }
  const auto stored = StoredBy(invitation.joiner());
  REQUIRE(ErrorOf(invitation.joiner()->ReadWelcome(forged.WelcomeFor(invitation.key_package()))) ==
          "ok");
  REQUIRE(StoredBy(invitation.joiner()) == stored);
  return true;
}

// Each forgery of the invitation's tree, by two of its members.
void JudgeAllInWelcomes(Invitation& invitation, const std::string& name) {
  const ForgedGroup honest = invitation.Forge();
  const ReferenceTree tree(invitation.room().suite(), honest.nodes);
  REQUIRE(JudgeInWelcome(invitation, honest));
  const std::vector<std::uint32_t> insiders = InsidersOf(invitation.room());
  std::uint64_t refused = 0;
  std::uint64_t accepted = 0;
  test::ForgeAll(tree, insiders, [&](const Forgery& forgery) {
    test::RunCase(test::kTreeModel, [&] {
      INFO(name << ": " << forgery.how << " at node " << forgery.node);
      ForgedGroup forged = honest;
      forged.nodes = forgery.tree.ToNodes();
      if (forgery.signer.has_value()) {
        forged.EditLeaf(*forgery.signer, SignerAt(invitation.room(), *forgery.signer),
                        [](rfc9420::LeafNode&) {});
      }
      const bool is_valid = JudgeInWelcome(invitation, forged);
      REQUIRE((!is_valid || forgery.may_be_valid));
      ++(is_valid ? accepted : refused);
    });
  });
  invitation.RequireJoins();
  std::printf("forged trees of a group that is %s: %llu refused by a joiner, %llu valid\n",
              name.c_str(), static_cast<unsigned long long>(refused),
              static_cast<unsigned long long>(accepted));
}

}  // namespace

// G1 to G5.
TEST_CASE("Nobody joins a group whose tree was forged, and everybody one that could be") {
  Invitation full(5, FillTree);
  JudgeAllInWelcomes(full, "full");
  Invitation churned(9, ChurnTree);
  JudgeAllInWelcomes(churned, "churned");
  Invitation empty(10, EmptyTree);
  JudgeAllInWelcomes(empty, "half empty");
  const std::uint32_t groups = test::IsLongRun() ? 200 : 8;
  for (std::uint32_t i = 0; i < groups; ++i) {
    std::mt19937 random(static_cast<std::uint32_t>(test::RunSeed() + i));
    Invitation invitation(2 + i % 8, [&](HostileRoom& room) { ChurnAtRandom(room, random); });
    JudgeAllInWelcomes(invitation, "of history " + std::to_string(i));
  }
}

}  // namespace conclave::testing
