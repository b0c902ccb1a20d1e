// Seeds out of the vectors that this project generates (test-vectors/).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/harness/target.h"

namespace conclave::fuzz {

// The hexadecimal strings under `field` of the cases in a file, as far as the cases are of one of
// these cipher suites, or have none: "<field>_<number of the case>".
std::vector<Seed> VectorSeeds(const std::string& file, const std::string& field,
                              std::initializer_list<unsigned> suites = {1, 2});

// The bytes of the passive client's transcript: its Welcome, and the commits and proposals of all
// its epochs.
std::vector<Seed> TranscriptSeeds(const std::string& file);

}  // namespace conclave::fuzz
