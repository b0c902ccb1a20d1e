#include "tree_view.h"

#include <string_view>
#include <utility>

#include "base/hex.h"
#include "object.h"
#include "parent_hash_link.h"
#include "printable.h"
#include "rfc9420/extensions.h"
#include "tree/tree_rules.h"
#include "trouble.h"
#include "wire/parse.h"

namespace conclave::inspector {

namespace {

constexpr std::size_t kBytesOfKey = 4;

struct FoundTree {
  Suite suite;
  RatchetTree tree;
  std::optional<GroupId> group_id = {};
  std::optional<Epoch> epoch = {};
};

RatchetTree ParseTree(const Suite& suite, BytesView data) {
  auto tree = ParseRatchetTree(suite, data, kMaxTreeWidth);
  if (tree.ok()) return std::move(tree).value();
  throw Trouble(Exit::malformed_input,
                std::string("the ratchet tree breaks the rule ") + tree.error().detail);
}

Suite SuiteOrTrouble(CipherSuite id) {
  auto suite = FindSuite(id, Provider());
  if (suite.ok()) return *suite;
  throw Trouble(Exit::unavailable,
                "this build does not have the cipher suite " + CipherSuiteText(id));
}

FoundTree TreeIn(const rfc9420::GroupInfo& info, const Questions& questions) {
  const Suite suite = SuiteOrTrouble(info.group_context.cipher_suite);
  const auto* inside = rfc9420::FindExtension(info.extensions, ExtensionType::ratchet_tree);
  const BytesView data =
      inside != nullptr ? BytesView(inside->extension_data) : BytesView(questions.ratchet_tree);
  if (data.empty()) {
    throw Trouble(Exit::malformed_input,
                  "the GroupInfo has no ratchet_tree extension; --tree names a file with the tree");
  }
  return {suite, ParseTree(suite, data), info.group_context.group_id, info.group_context.epoch};
}

std::optional<Suite> SuiteOfNodes(const RatchetTreeExtension& nodes) {
  for (const auto& node : nodes) {
    if (!node.has_value()) continue;
    const auto* leaf = node->GetIf<rfc9420::LeafNode>();
    if (leaf != nullptr) return GuessSuite(*leaf);
  }
  return std::nullopt;
}

FoundTree TreeIn(BytesView extension, const Questions& questions) {
  const auto nodes = wire::Parse<RatchetTreeExtension>(extension);
  std::optional<Suite> suite;
  if (questions.cipher_suite.has_value()) suite = SuiteOrTrouble(*questions.cipher_suite);
  if (!suite.has_value() && nodes.ok()) suite = SuiteOfNodes(*nodes);
  if (!suite.has_value()) {
    throw Trouble(Exit::malformed_input,
                  "the cipher suite cannot be told from the tree; --suite names it");
  }
  return {*suite, ParseTree(*suite, extension), questions.group_id};
}

FoundTree TreeIn(BytesView bytes, const std::string& name, const Questions& questions) {
  const std::string_view kind = Recognise(bytes, name).name;
  if (kind == "RatchetTree") return TreeIn(bytes, questions);
  if (kind == "GroupInfo") {
    return TreeIn(wire::Parse<rfc9420::GroupInfo>(bytes).value(), questions);
  }
  if (kind == "MLSMessage") {
    const auto message = wire::Parse<rfc9420::MLSMessage>(bytes).value();
    const auto* info = message.message.GetIf<rfc9420::GroupInfo>();
    if (info != nullptr) return TreeIn(*info, questions);
  }
  throw Trouble(Exit::malformed_input,
                "neither a GroupInfo nor a ratchet tree, but a " + std::string(kind));
}

void ViewLeaf(const PlacedLeaf& placed, ViewNode& node) {
  const rfc9420::LeafNode leaf = placed.record->Parse();
  node.is_blank = false;
  node.key = ToHex(BytesView(leaf.encryption_key).first(kBytesOfKey));
  node.identity = CredentialText(leaf.credential.value);
  const char* const source = NameOf(leaf.leaf_node_source.tag());
  node.source = source != nullptr ? source : "";
}

void ViewParent(const FoundTree& found, NodeIndex index, TreeView& view) {
  const ParentRecord* const record = found.tree.parent(index);
  if (record == nullptr) return;
  ++view.parents;
  ViewNode& node = view.nodes[index.value];
  node.is_blank = false;
  node.key = ToHex(record->encryption_key().first(kBytesOfKey));
  node.unmerged.assign(record->unmerged_leaves().begin(), record->unmerged_leaves().end());
  for (const LeafIndex leaf : node.unmerged) {
    if (leaf.value < view.width) view.nodes[ToNode(leaf).value].unmerged_at.push_back(index);
  }
  node.linked_from = LinkedFrom(found.suite, found.tree, index);
  if (node.linked_from.has_value()) view.nodes[node.linked_from->value].links_to = index;
}

std::uint32_t CountMembers(TreeView& view, NodeIndex at) {
  ViewNode& node = view.nodes[at.value];
  node.members = IsLeaf(at) ? (node.is_blank ? 0U : 1U)
                            : CountMembers(view, Left(at)) + CountMembers(view, Right(at));
  return node.members;
}

void ViewCommit(const RatchetTree& tree, LeafIndex committer, TreeView& view) {
  if (tree.leaf(committer) == nullptr) {
    throw Trouble(Exit::usage,
                  "--commit-by: there is no member at leaf " + std::to_string(committer.value));
  }
  view.committer = committer;
  for (const NodeIndex node : DirectPath(committer, tree.width())) {
    view.nodes[node.value].role = Role::skipped;
  }
  view.nodes[ToNode(committer).value].role = Role::replaced;
  view.replaced = 1;
  for (const PathStep& step : tree.FilteredDirectPath(committer)) {
    view.nodes[step.node.value].role = Role::replaced;
    ++view.replaced;
    for (const NodeIndex recipient : tree.Resolution(step.copath_child)) {
      // An unmerged leaf that is none can lie anywhere.
      if (recipient.value >= view.nodes.size()) continue;
      view.nodes[recipient.value].role = Role::recipient;
      ++view.recipients;
    }
  }
}

}  // namespace

std::vector<std::vector<NodeIndex>> TreeView::Chains() const {
  std::vector<std::vector<NodeIndex>> chains;
  for (NodeIndex start; start.value < nodes.size(); ++start.value) {
    const ViewNode& node = at(start);
    if (!node.links_to.has_value() || node.linked_from.has_value()) continue;
    std::vector<NodeIndex>& chain = chains.emplace_back();
    for (std::optional<NodeIndex> next = start; next.has_value(); next = at(*next).links_to) {
      chain.push_back(*next);
    }
  }
  return chains;
}

TreeView ViewOf(BytesView bytes, const std::string& name, const Questions& questions,
                std::optional<LeafIndex> committer) {
  const FoundTree found = TreeIn(bytes, name, questions);
  TreeView view;
  view.cipher_suite = found.suite.name();
  view.group_id = found.group_id;
  view.epoch = found.epoch;
  view.tree_hash = ToBytes(found.tree.TreeHash());
  view.width = found.tree.width();
  view.members = found.tree.member_count();
  view.nodes.resize(NodeCount(view.width));
  for (const PlacedLeaf& placed : found.tree.Leaves()) {
    ViewLeaf(placed, view.nodes[ToNode(placed.index).value]);
  }
  for (NodeIndex index{1}; index.value < view.nodes.size(); index.value += 2) {
    ViewParent(found, index, view);
  }
  CountMembers(view, Root(view.width));
  if (committer.has_value()) ViewCommit(found.tree, *committer, view);
  return view;
}

}  // namespace conclave::inspector
