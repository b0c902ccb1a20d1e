#include "run_vectors.h"

#include <catch2/catch_session.hpp>
#include <cstdlib>
#include <fstream>

#include "conclave/boringssl_provider.h"
#include "generators.h"

namespace conclave::vectors {

namespace {

nlohmann::json MakeFile(const VectorFile& file, const std::string& seed) {
  static const BoringSslProvider provider;
  nlohmann::json cases = nlohmann::json::array();
  for (const SuiteParameters& suite : RfcSuites()) {
    const Source source(provider, seed + "/" + file.name, suite.id);
    file.generate(source, cases);
    if (!file.every_suite) break;
  }
  return cases;
}

}  // namespace

bool Generate(const std::string& directory, const std::string& seed,
              const std::function<void(const char* file)>& progress) {
  for (const VectorFile& file : kVectorFiles) {
    if (progress) progress(file.name);
    std::ofstream stream(directory + "/" + file.name);
    stream << MakeFile(file, seed).dump(1) << "\n";
    if (!stream.flush()) return false;
  }
  return true;
}

// The tests of tests/vectors are linked in. They read one directory.
bool Verify(const std::string& directory) {
  setenv("CONCLAVE_VECTORS", "generated", 1);
  setenv("CONCLAVE_GENERATED_VECTORS", directory.c_str(), 1);
  return Catch::Session().run() == 0;
}

}  // namespace conclave::vectors
