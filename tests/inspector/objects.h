// For the inspector's tests: objects of the vectors that this project generated (test-vectors/),
// and counting of cases: "inspector: P passed, F failed".
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "judge.h"
#include "object.h"
#include "support/cases.h"
#include "support/vector_files.h"

namespace conclave::inspector {

// When the vectors' key packages are valid.
inline constexpr std::uint64_t kTimeOfVectors = 1'800'000'001;

inline Questions AtTimeOfVectors() {
  Questions questions;
  questions.now = kTimeOfVectors;
  return questions;
}

inline void Case(const std::function<void()>& body) { test::RunCase("inspector", body); }

// What is at a JSON pointer of one of the files.
inline Bytes ObjectOf(const std::string& file, const std::string& pointer) {
  const auto vectors = test::LoadVectorFile(test::VectorSet::kGenerated, file, "");
  return test::Hex(vectors.at(nlohmann::json::json_pointer(pointer)));
}

// The findings that are errors, one to a line.
inline std::string ErrorsOf(const Object& object) {
  std::string errors;
  for (const Finding& finding : object.findings) {
    if (finding.severity == Severity::error) {
      errors += finding.field + ": " + finding.text + " " + finding.rule + "\n";
    }
  }
  return errors;
}

}  // namespace conclave::inspector
