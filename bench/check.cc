#include "check.h"

#include <cstdio>

#include "base/check.h"
#include "counting_provider.h"
#include "floor.h"
#include "large_group.h"
#include "measure.h"

namespace conclave::bench {

namespace {

constexpr int kSuites[] = {1, 2, 3, 4, 5, 6, 7};
constexpr TreeState kStates[] = {TreeState::full, TreeState::blank, TreeState::churned};
constexpr std::uint32_t kSizes[] = {2, 3, 8, 9, 17, 33, 100};

// Each of the members at these places can commit and is understood by the others.
bool AllCommit(const LargeGroup& group) {
  std::vector<std::unique_ptr<Party>> members;
  for (const LeafIndex leaf : {group.committer(), group.neighbour(), group.far()}) {
    const bool is_new = members.empty() || members.back()->session().own_leaf() != leaf;
    if (is_new) members.push_back(group.MemberAt(leaf));
  }
  for (const auto& committer : members) {
    const Bytes commit = committer->session().CreateCommit({}).value().commit;
    for (const auto& member : members) ReceiveAndApply(member->session(), commit);
  }
  // So that a benchmark may repeat itself.
  for (const auto& member : members) group.Rewind(*member);
  const Bytes commit =
      members.front()->session().CreateCommit({.path = PathPolicy::always}).value().commit;
  for (const auto& member : members) ReceiveAndApply(member->session(), commit);
  for (const auto& member : members) {
    if (member->session().EpochAuthenticator() != members.front()->session().EpochAuthenticator()) {
      return false;
    }
  }
  return true;
}

// Whether the tree is what its state says.
bool StateHolds(const LargeGroup& group) {
  const RatchetTree& tree = group.tree();
  std::uint32_t populated = 0;
  std::uint32_t unmerged = 0;
  for (NodeIndex node{1}; node.value < NodeCount(tree.width()); node.value += 2) {
    const ParentRecord* parent = tree.parent(node);
    populated += parent != nullptr ? 1 : 0;
    unmerged += parent != nullptr && !parent->unmerged_leaves().empty() ? 1 : 0;
  }
  if (tree.member_count() != group.kind().members) return false;
  const std::uint32_t parents = group.kind().members - 1;
  switch (group.kind().state) {
    case TreeState::full:
      return populated == parents && unmerged == 0;
    case TreeState::blank:
      return populated == 0;
    case TreeState::churned:
      return group.kind().members < 33 || (populated < parents && unmerged > 0);
  }
  return false;
}

bool Complain(bool holds, const char* what, const std::string& of) {
  if (!holds) std::fprintf(stderr, "%s: %s\n", of.c_str(), what);
  return holds;
}

}  // namespace

bool CheckEverything() {
  bool good = true;
  for (const int suite : kSuites) {
    const std::string wrong = Floor(suite).SelfCheck();
    good &= Complain(wrong.empty(), wrong.c_str(), "floor of suite " + std::to_string(suite));
    for (const TreeState state : kStates) {
      for (const std::uint32_t members : kSizes) {
        const LargeGroup group({suite, members, state}, Provider());
        group.RequireJoinable();
        const std::string name = NameOf(group.kind());
        good &= Complain(AllCommit(group), "members disagree", name);
        good &= Complain(StateHolds(group), "the tree is not in that state", name);
      }
    }
  }
  return good;
}

}  // namespace conclave::bench
