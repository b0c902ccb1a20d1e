// Key packages, new groups, and groups of N made in one commit.
#include "conclave/offers.h"
#include "lower_bounds.h"
#include "operations/operations.h"

namespace conclave::bench {

namespace {

void KeyPackage(benchmark::State& state, const Suite& suite, int code) {
  Party party(suite, "a client of ours");
  const std::size_t size = party.client().NewKeyPackage().value().size();
  Measure(state, code,
          {.run = [&] { party.client().NewKeyPackage().value(); },
           .floor = LowerBoundOfKeyPackage(suite, size),
           .wire_bytes = size});
}

void CreateGroup(benchmark::State& state, const Suite& suite, int code) {
  Party party(suite, "a client of ours");
  const auto create = [&] { party.Enter(party.client().CreateGroup().value()); };
  create();
  const Primitives floor = LowerBoundOfNewGroup(suite, party.group().epoch().group.tree());
  party.Leave();
  Measure(state, code, {.run = create, .restore = [&] { party.Leave(); }, .floor = floor});
}

// The creator's commit that adds everybody else, and the Welcome.
void BulkAdd(benchmark::State& state, const Suite& suite, const GroupKind& kind) {
  Party creator(suite, "a client of ours");
  creator.Enter(creator.client().CreateGroup().value());
  const CommitRequest request{.add = KeyPackages(suite, kind.members - 1)};
  const auto create = [&] { creator.session().CreateCommit(request).value(); };
  const auto withdraw = [&] { Withdraw(creator.session(), {LatestOffer(creator).id}).value(); };
  create();
  const Offer& offer = LatestOffer(creator);
  Operation operation{.run = create, .restore = withdraw};
  operation.floor = LowerBoundOfCreating(FactsOf(creator.group().epoch().group, offer));
  operation.wire_bytes = offer.message.size() + offer.welcomes.front().size();
  withdraw();
  Measure(state, kind.suite, operation);
}

}  // namespace

void RegisterCreation(const GroupKind& kind) {
  const Suite suite = SuiteOf(kind.suite, Provider());
  if (kind.members == 1) {
    Register("key_package", kind,
             [=](benchmark::State& state) { KeyPackage(state, suite, kind.suite); });
    Register("create_group", kind,
             [=](benchmark::State& state) { CreateGroup(state, suite, kind.suite); });
  } else {
    Register("bulk_add", kind, [=](benchmark::State& state) { BulkAdd(state, suite, kind); });
  }
}

}  // namespace conclave::bench
