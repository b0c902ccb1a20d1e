// Joining with the application's threads, beside what a bare loop of verifications gains from them.
#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "conclave/boringssl_provider.h"
#include "operations/operations.h"
#include "support/thread_executor.h"

namespace conclave::bench {

namespace {

constexpr std::size_t kThreads = 2;
constexpr int kSamples = 5;

template <class Run>
double Seconds(const Run& run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double Median(std::vector<double> samples) {
  std::ranges::sort(samples);
  return samples[samples.size() / 2];
}

// As many verifications as the group has leaves, shared out among `floors`, a thread each.
void Verify(std::vector<std::unique_ptr<Floor>>& floors, std::size_t threads, std::size_t count) {
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back(
        [&floor = *floors[i], count, threads] { floor.Run({.verifications = count / threads}); });
  }
  for (std::thread& thread : running) thread.join();
}

// A joiner, with an executor or without, and a Welcome for it.
struct Joiner {
  Joiner(const LargeGroup& group, const Suite& suite, Executor* executor)
      : party(suite, "somebody who joi", BenchPolicy(), executor) {
    Policy policy = BenchPolicy();
    policy.tree_in_welcome = true;
    const auto inviter = group.MemberAt(group.committer(), policy);
    const Bytes key_package = party.client().NewKeyPackage({.last_resort = true}).value();
    const Bytes commit = inviter->session().CreateCommit({.add = {key_package}}).value().commit;
    welcome = ReceiveAndApply(inviter->session(), commit).welcomes.front();
  }

  double Join() {
    const double seconds = Seconds([this] {
      party.Enter(party.client().Enter(party.client().ReadWelcome(welcome).value()).value());
    });
    party.Leave();
    return seconds;
  }

  Party party;
  Bytes welcome;
};

void JoinWithThreads(benchmark::State& state, const GroupKind& kind) {
  // Not the one that counts: it is for one thread.
  const BoringSslProvider provider;
  const Suite suite = SuiteOf(kind.suite, provider);
  const LargeGroup& group = GroupOf(kind);
  test::ThreadExecutor executor(kThreads);
  Joiner alone(group, suite, nullptr);
  Joiner together(group, suite, &executor);
  std::vector<std::unique_ptr<Floor>> floors;
  for (std::size_t i = 0; i < kThreads; ++i) {
    floors.push_back(std::make_unique<Floor>(kind.suite));
    floors.back()->Prepare({.verifications = 1});
  }

  std::vector<double> join_one, join_two, loop_one, loop_two;
  for (int i = 0; i < kSamples; ++i) {
    join_one.push_back(alone.Join());
    join_two.push_back(together.Join());
    loop_one.push_back(Seconds([&] { Verify(floors, 1, kind.members); }));
    loop_two.push_back(Seconds([&] { Verify(floors, kThreads, kind.members); }));
  }
  for ([[maybe_unused]] auto _ : state) state.SetIterationTime(Median(join_two));
  const double gain = Median(join_one) / Median(join_two);
  const double gain_of_loop = Median(loop_one) / Median(loop_two);
  state.counters["gain"] = gain;
  state.counters["gain_of_loop"] = gain_of_loop;
  state.counters["gain_to_loop"] = gain / gain_of_loop;
}

}  // namespace

void RegisterThreads(const GroupKind& kind) {
  Register("join_two_threads", kind,
           [=](benchmark::State& state) { JoinWithThreads(state, kind); });
}

}  // namespace conclave::bench
