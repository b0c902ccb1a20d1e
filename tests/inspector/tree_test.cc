// Drawings of ratchet trees: what they say is so, and they can be read.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <map>

#include "large_tree_fixture.h"
#include "objects.h"
#include "support/must.h"
#include "tree/tree_rules.h"
#include "tree_layout.h"
#include "tree_view.h"
#include "trouble.h"
#include "wire/parse.h"

namespace conclave::inspector {
namespace {

using bench::TreeState;
using test::Must;

TreeView ViewOfTree(const Bytes& tree, std::optional<LeafIndex> committer = std::nullopt) {
  return ViewOf(tree, "RatchetTree", AtTimeOfVectors(), committer);
}

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

RatchetTree Parsed(const Bytes& tree) {
  return Must(ParseRatchetTree(test::TestSuite(), tree, kMaxTreeWidth));
}

}  // namespace

TEST_CASE("Each parent of a valid tree is linked from one node below it") {
  for (const TreeState state : {TreeState::full, TreeState::blank, TreeState::churned}) {
    for (const std::uint32_t members : {1U, 2U, 8U, 13U, 100U, 500U}) {
      Case([&] {
        const Bytes wire = LargeTree(state, members);
        const RatchetTree tree = Parsed(wire);
        Must(CheckTreeStructure(test::TestSuite(), tree));
        const TreeView view = ViewOfTree(wire);
        CHECK(view.members == members);
        std::size_t linked = 0;
        for (NodeIndex node; node.value < view.nodes.size(); ++node.value) {
          CHECK_FALSE(view.IsUnlinked(node));
          CHECK(view.at(node).is_blank == tree.IsBlank(node));
          linked += view.at(node).linked_from.has_value() ? 1 : 0;
        }
        std::size_t in_chains = 0;
        for (const auto& chain : view.Chains()) in_chains += chain.size() - 1;
        CHECK(in_chains == linked);
      });
    }
  }
}

TEST_CASE("A parent whose hash no node has is shown as not valid") {
  Case([] {
    auto nodes = Must(wire::Parse<RatchetTreeExtension>(LargeTree(TreeState::full, 8)));
    nodes[3]->GetIf<rfc9420::ParentNode>()->parent_hash.back() ^= 1;
    const TreeView view = ViewOfTree(wire::Serialize(nodes));
    CHECK((view.IsUnlinked({3}) || view.IsUnlinked({7})));
    CHECK(RenderTreeText(view, false).find("parent hash in NO node: not valid") !=
          std::string::npos);
    CHECK(CountOf(RenderTreeSvg(view), "class=\"x\"") >= 2);  // one is in the legend
  });
}

TEST_CASE("A commit replaces the filtered direct path and seals to the rest") {
  Case([] {
    for (const TreeState state : {TreeState::full, TreeState::churned}) {
      const Bytes wire = LargeTree(state, 100);
      const RatchetTree tree = Parsed(wire);
      const LeafIndex committer = *tree.NextMember({17});
      const TreeView view = ViewOfTree(wire, committer);
      const auto path = tree.FilteredDirectPath(committer);
      CHECK(view.replaced == path.size() + 1);
      std::size_t recipients = 0;
      for (const PathStep& step : path) {
        CHECK(view.at(step.node).role == Role::replaced);
        for (const NodeIndex node : tree.Resolution(step.copath_child)) {
          CHECK(view.at(node).role == Role::recipient);
          ++recipients;
        }
      }
      CHECK(view.recipients == recipients);
      const std::string text = RenderTreeText(view, false);
      CHECK(CountOf(text, "\n* ") == view.replaced);
      CHECK(CountOf(text, "\n> ") == view.recipients);
    }
    CHECK_THROWS_AS(ViewOfTree(LargeTree(TreeState::full, 3), LeafIndex{3}), Trouble);
  });
}

TEST_CASE("Every member's name is in the drawing, upright and in a row of its own") {
  for (const std::uint32_t members : {1U, 8U, 64U, 65U, 500U, 5000U}) {
    Case([&] {
      const TreeView view = ViewOfTree(LargeTree(TreeState::churned, members));
      const std::string svg = RenderTreeSvg(view);
      CHECK(CountOf(svg, "</tspan> &quot;member-") == members);
      CHECK(svg.find("rotate") == std::string::npos);

      LayoutSizes sizes;
      sizes.row = 13;
      const TreeLayout layout(view, sizes);
      std::map<double, std::vector<double>> rows;  // of each column
      for (LeafIndex leaf; leaf.value < view.width; ++leaf.value) {
        const auto& place = layout.at(ToNode(leaf));
        if (place.has_value()) rows[place->x].push_back(place->y);
      }
      for (auto& [column, places] : rows) {
        CHECK(std::ranges::adjacent_find(places, [&](double above, double below) {
                return below < above + sizes.row - 0.01;
              }) == places.end());
      }
      // A page, not a strip.
      if (members >= 500) {
        CHECK(layout.height() < 3 * layout.width());
        CHECK(layout.width() < 3 * layout.height());
      }
    });
  }
}

TEST_CASE("Text and drawing name blank leaves and unmerged ones") {
  Case([] {
    const Bytes tree = ObjectOf("tree-validation.json", "/0/tree");
    const TreeView view = ViewOfTree(tree);
    const std::string text = RenderTreeText(view, false);
    CHECK(text.find("unmerged: leaf 2") != std::string::npos);
    CHECK(text.find("unmerged at 3") != std::string::npos);
    CHECK(text.find("5 blank") != std::string::npos);
    CHECK(text.find("parent-hash chains") != std::string::npos);
    CHECK(RenderTreeSvg(view).find("unmerged at 3") != std::string::npos);
    const TreeView wide = ViewOfTree(ObjectOf("tree-validation.json", "/1/tree"));
    CHECK(RenderTreeText(wide, false).find("blank, leaves 6 to 7") != std::string::npos);
    CHECK(RenderTreeSvg(wide).find("leaves 6 to 7 blank") != std::string::npos);
  });
}

TEST_CASE("Names cannot break out of the drawing") {
  Case([] {
    auto nodes = Must(wire::Parse<RatchetTreeExtension>(LargeTree(TreeState::full, 2)));
    nodes[0]->GetIf<rfc9420::LeafNode>()->credential =
        rfc9420::Credential::Of(BasicCredential{ToBytes("<script>&\"")});
    const std::string svg = RenderTreeSvg(ViewOfTree(wire::Serialize(nodes)));
    CHECK(svg.find("<script>") == std::string::npos);
    CHECK(svg.find("&lt;script&gt;&amp;&quot;") != std::string::npos);
  });
}

TEST_CASE("draw trees of 8 and of 500 members to be looked at", "[.draw]") {
  const char* const directory = std::getenv("CONCLAVE_DRAWINGS");
  REQUIRE(directory != nullptr);
  for (const std::uint32_t members : {8U, 500U}) {
    const Bytes tree = LargeTree(TreeState::churned, members);
    const std::string name = std::string(directory) + "/tree_" + std::to_string(members);
    std::ofstream(name + ".bin")
        .write(reinterpret_cast<const char*>(tree.data()),
               static_cast<std::streamsize>(tree.size()));
    std::ofstream(name + ".svg") << RenderTreeSvg(ViewOfTree(tree));
    std::ofstream(name + "_commit.svg")
        << RenderTreeSvg(ViewOfTree(tree, Parsed(tree).NextMember({5})));
  }
}

}  // namespace conclave::inspector
