// GroupContext, GroupInfo and ratchet trees (RFC 9420, sections 7.8, 7.9, 8.1 and 12.4.3).
#include <utility>

#include "group/group_extensions.h"
#include "group/group_info.h"
#include "judge.h"
#include "printable.h"
#include "progress.h"
#include "rfc9420/extensions.h"
#include "schedule/transcript_hash.h"
#include "tree/leaf_node_rules.h"
#include "tree/tree_index.h"
#include "tree/tree_rules.h"
#include "wire/parse.h"

namespace conclave::inspector {

namespace {

constexpr std::size_t kLeavesOfProgress = 2000;

// The node of the ratchet_tree extension that shows its content, or null.
Node* FindTreeExtension(Node& extensions) {
  for (Node& extension : extensions.children) {
    if (extension.Find("ratchet_tree") != nullptr) return &extension;
  }
  return nullptr;
}

const rfc9420::LeafNode* FirstLeafOf(const RatchetTreeExtension& nodes) {
  for (const auto& node : nodes) {
    if (!node.has_value()) continue;
    if (const auto* leaf = node->GetIf<rfc9420::LeafNode>()) return leaf;
  }
  return nullptr;
}

}  // namespace

void Judge::Context(const rfc9420::GroupContext& context, Node& node) {
  const auto parsed = ParseGroupExtensions(context.extensions);
  if (!parsed.ok()) Broken(node.at("extensions"), parsed.error());
}

void Judge::TreeOfGroupInfo(const Suite& suite, const rfc9420::GroupInfo& info, Node& node) {
  Node* const extension = FindTreeExtension(node.at("extensions"));
  const auto* inside = rfc9420::FindExtension(info.extensions, ExtensionType::ratchet_tree);
  const BytesView data =
      inside != nullptr ? BytesView(inside->extension_data) : BytesView(questions_.ratchet_tree);
  Node& signature = node.at("signature");
  if (data.empty()) {
    return SignatureIsOpen(signature,
                           "the ratchet tree, which has the signer's key, is not in the "
                           "object");
  }
  Node& holder = extension != nullptr ? *extension : node;
  const auto tree = ParseRatchetTree(suite, data, kMaxTreeWidth);
  if (!tree.ok()) {
    Broken(holder, tree.error());
    return SignatureIsOpen(signature, "the ratchet tree is not valid");
  }
  Node& tree_hash = node.at("group_context").at("tree_hash");
  const bool fits = ToBytes(tree->TreeHash()) == info.group_context.tree_hash;
  tree_hash.computed.push_back({"matches", fits, "the ratchet tree's"});
  if (!fits) Wrong(tree_hash, "the ratchet tree has another hash", "12.4.3.1:tree-hash");

  if (const LeafRecord* signer = tree->leaf(info.signer)) {
    node.at("signer").meaning = CredentialText(signer->credential());
  }
  const auto verified = VerifyGroupInfo(suite, info, *tree);
  SignatureIs(signature, verified.ok(), verified.ok() ? "" : verified.error().detail,
              "under the key of the leaf signer");

  Surroundings around;
  around.suite = suite;
  around.group_id = info.group_context.group_id;
  Tree(around, *tree, holder, extension != nullptr ? extension->Find("ratchet_tree") : nullptr);
}

void Judge::Tree(const Surroundings& around, const RatchetTree& tree, Node& holder, Node* list) {
  const Suite& suite = *around.suite;
  holder.computed.push_back({"tree_hash", ToBytes(tree.TreeHash())});
  holder.computed.push_back({"leaves", std::uint64_t{tree.width()}});
  holder.computed.push_back({"members", std::uint64_t{tree.member_count()}});
  const auto structure = CheckTreeStructure(suite, tree);
  holder.computed.push_back(
      {"structure_valid", structure.ok(), "parent hashes, unmerged leaves, keys of parents"});
  if (!structure.ok()) Broken(holder, structure.error());
  const auto index = TreeIndex::Of(suite, tree);
  if (!index.ok()) Broken(holder, index.error());
  std::size_t done = 0;
  for (const PlacedLeaf& placed : tree.Leaves()) {
    if (++done % kLeavesOfProgress == 0) {
      ShowProgress("verifying leaf " + Grouped(done) + " of " + Grouped(tree.member_count()));
    }
    if (list != nullptr) {
      Surroundings of_leaf = around;
      of_leaf.leaf = placed.index;
      Leaf(of_leaf, placed.record->Parse(), std::nullopt,
           list->children[ToNode(placed.index).value].at("leaf_node"));
    } else if (around.group_id.has_value()) {
      const LeafInTree leaf{placed.index, placed.record->Parse()};
      const auto checked = CheckLeafNodesInTree(suite, {&leaf, 1}, *around.group_id);
      if (!checked.ok()) Broken(holder, checked.error());
    }
  }
  if (done >= kLeavesOfProgress) ShowProgress("");
}

void Judge::Object(const rfc9420::GroupContext& context, Node& root) { Context(context, root); }

void Judge::Object(const rfc9420::GroupInfo& info, Node& root) {
  Node& context = root.at("group_context");
  Context(info.group_context, context);
  if (!HasNoDuplicates(info.extensions)) {
    Wrong(root.at("extensions"), "an extension type appears twice", "13.4");
  }
  const auto suite = SuiteOf(info.group_context.cipher_suite, context.at("cipher_suite"));
  if (!suite.has_value()) {
    return SignatureIsOpen(root.at("signature"), "the cipher suite is not known");
  }
  const auto interim = InterimTranscriptHash(*suite, info.group_context.confirmed_transcript_hash,
                                             info.confirmation_tag);
  if (interim.ok()) root.computed.push_back({"interim_transcript_hash", *interim});
  TreeOfGroupInfo(*suite, info, root);
}

void Judge::Object(const RatchetTreeExtension& nodes, Node& root) {
  Surroundings around = Asked();
  const rfc9420::LeafNode* first = FirstLeafOf(nodes);
  if (!around.suite.has_value() && first != nullptr) around.suite = GuessSuite(*first);
  if (!around.suite.has_value()) {
    return Note(root, "the cipher suite is not in a ratchet tree: nothing is computed or verified");
  }
  const auto tree = ParseRatchetTree(*around.suite, wire::Serialize(nodes), kMaxTreeWidth);
  if (!tree.ok()) return Broken(root, tree.error());
  if (!questions_.cipher_suite.has_value()) {
    Note(root, "the cipher suite is not in a ratchet tree; by the keys' sizes it is taken for " +
                   CipherSuiteText(around.suite->id()));
  }
  Tree(around, *tree, root, &root);
}

}  // namespace conclave::inspector
