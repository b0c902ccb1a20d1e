#include "progress.h"

#include <unistd.h>

#include <cstdio>

namespace conclave::inspector {

void ShowProgress(const std::string& text) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r\033[K%s", text.c_str());
  std::fflush(stderr);
}

}  // namespace conclave::inspector
