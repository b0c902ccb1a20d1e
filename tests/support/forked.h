// For tests: a second process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace conclave::test {

// A child that runs `act` and exits with what it returns. It shares no file or lock with this
// process, so `act` opens what it needs, and asserts nothing: it answers by its status.
class Forked {
 public:
  template <class Act>
  explicit Forked(Act act) {
    std::fflush(nullptr);
    child_ = fork();
    if (child_ < 0) std::abort();
    if (child_ == 0) _exit(act());
  }
  ~Forked() {
    if (child_ > 0) Wait();
  }
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;

  // Its exit status; kSignalled if a signal ended it.
  static constexpr int kSignalled = -1;
  int Wait() {
    int status = 0;
    if (waitpid(child_, &status, 0) != child_) std::abort();
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled;
  }

 private:
  pid_t child_ = -1;
};

// Runs a part of a test in a child: 0, or 1 if an assertion in it failed, which it has printed.
template <class Act>
int Asserting(const Act& act) {
  try {
    act();
    return 0;
  } catch (const std::exception& error) {
    std::cout << "unexpected: " << error.what() << std::endl;
  } catch (...) {  // Catch2 has said what
    std::cout.flush();
  }
  return 1;
}

}  // namespace conclave::test
