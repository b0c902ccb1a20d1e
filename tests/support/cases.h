// For known-answer tests: counting cases. At the end of the run each kind of case that was run
// prints its own line, "<kind>: P passed, F failed", after everything else.
#pragma once

#include <functional>
#include <string>

namespace conclave::test {

// Runs `body` as one case of its kind. The case fails if an assertion in it does, and the next case
// runs all the same: a REQUIRE leaves the case, not the test.
void RunCase(const std::string& kind, const std::function<void()>& body);

}  // namespace conclave::test
