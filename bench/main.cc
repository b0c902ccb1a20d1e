// conclave_bench: the benchmarks of the library, each beside its floor (docs/performance.md).
//
//   conclave_bench [--budget=<seconds>] [Google Benchmark's options]
//   conclave_bench --check
//
// Names are <operation>/suite:<s>/state:<full|blank|churned>/n:<members>; choose some with
// --benchmark_filter=<regex>. Groups are made when the first benchmark of their kind runs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "check.h"
#include "operations/operations.h"

namespace conclave::bench {

namespace {

constexpr std::uint32_t kSizesOfSuite1[] = {2, 9, 10, 17, 100, 1000, 1025, 10'000, 100'000};
constexpr std::uint32_t kSizesOfOthers[] = {2, 10, 100, 1000};
constexpr int kOtherSuites[] = {2, 3, 5, 7};

void RegisterKind(const GroupKind& kind) {
  RegisterCommits(kind);
  RegisterJoins(kind);
  if (kind.suite == 1 && kind.state == TreeState::full && kind.members == 10'000) {
    RegisterThreads(kind);
  }
  // What follows is the same in every state of the tree.
  if (kind.state == TreeState::blank) RegisterCreation(kind);
  if (kind.state != TreeState::full) return;
  RegisterMessages(kind);
  RegisterRejections(kind);
#ifdef CONCLAVE_BENCH_SQLITE
  constexpr std::uint32_t kDurable[] = {100, 10'000, 100'000};
  if (kind.suite == 1 && std::ranges::count(kDurable, kind.members) != 0) RegisterDurable(kind);
#endif
}

void RegisterSuite(int suite, std::span<const std::uint32_t> sizes) {
  RegisterCreation({suite, 1, TreeState::blank});
  for (const TreeState state : {TreeState::full, TreeState::blank, TreeState::churned}) {
    for (const std::uint32_t members : sizes) RegisterKind({suite, members, state});
  }
}

void RegisterEverything() {
  RegisterSuite(1, kSizesOfSuite1);
  for (const int suite : kOtherSuites) RegisterSuite(suite, kSizesOfOthers);
}

constexpr std::string_view kBudget = "--budget=";

}  // namespace

}  // namespace conclave::bench

int main(int argc, char** argv) {
  namespace bench = conclave::bench;
  if (argc == 2 && std::strcmp(argv[1], "--check") == 0) return bench::CheckEverything() ? 0 : 1;
  benchmark::Initialize(&argc, argv);
  if (argc == 2 && std::string_view(argv[1]).starts_with(bench::kBudget)) {
    bench::SetBudget(std::atof(argv[1] + bench::kBudget.size()));
    --argc;
  }
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  bench::RegisterEverything();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
