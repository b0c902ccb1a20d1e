// For tests: what must be so when alice's program is started again, wherever it was interrupted,
// and when it is through.
#pragma once

#include <string>
#include <vector>

#include "durability/outside.h"
#include "durability/program.h"

namespace conclave::testing {

// The rows are those of before the write that was on its way, or of after it; with no write on its
// way, those that the last one left.
void RequireRowsAreWhole(const Storage& storage, const StoreWatch& watch);

// Every group opens; and whatever has been let out before the start, the store knows of: the keys
// of messages are used up, offers and joins can be found, what was shown has its row.
void RequireNothingForgotten(Program& program, const std::vector<SentItem>& sent);

// No two messages that have left were sealed with the same key: of a sender, an epoch, a content
// type and a generation. Whoever knows the epoch reads the sender data: one of `knowing`.
void RequireNoKeyUsedTwice(const Outside& outside, const Sessions& knowing);

// What alice has in the end, as a text: groups, epochs, rosters, and what is pending.
std::string OutcomeOf(Program& program);

}  // namespace conclave::testing
