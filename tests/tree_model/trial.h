// For tests: the library's ratchet tree and the model's, changed side by side and compared in
// everything that RFC 9420 says of them.
#pragma once

#include <optional>
#include <string>

#include "tree_model/knowledge.h"
#include "unit/tree/tree_fixture.h"

namespace conclave::test {

// What is counted: a state in which the two were compared, or a tree that both have judged.
inline constexpr const char* kTreeModel = "tree-model";

// In what the library's tree is not the model's; "" if in nothing.
std::string Difference(const Suite& suite, const TreePair& pair);

// What a joiner finds wrong with a ratchet_tree extension; nothing if it is valid.
std::optional<Error> Judge(const Suite& suite, BytesView ratchet_tree);

struct Trial {
  TreePair pair;
  Knowledge knowledge;
  // Whether an epoch may begin with the tree. Section 12.4: a commit that updates or removes
  // somebody has a path, which puts an end to what they have left.
  bool is_complete = true;

  static Trial New(const Suite& suite, Mistake mistake = Mistake::none);
  // Makes a change to both and compares them, and who knows what. What differs, or "".
  std::string Apply(const Suite& suite, const TreeChange& change);
};

// A change in words, for whoever has to repeat it: "+2 -3 -5 ~1 @0" adds two members, removes those
// at leaves 3 and 5, and updates the one at 1; the one at 0 commits with a path.
std::string Describe(const TreeChange& change);

// Applies a change as one case that is counted. `context` is shown if it fails. Whether it passed.
bool CountedStep(const Suite& suite, Trial& trial, const TreeChange& change,
                 const std::string& context);

// The seed of this run: CONCLAVE_SEED, or a fresh one. Printed, so that a failure can be repeated.
std::uint64_t RunSeed();
// Whether CONCLAVE_TREE_MODEL=long asks for the long run.
bool IsLongRun();

}  // namespace conclave::test
