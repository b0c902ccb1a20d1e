// RFC 9420, section 12.4.3.3: the ratchet_tree extension, decoded node by node into a tree.
//
// Memory follows input: a tree of next to nothing, which could not be valid, is not made. Each leaf
// has room for its keys and its signature, and each parent has a member under it.
#include <algorithm>
#include <array>
#include <utility>

#include "base/result_macros.h"
#include "base/rule.h"
#include "tree/leaf_node_rules.h"
#include "tree/tree_node.h"
#include "tree/tree_rules.h"
#include "wire/codec.h"

namespace conclave {

namespace {

constexpr std::uint32_t kMaxHeight = 31;

// Makes a tree of its nodes, which come from left to right. As in a binary counter, there is at
// most one subtree of each height that waits for what lies to the right of it.
class TreeAssembler {
 public:
  // The next leaf; null if it is blank.
  void AddLeaf(TreeNodeSlot node) {
    if (node == nullptr) node = MakeBlank();
    std::uint32_t height = 0;
    for (; waiting_[height].left != nullptr; ++height) node = Join(height, std::move(node));
    waiting_[height].left = std::move(node);
  }

  // The parent of the subtree of this height that waits.
  void AddParent(std::uint32_t child_height, ParentRecord parent) {
    waiting_[child_height].parent = std::move(parent);
  }

  // Whether a parent has been completed that has no members under it.
  bool has_parent_of_nobody() const { return has_parent_of_nobody_; }

  // The root of a tree of that height, filled up with blank nodes on the right.
  TreeNodeSlot Finish(std::uint32_t height) && {
    TreeNodeSlot node;  // the rightmost subtree of the height at hand, if it is begun
    for (std::uint32_t i = 0; i < height; ++i) {
      if (waiting_[i].left != nullptr) {
        node = Join(i, node != nullptr ? std::move(node) : MakeBlank());
      } else if (node != nullptr) {
        node = MakeParent({}, std::move(node), MakeBlank());
      }
    }
    return node != nullptr ? node : std::move(waiting_[height].left);
  }

 private:
  struct Waiting {
    TreeNodeSlot left;
    ParentRecord parent;
  };

  TreeNodeSlot Join(std::uint32_t height, TreeNodeSlot right) {
    Waiting waiting = std::exchange(waiting_[height], {});
    has_parent_of_nobody_ |=
        !waiting.parent.is_blank() && waiting.left->member_count + right->member_count == 0;
    return MakeParent(std::move(waiting.parent), std::move(waiting.left), std::move(right));
  }

  std::array<Waiting, kMaxHeight> waiting_;
  bool has_parent_of_nobody_ = false;
};

// The width of the smallest tree that has room for so many nodes.
std::uint32_t WidthForNodes(std::uint32_t count) { return WidthFor(count / 2 + 1); }

Error Undecodable() { return {ErrorKind::kMalformed, "12.4.3.3:decodes"}; }

Result<void> CheckKeySize(const Suite& suite, BytesView encryption_key) {
  return Rule("12.4.3.3:encryption-key-size", ErrorKind::kMalformed,
              encryption_key.size() == suite.kem_sizes().public_key);
}

// The leaf or the parent with which the reader goes on, in its place.
Result<void> DecodeLeaf(const Suite& suite, wire::Reader& reader, TreeAssembler& assembler) {
  CONCLAVE_ASSIGN_OR_RETURN(LeafRecord record, LeafRecord::Read(reader));
  CONCLAVE_RETURN_IF_ERROR(CheckKeySize(suite, record.encryption_key()));
  CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.3:leaf-has-keys-and-signature", ErrorKind::kMalformed,
                                record.wire().size() >= MinLeafSize(suite)));
  assembler.AddLeaf(MakeLeaf(std::move(record)));
  return {};
}
Result<void> DecodeParent(const Suite& suite, wire::Reader& reader, NodeIndex at,
                          TreeAssembler& assembler) {
  rfc9420::ParentNode parent;
  wire::Decode(reader, parent);
  if (!reader.ok()) return Undecodable();
  CONCLAVE_RETURN_IF_ERROR(CheckKeySize(suite, parent.encryption_key));
  assembler.AddParent(Level(at) - 1, ParentRecord(parent));
  return {};
}

// Reads one optional<Node>, to stand at `at`. Whether it is not blank.
Result<bool> DecodeNode(const Suite& suite, wire::Reader& reader, NodeIndex at,
                        TreeAssembler& assembler) {
  const std::uint64_t present = reader.Uint(1);
  if (!reader.ok() || present > 1) return Undecodable();
  if (present == 0) {
    if (IsLeaf(at)) assembler.AddLeaf({});
    return false;
  }
  rfc9420::NodeType type{};
  wire::Decode(reader, type);
  const auto expected = IsLeaf(at) ? rfc9420::NodeType::leaf : rfc9420::NodeType::parent;
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.3:node-type-fits-place", ErrorKind::kMalformed, type == expected));
  CONCLAVE_RETURN_IF_ERROR(IsLeaf(at) ? DecodeLeaf(suite, reader, assembler)
                                      : DecodeParent(suite, reader, at, assembler));
  return true;
}

}  // namespace

Result<RatchetTree> ParseRatchetTree(const Suite& suite, BytesView extension_data,
                                     std::uint32_t max_width) {
  wire::Reader outer(extension_data);
  const BytesView nodes = outer.Vector();
  if (!outer.ok() || !outer.empty()) return Undecodable();

  TreeAssembler assembler;
  bool last_is_present = false;
  std::uint32_t count = 0;
  wire::Reader reader(nodes);
  while (!reader.empty()) {
    const NodeIndex at{count++};
    CONCLAVE_RETURN_IF_ERROR(Rule("12.4.3.3:tree-not-too-wide", ErrorKind::kRejectedByPolicy,
                                  WidthForNodes(count) <= std::min(max_width, kMaxTreeWidth)));
    CONCLAVE_ASSIGN_OR_RETURN(last_is_present, DecodeNode(suite, reader, at, assembler));
    CONCLAVE_RETURN_IF_ERROR(
        Rule("7.9.2:parent-has-members", ErrorKind::kMalformed, !assembler.has_parent_of_nobody()));
  }
  //= rfc9420#12.4.3.3
  //# The receiver MUST check that the last node in `ratchet_tree` is non-blank, and then extend the
  //# tree to the right until it has a length of the form 2<sup>d+1</sup> - 1, adding the minimum
  //# number of blank values possible.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("12.4.3.3:last-node-not-blank", ErrorKind::kMalformed, last_is_present));
  const std::uint32_t width = WidthForNodes(count);
  const TreeNodeSlot root = std::move(assembler).Finish(Level(Root(width)));
  CONCLAVE_RETURN_IF_ERROR(HashNodes(suite, *root, Root(width)));
  return RatchetTree(root, width);
}

}  // namespace conclave
