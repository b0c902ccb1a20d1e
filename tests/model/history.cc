#include "model/history.h"

#include <algorithm>

#include "model/disagreement.h"

namespace conclave::testing::model {

std::optional<LeafIndex> Point::FindClient(Number client) const {
  for (const auto& [leaf, person] : members) {
    if (person.client == client) return leaf;
  }
  return std::nullopt;
}

LeafIndex Point::FreeLeaf() const {
  LeafIndex leaf{0};
  for (const auto& [taken, person] : members) {
    if (taken != leaf) break;
    ++leaf.value;
  }
  return leaf;
}

const char* BrokenListRule(LeafIndex committer, const std::vector<Listed>& list) {
  std::set<LeafIndex> changed;
  std::set<Number> added;
  int replacements = 0;
  for (const auto& [proposed, reference, author] : list) {
    if (proposed.kind == ProposalKind::update || proposed.kind == ProposalKind::remove) {
      const LeafIndex leaf =
          proposed.kind == ProposalKind::update ? *author : LeafIndex{proposed.what};
      if (leaf == committer) return "the committer updates or removes itself";
      if (!changed.insert(leaf).second) return "two proposals for one leaf";
    } else if (proposed.kind == ProposalKind::add) {
      if (!added.insert(proposed.person.client).second) return "two Adds of one client";
    } else if (proposed.kind == ProposalKind::extensions) {
      if (++replacements > 1) return "two GroupContextExtensions";
    } else if (proposed.kind == ProposalKind::reinit) {
      if (list.size() > 1) return "a ReInit beside something else";
    }
  }
  return nullptr;
}

const char* BrokenMemberRule(const Point& point, const std::vector<Listed>& list) {
  std::set<LeafIndex> removed;
  for (const Listed& listed : list) {
    if (listed.proposed.kind == ProposalKind::remove) removed.insert({listed.proposed.what});
  }
  for (const Listed& listed : list) {
    if (listed.proposed.kind != ProposalKind::add) continue;
    const auto leaf = point.FindClient(listed.proposed.person.client);
    if (leaf.has_value() && !removed.contains(*leaf)) return "an Add of a member";
  }
  return nullptr;
}

PointId History::Begin(Point first) {
  points_.push_back(std::move(first));
  return static_cast<PointId>(points_.size() - 1);
}

std::optional<PointId> History::FindNext(PointId from, Number commit) const {
  const auto known = next_.find({from, commit});
  return known == next_.end() ? std::nullopt : std::optional(known->second);
}

PointId History::Follow(PointId from, Number commit, const Effect& effect) {
  if (const auto known = FindNext(from, commit)) return *known;
  const PointId next = Begin(Apply(from, effect).point);
  next_[{from, commit}] = next;
  return next;
}

Change History::ChangeOf(PointId from, const Effect& effect) const {
  return Apply(from, effect).change;
}

// Section 12.3: first the extensions, then Updates, Removes and Adds; then the committer's path.
History::Applied History::Apply(PointId from, const Effect& effect) const {
  Applied applied{points_[from], {}};
  auto& [next, change] = applied;
  next.before = from;
  ++next.epoch;
  next.common.reset();
  next.keys_used.clear();
  for (const auto& [proposed, reference, author] : effect.list) {
    if (proposed.kind == ProposalKind::extensions) next.extensions = proposed.what;
    if (proposed.kind == ProposalKind::reinit) next.successor = proposed.what;
    if (proposed.kind != ProposalKind::update) continue;
    next.members[*author] = proposed.person;
    change.updated.push_back(*author);
  }
  for (const Listed& listed : effect.list) {
    if (listed.proposed.kind != ProposalKind::remove) continue;
    if (lie_ != Lie::removed_members_stay) next.members.erase({listed.proposed.what});
    change.removed.push_back({listed.proposed.what});
  }
  const auto place = [&next = next, &change = change](const Person& person) {
    change.added.push_back(next.FreeLeaf());
    next.members[next.FreeLeaf()] = person;
  };
  for (const Listed& listed : effect.list) {
    if (listed.proposed.kind == ProposalKind::add) place(listed.proposed.person);
  }
  if (!effect.committer.has_value()) {
    place(effect.newcomer);
    // Nothing told the newcomer that the group is closed. Nobody follows.
    next.successor.reset();
  } else if (effect.has_path) {
    if (effect.identity.has_value()) next.members[*effect.committer] = *effect.identity;
    change.updated.push_back(*effect.committer);
  }
  return applied;
}

void History::Compare(PointId point, const Common& found) {
  std::optional<Common>& common = points_[point].common;
  if (common.has_value()) {
    Require(common->context == found.context, "two GroupContexts at one point");
    Require(common->authenticator == found.authenticator, "two authenticators at one point");
    Require(common->exported == found.exported, "two exported secrets at one point");
    return;
  }
  common = found;
  Require(by_authenticator_.emplace(found.authenticator, point).second,
          "one authenticator at two points");
  Require(by_exported_.emplace(found.exported, point).second, "one exported secret at two points");
}

}  // namespace conclave::testing::model
