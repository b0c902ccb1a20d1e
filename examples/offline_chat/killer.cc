// Preloaded into offline_chat by story.py: kills the process where it is about to change a file for
// the nth time, n being KILL_AT in the environment. What a process has written stays when it is
// killed, so these are the moments that differ.
#include <dlfcn.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace {

void Step() {
  static const char* const value = std::getenv("KILL_AT");
  static int left = value == nullptr ? 0 : std::atoi(value);
  if (left > 0 && --left == 0) std::raise(SIGKILL);
}

template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t pwrite64(int file, const void* bytes, size_t size, off_t offset) {
  Step();
  return Next<ssize_t(int, const void*, size_t, off_t)>("pwrite64")(file, bytes, size, offset);
}
int ftruncate64(int file, off_t size) {
  Step();
  return Next<int(int, off_t)>("ftruncate64")(file, size);
}
int rename(const char* from, const char* to) {
  Step();
  return Next<int(const char*, const char*)>("rename")(from, to);
}

}  // extern "C"
