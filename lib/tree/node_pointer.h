// NodePointer: a shared reference to a node of the ratchet tree, eight bytes long. The count is in
// the node and is atomic: trees that share nodes may live on different threads.
#pragma once

#include <concepts>
#include <cstddef>
#include <utility>

namespace conclave {

struct TreeNode;

// tree_node.cc. Release() destroys a node to which no reference is left.
void Retain(const TreeNode& node);
void Release(const TreeNode& node);

// `Node` is TreeNode, or const TreeNode for one that is not to be edited.
template <class Node>
class NodePointer {
 public:
  NodePointer() = default;
  // Takes over the reference with which a node is born.
  explicit NodePointer(Node* node) : node_(node) {}
  NodePointer(const NodePointer& other) : node_(other.node_) {
    if (node_ != nullptr) Retain(*node_);
  }
  // From a node that may be edited to one that may not.
  template <class Editable>
    requires std::same_as<const Editable, Node>
  NodePointer(NodePointer<Editable> other) noexcept : node_(other.Detach()) {}  // NOLINT: implicit
  NodePointer(NodePointer&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  NodePointer& operator=(NodePointer other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~NodePointer() {
    if (node_ != nullptr) Release(*node_);
  }

  // Gives the reference away.
  Node* Detach() { return std::exchange(node_, nullptr); }

  Node* get() const { return node_; }
  Node& operator*() const { return *node_; }
  Node* operator->() const { return node_; }
  friend bool operator==(const NodePointer& a, const NodePointer& b) = default;
  friend bool operator==(const NodePointer& a, std::nullptr_t) { return a.node_ == nullptr; }

 private:
  Node* node_ = nullptr;
};

}  // namespace conclave
