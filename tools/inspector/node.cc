#include "node.h"

#include "base/check.h"

namespace conclave::inspector {

Node* Node::Find(std::string_view field) {
  for (Node& child : children) {
    if (child.name == field) return &child;
  }
  return nullptr;
}

Node& Node::at(std::string_view field) {
  Node* const found = Find(field);
  CONCLAVE_CHECK(found != nullptr);
  return *found;
}

bool IsScalar(const Node& node) { return node.kind != Kind::structure && node.kind != Kind::list; }

}  // namespace conclave::inspector
