// `conclave vectors`: what tools/vectors does, in a build that has it.
#include "commands.h"
#ifdef CONCLAVE_INSPECTOR_VECTORS
#include "progress.h"
#include "run_vectors.h"
#endif

namespace conclave::inspector {

#ifdef CONCLAVE_INSPECTOR_VECTORS
Exit GenerateVectors(const std::string& directory, const std::string& seed) {
  const bool is_done = vectors::Generate(directory, seed, ShowProgress);
  ShowProgress("");
  if (!is_done) throw Trouble(Exit::no_input, "a file of vectors cannot be written");
  return Exit::done;
}

Exit VerifyVectors(const std::string& directory) {
  return vectors::Verify(directory) ? Exit::done : Exit::found_wrong;
}
#else
namespace {
constexpr const char* kNone = "this build has no vectors: it was made without the tests";
}

Exit GenerateVectors(const std::string&, const std::string&) {
  throw Trouble(Exit::unavailable, kNone);
}
Exit VerifyVectors(const std::string&) { throw Trouble(Exit::unavailable, kNone); }
#endif

}  // namespace conclave::inspector
