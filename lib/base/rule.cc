#include "base/rule.h"

#if defined(CONCLAVE_RULE_SWITCH)

#include <cstring>

namespace conclave {

const char* g_rule_switched_off = nullptr;

bool IsSwitchedOff(const char* id) {
  return g_rule_switched_off != nullptr && std::strcmp(id, g_rule_switched_off) == 0;
}

}  // namespace conclave

#endif
