// Runs the tests of the C API: all, or those whose names contain the first argument.
#include "capi/runner.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static jmp_buf end_of_test;
static bool failed;
static const char* running;

void FailTest(const char* file, int line, const char* what) {
  if (!failed) printf("FAILED  %s\n", running);
  printf("        %s:%d: %s\n", file, line, what);
  failed = true;
}

void EndTest(const char* file, int line, const char* what) {
  FailTest(file, line, what);
  longjmp(end_of_test, 1);
}

void ExpectError(conclave_error expected, conclave_error error, const char* file, int line,
                 const char* what) {
  char text[512];
  if (error == expected) return;
  snprintf(text, sizeof text, "%s, not %s: %s", conclave_error_name(error),
           conclave_error_name(expected), what);
  EndTest(file, line, text);
}

static bool Passes(const test* one) {
  running = one->name;
  failed = false;
  if (setjmp(end_of_test) == 0) one->run();
  FreeLeftovers();
  return !failed;
}

int main(int argc, char** argv) {
  const test* const lists[] = {kMembershipTests, kMessageTests, kProposalTests,   kExternalTests,
                               kGroupTests,      kStorageTests, kOwnStorageTests, kSqliteTests,
                               kTrustTests,      kHandleTests,  kMisuseTests,     kNullTests};
  int passed_count = 0, failed_count = 0;
  size_t i;
  for (i = 0; i < sizeof lists / sizeof lists[0]; ++i) {
    const test* one;
    for (one = lists[i]; one->name != NULL; ++one) {
      if (argc > 1 && strstr(one->name, argv[1]) == NULL) continue;
      if (Passes(one)) {
        ++passed_count;
      } else {
        ++failed_count;
      }
    }
  }
  printf("capi: %d passed, %d failed\n", passed_count, failed_count);
  return failed_count == 0 && passed_count > 0 ? 0 : 1;
}
