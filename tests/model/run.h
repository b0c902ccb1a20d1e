// For the model: runs. Each is made in a process of its own, so that one that ends in a crash can
// be shrunk as any other.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "model/operation.h"

namespace conclave::testing::model {

// What came of how many operations: by verb, and by what was done or why it was refused.
using Table = std::map<std::pair<std::string, std::string>, std::size_t>;

struct Report {
  Script script;                                 // the operations that were done, in order
  std::size_t done = 0;                          // how many were more than nothing
  std::optional<std::string> disagreement = {};  // where the last of them did not end as it should
  Table table = {};
};

// A run of so many operations that a driver thinks of, and one of a script.
Report Drive(const Setting& setting, std::size_t operations);
Report Replay(const Script& script);

// A short script that still disagrees, made of one that does by leaving out what is not needed.
Script Shrink(const Script& script);

std::string Print(const Table& table);

}  // namespace conclave::testing::model
