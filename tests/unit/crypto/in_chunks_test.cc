#include "crypto/in_chunks.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "support/thread_executor.h"

namespace conclave::test {

namespace {

// Runs the last job first, and leaves out one of them if it is told to.
class BackwardExecutor final : public Executor {
 public:
  void Run(std::size_t count, Job job, void* context) override {
    for (std::size_t i = count; i-- > 0;) {
      if (i != left_out) job(context, i);
    }
  }
  std::size_t left_out = SIZE_MAX;
};

}  // namespace

TEST_CASE("Every item is in one chunk, with and without an executor") {
  ThreadExecutor threads;
  for (Executor* executor : {static_cast<Executor*>(nullptr), static_cast<Executor*>(&threads)}) {
    for (const std::size_t count : {0u, 1u, 7u, 8u, 9u, 16u, 1000u}) {
      std::vector<int> seen(count);
      const auto result = InChunks(executor, count, 8, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) ++seen[i];
        return Result<void>();
      });
      CHECK(result.ok());
      CHECK(seen == std::vector<int>(count, 1));
    }
  }
  CHECK(threads.jobs == 2 + 2 + 125);  // one chunk is no work to share
}

TEST_CASE("The first error is reported, in whatever order the chunks are run") {
  ThreadExecutor threads;
  BackwardExecutor backward;
  for (Executor* executor : {static_cast<Executor*>(nullptr), static_cast<Executor*>(&threads),
                             static_cast<Executor*>(&backward)}) {
    const auto result = InChunks(executor, 100, 10, [](std::size_t begin, std::size_t) {
      if (begin == 30) return Result<void>(ErrorKind::kMalformed, "thirty");
      if (begin >= 50) return Result<void>(ErrorKind::kNotAuthentic, "later");
      return Result<void>();
    });
    CHECK(result.error().kind == ErrorKind::kMalformed);
    CHECK(std::string(result.error().detail) == "thirty");
  }
}

TEST_CASE("A job that the executor leaves out is an error, never a success") {
  BackwardExecutor careless;
  for (const std::size_t left_out : {0u, 5u, 9u}) {
    careless.left_out = left_out;
    const auto result =
        InChunks(&careless, 100, 10, [](std::size_t, std::size_t) { return Result<void>(); });
    CHECK(result.error().kind == ErrorKind::kMisuse);
  }
}

}  // namespace conclave::test
