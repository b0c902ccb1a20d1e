// The walk reads what the codec reads, and gives up where the codec gives up.
#include "walk.h"

#include <algorithm>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include "objects.h"
#include "support/must.h"
#include "support/random_wire.h"
#include "wire/parse.h"

namespace conclave::inspector {
namespace {

using test::Random;
using test::RandomInstance;

constexpr int kInstances = 20;

template <class T>
Bytes WireOf(const T& value) {
  if constexpr (std::same_as<T, rfc9420::GroupSecrets>) {
    return ToBytes(wire::SerializeSecret(value).ExposeForProvider());
  } else {
    return wire::Serialize(value);
  }
}

// Whether the fields of each struct lie side by side and fill it, and the elements of a list end
// where it does.
bool IsCovered(const Node& node) {
  std::size_t at = node.offset;
  bool is_first = true;
  for (const Node& child : node.children) {
    if (child.kind == Kind::secret) return true;  // shows less than it takes
    if (&child != &node.children.front() && (&child - 1)->is_decoded) continue;
    const bool is_behind = child.offset >= at;
    const bool is_adjacent = child.offset == at || (is_first && node.kind == Kind::list) ||
                             (is_first && child.offset == at + 1);  // behind a presence octet
    if (!is_behind || !is_adjacent || !IsCovered(child)) return false;
    at = child.offset + child.size;
    is_first = false;
  }
  return node.children.empty() || at == node.offset + node.size;
}

struct Walked {
  std::optional<Failure> failure;
  Node root;
  Bytes again;
};

template <class T>
Walked WalkOver(BytesView bytes) {
  Walked walked;
  Walk walk(bytes);
  T value{};
  if (walk.Whole(value, walked.root)) walked.again = WireOf(value);
  walked.failure = walk.failure();
  return walked;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("The inspector reads every struct to its last byte", "",
                        test::WireStructs) {
  Case([] {
    Random random(1);
    for (int i = 0; i < kInstances; ++i) {
      const Bytes wire = WireOf(RandomInstance<TestType>(random));
      const Walked walked = WalkOver<TestType>(wire);
      REQUIRE_FALSE(walked.failure.has_value());
      CHECK(walked.again == wire);
      CHECK(walked.root.offset == 0);
      CHECK(walked.root.size == wire.size());
      CHECK(IsCovered(walked.root));
    }
  });
}

TEMPLATE_LIST_TEST_CASE("The inspector refuses what the codec refuses", "", test::WireStructs) {
  Case([] {
    Random random(2);
    for (int i = 0; i < kInstances; ++i) {
      Bytes wire = WireOf(RandomInstance<TestType>(random));
      for (std::size_t size = 0; size < wire.size(); size += 1 + wire.size() / 100) {
        const BytesView cut = BytesView(wire).first(size);
        const Walked walked = WalkOver<TestType>(cut);
        REQUIRE(walked.failure.has_value() != wire::Parse<TestType>(cut).ok());
        CHECK(walked.failure->offset <= size);
      }
      if (wire.empty()) continue;
      for (int change = 0; change < 20; ++change) {
        wire[random.Below(wire.size())] = static_cast<std::uint8_t>(random.Number());
        const auto parsed = wire::Parse<TestType>(wire);
        const Walked walked = WalkOver<TestType>(wire);
        REQUIRE(walked.failure.has_value() != parsed.ok());
        if (parsed.ok()) CHECK(walked.again == wire);
      }
    }
  });
}

TEST_CASE("A failure says where in the bytes it is, in which field, and why") {
  Case([] {
    const Bytes whole = ObjectOf("messages.json", "/0/mls_key_package");
    const auto failure_of = [](const Bytes& bytes) {
      return TextOf(WalkOver<rfc9420::MLSMessage>(bytes).failure.value());
    };
    Bytes cut(whole.begin(), whole.begin() + 20);
    CHECK(failure_of(cut) ==
          "at byte 8, in key_package.init_key: a vector announces 32 bytes, and 11 bytes are left "
          "(RFC 9420, section 2.1.2)");
    cut.resize(3);
    CHECK(failure_of(cut) ==
          "at byte 2, in wire_format: 2 bytes are expected, and 1 byte is left (RFC 9420, section "
          "2.1)");
    Bytes longer = whole;
    longer.push_back(0);
    CHECK(failure_of(longer) == "at byte " + std::to_string(whole.size()) +
                                    ": 1 byte is left over (RFC 9420, section 2.1)");
    Bytes unknown = whole;
    unknown[3] = 9;
    CHECK(failure_of(unknown) ==
          "at byte 2, in wire_format: 0x0009 is not a wire format of RFC 9420 (RFC 9420, section "
          "2.1)");
    Bytes prefix = whole;
    prefix[8] = 0xc0;
    CHECK(failure_of(prefix) ==
          "at byte 8, in key_package.init_key: the size of a vector begins with the bits 11 "
          "(0xC0) (RFC 9420, section 2.1.2)");
    Bytes not_minimal = whole;
    not_minimal[8] = 0x40;
    CHECK(failure_of(not_minimal).find("is written in 2 bytes instead of 1") != std::string::npos);
  });
}

TEST_CASE("An optional is there or not, and nothing else") {
  Case([] {
    const Bytes tree = {3, 0, 2, 0};
    const auto failure = WalkOver<RatchetTreeExtension>(tree).failure.value();
    CHECK(TextOf(failure) ==
          "at byte 2, in [1]: a presence octet is 0x02, neither 0 nor 1 (RFC 9420, section 2.1.1)");
  });
}

TEST_CASE("The padding of a private message's content is zeros") {
  Case([] {
    using Content = PrivateContent<rfc9420::ContentType::application, rfc9420::ApplicationData>;
    Content content;
    const Bytes padded = {1, 'a', 1, 's', 0, 0, 0};
    Walk walk(padded);
    Node root;
    REQUIRE(walk.Whole(content, root));
    CHECK(root.at("padding").size == 3);
    const Bytes dirty = {1, 'a', 1, 's', 0, 7, 0};
    Walk refused(dirty);
    Node rest;
    REQUIRE_FALSE(refused.Whole(content, rest));
    CHECK(refused.failure()->offset == 5);
  });
}

}  // namespace conclave::inspector
