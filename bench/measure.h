// Measuring one operation beside its floor.
//
// A sample is one run of the operation and one of the floor, one after the other, so that what
// disturbs the one disturbs the other. The time of the benchmark is the median of its samples.
// Google Benchmark's own `cpu_time` is that of the whole measurement and says nothing.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>

#include "counting_provider.h"
#include "floor.h"

namespace conclave::bench {

struct Operation {
  std::function<void()> prepare = {};  // before each run, not measured
  std::function<void()> run;
  std::function<void()> restore = {};  // after each run, not measured
  Primitives floor = {};               // nothing: no floor
  std::size_t wire_bytes = 0;          // produced, or consumed
  std::size_t runs_per_sample = 1;     // for what takes less than a few microseconds
};

// Counters. Of all samples: cpu_seconds and floor_seconds, medians; p05_seconds and p95_seconds;
// ratio_to_floor, of the medians of the wall clock, and cpu_ratio_to_floor, which a busy machine
// disturbs less; samples. Of the last sample: allocations, allocated_bytes, peak_bytes (of the
// heap, beyond what lived before), hashes and macs. wire_bytes, unless there are none.
void Measure(benchmark::State& state, int suite, const Operation& operation);

// How long the samples of one benchmark may take together, in seconds; 3 samples are taken anyway,
// if they take no longer than ten times that.
void SetBudget(double seconds);

// What all benchmarks compute with.
const CountingProvider& Provider();

}  // namespace conclave::bench
