// Ten objects as they have always been shown: tests/inspector/golden has each as text and as JSON,
// and the trees as outlines and as drawings. CONCLAVE_UPDATE_GOLDEN=1 writes them anew.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "objects.h"
#include "render.h"
#include "tree_view.h"

namespace conclave::inspector {
namespace {

struct Golden {
  const char* name;
  const char* file;
  const char* pointer;
  const char* as;
};

constexpr Golden kObjects[] = {
    {"key_package", "messages.json", "/0/mls_key_package", ""},
    {"welcome", "messages.json", "/0/mls_welcome", ""},
    {"group_info", "messages.json", "/0/mls_group_info", ""},
    {"ratchet_tree", "tree-validation.json", "/0/tree", "RatchetTree"},
    {"public_message_proposal", "passive-client-handling-commit.json", "/0/epochs/0/proposals/0",
     ""},
    {"public_message_commit", "passive-client-handling-commit.json", "/0/epochs/0/commit", ""},
    {"private_message", "messages.json", "/0/private_message", ""},
    {"update_path", "treekem.json", "/0/update_paths/0/update_path", "UpdatePath"},
    {"group_context", "key-schedule.json", "/3/epochs/0/group_context", "GroupContext"},
    {"group_secrets", "messages.json", "/0/group_secrets", "GroupSecrets"},
};

struct GoldenTree {
  const char* name;
  const char* file;
  const char* pointer;
  std::optional<LeafIndex> committer = {};
};

constexpr GoldenTree kTrees[] = {
    {"tree_of_group_info", "messages.json", "/0/mls_group_info"},
    {"tree_uneven", "tree-validation.json", "/0/tree"},
    {"tree_uneven_commit", "tree-validation.json", "/0/tree", LeafIndex{3}},
    {"tree_wide", "tree-validation.json", "/1/tree"},
    {"tree_wide_commit", "tree-validation.json", "/1/tree", LeafIndex{0}},
    {"tree_before_add", "tree-operations.json", "/0/tree_before"},
    {"tree_after_add", "tree-operations.json", "/0/tree_after"},
    {"tree_after_update", "tree-operations.json", "/1/tree_after"},
    {"tree_after_remove", "tree-operations.json", "/2/tree_after"},
    {"tree_of_treekem", "treekem.json", "/3/ratchet_tree", LeafIndex{0}},
};

void CheckGolden(const std::string& name, const std::string& shown) {
  const std::string path = std::string(CONCLAVE_PROJECT_DIR) + "/tests/inspector/golden/" + name;
  if (std::getenv("CONCLAVE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << shown;
  }
  std::ifstream stream(path, std::ios::binary);
  INFO(path);
  REQUIRE(stream.good());
  CHECK(std::string(std::istreambuf_iterator<char>(stream), {}) == shown);
}

}  // namespace

TEST_CASE("Ten objects are shown as they have always been") {
  for (const Golden& golden : kObjects) {
    Case([&] {
      const Object object =
          Describe(ObjectOf(golden.file, golden.pointer), golden.as, AtTimeOfVectors());
      CheckGolden(std::string(golden.name) + ".txt", RenderText(object, {}));
      CheckGolden(std::string(golden.name) + ".json", RenderJson(object).dump(2) + "\n");
    });
  }
}

TEST_CASE("Ten trees are drawn as they have always been") {
  for (const GoldenTree& golden : kTrees) {
    Case([&] {
      const TreeView view =
          ViewOf(ObjectOf(golden.file, golden.pointer), "", AtTimeOfVectors(), golden.committer);
      CheckGolden(std::string(golden.name) + ".txt", RenderTreeText(view, false));
      CheckGolden(std::string(golden.name) + ".svg", RenderTreeSvg(view));
    });
  }
}

}  // namespace conclave::inspector
