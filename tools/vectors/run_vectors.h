// Making and checking a directory of vectors, for `vectors` and for `conclave vectors`.
#pragma once

#include <functional>
#include <string>

namespace conclave::vectors {

// Writes one file for each of the 16 kinds, of all suites. `progress` hears the name of each before
// it is made. False if one cannot be written.
bool Generate(const std::string& directory, const std::string& seed,
              const std::function<void(const char* file)>& progress = {});

// Checks such files as the tests check the official ones, and prints what they print.
bool Verify(const std::string& directory);

}  // namespace conclave::vectors
