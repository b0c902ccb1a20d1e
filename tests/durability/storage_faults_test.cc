// Each scenario over a storage of which one call fails, the first, the second and so on, once and
// for good: the call of the library says kStorage, or can do without; nothing has changed; and when
// the storage is well again, the same objects, or new ones, come to the end that a run comes to
// which nothing failed.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <memory>
#include <utility>

#include "durability/reopened.h"
#include "durability/stage.h"
#include "durability/watched_storage.h"
#include "support/forked.h"
#include "support/must.h"

namespace conclave::testing {
namespace {

using test::Asserting;
using test::Forked;
using test::KindOf;
using test::Must;
using At = WatchedStorage::At;

// What the program goes on with after the failure.
enum class After : std::uint8_t { same_objects, new_program };

struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
};

class Faults {
 public:
  explicit Faults(const Scenario& scenario) : stage_(scenario) {
    // A run that nothing interrupts: what it comes to, and how many calls it makes.
    REQUIRE(Passes({}, After::new_program));
    const auto act = [&] {
      WatchedStorage storage(stage_.cast().alice.storage, stage_.outside());
      std::unique_ptr<Program> program;
      Must(StartAndAct(storage, program));
    };
    REQUIRE(Forked([&] { return Asserting(act); }).Wait() == 0);
    calls_ = stage_.outside().store().calls;
  }

  std::uint64_t calls() const { return calls_; }

  // Whether all is well when the storage fails as planned.
  bool Passes(const WatchedStorage::Plan& plan, After after) {
    stage_.outside().Reset(stage_.initial_digest());
    const auto run = [&] {
      WatchedStorage storage(stage_.cast().alice.storage, stage_.outside());
      storage.plan = plan;
      std::unique_ptr<Program> program;
      const Result<void> acted = StartAndAct(storage, program);
      REQUIRE(storage.has_failed() == (plan.call != 0));
      REQUIRE(KindOf(acted).value_or(ErrorKind::kStorage) == ErrorKind::kStorage);
      if (!acted.ok()) Retry(plan, after, storage, program);
      stage_.Finish(*program);
    };
    return Forked([&] { return Asserting(run); }).Wait() == 0;
  }

 private:
  Result<void> StartAndAct(Storage& storage, std::unique_ptr<Program>& program) {
    if (program == nullptr) {
      auto started = Program::Start(stage_.cast(), storage, stage_.outside());
      if (!started.ok()) return started.error();
      program = std::move(started).value();
    }
    return stage_.scenario().act(stage_.cast(), *program);
  }

  void Retry(const WatchedStorage::Plan& plan, After after, WatchedStorage& storage,
             std::unique_ptr<Program>& program) {
    const Storage& below = stage_.cast().alice.storage;
    // The rows are those of the last write that returned.
    REQUIRE(DigestOf(below) == stage_.outside().store().before);
    if (program != nullptr) RequireAsStored(*program, storage);
    if (plan.at == At::fail_from) {
      REQUIRE(KindOf(StartAndAct(storage, program)) == ErrorKind::kStorage);
      REQUIRE(DigestOf(below) == stage_.outside().store().before);
    }
    storage.Repair();
    if (after == After::new_program) program.reset();
    const std::vector<SentItem> sent = stage_.outside().items();
    if (program == nullptr) {
      program = Must(Program::Start(stage_.cast(), storage, stage_.outside()));
      RequireNothingForgotten(*program, sent);
      if (stage_.scenario().reopened != nullptr) {
        stage_.scenario().reopened(stage_.cast(), *program);
      }
    }
    Must(StartAndAct(storage, program));
  }

  // Each session is what the storage has, or says that it cannot read it.
  void RequireAsStored(Program& program, WatchedStorage& storage) {
    for (auto& [id, session] : program.sessions()) {
      const auto secret = session.ExportSecret("any", {}, 32);
      if (!session.is_member()) continue;
      if (!secret.ok()) {
        REQUIRE(KindOf(secret) == ErrorKind::kStorage);
        REQUIRE(KindOf(session.CreateCommit({})).value_or(ErrorKind::kStorage) ==
                ErrorKind::kStorage);
        continue;
      }
      const WatchedStorage::Plan plan = std::exchange(storage.plan, {});
      const auto program_now = Must(Program::Start(stage_.cast(), storage, stage_.outside()));
      REQUIRE(SnapshotOf(session) == SnapshotOf(*Must(program_now->Open(id))));
      REQUIRE(session.version() == Must(program_now->Open(id))->version());
      storage.plan = plan;
    }
  }

  Stage stage_;
  std::uint64_t calls_ = 0;
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
        std::printf("storage-faults: FAILED: %s: call %llu, failure %d, after %d\n", scenario.name,
                    static_cast<unsigned long long>(call), static_cast<int>(at),
                    static_cast<int>(after));
      }
    }
  }
  std::printf("storage-faults: %-46s %4llu passed, %llu failed (%llu storage calls)\n",
              scenario.name, static_cast<unsigned long long>(own.passed),
              static_cast<unsigned long long>(own.failed),
              static_cast<unsigned long long>(faults.calls()));
  std::fflush(stdout);
  total.passed += own.passed;
  total.failed += own.failed;
}

TEST_CASE("Whatever call of the storage fails, nothing is lost and a retry succeeds",
          "[.][storage-faults]") {
  Tally tally;
  for (const Scenario& scenario : AllScenarios()) FailEverywhere(scenario, tally);
  std::printf("storage-faults: %llu passed, %llu failed\n",
              static_cast<unsigned long long>(tally.passed),
              static_cast<unsigned long long>(tally.failed));
  CHECK(tally.passed > 0);
  CHECK(tally.failed == 0);
}

}  // namespace
}  // namespace conclave::testing
