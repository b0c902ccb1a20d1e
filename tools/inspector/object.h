// The kinds of objects that the inspector knows: every wire struct of RFC 9420 by its name.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "conclave/bytes.h"
#include "diagnosis.h"
#include "finding.h"
#include "judge.h"
#include "node.h"

namespace conclave::inspector {

struct Object {
  const char* type = "";
  std::size_t size = 0;
  Node root;
  std::vector<Finding> findings;
};

struct ObjectKind {
  const char* name;
  // Why the bytes are none; nothing if they are one.
  std::optional<Failure> (*misfit)(BytesView bytes);
  // Of bytes that are one.
  Object (*describe)(BytesView bytes, const Questions& questions);
};

// Those that are recognised by their bytes come first.
std::span<const ObjectKind> ObjectKinds();

// The kind called `name`; if that is empty, the one that the bytes are. Ends with Trouble if there
// is no such kind, or, saying where and why, if the bytes are none.
const ObjectKind& Recognise(BytesView bytes, const std::string& name);

// Recognises and describes.
Object Describe(BytesView bytes, const std::string& name, const Questions& questions);

}  // namespace conclave::inspector
