// Every object of the vectors that this project generated is shown, as text and as JSON, and every
// tree among them is drawn.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "objects.h"
#include "render.h"
#include "tree_view.h"

namespace conclave::inspector {
namespace {

using nlohmann::json;

// Where objects stand in a file: the path of a JSON value in each case, in which * is every element
// of an array.
struct Place {
  const char* file;
  std::vector<std::string> path;
  const char* type;
};

const std::vector<Place>& Places() {
  static const std::vector<Place> places = {
      {"messages.json", {"mls_welcome"}, "MLSMessage"},
      {"messages.json", {"mls_group_info"}, "MLSMessage"},
      {"messages.json", {"mls_key_package"}, "MLSMessage"},
      {"messages.json", {"ratchet_tree"}, "RatchetTree"},
      {"messages.json", {"group_secrets"}, "GroupSecrets"},
      {"messages.json", {"add_proposal"}, "Add"},
      {"messages.json", {"update_proposal"}, "Update"},
      {"messages.json", {"remove_proposal"}, "Remove"},
      {"messages.json", {"pre_shared_key_proposal"}, "PreSharedKey"},
      {"messages.json", {"re_init_proposal"}, "ReInit"},
      {"messages.json", {"external_init_proposal"}, "ExternalInit"},
      {"messages.json", {"group_context_extensions_proposal"}, "GroupContextExtensions"},
      {"messages.json", {"commit"}, "Commit"},
      {"messages.json", {"public_message_application"}, "MLSMessage"},
      {"messages.json", {"public_message_proposal"}, "MLSMessage"},
      {"messages.json", {"public_message_commit"}, "MLSMessage"},
      {"messages.json", {"private_message"}, "MLSMessage"},
      {"key-schedule.json", {"epochs", "*", "group_context"}, "GroupContext"},
      {"message-protection.json", {"proposal"}, "Proposal"},
      {"message-protection.json", {"proposal_pub"}, "MLSMessage"},
      {"message-protection.json", {"proposal_priv"}, "MLSMessage"},
      {"message-protection.json", {"commit"}, "Commit"},
      {"message-protection.json", {"commit_pub"}, "MLSMessage"},
      {"message-protection.json", {"commit_priv"}, "MLSMessage"},
      {"message-protection.json", {"application_priv"}, "MLSMessage"},
      {"transcript-hashes.json", {"authenticated_content"}, "AuthenticatedContent"},
      {"tree-operations.json", {"tree_before"}, "RatchetTree"},
      {"tree-operations.json", {"proposal"}, "Proposal"},
      {"tree-operations.json", {"tree_after"}, "RatchetTree"},
      {"tree-validation.json", {"tree"}, "RatchetTree"},
      {"treekem.json", {"ratchet_tree"}, "RatchetTree"},
      {"treekem.json", {"update_paths", "*", "update_path"}, "UpdatePath"},
      {"welcome.json", {"key_package"}, "MLSMessage"},
      {"welcome.json", {"welcome"}, "MLSMessage"},
      {"passive-client-welcome.json", {"key_package"}, "MLSMessage"},
      {"passive-client-welcome.json", {"welcome"}, "MLSMessage"},
      {"passive-client-welcome.json", {"ratchet_tree"}, "RatchetTree"},
      {"passive-client-handling-commit.json", {"key_package"}, "MLSMessage"},
      {"passive-client-handling-commit.json", {"welcome"}, "MLSMessage"},
      {"passive-client-handling-commit.json", {"ratchet_tree"}, "RatchetTree"},
      {"passive-client-handling-commit.json", {"epochs", "*", "proposals", "*"}, "MLSMessage"},
      {"passive-client-handling-commit.json", {"epochs", "*", "commit"}, "MLSMessage"},
      {"passive-client-random.json", {"key_package"}, "MLSMessage"},
      {"passive-client-random.json", {"welcome"}, "MLSMessage"},
      {"passive-client-random.json", {"ratchet_tree"}, "RatchetTree"},
      {"passive-client-random.json", {"epochs", "*", "proposals", "*"}, "MLSMessage"},
      {"passive-client-random.json", {"epochs", "*", "commit"}, "MLSMessage"},
  };
  return places;
}

// Calls `visit` for each value at the path, but null.
template <class Visit>
void ForEachAt(const json& value, const std::vector<std::string>& path, std::size_t depth,
               const Visit& visit) {
  if (value.is_null()) return;
  if (depth == path.size()) return visit(value);
  if (path[depth] != "*") return ForEachAt(value.at(path[depth]), path, depth + 1, visit);
  for (const json& element : value) ForEachAt(element, path, depth + 1, visit);
}

// Application data in a PublicMessage is against the RFC, and is among the vectors so that it
// decodes.
bool MayHaveErrors(const Place& place) {
  return place.path.front() == "public_message_application";
}

// The group of a tree, if the vector has it.
Questions QuestionsFor(const json& vector) {
  Questions questions = AtTimeOfVectors();
  if (vector.contains("cipher_suite")) {
    questions.cipher_suite = CipherSuite{vector.at("cipher_suite").get<std::uint16_t>()};
  }
  if (vector.contains("group_id")) questions.group_id = test::Hex(vector.at("group_id"));
  return questions;
}

void ShowOne(const Place& place, const json& vector, const Bytes& bytes) {
  const bool is_recognised = std::string(place.type) == "MLSMessage";
  const Object object = Describe(bytes, is_recognised ? "" : place.type, QuestionsFor(vector));
  CHECK(object.type == std::string(place.type));
  CHECK(RenderText(object, {}).find(place.type) == 0);
  const auto shown = RenderJson(object);
  CHECK(shown.at("size") == bytes.size());
  CHECK_FALSE(shown.at("object").empty());
  if (!MayHaveErrors(place)) CHECK(ErrorsOf(object).empty());
}

void DrawOne(const json& vector, const Bytes& bytes) {
  const Questions questions = QuestionsFor(vector);
  const TreeView tree = ViewOf(bytes, "", questions, std::nullopt);
  for (LeafIndex leaf; leaf.value < tree.width; ++leaf.value) {
    if (tree.at(ToNode(leaf)).is_blank) continue;
    const TreeView view = ViewOf(bytes, "", questions, leaf);
    CHECK(RenderTreeText(view, false).find("a commit by leaf") != std::string::npos);
    CHECK(RenderTreeSvg(view).ends_with("</svg>\n"));
  }
  for (NodeIndex node; node.value < tree.nodes.size(); ++node.value) {
    CHECK_FALSE(tree.IsUnlinked(node));
  }
}

}  // namespace

TEST_CASE("Every object of the generated vectors is shown") {
  for (const Place& place : Places()) {
    const json vectors = test::LoadVectorFile(test::VectorSet::kGenerated, place.file, "");
    std::size_t count = 0;
    for (const json& vector : vectors) {
      ForEachAt(vector, place.path, 0, [&](const json& hex) {
        INFO(place.file << " " << place.path.front() << " " << hex);
        ++count;
        Case([&] { ShowOne(place, vector, test::Hex(hex)); });
      });
    }
    INFO(place.file << " " << place.path.front());
    // A tree that is inside the Welcome is null.
    const bool is_optional = std::string_view(place.file).starts_with("passive-client-");
    CHECK((count > 0 || is_optional));
  }
}

TEST_CASE("Every tree of the generated vectors is drawn") {
  for (const Place& place : Places()) {
    const bool has_tree =
        place.type == std::string("RatchetTree") || place.path.front() == "mls_group_info";
    if (!has_tree) continue;
    const json vectors = test::LoadVectorFile(test::VectorSet::kGenerated, place.file, "");
    for (const json& vector : vectors) {
      ForEachAt(vector, place.path, 0, [&](const json& hex) {
        INFO(place.file << " " << place.path.front());
        Case([&] { DrawOne(vector, test::Hex(hex)); });
      });
    }
  }
}

}  // namespace conclave::inspector
