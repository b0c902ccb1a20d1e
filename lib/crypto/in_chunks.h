// Work on many independent items, in chunks: one after the other, or at the same time on the
// application's Executor. What comes of it is the same either way.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "conclave/executor.h"
#include "conclave/result.h"

namespace conclave {

namespace internal {

template <class Body>
struct ChunkedWork {
  const Body& body;
  std::size_t count;
  std::size_t chunk;
  // Of a chunk that the executor leaves out, this is what is found here.
  std::vector<Result<void>> results;

  Result<void> RunChunk(std::size_t index) const {
    const std::size_t begin = index * chunk;
    return body(begin, std::min(begin + chunk, count));
  }
  static void Job(void* context, std::size_t index) {
    auto& work = *static_cast<ChunkedWork*>(context);
    work.results[index] = work.RunChunk(index);
  }
};

}  // namespace internal

// Calls body(begin, end), a Result<void>, for [0, count) cut into chunks of `chunk` items. The
// error of the first chunk that has one. `executor` may be null.
template <class Body>
Result<void> InChunks(Executor* executor, std::size_t count, std::size_t chunk, const Body& body) {
  internal::ChunkedWork<Body> work{body, count, chunk, {}};
  const std::size_t chunks = count / chunk + (count % chunk != 0 ? 1 : 0);
  if (executor == nullptr || chunks < 2) {
    for (std::size_t i = 0; i < chunks; ++i) {
      if (auto result = work.RunChunk(i); !result.ok()) return result;
    }
    return {};
  }
  work.results.assign(chunks, Error{ErrorKind::kMisuse, "executor: a job was left out"});
  executor->Run(chunks, internal::ChunkedWork<Body>::Job, &work);
  const auto failed = std::ranges::find_if(work.results, [](const auto& r) { return !r.ok(); });
  return failed == work.results.end() ? Result<void>() : *failed;
}

}  // namespace conclave
