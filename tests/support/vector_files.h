// For known-answer tests: where the files of vectors are, the official ones and those that
// tools/vectors made, and reading them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "conclave/bytes.h"

namespace conclave::test {

enum class VectorSet { kMls, kWycheproof, kHpke, kGenerated };

// The JSON in `file`, from the directory that the set's environment variable names
// (tests/vectors/run sets it), or from ../shared/test-vectors beside the project, or, those that we
// generated, from test-vectors/. Fails the test if it is not there.
//
// If the environment has CONCLAVE_FLIP=<file>, the value at the JSON pointer `flip` is changed: one
// byte of a hexadecimal string, or one bit of a number. Exactly one case must fail then. An empty
// `flip` changes nothing.
nlohmann::json LoadVectorFile(VectorSet set, const std::string& file, const std::string& flip);

// The bytes of a JSON string of hexadecimal digits. Fails the test if it is none.
Bytes Hex(const nlohmann::json& text);

}  // namespace conclave::test
