// Forged trees: of each that a forger can make of a valid one, model and library think the same
// (RFC 9420, sections 7.9.2 and 12.4.3.1).
#include "tree_model/forgeries.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <map>
#include <string_view>

#include "support/cases.h"
#include "tree_model/trial.h"

namespace conclave::test {

namespace {

struct Verdicts {
  std::uint64_t refused = 0;
  std::uint64_t accepted = 0;
};

// Has the model and the library judge all forgeries of a tree, and counts the verdicts by their
// kind.
void JudgeAll(const Suite& suite, const ReferenceTree& tree,
              const std::vector<std::uint32_t>& insiders, const std::string& context,
              std::map<std::string_view, Verdicts>& verdicts) {
  ForgeAll(tree, insiders, [&](const Forgery& forgery) {
    RunCase(kTreeModel, [&] {
      const bool is_valid = !Judge(suite, forgery.tree.Serialize()).has_value();
      if (is_valid != forgery.tree.IsValid() || (is_valid && !forgery.may_be_valid)) {
        UNSCOPED_INFO(context << ": " << forgery.how << " at node " << forgery.node);
      }
      CHECK(is_valid == forgery.tree.IsValid());
      CHECK((!is_valid || forgery.may_be_valid));
      Verdicts& count = verdicts[forgery.how];
      ++(is_valid ? count.accepted : count.refused);
    });
  });
}

}  // namespace

TEST_CASE("Of every forged tree the library thinks what the RFC's text says") {
  const Suite suite = TestSuite();
  const std::uint32_t trees = IsLongRun() ? 10'000 : 400;
  std::map<std::string_view, Verdicts> verdicts;
  for (std::uint32_t i = 0; i < trees; ++i) {
    std::mt19937 random(static_cast<std::uint32_t>(RunSeed() + i));
    const std::string context =
        "CONCLAVE_SEED=" + std::to_string(RunSeed()) + ", tree " + std::to_string(i);
    // Those who have come since the last commit with a path are unmerged.
    const TreePair pair =
        RandomPair(suite, random, 2 * (i % 12), 4 + i % 9).After(suite, {.adds = i % 4});
    REQUIRE(Difference(suite, pair) == "");
    std::vector<std::uint32_t> insiders = pair.reference.Members();
    std::ranges::shuffle(insiders, random);
    insiders.resize(std::min<std::size_t>(insiders.size(), 2));
    JudgeAll(suite, pair.reference, insiders, context, verdicts);
  }
  for (const auto& [how, count] : verdicts) {
    std::printf("%.*s: %llu refused, %llu valid\n", static_cast<int>(how.size()), how.data(),
                static_cast<unsigned long long>(count.refused),
                static_cast<unsigned long long>(count.accepted));
  }
}

}  // namespace conclave::test
