// Makes and checks vectors in the formats of the MLS working group (RFC 9420):
//   vectors generate DIR [--seed SEED]   writes one file for each of the 16 kinds, all suites
//   vectors verify DIR                   checks such files, as the tests check the official ones
#include <catch2/catch_session.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "conclave/boringssl_provider.h"
#include "generators.h"

namespace {

using namespace conclave;           // NOLINT(google-build-using-namespace)
using namespace conclave::vectors;  // NOLINT(google-build-using-namespace)

constexpr const char* kUsage =
    "vectors generate DIR [--seed SEED]\n"
    "vectors verify DIR\n";

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

int Generate(const std::string& directory, const std::string& seed) {
  for (const VectorFile& file : kVectorFiles) {
    std::ofstream stream(directory + "/" + file.name);
    stream << MakeFile(file, seed).dump(1) << "\n";
    if (!stream.flush()) {
      std::fprintf(stderr, "%s/%s cannot be written\n", directory.c_str(), file.name);
      return 1;
    }
  }
  return 0;
}

// The tests of tests/vectors are linked in. They read one directory.
int Verify(const std::string& directory) {
  setenv("CONCLAVE_VECTORS", "generated", 1);
  setenv("CONCLAVE_GENERATED_VECTORS", directory.c_str(), 1);
  return Catch::Session().run();
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == "verify") return Verify(arguments[1]);
  if (arguments.size() == 2 && arguments[0] == "generate")
    return Generate(arguments[1], "conclave");
  if (arguments.size() == 4 && arguments[0] == "generate" && arguments[2] == "--seed") {
    return Generate(arguments[1], arguments[3]);
  }
  std::fputs(kUsage, stderr);
  return 2;
}
