// Groups that come out of other groups: alice makes them, or joins them.
#include "base/result_macros.h"
#include "conclave/successor.h"
#include "durability/scenario.h"
#include "support/must.h"

namespace conclave::testing {

using test::Must;

namespace {

GroupId NextId() { return ToBytes("next"); }

CommitRequest Closing(const Cast& cast) {
  return {.reinit = ProposedReInit{NextId(), ProtocolVersion::mls10, cast.alice.options.suite, {}}};
}

void FoundWithKeyPackages(Cast& cast) {
  cast.Found();
  cast.mail["bob"] = cast.bob.KeyPackage();
  cast.mail["carol"] = cast.carol.KeyPackage();
}

// The new group, if it is not there, by `create(session)`; and its Welcome.
template <class Create>
Result<void> CreateNext(Cast& cast, Program& alice, const Create& create) {
  CONCLAVE_ASSIGN_OR_RETURN(const bool is_there, alice.IsInGroup(NextId()));
  if (!is_there) {
    CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
    CONCLAVE_ASSIGN_OR_RETURN(NewGroup made, create(*session));
    alice.Keep(std::move(made.session));
  }
  CONCLAVE_ASSIGN_OR_RETURN(Session * next, alice.Open(NextId()));
  return alice.DeliverWelcomes(*next);
}

Result<void> CloseAndSucceed(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  CONCLAVE_RETURN_IF_ERROR(alice.Commit(*session, cast.epoch, Closing(cast)));
  return CreateNext(cast, alice, [&](const Session& closed) {
    return CreateSuccessor(alice.client(), closed, {cast.mail["bob"], cast.mail["carol"]});
  });
}

Result<void> Branch(Cast& cast, Program& alice) {
  return CreateNext(cast, alice, [&](const Session& session) {
    return CreateBranch(alice.client(), session, {.id = NextId()},
                        {cast.mail["bob"], cast.mail["carol"]});
  });
}

// Bob and carol join the new group with the Welcome that alice has sent.
void OthersJoinNext(Cast& cast, Program& alice) {
  cast.Deliver(alice.outside(), cast.peers);
  const std::vector<Bytes> welcomes = alice.outside().Distinct(Sent::welcome);
  REQUIRE(welcomes.size() == 1);
  Session& bobs = cast.peers[0];
  Session& carols = cast.peers[1];
  cast.joined.push_back(cast.bob.Join(welcomes.front(), {.origin = &bobs}));
  cast.joined.push_back(cast.carol.Join(welcomes.front(), {.origin = &carols}));
  RequireHealthy({*Must(alice.Open(NextId())), cast.joined[0], cast.joined[1]});
}

// Bob has closed the group and made its successor, for which alice has a Welcome.
void FoundClosedByBob(Cast& cast) {
  cast.Found();
  const Bytes key_package = cast.alice.KeyPackage();
  cast.mail["commit"] = cast.BobCommits(Closing(cast));
  NewGroup made =
      Must(CreateSuccessor(*cast.bob, cast.peers[0], {key_package, cast.carol.KeyPackage()}));
  cast.mail["welcome"] = made.welcomes.front();
  cast.joined.push_back(std::move(made.session));
  Session& carols = cast.peers[1];
  cast.joined.push_back(cast.carol.Join(cast.mail["welcome"], {.origin = &carols}));
}

Result<void> FollowIntoSuccessor(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  CONCLAVE_RETURN_IF_ERROR(alice.Follow(*session, cast.epoch, cast.mail["commit"]));
  CONCLAVE_RETURN_IF_ERROR(alice.Join(NextId(), cast.mail["welcome"], {.origin = session}));
  return {};
}

void RequireKeyPackageWentIntoNext(Cast&, Program& alice) {
  REQUIRE(Must(KeyPackages(alice.client())).empty() == Must(alice.IsInGroup(NextId())));
}

}  // namespace

std::vector<Scenario> SuccessorScenarios() {
  return {
      {.name = "a group that is closed, and its successor",
       .prepare = FoundWithKeyPackages,
       .act = CloseAndSucceed,
       .finish = OthersJoinNext},
      {.name = "a branch",
       .prepare = FoundWithKeyPackages,
       .act = Branch,
       .finish = OthersJoinNext},
      {.name = "another's successor",
       .prepare = FoundClosedByBob,
       .act = FollowIntoSuccessor,
       .finish =
           [](Cast& cast, Program& alice) {
             RequireHealthy({*Must(alice.Open(NextId())), cast.joined[0], cast.joined[1]});
           },
       .reopened = RequireKeyPackageWentIntoNext},
  };
}

}  // namespace conclave::testing
