// Executor: the application's threads, lent to the library for work that falls into independent
// parts: verifying the leaves of a tree that we join, hashing that tree, sealing a path or a
// Welcome to many recipients.
//
// The library starts no thread. Without an executor everything happens on the thread that called;
// with one, results and errors are the same, down to which of several errors is reported.
//
// Thread rule: the library calls Run() on the thread that called it, and one Run() at a time for
// each client. Jobs call the CryptoProvider and nothing else of the application's: no storage,
// verifier, clock or signer.
#pragma once

#include <cstddef>

#include "conclave/export.h"

namespace conclave {

class CONCLAVE_EXPORT Executor {
 public:
  // Neither throws nor blocks, and may be called with different indices at the same time.
  using Job = void (*)(void* context, std::size_t index);

  virtual ~Executor() = default;

  // Calls job(context, i) once for each i below `count`, in any order and on any threads, and
  // returns when all calls have returned; what they did is then visible to the caller.
  virtual void Run(std::size_t count, Job job, void* context) = 0;
};

}  // namespace conclave
