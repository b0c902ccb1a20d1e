#include "commands.h"

#include <ctime>
#include <fstream>
#include <utility>

#include "base/hex.h"
#include "object.h"
#include "render.h"
#include "suites.h"
#include "tree_view.h"

namespace conclave::inspector {

namespace {

Questions QuestionsOf(const ObjectRequest& request) {
  Questions questions;
  questions.now = request.time.value_or(static_cast<std::uint64_t>(std::time(nullptr)));
  if (request.cipher_suite.has_value()) questions.cipher_suite = CipherSuite{*request.cipher_suite};
  if (request.leaf.has_value()) questions.leaf = LeafIndex{*request.leaf};
  if (!request.group_id.empty()) {
    questions.group_id = FromHex(request.group_id);
    if (!questions.group_id.has_value()) {
      throw Trouble(Exit::usage, "--group-id wants hexadecimal digits");
    }
  }
  if (!request.tree_file.empty()) {
    questions.ratchet_tree = BytesOf(ReadInput(request.tree_file), InputForm::automatic);
  }
  return questions;
}

}  // namespace

Exit Show(const ShowRequest& request, std::ostream& out) {
  const Bytes bytes = BytesOf(ReadInput(request.file), request.form);
  const Object object = Describe(bytes, request.as, QuestionsOf(request));
  if (request.is_json) {
    out << RenderJson(object).dump(2) << "\n";
  } else {
    out << RenderText(object, {request.is_full, request.has_offsets, request.has_colours});
  }
  for (const Finding& finding : object.findings) {
    if (finding.severity == Severity::error) return Exit::found_wrong;
  }
  return Exit::done;
}

Exit ListStructs(std::ostream& out) {
  for (const ObjectKind& kind : ObjectKinds()) out << kind.name << "\n";
  return Exit::done;
}

Exit DrawTree(const TreeRequest& request, std::ostream& out) {
  const Bytes bytes = BytesOf(ReadInput(request.file), request.form);
  std::optional<LeafIndex> committer;
  if (request.commit_by.has_value()) committer = LeafIndex{*request.commit_by};
  const TreeView view = ViewOf(bytes, request.as, QuestionsOf(request), committer);
  if (request.svg_file.empty()) {
    out << RenderTreeText(view, request.has_colours);
  } else if (request.svg_file == "-") {
    out << RenderTreeSvg(view);
  } else {
    std::ofstream file(request.svg_file, std::ios::binary);
    file << RenderTreeSvg(view);
    if (!file.flush()) {
      throw Trouble(Exit::no_input, request.svg_file + " cannot be written");
    }
  }
  for (NodeIndex index; index.value < view.nodes.size(); ++index.value) {
    if (view.IsUnlinked(index)) return Exit::found_wrong;
  }
  return Exit::done;
}

Exit ListSuites(bool is_json, bool has_colours, std::ostream& out) {
  if (is_json) {
    out << RenderSuitesJson().dump(2) << "\n";
  } else {
    out << RenderSuitesText(has_colours);
  }
  return Exit::done;
}

}  // namespace conclave::inspector
