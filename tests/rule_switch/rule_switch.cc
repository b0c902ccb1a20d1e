// In a build with CONCLAVE_RULE_SWITCH, part of every test program: leaves unchecked the rule whose
// id is in the environment variable CONCLAVE_RULE_OFF (tools/rule_mutations.py).
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <cstdlib>

#include "base/rule.h"

namespace conclave::testing {
namespace {

class RuleSwitch : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;

  void testRunStarting(const Catch::TestRunInfo&) override {
    g_rule_switched_off = std::getenv("CONCLAVE_RULE_OFF");
  }
};

CATCH_REGISTER_LISTENER(RuleSwitch)

}  // namespace
}  // namespace conclave::testing
