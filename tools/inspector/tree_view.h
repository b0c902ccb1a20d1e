// A ratchet tree as it is drawn (RFC 9420, sections 4 and 7): what each node is, and what a commit
// of one member would do to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/types.h"
#include "judge.h"
#include "tree/ratchet_tree.h"

namespace conclave::inspector {

// What a commit of the member at `committer` with a path would do to a node.
enum class Role : std::uint8_t {
  none,
  replaced,   // it gets a new key
  recipient,  // a path secret is sealed to its key
  skipped,    // it is on the direct path, but filtered out: it becomes or stays blank
};

struct ViewNode {
  bool is_blank = true;
  std::uint32_t members = 0;                  // under it
  std::string key = {};                       // the first bytes of its encryption key
  std::vector<LeafIndex> unmerged = {};       // of a parent
  std::optional<NodeIndex> linked_from = {};  // of a parent: see LinkedFrom()
  std::optional<NodeIndex> links_to = {};     // the parent that is linked from it
  std::string identity = {};                  // of a leaf
  const char* source = "";                    // of a leaf
  std::vector<NodeIndex> unmerged_at = {};    // of a leaf
  Role role = Role::none;
};

struct TreeView {
  std::string cipher_suite;
  std::optional<GroupId> group_id;
  std::optional<Epoch> epoch;
  Bytes tree_hash;
  std::uint32_t width = 0;
  std::uint32_t members = 0;
  std::size_t parents = 0;  // that are not blank
  std::optional<LeafIndex> committer;
  std::size_t replaced = 0;    // nodes that the commit would replace, the leaf among them
  std::size_t recipients = 0;  // path secrets that it would seal
  std::vector<ViewNode> nodes;

  const ViewNode& at(NodeIndex index) const { return nodes[index.value]; }
  // Whether no node below a parent has its hash, which makes it invalid.
  bool IsUnlinked(NodeIndex index) const {
    return !IsLeaf(index) && !at(index).is_blank && !at(index).linked_from.has_value();
  }
  // The chains of links, each from its lowest node upwards.
  std::vector<std::vector<NodeIndex>> Chains() const;
};

// The tree in `bytes`: a GroupInfo or a ratchet_tree extension. `name`: as in Recognise(). Ends
// with Trouble if there is none, or the committer is no member.
TreeView ViewOf(BytesView bytes, const std::string& name, const Questions& questions,
                std::optional<LeafIndex> committer);

// As an outline, a node to a line; and as a drawing.
std::string RenderTreeText(const TreeView& view, bool has_colours);
std::string RenderTreeSvg(const TreeView& view);

}  // namespace conclave::inspector
