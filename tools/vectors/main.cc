// Makes and checks vectors in the formats of the MLS working group (RFC 9420):
//   vectors generate DIR [--seed SEED]   writes one file for each of the 16 kinds, all suites
//   vectors verify DIR                   checks such files, as the tests check the official ones
#include <cstdio>
#include <string>
#include <vector>

#include "run_vectors.h"

namespace {

constexpr const char* kUsage =
    "vectors generate DIR [--seed SEED]\n"
    "vectors verify DIR\n";

int Generate(const std::string& directory, const std::string& seed) {
  if (conclave::vectors::Generate(directory, seed)) return 0;
  std::fprintf(stderr, "a file in %s cannot be written\n", directory.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == "verify") {
    return conclave::vectors::Verify(arguments[1]) ? 0 : 1;
  }
  if (arguments.size() == 2 && arguments[0] == "generate") {
    return Generate(arguments[1], "conclave");
  }
  if (arguments.size() == 4 && arguments[0] == "generate" && arguments[2] == "--seed") {
    return Generate(arguments[1], arguments[3]);
  }
  std::fputs(kUsage, stderr);
  return 2;
}
