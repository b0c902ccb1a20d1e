#include "tree_model/knowledge.h"

#include <algorithm>
#include <set>

namespace conclave::test {

void Knowledge::Join(const ReferenceTree& tree, LeafIndex leaf) {
  if (leaf.value >= people_.size()) people_.resize(leaf.value + 1);
  people_[leaf.value] = next_++;
  Renew(tree, leaf);
}

void Knowledge::Renew(const ReferenceTree& tree, LeafIndex leaf) {
  knowers_[tree.leaf(leaf.value)->encryption_key] = {PersonAt(leaf)};
}

void Knowledge::Leave(LeafIndex leaf) { people_.at(leaf.value).reset(); }

void Knowledge::SendPath(const ReferenceTree& tree, LeafIndex committer,
                         const std::vector<LeafIndex>& added) {
  // Whoever has a path secret has all that follow it, so the circle only grows.
  std::set<Person> circle = {PersonAt(committer)};
  for (const auto& [x, copath_child] : tree.FilteredDirectPath(committer.value)) {
    for (const ReferenceTree::Index recipient : tree.Recipients(copath_child, added)) {
      const std::vector<Person>& knowers = knowers_.at(tree.KeyOf(recipient));
      circle.insert(knowers.begin(), knowers.end());
    }
    for (const LeafIndex leaf : added) {
      if (ReferenceTree::IsUnder(2 * leaf.value, copath_child)) circle.insert(PersonAt(leaf));
    }
    knowers_[tree.KeyOf(x)].assign(circle.begin(), circle.end());
  }
}

bool Knowledge::Knows(Person person, const Bytes& encryption_key) const {
  const auto found = knowers_.find(encryption_key);
  return found != knowers_.end() && std::ranges::binary_search(found->second, person);
}

std::string Knowledge::Violation(const ReferenceTree& tree) const {
  std::vector<Person> expected;
  for (ReferenceTree::Index x = 0; x < tree.size(); ++x) {
    if (tree.IsBlank(x)) continue;
    const auto* parent = tree.parent(x);
    expected.clear();
    const ReferenceTree::Index half = (1u << ReferenceTree::Level(x)) - 1;
    for (ReferenceTree::Index leaf = (x - half) / 2; leaf <= (x + half) / 2; ++leaf) {
      if (tree.leaf(leaf) == nullptr) continue;
      const bool is_unmerged =
          parent != nullptr && std::ranges::find(parent->unmerged_leaves, LeafIndex{leaf}) !=
                                   parent->unmerged_leaves.end();
      if (!is_unmerged) expected.push_back(PersonAt({leaf}));
    }
    std::ranges::sort(expected);
    const auto found = knowers_.find(tree.KeyOf(x));
    if (found == knowers_.end() || found->second != expected) {
      return "the key of node " + std::to_string(x) + " is not known to those it is for alone";
    }
  }
  return "";
}

}  // namespace conclave::test
