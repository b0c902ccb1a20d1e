#include "tree_model/forgeries.h"

#include <algorithm>
#include <set>
#include <utility>

#include "unit/tree/tree_fixture.h"

namespace conclave::test {

namespace {

using Index = ReferenceTree::Index;
using Leaves = ReferenceTree::Leaves;

Bytes NewKey() { return UniqueBytes(32); }

std::vector<Index> ParentsOf(const ReferenceTree& tree) {
  std::vector<Index> parents;
  for (Index x = 1; x < tree.size(); x += 2) {
    if (tree.parent(x) != nullptr) parents.push_back(x);
  }
  return parents;
}

Leaves MembersUnder(const ReferenceTree& tree, Index x) {
  Leaves members;
  for (const std::uint32_t leaf : tree.Members()) {
    if (ReferenceTree::IsUnder(2 * leaf, x)) members.push_back({leaf});
  }
  return members;
}

bool Lists(const Leaves& leaves, LeafIndex leaf) {
  return std::ranges::find(leaves, leaf) != leaves.end();
}

void Insert(Leaves& leaves, LeafIndex leaf) {
  leaves.insert(std::ranges::upper_bound(leaves, leaf), leaf);
}

void ForgeParentHash(const ReferenceTree& tree, Index x, const ForgeryVisitor& visit) {
  const Bytes& own = tree.parent(x)->parent_hash;
  const auto with = [&](const char* how, const Bytes& parent_hash) {
    if (parent_hash == own) return;
    Forgery forgery{how, x, tree};
    forgery.tree.parent(x)->parent_hash = parent_hash;
    visit(forgery);
  };
  with("no parent hash", {});
  with("a parent hash of zeros", Bytes(32, 0));
  for (const Index y : ParentsOf(tree)) {
    const Bytes& other = tree.parent(y)->parent_hash;
    with("the parent hash of another parent", other);
    if (y < x || other == own) continue;
    Forgery forgery{"parent hashes that are swapped", x, tree};
    std::swap(forgery.tree.parent(x)->parent_hash, forgery.tree.parent(y)->parent_hash);
    visit(forgery);
  }
  for (const std::uint32_t leaf : tree.Members()) {
    const auto* source = tree.leaf(leaf)->leaf_node_source.GetIf<rfc9420::ParentHash>();
    if (source != nullptr) with("the parent hash of a leaf", source->parent_hash);
  }
}

void ForgeListedLeaf(const ReferenceTree& tree, Index x, LeafIndex leaf,
                     const ForgeryVisitor& visit) {
  Forgery dropped{"an unmerged leaf that is dropped", x, tree};
  std::erase(dropped.tree.parent(x)->unmerged_leaves, leaf);
  visit(dropped);
  Forgery forgotten{"an unmerged leaf that is dropped everywhere", x, tree};
  for (const Index y : ParentsOf(tree)) {
    std::erase(forgotten.tree.parent(y)->unmerged_leaves, leaf);
  }
  visit(forgotten);
  Forgery twice{"an unmerged leaf that is listed twice", x, tree};
  Insert(twice.tree.parent(x)->unmerged_leaves, leaf);
  visit(twice);
}

// A member, a blank leaf, somebody elsewhere in the tree, or nobody.
void ForgeUnlistedLeaf(const ReferenceTree& tree, Index x, LeafIndex leaf,
                       const ForgeryVisitor& visit) {
  Forgery added{"an unmerged leaf that is added", x, tree};
  Insert(added.tree.parent(x)->unmerged_leaves, leaf);
  visit(added);
  Forgery in_front{"an unmerged leaf that is added in front", x, tree};
  Leaves& unmerged = in_front.tree.parent(x)->unmerged_leaves;
  unmerged.insert(unmerged.begin(), leaf);
  if (!std::ranges::is_sorted(unmerged)) visit(in_front);
  if (tree.leaf(leaf.value) == nullptr || !ReferenceTree::IsUnder(2 * leaf.value, x)) return;
  Forgery below{"an unmerged leaf that is added here and below", x, tree};
  Forgery everywhere{"an unmerged leaf that is added everywhere", x, tree};
  for (const Index y : tree.DirectPath(2 * leaf.value)) {
    if (tree.parent(y) == nullptr || Lists(tree.parent(y)->unmerged_leaves, leaf)) continue;
    if (ReferenceTree::IsUnder(y, x)) Insert(below.tree.parent(y)->unmerged_leaves, leaf);
    Insert(everywhere.tree.parent(y)->unmerged_leaves, leaf);
  }
  visit(below);
  visit(everywhere);
}

void ForgeUnmergedLeaves(const ReferenceTree& tree, Index x, const ForgeryVisitor& visit) {
  const Leaves& own = tree.parent(x)->unmerged_leaves;
  for (std::uint32_t leaf = 0; leaf <= tree.width(); ++leaf) {
    if (Lists(own, {leaf})) {
      ForgeListedLeaf(tree, x, {leaf}, visit);
    } else {
      ForgeUnlistedLeaf(tree, x, {leaf}, visit);
    }
  }
  if (own.empty()) return;
  Forgery emptied{"unmerged leaves that are all dropped", x, tree};
  emptied.tree.parent(x)->unmerged_leaves.clear();
  visit(emptied);
  if (own.size() == 1) return;
  Forgery reversed{"unmerged leaves in another order", x, tree};
  std::ranges::reverse(reversed.tree.parent(x)->unmerged_leaves);
  visit(reversed);
}

void ForgeKey(const ReferenceTree& tree, Index x, const ForgeryVisitor& visit) {
  const auto with = [&](const char* how, const Bytes& key) {
    Forgery forgery{how, x, tree};
    forgery.tree.parent(x)->encryption_key = key;
    visit(forgery);
  };
  with("a key of the forger's", NewKey());
  for (Index y = 0; y < tree.size(); ++y) {
    if (y != x && !tree.IsBlank(y)) with("the key of another node", tree.KeyOf(y));
  }
  for (const Index y : ParentsOf(tree)) {
    if (y <= x) continue;
    Forgery forgery{"keys that are swapped", x, tree};
    std::swap(forgery.tree.parent(x)->encryption_key, forgery.tree.parent(y)->encryption_key);
    visit(forgery);
    forgery = {"parents that are swapped", x, tree};
    std::swap(*forgery.tree.parent(x), *forgery.tree.parent(y));
    visit(forgery);
  }
}

// What stands in the parent_hash field of a node under the next parent above x that is not blank.
Bytes ParentHashAbove(const ReferenceTree& tree, Index x) {
  for (Index below = x; below != tree.Root(); below = ReferenceTree::Parent(below)) {
    const Index above = ReferenceTree::Parent(below);
    if (tree.parent(above) != nullptr) {
      return tree.ParentHash(above, ReferenceTree::Sibling(below));
    }
  }
  return {};
}

// Which leaves a forged parent could list: nobody, everybody under it, and everybody but one.
std::vector<Leaves> ListsFor(const ReferenceTree& tree, Index x) {
  const Leaves members = MembersUnder(tree, x);
  std::vector<Leaves> lists = {{}};
  if (!members.empty()) lists.push_back(members);
  for (const LeafIndex leaf : members) {
    Leaves others = members;
    std::erase(others, leaf);
    if (!others.empty()) lists.push_back(std::move(others));
  }
  return lists;
}

void SetParentHash(ReferenceTree& tree, std::uint32_t member, Bytes parent_hash) {
  rfc9420::LeafNode leaf = *tree.leaf(member);
  leaf.leaf_node_source =
      decltype(leaf.leaf_node_source)::Of(rfc9420::ParentHash{std::move(parent_hash)});
  tree.SetLeaf(member, leaf);
}

// A key of the member's at x, a node above its leaf, tied to the leaf and to what is above x.
void ForgeOneStep(const ReferenceTree& tree, std::uint32_t member, Index x,
                  const ForgeryVisitor& visit) {
  const Index c = ReferenceTree::IsUnder(2 * member, ReferenceTree::Left(x))
                      ? ReferenceTree::Left(x)
                      : ReferenceTree::Right(x);
  for (const bool blanks_between : {true, false}) {
    ReferenceTree between = tree;
    for (const Index y : tree.DirectPath(2 * member)) {
      if (y == x) break;
      if (blanks_between) between.Blank(y);
    }
    for (const Leaves& unmerged : ListsFor(tree, x)) {
      if (Lists(unmerged, {member})) continue;
      Forgery forgery{"a key above the forger's leaf", x, between, member, true};
      forgery.tree.SetParent(x, {NewKey(), ParentHashAbove(tree, x), unmerged});
      SetParentHash(forgery.tree, member, forgery.tree.ParentHash(x, ReferenceTree::Sibling(c)));
      visit(forgery);
    }
  }
}

// A key of the member's at x, which is not above its leaf.
void ForgeElsewhere(const ReferenceTree& tree, std::uint32_t member, Index x,
                    const ForgeryVisitor& visit) {
  for (const Leaves& unmerged : ListsFor(tree, x)) {
    for (const Index s : {ReferenceTree::Left(x), ReferenceTree::Right(x)}) {
      Forgery forgery{"a key elsewhere, tied to the forger's leaf", x, tree, member};
      forgery.tree.SetParent(x, {NewKey(), ParentHashAbove(tree, x), unmerged});
      SetParentHash(forgery.tree, member, forgery.tree.ParentHash(x, s));
      visit(forgery);
    }
  }
}

// All of a path, as a commit would make it; with somebody else's key in it; with a key that was not
// hashed; and with a parent that is gone.
void ForgeWholePaths(const ReferenceTree& tree, std::uint32_t member, const ForgeryVisitor& visit) {
  const auto steps = tree.FilteredDirectPath(member);
  std::vector<Bytes> keys;
  for (std::size_t i = 0; i < steps.size(); ++i) keys.push_back(NewKey());
  const auto path = [&](const char* how, Index x) {
    Forgery forgery{how, x, tree, member};
    SetParentHash(forgery.tree, member, forgery.tree.SetPath(member, keys));
    return forgery;
  };
  Forgery whole = path("a whole path", 2 * member);
  whole.may_be_valid = true;
  visit(whole);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Index x = steps[i].first;
    const Bytes key = keys[i];
    for (Index y = 0; y < tree.size(); ++y) {
      if (tree.IsBlank(y) || (y % 2 == 1 && ReferenceTree::IsUnder(2 * member, y))) continue;
      keys[i] = tree.KeyOf(y);
      visit(path("a path with the key of another node", x));
    }
    keys[i] = key;
    Forgery forgery = path("a path with a key that was not hashed", x);
    forgery.tree.parent(x)->encryption_key = NewKey();
    visit(forgery);
    forgery = path("a path with a parent that is blanked", x);
    forgery.tree.Blank(x);
    forgery.may_be_valid = true;
    visit(forgery);
  }
}

}  // namespace

void ForgeParent(const ReferenceTree& tree, Index x, const ForgeryVisitor& visit) {
  ForgeParentHash(tree, x, visit);
  ForgeUnmergedLeaves(tree, x, visit);
  ForgeKey(tree, x, visit);
  Forgery blanked{"a parent that is blanked", x, tree};
  blanked.tree.Blank(x);
  blanked.may_be_valid = true;
  visit(blanked);
}

void FillBlank(const ReferenceTree& tree, Index x, const ForgeryVisitor& visit) {
  std::set<Bytes> parent_hashes = {{}, ParentHashAbove(tree, x)};
  for (const Index y : tree.Resolution(x)) {
    if (tree.parent(y) != nullptr) parent_hashes.insert(tree.parent(y)->parent_hash);
  }
  for (const Bytes& parent_hash : parent_hashes) {
    for (const Leaves& unmerged : ListsFor(tree, x)) {
      Forgery forgery{"a blank parent that is filled", x, tree};
      forgery.tree.SetParent(x, {NewKey(), parent_hash, unmerged});
      visit(forgery);
    }
  }
}

void ForgePaths(const ReferenceTree& tree, std::uint32_t member, const ForgeryVisitor& visit) {
  for (Index x = 1; x < tree.size(); x += 2) {
    if (ReferenceTree::IsUnder(2 * member, x)) {
      ForgeOneStep(tree, member, x, visit);
    } else {
      ForgeElsewhere(tree, member, x, visit);
    }
  }
  ForgeWholePaths(tree, member, visit);
}

void ForgeAll(const ReferenceTree& tree, const std::vector<std::uint32_t>& insiders,
              const ForgeryVisitor& visit) {
  for (Index x = 1; x < tree.size(); x += 2) {
    if (tree.parent(x) != nullptr) {
      ForgeParent(tree, x, visit);
    } else {
      FillBlank(tree, x, visit);
    }
  }
  for (const std::uint32_t member : insiders) ForgePaths(tree, member, visit);
}

}  // namespace conclave::test
