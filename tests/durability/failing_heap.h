// For tests: operator new as it is where there is no memory left: it calls the handler that the
// application has installed, as docs/embedding.md demands. Linked into the program, it replaces the
// standard library's.
#pragma once

#include <cstdint>

namespace conclave::testing {

// How many blocks operator new has given out.
std::uint64_t Allocations();

// Lets operator new find no memory when it is called so many times more; with 0, never.
void FailAllocation(std::uint64_t after);

}  // namespace conclave::testing
