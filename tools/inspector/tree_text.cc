// A ratchet tree as an outline: each node in a line of its own, under its parent; a subtree without
// members in a single one.
#include <utility>

#include "base/hex.h"
#include "paint.h"
#include "printable.h"
#include "tree_view.h"

namespace conclave::inspector {

namespace {

constexpr std::size_t kMostChains = 50;

std::string Numbers(const std::vector<LeafIndex>& leaves) {
  std::string text;
  for (const LeafIndex leaf : leaves) {
    text += (text.empty() ? "" : ", ") + std::to_string(leaf.value);
  }
  return text;
}

std::string Numbers(const std::vector<NodeIndex>& nodes, const char* between) {
  std::string text;
  for (const NodeIndex node : nodes) {
    text += (text.empty() ? "" : between) + std::to_string(node.value);
  }
  return text;
}

class Outline {
 public:
  Outline(const TreeView& view, bool has_colours) : view_(view), paint_(has_colours) {}

  std::string Render() {
    Header();
    Subtree(Root(view_.width), "", "");
    Chains();
    Commit();
    return std::move(text_);
  }

 private:
  void Header() {
    text_ += "ratchet tree: " + Count(view_.members, "member") + ", " + Grouped(view_.width) +
             (view_.width == 1 ? " leaf, " : " leaves, ") + Grouped(view_.parents) + " of " +
             Count(view_.width - 1, "parent") + " not blank\n";
    text_ += "cipher suite: " + view_.cipher_suite + "\n";
    if (view_.group_id.has_value()) text_ += "group: " + TextOrHex(*view_.group_id, 64) + "\n";
    if (view_.epoch.has_value()) text_ += "epoch: " + std::to_string(*view_.epoch) + "\n";
    text_ += "tree hash: " + ToHex(view_.tree_hash) + "\n\n";
  }

  std::string Mark(Role role) const {
    if (!view_.committer.has_value()) return "";
    switch (role) {
      case Role::none:
        break;
      case Role::replaced:
        return paint_(Colour::bad, "*") + " ";
      case Role::recipient:
        return paint_(Colour::good, ">") + " ";
      case Role::skipped:
        return paint_(Colour::dim, "-") + " ";
    }
    return "  ";
  }

  // `first` stands in front of the node, `rest` in front of what is under it.
  void Subtree(NodeIndex at, const std::string& first, const std::string& rest) {
    const ViewNode& node = view_.at(at);
    text_ += Mark(node.role) + paint_(Colour::dim, first) +
             paint_(node.is_blank ? Colour::dim : Colour::name, std::to_string(at.value));
    text_ += IsLeaf(at) ? Leaf(at, node) : Parent(at, node);
    text_ += "\n";
    if (IsLeaf(at) || node.members == 0) return;
    Subtree(Left(at), rest + "├─ ", rest + "│  ");
    Subtree(Right(at), rest + "└─ ", rest + "   ");
  }

  std::string Parent(NodeIndex at, const ViewNode& node) const {
    if (node.members == 0) {
      const std::uint32_t first = FirstLeaf(at).value;
      return paint_(Colour::dim, " blank, leaves " + std::to_string(first) + " to " +
                                     std::to_string(first + LeafSpan(at) - 1));
    }
    if (node.is_blank) return paint_(Colour::dim, " blank");
    std::string text = " parent  key " + node.key + "…";
    if (node.linked_from.has_value()) {
      text += "  parent hash in " + std::to_string(node.linked_from->value);
    } else {
      text += paint_(Colour::bad, "  parent hash in NO node: not valid");
    }
    if (!node.unmerged.empty()) {
      text += paint_(Colour::warning, "  unmerged: leaf " + Numbers(node.unmerged));
    }
    return text;
  }

  std::string Leaf(NodeIndex at, const ViewNode& node) const {
    std::string text = " leaf " + std::to_string(ToLeaf(at).value);
    if (node.is_blank) return paint_(Colour::dim, text + "  blank");
    text += "  " + node.identity + "  by " + node.source + "  key " + node.key + "…";
    if (!node.unmerged_at.empty()) {
      text += paint_(Colour::warning, "  unmerged at " + Numbers(node.unmerged_at, ", "));
    }
    return text;
  }

  void Chains() {
    const auto chains = view_.Chains();
    if (chains.empty()) return;
    text_ += "\nparent-hash chains, each what is left of one commit's path:\n";
    for (std::size_t i = 0; i < chains.size(); ++i) {
      if (i == kMostChains) {
        text_ += "  and " + Grouped(chains.size() - i) + " more\n";
        break;
      }
      const NodeIndex start = chains[i].front();
      const std::string of = IsLeaf(start) ? "leaf " + std::to_string(ToLeaf(start).value)
                                           : "node " + std::to_string(start.value);
      text_ += "  " + of + ": " + Numbers(chains[i], " → ") + "\n";
    }
  }

  void Commit() {
    if (!view_.committer.has_value()) return;
    text_ += "\na commit by leaf " + std::to_string(view_.committer->value) + " would replace " +
             Count(view_.replaced, "node") + " (*) and seal " +
             Count(view_.recipients, "path secret") + " (>)\n";
  }

  const TreeView& view_;
  const Paint paint_;
  std::string text_;
};

}  // namespace

std::string RenderTreeText(const TreeView& view, bool has_colours) {
  return Outline(view, has_colours).Render();
}

}  // namespace conclave::inspector
