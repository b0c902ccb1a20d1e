// That the comparisons of these tests can fail: a model with a mistake in it, such as those of
// other libraries, is found to differ from the library.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>

#include "tree_model/forgeries.h"
#include "tree_model/trial.h"

namespace conclave::test {

namespace {

struct NamedMistake {
  Mistake mistake;
  const char* what;
};

// After how many random changes the trees differ; 0 if they do not.
std::uint64_t ChangesUntilNoticed(const Suite& suite, Mistake mistake) {
  std::uint64_t changes = 0;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    Trial trial = Trial::New(suite, mistake);
    for (int i = 0; i < 50; ++i) {
      ++changes;
      const TreeChange change = RandomChange(trial.pair.reference, random, 4 + seed % 16);
      if (!trial.Apply(suite, change).empty()) return changes;
    }
  }
  return 0;
}

// After how many forged trees the model and the library judge one differently; 0 if they do not.
std::uint64_t ForgeriesUntilNoticed(const Suite& suite, Mistake mistake) {
  std::uint64_t forgeries = 0;
  std::uint64_t noticed_at = 0;
  for (std::uint32_t seed = 0; seed < 20 && noticed_at == 0; ++seed) {
    std::mt19937 random(seed);
    // Those who have come since nobody has committed are unmerged, if there is a root above them.
    const TreePair pair =
        RandomPair(suite, random, seed, 4 + seed % 8).After(suite, {.adds = seed % 4});
    ForgeAll(pair.reference, pair.reference.Members(), [&](const Forgery& forgery) {
      if (noticed_at != 0) return;
      ++forgeries;
      const ReferenceTree mistaken(suite, forgery.tree.ToNodes(), mistake);
      const bool is_valid = !Judge(suite, forgery.tree.Serialize()).has_value();
      if (mistaken.IsValid() != is_valid) noticed_at = forgeries;
    });
  }
  return noticed_at;
}

}  // namespace

TEST_CASE("A model that makes other trees than the RFC describes is found to differ") {
  for (const auto& [mistake, what] :
       {NamedMistake{Mistake::hashes_no_sibling, "a parent hash without the sibling"},
        NamedMistake{Mistake::sibling_as_it_is, "the sibling's hash as it is now"},
        NamedMistake{Mistake::chain_starts_at_root, "a path hashed from a root it does not reach"},
        NamedMistake{Mistake::seals_to_the_added, "path secrets sealed to new members"},
        NamedMistake{Mistake::halves_once, "a tree that is halved once"},
        NamedMistake{Mistake::adds_at_the_end, "new leaves at the end"}}) {
    INFO(what);
    const std::uint64_t changes = ChangesUntilNoticed(TestSuite(), mistake);
    CHECK(changes > 0);
    std::printf("%s: noticed after %llu changes\n", what, static_cast<unsigned long long>(changes));
  }
  CHECK(ChangesUntilNoticed(TestSuite(), Mistake::none) == 0);
}

TEST_CASE("A model that accepts other trees than the RFC does is found to differ") {
  for (const auto& [mistake, what] :
       {NamedMistake{Mistake::blank_root_ends_the_check, "nothing checked under a blank root"},
        NamedMistake{Mistake::empty_parent_hash_passes, "parents without a parent hash"},
        NamedMistake{Mistake::any_resolution_passes, "a link past members who are merged"},
        NamedMistake{Mistake::unsorted_leaves_pass, "unmerged leaves in any order"},
        NamedMistake{Mistake::unlisted_leaves_pass, "unmerged leaves that are not listed below"},
        NamedMistake{Mistake::equal_keys_pass, "one key in two nodes"}}) {
    INFO(what);
    const std::uint64_t forgeries = ForgeriesUntilNoticed(TestSuite(), mistake);
    CHECK(forgeries > 0);
    std::printf("%s: noticed after %llu forged trees\n", what,
                static_cast<unsigned long long>(forgeries));
  }
}

TEST_CASE("A key that is known to others than those it is for is found") {
  const Suite suite = TestSuite();
  Trial start = Trial::New(suite);
  REQUIRE(start.Apply(suite, {.adds = 3, .committer = 0}) == "");

  // Somebody leaves, and the key above the leaf stays: the next path is sealed to it.
  ReferenceTree tree = start.pair.reference;
  Knowledge knowledge = start.knowledge;
  const Knowledge::Person gone = knowledge.PersonAt({1});
  knowledge.Leave({1});
  tree.Blank(2);
  CHECK(knowledge.Violation(tree) != "");
  tree.SetPath(2, {UniqueBytes(32), UniqueBytes(32)});
  knowledge.SendPath(tree, {2}, {});
  CHECK(knowledge.Knows(gone, tree.KeyOf(tree.Root())));
  CHECK(knowledge.Violation(tree) != "");

  // Somebody comes, whom no parent lists as unmerged.
  Trial trial = start;
  REQUIRE(trial.Apply(suite, {.removes = {1}, .committer = 3}) == "");
  REQUIRE(trial.Apply(suite, {.adds = 1}) == "");
  tree = trial.pair.reference;
  REQUIRE(tree.parent(3)->unmerged_leaves == ReferenceTree::Leaves{{1}});
  tree.parent(3)->unmerged_leaves.clear();
  CHECK(trial.knowledge.Violation(tree) != "");
}

}  // namespace conclave::test
