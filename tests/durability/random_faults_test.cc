// Each scenario with a source of random numbers that fails at one request, the first, the second
// and so on, once and for good: the call of the library says kCrypto; nothing has been let out,
// written or changed; and when the source is well again, the same objects, or new ones, come to the
// end that a run comes to which nothing failed.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "durability/reopened.h"
#include "durability/stage.h"
#include "durability/watched_storage.h"
#include "support/forked.h"
#include "support/forwarding_provider.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::testing {
namespace {

using test::Asserting;
using test::Forked;
using test::KindOf;
using test::Must;

constexpr Error kFailure{ErrorKind::kCrypto, "told to fail"};

// Counts the requests for random numbers, keys included, and fails one of them, or that one and all
// after it.
class RandomFaults final : public test::ForwardingProvider {
 public:
  enum class At : std::uint8_t {
    fail_once,
    fail_from,
    zeros,  // says nothing, and gives zeros: what must be noticed
  };
  struct Plan {
    std::uint64_t call = 0;  // from 1; 0: never
    At at = At::fail_once;
  };

  RandomFaults() : ForwardingProvider(test::Provider()) {}

  Plan plan;
  // What was so when a request failed first.
  std::function<void()> on_failure;

  std::uint64_t calls() const { return calls_; }
  bool has_failed() const { return failed_; }

  Result<void> Random(MutableBytesView out) const override {
    if (!Fails()) return below_.Random(out);
    if (plan.at != At::zeros) return kFailure;
    for (std::uint8_t& byte : out) byte = 0;
    return {};
  }
  Result<KeyPair> DhGenerate(KemId kem) const override {
    return Fails() && plan.at != At::zeros ? Result<KeyPair>(kFailure) : below_.DhGenerate(kem);
  }
  Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const override {
    return Fails() && plan.at != At::zeros ? Result<KeyPair>(kFailure)
                                           : below_.SignatureGenerate(scheme);
  }

 private:
  bool Fails() const {
    ++calls_;
    if (plan.call == 0 || calls_ < plan.call) return false;
    if (calls_ > plan.call && plan.at == At::fail_once) return false;
    if (!failed_ && on_failure) on_failure();
    failed_ = true;
    return true;
  }

  mutable std::uint64_t calls_ = 0;
  mutable bool failed_ = false;
};
using At = RandomFaults::At;

// What the program goes on with after the failure.
enum class After : std::uint8_t { same_objects, new_program };

struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t scenarios = 0;  // in which anything was random
};

class Faults {
 public:
  explicit Faults(const Scenario& scenario) : stage_(scenario) {
    stage_.cast().programs_crypto = &crypto_;
    // A run in which nothing fails: what it comes to, and how many requests it makes.
    REQUIRE(Passes({}, After::new_program));
    const auto act = [&] {
      stage_.outside().Reset(stage_.initial_digest());
      std::unique_ptr<Program> program;
      Must(StartAndAct(program));
      calls_.Set(crypto_.calls());
    };
    REQUIRE(Forked([&] { return Asserting(act); }).Wait() == 0);
  }

  std::uint64_t calls() const { return calls_.value(); }

  // Whether all is well when the source fails as planned.
  bool Passes(const RandomFaults::Plan& plan, After after, bool in_silence = false) {
    stage_.outside().Reset(stage_.initial_digest());
    const auto run = [&] {
      if (in_silence && std::freopen("/dev/null", "w", stdout) == nullptr) return;
      crypto_.plan = plan;
      std::uint64_t digest = 0;
      std::size_t sent = 0;
      crypto_.on_failure = [&] {
        digest = DigestOf(storage());
        sent = DistinctlySent();
      };
      std::unique_ptr<Program> program;
      const Result<void> acted = StartAndAct(program);
      REQUIRE(crypto_.has_failed() == (plan.call != 0));
      REQUIRE(KindOf(acted) == (plan.call != 0 ? std::optional(ErrorKind::kCrypto) : std::nullopt));
      const auto require_unchanged = [&] {
        REQUIRE(DigestOf(storage()) == digest);
        REQUIRE(DistinctlySent() == sent);
        if (program != nullptr) RequireAsStored(*program);
      };
      if (!acted.ok()) Retry(plan, after, program, require_unchanged);
      stage_.Finish(*program);
    };
    return Forked([&] { return Asserting(run); }).Wait() == 0;
  }

 private:
  Storage& storage() { return stage_.cast().alice.storage; }

  // How many different things have been let out: what is in the storage may be sent again.
  std::size_t DistinctlySent() {
    std::set<std::pair<Sent, Bytes>> sent;
    for (const SentItem& item : stage_.outside().items()) sent.emplace(item.kind, item.bytes);
    return sent.size();
  }

  Result<void> StartAndAct(std::unique_ptr<Program>& program) {
    if (program == nullptr) {
      auto started = Program::Start(stage_.cast(), storage(), stage_.outside());
      if (!started.ok()) return started.error();
      program = std::move(started).value();
    }
    return stage_.scenario().act(stage_.cast(), *program);
  }

  template <class RequireUnchanged>
  void Retry(const RandomFaults::Plan& plan, After after, std::unique_ptr<Program>& program,
             const RequireUnchanged& require_unchanged) {
    require_unchanged();
    if (plan.at == At::fail_from) {
      REQUIRE(KindOf(StartAndAct(program)) == ErrorKind::kCrypto);
      require_unchanged();
    }
    crypto_.plan = {};
    if (after == After::new_program) program.reset();
    const std::vector<SentItem> sent = stage_.outside().items();
    if (program == nullptr) {
      program = Must(Program::Start(stage_.cast(), storage(), stage_.outside()));
      RequireNothingForgotten(*program, sent);
    }
    Must(StartAndAct(program));
  }

  // Each session is what the storage has.
  void RequireAsStored(Program& program) {
    const RandomFaults::Plan plan = std::exchange(crypto_.plan, {});
    const auto other = Must(Program::Start(stage_.cast(), storage(), stage_.outside()));
    for (auto& [id, session] : program.sessions()) {
      if (!session.is_member()) continue;
      REQUIRE(SnapshotOf(session) == SnapshotOf(*Must(other->Open(id))));
      REQUIRE(session.version() == Must(other->Open(id))->version());
    }
    crypto_.plan = plan;
  }

  RandomFaults crypto_;
  Stage stage_;
  SharedCounter calls_;
};

void FailEverywhere(const Scenario& scenario, Tally& total) {
  Faults faults(scenario);
  Tally own;
  for (const At at : {At::fail_once, At::fail_from}) {
    for (const After after : {After::same_objects, After::new_program}) {
      for (std::uint64_t call = 1; call <= faults.calls(); ++call) {
        const bool passes = faults.Passes({call, at}, after);
        ++(passes ? own.passed : own.failed);
        if (passes) continue;
        std::printf("random-faults: FAILED: %s: request %llu, failure %d, after %d\n",
                    scenario.name, static_cast<unsigned long long>(call), static_cast<int>(at),
                    static_cast<int>(after));
      }
    }
  }
  std::printf("random-faults: %-46s %4llu passed, %llu failed (%llu requests)\n", scenario.name,
              static_cast<unsigned long long>(own.passed),
              static_cast<unsigned long long>(own.failed),
              static_cast<unsigned long long>(faults.calls()));
  std::fflush(stdout);
  total.passed += own.passed;
  total.failed += own.failed;
  if (faults.calls() > 0) ++total.scenarios;
}

TEST_CASE("Whatever request for random numbers fails, nothing is lost and a retry succeeds",
          "[.][random-faults]") {
  Tally tally;
  for (const Scenario& scenario : AllScenarios()) FailEverywhere(scenario, tally);
  CHECK(tally.scenarios >= 30);
  // A source that fails and does not say so would be noticed.
  const std::vector<Scenario> commits = CommitScenarios();
  Faults faults(commits.front());
  const bool is_noticed = !faults.Passes({1, At::zeros}, After::same_objects, true);
  ++(is_noticed ? tally.passed : tally.failed);
  std::printf("random-faults: %llu passed, %llu failed\n",
              static_cast<unsigned long long>(tally.passed),
              static_cast<unsigned long long>(tally.failed));
  CHECK(tally.passed > 0);
  CHECK(tally.failed == 0);
}

}  // namespace
}  // namespace conclave::testing
