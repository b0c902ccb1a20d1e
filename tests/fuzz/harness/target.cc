#include "fuzz/harness/target.h"

namespace conclave::fuzz {

std::vector<Target>& Targets() {
  static auto* const targets = new std::vector<Target>;
  return *targets;
}

}  // namespace conclave::fuzz
