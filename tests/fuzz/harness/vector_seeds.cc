#include "fuzz/harness/vector_seeds.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/hex.h"

namespace conclave::fuzz {

namespace {

nlohmann::json ReadJson(const std::string& file) {
  std::ifstream stream(std::string(CONCLAVE_PROJECT_DIR) + "/test-vectors/" + file + ".json");
  Require(stream.good(), "the generated vectors are there");
  return nlohmann::json::parse(stream);
}

Bytes FromHex(const std::string& text) {
  auto bytes = conclave::FromHex(text);
  Require(bytes.has_value(), "the vectors are hexadecimal");
  return std::move(*bytes);
}

}  // namespace

std::vector<Seed> VectorSeeds(const std::string& file, const std::string& field,
                              std::initializer_list<unsigned> suites) {
  std::vector<Seed> seeds;
  unsigned number = 0;
  for (const nlohmann::json& one : ReadJson(file)) {
    ++number;
    // A file without suites has a case for each, in their order.
    const unsigned suite = one.value("cipher_suite", number);
    if (std::ranges::find(suites, suite) == suites.end() || !one.at(field).is_string()) continue;
    seeds.push_back({field + "_" + std::to_string(number), FromHex(one.at(field))});
  }
  return seeds;
}

std::vector<Seed> TranscriptSeeds(const std::string& file) {
  std::vector<Seed> seeds;
  const nlohmann::json first = ReadJson(file).at(0);
  const auto add = [&](const std::string& name, const nlohmann::json& hex) {
    seeds.push_back({file + "_" + name + "_" + std::to_string(seeds.size()), FromHex(hex)});
  };
  add("welcome", first.at("welcome"));
  for (const nlohmann::json& epoch : first.at("epochs")) {
    for (const nlohmann::json& proposal : epoch.at("proposals")) add("proposal", proposal);
    add("commit", epoch.at("commit"));
  }
  return seeds;
}

}  // namespace conclave::fuzz
