#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "code_points.h"
#include "printable.h"
#include "render.h"

namespace conclave::inspector {

namespace {

constexpr std::size_t kBytesInLine = 32;
constexpr std::size_t kLinesOfBytes = 4;
constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 4;
constexpr std::size_t kMostFindings = 30;

std::string CodePointText(const Node& node) {
  const std::string code = CodeText(node.number, node.width);
  return node.is_named ? node.meaning + " (" + code + ")" : code + " (" + node.meaning + ")";
}

std::string NumberText(const Node& node) {
  const std::string number = std::to_string(node.number);
  return node.meaning.empty() ? number : number + " (" + node.meaning + ")";
}

std::string Verdict(std::string_view name, bool holds) {
  if (name == "valid") return holds ? "valid" : "NOT valid";
  if (name == "matches") return holds ? "matches" : "does NOT match";
  return holds ? "yes" : "NO";
}

class TextRenderer {
 public:
  explicit TextRenderer(const TextOptions& options)
      : options_(options), paint_(options.has_colours) {}

  std::string Render(const Object& object) {
    Line(object.root, 0, paint_(Colour::name, object.type) + ", " + Count(object.size, "byte"));
    if (IsScalar(object.root)) {
      Field(object.root, 1, "");
    } else {
      Children(object.root, 1);
    }
    for (const Finding& finding : Shown(object.findings)) Show(finding);
    if (hidden_findings_ > 0) {
      text_ += "and " + Grouped(hidden_findings_) + " more (--full)\n";
    }
    return std::move(text_);
  }

 private:
  void Line(const Node& node, std::size_t depth, const std::string& content) {
    if (options_.has_offsets) {
      const std::string offset = std::to_string(node.offset);
      text_ += paint_(Colour::dim, std::string(7 - std::min<std::size_t>(offset.size(), 7), ' ') +
                                       offset + "  ");
    }
    text_ += std::string(depth * kIndent, ' ') + content + "\n";
  }

  void Children(const Node& node, std::size_t depth) {
    const bool is_list = node.kind == Kind::list;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Node& child = node.children[i];
      if (child.is_decoded) continue;
      if (is_list && child.kind == Kind::absent) {
        i = Absent(node, i, depth);
        continue;
      }
      Field(child, depth, is_list ? "[" + std::to_string(i) + "]" : std::string(child.name));
    }
    for (const Computed& computed : node.computed) {
      Line(node, depth, "= " + paint_(Colour::name, computed.name) + ": " + TextOf(computed));
    }
  }

  // Elements that are not there, as many as follow each other, in one line. The last one's index.
  std::size_t Absent(const Node& list, std::size_t first, std::size_t depth) {
    std::size_t last = first;
    while (last + 1 < list.children.size() && list.children[last + 1].kind == Kind::absent) ++last;
    std::string label = "[" + std::to_string(first) + "]";
    if (last > first) label += " to [" + std::to_string(last) + "]";
    Line(list.children[first], depth, label + paint_(Colour::dim, " blank"));
    return last;
  }

  void Field(const Node& node, std::size_t depth, const std::string& label) {
    const std::string name = label.empty() ? "" : paint_(Colour::name, label) + ": ";
    switch (node.kind) {
      case Kind::structure:
        Line(node, depth, name + node.type);
        return Children(node, depth + 1);
      case Kind::list:
        return List(node, depth, name, label.size());
      case Kind::number:
        return Line(node, depth, name + NumberText(node));
      case Kind::code_point:
        return Line(node, depth, name + Painted(node));
      case Kind::bytes:
        return ByteString(node, depth, name);
      case Kind::secret:
        return Line(node, depth, name + "a secret of " + Count(node.size, "byte") + ", not shown");
      case Kind::absent:
        return Line(node, depth, name + paint_(Colour::dim, "none"));
    }
  }

  std::string Painted(const Node& code_point) const {
    return paint_(code_point.is_named ? Colour::plain : Colour::warning, CodePointText(code_point));
  }

  void List(const Node& node, std::size_t depth, const std::string& name, std::size_t label_size) {
    if (node.children.empty()) return Line(node, depth, name + paint_(Colour::dim, "none"));
    const bool is_short = std::ranges::all_of(node.children, [](const Node& child) {
      return child.kind == Kind::number || child.kind == Kind::code_point;
    });
    if (!is_short) {
      Line(node, depth, name + Grouped(node.children.size()));
      return Children(node, depth + 1);
    }
    std::string line;
    std::size_t size = depth * kIndent + label_size + 2;
    for (const Node& child : node.children) {
      const bool is_code = child.kind == Kind::code_point;
      const std::string item = is_code ? CodePointText(child) : NumberText(child);
      if (!line.empty()) {
        line += ",";
        const std::size_t start = (depth + 1) * kIndent;
        const bool fits = size + item.size() + 3 <= kWidth;
        line += fits ? " " : "\n" + std::string(start + (options_.has_offsets ? 9 : 0), ' ');
        size = fits ? size + 2 : start;
      }
      line += is_code ? Painted(child) : item;
      size += item.size();
    }
    Line(node, depth, name + line);
  }

  void ByteString(const Node& node, std::size_t depth, const std::string& name) {
    std::string about;
    for (const Computed& computed : node.computed) about += ", " + TextOf(computed);
    const BytesView bytes = node.bytes;
    if (bytes.empty()) return Line(node, depth, name + paint_(Colour::dim, "empty") + about);
    if (const auto visible = VisibleText(bytes); visible.has_value() && bytes.size() <= 64) {
      const std::string hex = paint_(Colour::dim, " (" + ToHex(bytes) + ")");
      return Line(node, depth, name + "\"" + *visible + "\"" + hex + about);
    }
    if (bytes.size() <= kBytesInLine && node.computed.empty()) {
      return Line(node, depth, name + ToHex(bytes));
    }
    Line(node, depth, name + Count(bytes.size(), "byte") + about);
    std::size_t lines = 0;
    for (std::size_t at = 0; at < bytes.size(); at += kBytesInLine) {
      if (!options_.is_full && ++lines > kLinesOfBytes) {
        const std::string more = "… and " + Count(bytes.size() - at, "byte") + " more (--full)";
        return Line(node, depth + 1, paint_(Colour::dim, more));
      }
      const std::size_t size = std::min(kBytesInLine, bytes.size() - at);
      Line(node, depth + 1, ToHex(bytes.subspan(at, size)));
    }
  }

  std::string TextOf(const Computed& computed) const {
    const auto with_note = [&](const std::string& text) {
      return computed.note.empty() ? text : text + " (" + computed.note + ")";
    };
    if (const auto* holds = std::get_if<bool>(&computed.value)) {
      return paint_(*holds ? Colour::good : Colour::bad, with_note(Verdict(computed.name, *holds)));
    }
    if (const auto* number = std::get_if<std::uint64_t>(&computed.value)) {
      return with_note(Grouped(*number));
    }
    if (const auto* bytes = std::get_if<Bytes>(&computed.value)) return with_note(ToHex(*bytes));
    return paint_(Colour::warning, with_note("not checked"));
  }

  std::span<const Finding> Shown(const std::vector<Finding>& findings) {
    if (findings.empty()) return findings;
    text_ += "\n";
    const std::size_t most = options_.is_full ? findings.size() : kMostFindings;
    const std::size_t shown = std::min(findings.size(), most);
    hidden_findings_ = findings.size() - shown;
    return std::span(findings).first(shown);
  }

  void Show(const Finding& finding) {
    static constexpr Colour kColours[] = {Colour::mark, Colour::warning, Colour::bad};
    const Colour colour = kColours[static_cast<std::size_t>(finding.severity)];
    text_ += paint_(colour, std::string(NameOf(finding.severity)) + ":") + " " + finding.text;
    if (!finding.field.empty()) text_ += ", in " + finding.field;
    text_ += ", at byte " + std::to_string(finding.offset);
    if (!finding.rule.empty()) {
      const bool is_section = finding.rule.find(':') == std::string::npos;
      text_ += paint_(Colour::dim,
                      (is_section ? " [RFC 9420, section " : " [rule ") + finding.rule + "]");
    }
    text_ += "\n";
  }

  const TextOptions& options_;
  const Paint paint_;
  std::string text_;
  std::size_t hidden_findings_ = 0;
};

}  // namespace

std::string RenderText(const Object& object, const TextOptions& options) {
  return TextRenderer(options).Render(object);
}

}  // namespace conclave::inspector
