// What the tests of MLS vectors share: one test per file, and one case per element of it, of the
// official file and of the one that tools/vectors generated. At the end of the run they are
// counted, each on a line: "generated vectors: P passed, F failed" and "vectors: P passed, F
// failed".
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "support/cases.h"
#include "support/vector_files.h"

namespace conclave::test {

// Both sets are read, unless the environment has CONCLAVE_VECTORS=official or =generated.
inline bool IsRead(std::string_view set) {
  const char* const only = std::getenv("CONCLAVE_VECTORS");
  return only == nullptr || set == only;
}

// Reads `file` of each set and runs `check` on every element as one case. `flip` is the place of an
// expected value, as a JSON pointer ("/0/ref_hash/out"): the self-check changes it in the official
// file and counts one failure.
inline void ForEachVector(const std::string& file, const std::string& flip,
                          const std::function<void(const nlohmann::json& vector)>& check) {
  const auto check_all = [&](const std::string& kind, const nlohmann::json& vectors) {
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      INFO(kind << ": " << file << ", element " << i);
      RunCase(kind, [&] { check(vectors[i]); });
    }
  };
  if (IsRead("official")) check_all("vectors", LoadVectorFile(VectorSet::kMls, file, flip));
  if (IsRead("generated")) {
    check_all("generated vectors", LoadVectorFile(VectorSet::kGenerated, file, ""));
  }
}

}  // namespace conclave::test
