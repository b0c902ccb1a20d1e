// Whatever bytes come, the inspector shows them or says what is wrong with them.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "large_tree_fixture.h"
#include "objects.h"
#include "render.h"
#include "support/must.h"
#include "support/random_wire.h"
#include "tree_view.h"
#include "trouble.h"
#include "wire/parse.h"

namespace conclave::inspector {
namespace {

using test::Random;

// Whether the bytes were shown, each way.
bool IsShown(const Bytes& bytes, const std::string& as) {
  try {
    const Object object = Describe(bytes, as, AtTimeOfVectors());
    CHECK_FALSE(RenderText(object, {true, true, true}).empty());
    CHECK_FALSE(RenderJson(object).dump().empty());
    return true;
  } catch (const Trouble& trouble) {
    CHECK(trouble.exit() == Exit::malformed_input);
    CHECK(std::string(trouble.what()).find("at byte ") != std::string::npos);
    return false;
  }
}

bool IsDrawn(const Bytes& bytes, const std::string& as) {
  try {
    const TreeView view = ViewOf(bytes, as, AtTimeOfVectors(), LeafIndex{0});
    CHECK_FALSE(RenderTreeText(view, true).empty());
    CHECK_FALSE(RenderTreeSvg(view).empty());
    return true;
  } catch (const Trouble& trouble) {
    CHECK_FALSE(std::string(trouble.what()).empty());
    return false;
  }
}

Bytes Changed(Bytes bytes, Random& random) {
  for (std::size_t i = 0; i <= random.Below(3); ++i) {
    bytes[random.Below(bytes.size())] = static_cast<std::uint8_t>(random.Number());
  }
  if (random.Below(8) == 0) bytes.resize(random.Below(bytes.size()) + 1);
  return bytes;
}

}  // namespace

TEST_CASE("Messages with changed bytes are shown or refused") {
  const char* const kPointers[] = {"/0/mls_key_package", "/0/mls_group_info", "/0/mls_welcome",
                                   "/0/public_message_commit", "/0/private_message"};
  for (const char* pointer : kPointers) {
    Case([&] {
      const Bytes good = ObjectOf("messages.json", pointer);
      Random random(3);
      std::size_t shown = 0;
      for (int i = 0; i < 300; ++i) shown += IsShown(Changed(good, random), "") ? 1 : 0;
      CHECK(shown > 0);
      CHECK(shown < 300);
    });
  }
}

TEST_CASE("Trees with changed bytes are shown and drawn, or refused") {
  Case([] {
    const Bytes good = LargeTree(bench::TreeState::churned, 13);
    Random random(4);
    std::size_t shown = 0;
    std::size_t drawn = 0;
    for (int i = 0; i < 300; ++i) {
      const Bytes bytes = Changed(good, random);
      shown += IsShown(bytes, "RatchetTree") ? 1 : 0;
      drawn += IsDrawn(bytes, "RatchetTree") ? 1 : 0;
    }
    CHECK(shown > 0);
    CHECK(drawn > 0);
    CHECK(drawn <= shown);
  });
}

TEST_CASE("Unmerged leaves that are none, or stand in no order, are shown") {
  Case([] {
    const auto nodes =
        test::Must(wire::Parse<RatchetTreeExtension>(LargeTree(bench::TreeState::full, 8)));
    const std::vector<std::vector<LeafIndex>> lists = {
        {{0xffffffff}}, {{0x80000001}}, {{3}, {1}}, {{1}, {1}}, {{100}}, {{0}, {1}, {2}, {3}}};
    for (const auto& list : lists) {
      auto changed = nodes;
      changed[3]->GetIf<rfc9420::ParentNode>()->unmerged_leaves = list;
      const Bytes bytes = wire::Serialize(changed);
      CHECK(IsShown(bytes, "RatchetTree"));
      CHECK(IsDrawn(bytes, "RatchetTree"));
      CHECK_FALSE(ErrorsOf(Describe(bytes, "RatchetTree", AtTimeOfVectors())).empty());
    }
  });
}

TEST_CASE("Trees in extensions of leaves of trees end somewhere") {
  Case([] {
    auto nodes =
        test::Must(wire::Parse<RatchetTreeExtension>(LargeTree(bench::TreeState::full, 1)));
    for (int depth = 0; depth < 200; ++depth) {
      auto outer = nodes;
      outer[0]->GetIf<rfc9420::LeafNode>()->extensions = {
          {ExtensionType::ratchet_tree, wire::Serialize(nodes)}};
      nodes = std::move(outer);
    }
    CHECK(IsShown(wire::Serialize(nodes), "RatchetTree"));
  });
}

}  // namespace conclave::inspector
