// Progress of long work, in one line of a terminal; nothing where standard error is something else.
#pragma once

#include <string>

namespace conclave::inspector {

// Replaces the line. An empty text removes it.
void ShowProgress(const std::string& text);

}  // namespace conclave::inspector
