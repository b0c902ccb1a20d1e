// For tests: whether something ends the program, as a violated invariant does.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace conclave::test {

// Runs `act` in a process of its own: whether it aborted there. What it prints is lost.
template <class Act>
bool EndsProgram(Act act) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    // The abort is the wish: nobody handles or reports it.
    std::signal(SIGABRT, SIG_DFL);
    std::fclose(stderr);
    act();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace conclave::test
