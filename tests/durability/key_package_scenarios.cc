// Alice's key packages, and the groups that she joins with them.
#include <algorithm>

#include "base/result_macros.h"
#include "durability/scenario.h"
#include "support/must.h"

namespace conclave::testing {

using test::KindOf;
using test::Must;

namespace {

constexpr std::uint64_t kHour = 3600;

void FoundWithoutAlice(Cast& cast) { cast.FoundWithoutAlice(); }

// Alice has a key package, and bob has added her with it.
void FoundWithWelcome(Cast& cast, const KeyPackageOptions& options) {
  cast.FoundWithoutAlice();
  cast.mail["key package"] = cast.alice.KeyPackage(options);
  const OutgoingCommit commit =
      Must(cast.peers[0].get().CreateCommit({.add = {cast.mail["key package"]}}));
  cast.mail["welcome"] = ReceiveAndApply(cast.peers[0], commit.commit).welcomes.front();
  ReceiveAndApply(cast.peers[1], commit.commit);
}

// Bob adds alice with the first key package that she has sent, and she joins.
void BobAddsAlice(Cast& cast, Program& alice) {
  const std::vector<Bytes> key_packages = alice.outside().Distinct(Sent::key_package);
  REQUIRE(!key_packages.empty());
  const OutgoingCommit commit =
      Must(cast.peers[0].get().CreateCommit({.add = {key_packages.front()}}));
  const Bytes welcome = ReceiveAndApply(cast.peers[0], commit.commit).welcomes.front();
  ReceiveAndApply(cast.peers[1], commit.commit);
  Must(alice.Join(cast.group(), welcome));
  Converse(cast, alice);
}

// Whatever key package has been sent is in the inventory.
void RequireSentOnesAreHeld(Cast&, Program& alice) {
  const std::vector<KeyPackageSummary> held = Must(KeyPackages(alice.client()));
  for (const Bytes& sent : alice.outside().Distinct(Sent::key_package)) {
    REQUIRE(std::ranges::count(held, sent, &KeyPackageSummary::key_package) == 1);
  }
}

// Private keys are there until they are used.
void RequireUsedExactlyIfIn(Cast& cast, Program& alice) {
  REQUIRE(Must(KeyPackages(alice.client())).empty() == Must(alice.IsInGroup(cast.group())));
}

// One key package, published. What was made and perhaps not sent is sent again.
Result<void> Publish(Cast&, Program& alice) {
  Client& client = alice.client();
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<KeyPackageSummary> held, KeyPackages(client));
  if (held.empty()) {
    CONCLAVE_RETURN_IF_ERROR(client.NewKeyPackage());
    CONCLAVE_ASSIGN_OR_RETURN(held, KeyPackages(client));
  }
  for (const KeyPackageSummary& one : held) {
    if (one.state != KeyPackageState::reserved) continue;
    alice.outside().Add(Sent::key_package, one.key_package);
    CONCLAVE_RETURN_IF_ERROR(MarkPublished(client, one.ref));
  }
  return {};
}

Result<void> RotateLastResort(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(std::vector<KeyPackageSummary> held, KeyPackages(alice.client()));
  if (held.size() == 1) {
    CONCLAVE_RETURN_IF_ERROR(alice.client().NewKeyPackage({.last_resort = true}));
    CONCLAVE_ASSIGN_OR_RETURN(held, KeyPackages(alice.client()));
  }
  for (const KeyPackageSummary& one : held) {
    const bool is_old = one.key_package == cast.mail["old"];
    REQUIRE((one.state == KeyPackageState::superseded) == is_old);
    if (!is_old) alice.outside().Add(Sent::key_package, one.key_package);
  }
  return {};
}

void RequireOneIsGood(Cast&, Program& alice) {
  const std::vector<KeyPackageSummary> held = Must(KeyPackages(alice.client()));
  REQUIRE(held.size() - static_cast<std::size_t>(std::ranges::count(
                            held, KeyPackageState::superseded, &KeyPackageSummary::state)) ==
          1);
}

Result<void> DeleteOne(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(const auto held, KeyPackages(alice.client()));
  for (const KeyPackageSummary& one : held) {
    if (one.key_package != cast.mail["old"]) {
      alice.outside().Add(Sent::key_package, one.key_package);
    } else {
      CONCLAVE_RETURN_IF_ERROR(DeleteKeyPackage(alice.client(), one.ref));
    }
  }
  return {};
}

Result<void> Purge(Cast& cast, Program& alice) {
  CONCLAVE_RETURN_IF_ERROR(alice.client().PurgeExpiredKeyPackages());
  return DeleteOne(cast, alice);
}

Result<void> JoinByWelcome(Cast& cast, Program& alice) {
  CONCLAVE_RETURN_IF_ERROR(alice.Join(cast.group(), cast.mail["welcome"]));
  return {};
}

// The delivery service has damaged a Welcome, and sends it again.
Result<void> JoinAtTheSecondAttempt(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(const bool is_in_group, alice.IsInGroup(cast.group()));
  if (!is_in_group) {
    Bytes damaged = cast.mail["welcome"];
    damaged.back() ^= 1;
    const auto failed = alice.client().ReadWelcome(damaged);
    REQUIRE(!failed.ok());
    if (ComponentFailed(failed)) return failed.error();
  }
  return JoinByWelcome(cast, alice);
}

std::vector<Scenario> Joins() {
  return {
      {.name = "a join by Welcome",
       .prepare = [](Cast& cast) { FoundWithWelcome(cast, {}); },
       .act = JoinByWelcome,
       .reopened = RequireUsedExactlyIfIn},
      {.name = "a join with a last-resort package",
       .prepare = [](Cast& cast) { FoundWithWelcome(cast, {.last_resort = true}); },
       .act = JoinByWelcome,
       .reopened = RequireOneIsGood},
      {.name = "a join with a superseded package",
       .prepare =
           [](Cast& cast) {
             FoundWithWelcome(cast, {.last_resort = true});
             cast.alice.KeyPackage({.last_resort = true});
           },
       .act = JoinByWelcome,
       .reopened =
           [](Cast& cast, Program& alice) {
             REQUIRE((Must(KeyPackages(alice.client())).size() == 1) ==
                     Must(alice.IsInGroup(cast.group())));
           }},
      {.name = "a join that fails, and one that does not",
       .prepare = [](Cast& cast) { FoundWithWelcome(cast, {}); },
       .act = JoinAtTheSecondAttempt,
       .reopened = RequireUsedExactlyIfIn},
  };
}

}  // namespace

std::vector<Scenario> KeyPackageScenarios() {
  std::vector<Scenario> all = {
      {.name = "a key package that is published",
       .prepare = FoundWithoutAlice,
       .act = Publish,
       .finish = BobAddsAlice,
       .reopened = RequireSentOnesAreHeld},
      {.name = "a last-resort package that is replaced",
       .prepare =
           [](Cast& cast) {
             cast.FoundWithoutAlice();
             cast.mail["old"] = cast.alice.KeyPackage({.last_resort = true});
           },
       .act = RotateLastResort,
       .finish = BobAddsAlice,
       .reopened = RequireOneIsGood},
      {.name = "a key package that is deleted",
       .prepare =
           [](Cast& cast) {
             cast.FoundWithoutAlice();
             cast.mail["old"] = cast.alice.KeyPackage();
             cast.alice.KeyPackage();
           },
       .act = DeleteOne,
       .finish = BobAddsAlice},
      {.name = "key packages that expire",
       .prepare =
           [](Cast& cast) {
             cast.FoundWithoutAlice();
             for (int i = 0; i < 3; ++i) cast.alice.KeyPackage({.lifetime = kHour});
             cast.alice.KeyPackage();
             cast.alice.clock.now += 2 * kHour;
           },
       .act = Purge,
       .finish = BobAddsAlice},
  };
  std::ranges::move(Joins(), std::back_inserter(all));
  return all;
}

}  // namespace conclave::testing
