// conclave_bench --check: that what is measured is what it is said to be.
#pragma once

namespace conclave::bench {

// Whether groups of every suite, in every state and of awkward sizes can be joined and committed
// in, and every floor does its work. Says on standard error what does not.
bool CheckEverything();

}  // namespace conclave::bench
