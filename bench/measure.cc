#include "measure.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <vector>

#include "conclave/boringssl_provider.h"
#include "counting_allocator.h"

namespace conclave::bench {

namespace {

double g_budget = 0.5;

constexpr std::size_t kMostSamples = 1001;
constexpr std::size_t kFewestSamples = 3;

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The value below which `part` of the values lie. They are reordered.
double Quantile(std::vector<double>& values, double part) {
  const auto place = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + place);
  return values[static_cast<std::size_t>(place)];
}

bool IsNothing(const Primitives& work) {
  return work.seals + work.opens + work.key_pairs + work.random_key_pairs + work.signatures +
             work.verifications + work.macs + work.signatures_over.size() +
             work.verifications_over.size() + work.hashed.size() + work.sealed.size() +
             work.opened.size() ==
         0;
}

Floor& FloorOf(int suite) {
  static std::map<int, std::unique_ptr<Floor>> floors;
  std::unique_ptr<Floor>& floor = floors[suite];
  if (floor == nullptr) floor = std::make_unique<Floor>(suite);
  return *floor;
}

void Call(const std::function<void()>& step) {
  if (step) step();
}

class Sampler {
 public:
  Sampler(int suite, const Operation& operation)
      : operation_(operation), floor_(IsNothing(operation.floor) ? nullptr : &FloorOf(suite)) {
    if (floor_ != nullptr) floor_->Prepare(operation.floor);
  }

  void Run() {
    const double begin = WallSeconds();
    Sample();
    // The first sample warms up, unless there is no time for it.
    if (WallSeconds() - begin < g_budget) Forget();
    while (wall_.size() < kMostSamples && !Spent(WallSeconds() - begin)) Sample();
  }

  void Report(benchmark::State& state) {
    const double median = Quantile(wall_, 0.5);
    state.SetIterationTime(median);
    auto& counters = state.counters;
    counters["samples"] = static_cast<double>(wall_.size());
    counters["p05_seconds"] = Quantile(wall_, 0.05);
    counters["p95_seconds"] = Quantile(wall_, 0.95);
    counters["cpu_seconds"] = Quantile(cpu_, 0.5);
    if (floor_ != nullptr) {
      const double floor = Quantile(floor_wall_, 0.5);
      counters["floor_seconds"] = floor;
      counters["ratio_to_floor"] = median / floor;
      counters["cpu_ratio_to_floor"] = Quantile(cpu_, 0.5) / Quantile(floor_cpu_, 0.5);
    }
    const double runs = static_cast<double>(operation_.runs_per_sample);
    const auto each = [runs](auto before, auto after) {
      return static_cast<double>(after - before) / runs;
    };
    counters["allocations"] = each(heap_before_.allocations, heap_after_.allocations);
    counters["allocated_bytes"] = each(heap_before_.allocated_bytes, heap_after_.allocated_bytes);
    counters["peak_bytes"] = static_cast<double>(heap_after_.peak_bytes - heap_before_.live_bytes);
    counters["hashes"] = each(hashes_before_, hashes_after_);
    counters["macs"] = each(macs_before_, macs_after_);
    if (operation_.wire_bytes != 0) {
      counters["wire_bytes"] = static_cast<double>(operation_.wire_bytes);
    }
  }

 private:
  bool Spent(double seconds) const {
    return wall_.size() < kFewestSamples ? !wall_.empty() && seconds > 10 * g_budget
                                         : seconds > g_budget;
  }

  void Sample() {
    Call(operation_.prepare);
    StartPeak();
    hashes_before_ = Provider().hashes();
    macs_before_ = Provider().macs();
    heap_before_ = Heap();
    const double cpu = CpuSeconds();
    const double wall = WallSeconds();
    for (std::size_t i = 0; i < operation_.runs_per_sample; ++i) operation_.run();
    const double wall_after = WallSeconds();
    const double cpu_after = CpuSeconds();
    heap_after_ = Heap();
    hashes_after_ = Provider().hashes();
    macs_after_ = Provider().macs();
    Call(operation_.restore);
    const double runs = static_cast<double>(operation_.runs_per_sample);
    wall_.push_back((wall_after - wall) / runs);
    cpu_.push_back((cpu_after - cpu) / runs);
    if (floor_ != nullptr) SampleFloor();
  }

  void SampleFloor() {
    const double cpu = CpuSeconds();
    const double wall = WallSeconds();
    for (std::size_t i = 0; i < operation_.runs_per_sample; ++i) floor_->Run(operation_.floor);
    const double wall_after = WallSeconds();
    const double cpu_after = CpuSeconds();
    const double runs = static_cast<double>(operation_.runs_per_sample);
    floor_wall_.push_back((wall_after - wall) / runs);
    floor_cpu_.push_back((cpu_after - cpu) / runs);
  }

  void Forget() {
    wall_.clear();
    cpu_.clear();
    floor_wall_.clear();
    floor_cpu_.clear();
  }

  const Operation& operation_;
  Floor* floor_;
  std::vector<double> wall_, cpu_, floor_wall_, floor_cpu_;
  HeapCounts heap_before_, heap_after_;
  std::uint64_t hashes_before_ = 0, hashes_after_ = 0;
  std::uint64_t macs_before_ = 0, macs_after_ = 0;
};

}  // namespace

void SetBudget(double seconds) { g_budget = seconds; }

const CountingProvider& Provider() {
  static const BoringSslProvider below;
  static const CountingProvider provider(below);
  return provider;
}

void Measure(benchmark::State& state, int suite, const Operation& operation) {
  // One iteration for Google Benchmark, in which all samples are taken.
  for ([[maybe_unused]] auto iteration : state) {
    Sampler sampler(suite, operation);
    sampler.Run();
    sampler.Report(state);
  }
}

}  // namespace conclave::bench
