// For tests: an executor of a few threads, which counts what it ran.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "conclave/executor.h"

namespace conclave::test {

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(std::size_t threads = 3) : thread_count_(threads) {}

  void Run(std::size_t count, Job job, void* context) override {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < count; i = next++) job(context, i);
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < thread_count_; ++i) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    jobs += count;
  }

  std::size_t jobs = 0;

 private:
  std::size_t thread_count_;
};

}  // namespace conclave::test
