#include "support/vector_files.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstdlib>
#include <fstream>

#include "base/hex.h"

namespace conclave::test {

namespace {

struct SetPlace {
  const char* variable;
  const char* directory;  // seen from the project
};

SetPlace PlaceOf(VectorSet set) {
  switch (set) {
    case VectorSet::kMls:
      return {"CONCLAVE_TEST_VECTORS", "../shared/test-vectors/mls"};
    case VectorSet::kWycheproof:
      return {"CONCLAVE_WYCHEPROOF_VECTORS", "../shared/test-vectors/wycheproof"};
    case VectorSet::kHpke:
      return {"CONCLAVE_HPKE_VECTORS", "../shared/test-vectors/hpke"};
    case VectorSet::kGenerated:
      return {"CONCLAVE_GENERATED_VECTORS", "test-vectors"};
  }
  return {"", ""};
}

std::string DirectoryOf(VectorSet set) {
  const SetPlace place = PlaceOf(set);
  if (const char* const named = std::getenv(place.variable)) return named;
  return std::string(CONCLAVE_PROJECT_DIR) + "/" + place.directory;
}

void Flip(nlohmann::json& value) {
  if (value.is_boolean()) {
    value = !value.get<bool>();
  } else if (value.is_number()) {
    value = value.get<std::uint64_t>() ^ 1;
  } else {
    Bytes bytes = Hex(value);
    REQUIRE_FALSE(bytes.empty());
    bytes.back() ^= 1;
    value = ToHex(bytes);
  }
}

}  // namespace

nlohmann::json LoadVectorFile(VectorSet set, const std::string& file, const std::string& flip) {
  const std::string path = DirectoryOf(set) + "/" + file;
  INFO(path);
  std::ifstream stream(path);
  REQUIRE(stream.good());
  nlohmann::json vectors = nlohmann::json::parse(stream);
  const char* const flipped_file = std::getenv("CONCLAVE_FLIP");
  if (flipped_file != nullptr && flipped_file == file && !flip.empty()) {
    Flip(vectors.at(nlohmann::json::json_pointer(flip)));
  }
  return vectors;
}

Bytes Hex(const nlohmann::json& text) {
  const auto bytes = FromHex(text.get<std::string>());
  REQUIRE(bytes.has_value());
  return *bytes;
}

}  // namespace conclave::test
