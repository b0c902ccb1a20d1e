// A ratchet tree as a drawing in SVG.
#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include "base/hex.h"
#include "printable.h"
#include "tree_layout.h"
#include "tree_view.h"
#include "trouble.h"

namespace conclave::inspector {

namespace {

constexpr std::uint32_t kMostLeaves = 1 << 16;
constexpr std::uint32_t kMostDetailed = 64;  // leaves
constexpr double kLeastWidth = 900;
constexpr double kHeading = 150;

constexpr const char* kStyle =
    "text{font-family:sans-serif;fill:#222}"
    ".h{font-size:18px;font-weight:bold}.s{font-size:12px;fill:#555}"
    ".e{fill:none;stroke:#c4c4c4;stroke-width:1}"
    ".c{fill:none;stroke:#8ab4f8;stroke-width:4;stroke-linecap:round}"
    ".w{fill:none;stroke:#d93025;stroke-width:1.6}"
    ".p{fill:#1a56b0}.b{fill:#fff;stroke:#999;stroke-dasharray:2 1.5}.x{fill:#d93025}"
    ".k{fill:#fff;stroke:#1a56b0;stroke-width:1.6}.u{fill:#9fc0f0;stroke:#1a56b0;stroke-width:1.2}"
    ".r{fill:none;stroke:#d93025;stroke-width:2}.t{fill:none;stroke:#188038;stroke-width:2}"
    ".i{fill:#888}.o{fill:#c26401}.d{fill:#888}.g{fill:#999}";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Px(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  std::string number = text;
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return number;
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

// The first `most` characters of UTF-8.
std::string Cut(const std::string& text, std::size_t most) {
  if (CountCharacters(text) <= most) return text;
  std::size_t size = 0;
  for (std::size_t seen = 0; size < text.size(); ++size) {
    if ((text[size] & 0xc0) != 0x80 && ++seen > most - 1) break;
  }
  return text.substr(0, size) + "…";
}

std::string Circle(Point at, double radius, const char* style, const std::string& title = {}) {
  std::string text = "<circle class=\"" + std::string(style) + "\" cx=\"" + Px(at.x) + "\" cy=\"" +
                     Px(at.y) + "\" r=\"" + Px(radius) + "\"";
  return text + (title.empty() ? "/>\n" : "><title>" + Escaped(title) + "</title></circle>\n");
}

std::string Square(Point at, double half, const char* style, const std::string& title = {}) {
  std::string text = "<rect class=\"" + std::string(style) + "\" x=\"" + Px(at.x - half) +
                     "\" y=\"" + Px(at.y - half) + "\" width=\"" + Px(2 * half) + "\" height=\"" +
                     Px(2 * half) + "\"";
  return text + (title.empty() ? "/>\n" : "><title>" + Escaped(title) + "</title></rect>\n");
}

// `content` is SVG.
std::string Text(Point at, const char* style, const std::string& content,
                 const std::string& more = {}) {
  return "<text class=\"" + std::string(style) + "\" x=\"" + Px(at.x) + "\" y=\"" + Px(at.y) +
         "\"" + more + ">" + content + "</text>\n";
}

constexpr const char* kToTheLeft = " text-anchor=\"end\"";

std::string Span(const char* style, const std::string& text) {
  return "<tspan class=\"" + std::string(style) + "\">" + Escaped(text) + "</tspan>";
}

class Drawing {
 public:
  explicit Drawing(const TreeView& view)
      : view_(view),
        is_detailed_(view.width <= kMostDetailed),
        sizes_(SizesOf(view)),
        layout_(view, sizes_) {}

  std::string Render() {
    const double width = std::max(layout_.width(), kLeastWidth);
    const std::string size = Px(width) + "\" height=\"" + Px(layout_.height());
    svg_ += "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size + "\">\n<style>" + kStyle +
            ".l{font-size:" + Px(font()) + "px}.n{font-size:" + Px(is_detailed_ ? 10 : 7) +
            "px;fill:#666}</style>\n<rect width=\"" + size + "\" fill=\"#fff\"/>\n";
    Heading();
    Legend();
    MarkChains();
    for (const char* style : {"e", "c", "w"}) Edges(Root(view_.width), style);
    Nodes(Root(view_.width));
    svg_ += "</svg>\n";
    return std::move(svg_);
  }

 private:
  double font() const { return is_detailed_ ? 13 : 9.5; }
  double radius() const { return is_detailed_ ? 6 : 3.6; }

  static std::string NameOf(const TreeView& view, LeafIndex leaf) {
    return Cut(view.at(ToNode(leaf)).identity, view.width <= kMostDetailed ? 40 : 24);
  }

  // What stands behind the name of a leaf.
  static std::string Behind(const TreeView& view, const ViewNode& node) {
    std::string text;
    if (view.width <= kMostDetailed)
      text += "by " + std::string(node.source) + ", key " + node.key + "… ";
    if (node.unmerged_at.empty()) return text;
    text += view.width <= kMostDetailed ? "unmerged at " : "at ";
    for (std::size_t i = 0; i < node.unmerged_at.size(); ++i) {
      text += (i == 0 ? "" : ", ") + std::to_string(node.unmerged_at[i].value);
    }
    return text;
  }

  static LayoutSizes SizesOf(const TreeView& view) {
    LayoutSizes sizes;
    const bool is_detailed = view.width <= kMostDetailed;
    if (!is_detailed) {
      sizes.row = 13;
      sizes.level = 22;
    }
    sizes.top = kHeading + 10;
    const double character = is_detailed ? 7.0 : 5.2;
    sizes.least_label = 26 * character;  // "leaves 1000 to 1023 blank"
    for (LeafIndex leaf; leaf.value < view.width; ++leaf.value) {
      const ViewNode& node = view.at(ToNode(leaf));
      const std::size_t characters =
          CountCharacters(NameOf(view, leaf)) + CountCharacters(Behind(view, node)) + 8;
      sizes.labels.push_back(static_cast<double>(characters) * character);
    }
    return sizes;
  }

  void Heading() {
    std::string title = "Ratchet tree";
    if (view_.group_id.has_value()) title += " of the group " + TextOrHex(*view_.group_id, 32);
    if (view_.epoch.has_value()) title += ", epoch " + std::to_string(*view_.epoch);
    svg_ += Text({sizes_.margin, 30}, "h", Escaped(title));
    const std::string counts = Count(view_.members, "member") + " in " + Grouped(view_.width) +
                               (view_.width == 1 ? " leaf, " : " leaves, ") +
                               Grouped(view_.parents) + " of " + Count(view_.width - 1, "parent") +
                               " not blank; " + view_.cipher_suite;
    svg_ += Text({sizes_.margin, 50}, "s", Escaped(counts));
    svg_ += Text({sizes_.margin, 67}, "s", "tree hash " + ToHex(view_.tree_hash));
    if (view_.committer.has_value()) {
      const std::string commit = "A commit by leaf " + std::to_string(view_.committer->value) +
                                 " would replace " + Count(view_.replaced, "node") + " and seal " +
                                 Count(view_.recipients, "path secret") + ".";
      svg_ += Text({sizes_.margin, 84}, "s", commit);
    }
  }

  void Legend() {
    Point at{sizes_.margin + 6, 105};
    const auto entry = [&](const std::string& glyph, const char* text) {
      svg_ += glyph + Text({at.x + 12, at.y + 4}, "s", text);
      at.x += 30 + 6.5 * static_cast<double>(std::string_view(text).size());
    };
    entry(Circle(at, 5, "p"), "parent");
    entry(Circle(at, 4, "b"), "blank");
    entry(Square(at, 5, "k"), "leaf of a key package");
    entry(Square(at, 5, "u"), "of an update");
    entry(Square(at, 5, "p"), "of a commit");
    const std::string from = Px(at.x - 6) + "," + Px(at.y);
    entry("<path class=\"c\" d=\"M" + from + "h12\"/>\n", "parent-hash chain");
    entry(Circle(at, 5, "x"), "parent hash not valid");
    at = {sizes_.margin + 6, 127};
    entry(Text({at.x - 9, at.y + 4}, "s", Span("o", "+n")),
          "unmerged leaves of a parent, and where a leaf is one");
    if (!view_.committer.has_value()) return;
    entry(Circle(at, 4, "b") + Circle(at, 7, "r"), "replaced by the commit");
    entry(Circle(at, 4, "b") + Circle(at, 7, "t"), "receives a path secret");
  }

  // A link covers the edges from the linked node up to the parent.
  void MarkChains() {
    in_chain_.assign(view_.nodes.size(), false);
    for (NodeIndex index; index.value < view_.nodes.size(); ++index.value) {
      const auto end = view_.at(index).links_to;
      if (!end.has_value()) continue;
      for (NodeIndex node = index; node != *end; node = Parent(node)) in_chain_[node.value] = true;
    }
  }

  // Whether the edge above a node is drawn in a style.
  bool HasEdge(NodeIndex child, std::string_view style) const {
    if (style == "c") return in_chain_[child.value];
    if (style == "w") {
      return view_.committer.has_value() && IsInSubtree(*view_.committer, child);
    }
    return true;
  }

  void Edges(NodeIndex at, const char* style) {
    if (IsLeaf(at) || view_.at(at).members == 0) return;
    const Point from = *layout_.at(at);
    for (const NodeIndex child : {Left(at), Right(at)}) {
      Edges(child, style);
      if (!HasEdge(child, style)) continue;
      const Point to = *layout_.at(child);
      const std::string across = "H" + Px(to.x);
      const std::string down = "V" + Px(to.y);
      svg_ += "<path class=\"" + std::string(style) + "\" d=\"M" + Px(from.x) + "," + Px(from.y) +
              (layout_.IsAboveColumns(at) ? across + down : down + across) + "\"/>\n";
    }
  }

  void Nodes(NodeIndex at) {
    const ViewNode& node = view_.at(at);
    const Point place = *layout_.at(at);
    const bool is_end = IsLeaf(at) || node.members == 0;
    if (!is_end) {
      Nodes(Left(at));
      Nodes(Right(at));
    }
    if (node.role == Role::replaced) svg_ += Circle(place, radius() + 3, "r");
    if (node.role == Role::recipient) svg_ += Circle(place, radius() + 3, "t");
    if (IsLeaf(at)) {
      LeafAt(at, node, place);
    } else {
      ParentAt(at, node, place);
    }
  }

  void ParentAt(NodeIndex at, const ViewNode& node, Point place) {
    const std::string number = std::to_string(at.value);
    if (node.members == 0) {
      const std::uint32_t first = FirstLeaf(at).value;
      svg_ += Circle(place, radius() * 0.7, "b");
      svg_ += Text({place.x + radius() + 6, place.y + font() * 0.35}, "l",
                   Span("g", "leaves " + std::to_string(first) + " to " +
                                 std::to_string(first + LeafSpan(at) - 1) + " blank"));
      return;
    }
    std::string title = "node " + number;
    const char* style = "b";
    if (!node.is_blank) {
      title += ": key " + node.key + "…";
      if (node.linked_from.has_value()) {
        title += ", parent hash in node " + std::to_string(node.linked_from->value);
      }
      style = view_.IsUnlinked(at) ? "x" : "p";
    }
    svg_ += Circle(place, node.is_blank ? radius() * 0.7 : radius(), style, title);
    svg_ +=
        Text({place.x - radius() - 1, place.y - radius() - 2}, "n", number, " text-anchor=\"end\"");
    if (!node.unmerged.empty()) {
      svg_ += Text({place.x - radius() - 1, place.y + radius() + (is_detailed_ ? 8 : 5)}, "n",
                   Span("o", "+" + std::to_string(node.unmerged.size())), kToTheLeft);
    }
  }

  void LeafAt(NodeIndex at, const ViewNode& node, Point place) {
    const Point label{place.x + radius() + 6, place.y + font() * 0.35};
    const std::string number = std::to_string(ToLeaf(at).value);
    if (node.is_blank) {
      svg_ += Square(place, radius() * 0.7, "b") + Text(label, "l", Span("g", number + " blank"));
      return;
    }
    const std::string_view source = node.source;
    const char* const style = source == "commit" ? "p" : source == "update" ? "u" : "k";
    svg_ += Square(place, radius() * 0.8, style,
                   "leaf " + number + ", node " + std::to_string(at.value) + ": " + node.identity +
                       ", by " + node.source + ", key " + node.key + "…");
    std::string name = Escaped(NameOf(view_, ToLeaf(at)));
    if (view_.committer == ToLeaf(at)) name = "<tspan font-weight=\"bold\">" + name + "</tspan>";
    const std::string behind = Behind(view_, node);
    svg_ += Text(
        label, "l",
        Span("i", number) + " " + name + " " + Span(node.unmerged_at.empty() ? "d" : "o", behind));
  }

  const TreeView& view_;
  const bool is_detailed_;
  const LayoutSizes sizes_;
  const TreeLayout layout_;
  std::vector<bool> in_chain_;
  std::string svg_;
};

}  // namespace

std::string RenderTreeSvg(const TreeView& view) {
  if (view.width > kMostLeaves) {
    throw Trouble(Exit::unavailable, "a tree of more than " + Grouped(kMostLeaves) +
                                         " leaves is not drawn; it can be had as text");
  }
  return Drawing(view).Render();
}

}  // namespace conclave::inspector
