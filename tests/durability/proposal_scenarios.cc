// Proposals that alice makes and receives, until bob commits them.
#include "base/result_macros.h"
#include "durability/scenario.h"
#include "support/must.h"

namespace conclave::testing {

using test::Must;

namespace {

void Found(Cast& cast) {
  cast.Found();
  for (TestClient* client : {&cast.alice, &cast.bob, &cast.carol}) {
    Must((*client)->AddPsk(AsBytes("psk"), Secret::CopyOf(AsBytes("of all three"))));
  }
  cast.mail["dave"] = cast.dave.KeyPackage();
}

// Makes one proposal, by `propose(session, rows)`.
template <class Propose>
Result<void> ProposeOne(Cast& cast, Program& alice, const Propose& propose) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  return alice.ProposeKept("proposal",
                           [&](std::span<const AppRow> rows) { return propose(*session, rows); });
}

}  // namespace

std::vector<Scenario> ProposalScenarios() {
  return {
      {.name = "a proposal of another's",
       .prepare =
           [](Cast& cast) {
             cast.Found();
             cast.mail["add"] = Must(ProposeAdd(cast.peers[0], cast.dave.KeyPackage()));
             ReceiveProposal(cast.peers[1], cast.mail["add"]);
           },
       .act = [](Cast& cast, Program& alice) -> Result<void> {
         CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
         return alice.Hear(*session, "add", cast.mail["add"]);
       },
       .finish = ConverseInNextEpoch},
      {.name = "an Update of ours",
       .prepare = Found,
       .act =
           [](Cast& cast, Program& alice) {
             return ProposeOne(cast, alice, [](Session& session, auto rows) {
               return ProposeUpdate(session, {}, {}, rows);
             });
           },
       .finish = ConverseInNextEpoch},
      {.name = "an Add of ours, in the clear",
       .policy = {.handshakes = HandshakeFraming::public_message},
       .prepare = Found,
       .act =
           [](Cast& cast, Program& alice) {
             return ProposeOne(cast, alice, [&cast](Session& session, auto rows) {
               return ProposeAdd(session, cast.mail["dave"], {}, rows);
             });
           },
       .finish = ConverseInNextEpoch},
      {.name = "a Remove of ours",
       .prepare = Found,
       .act =
           [](Cast& cast, Program& alice) {
             return ProposeOne(cast, alice, [](Session& session, auto rows) {
               return ProposeRemove(session, LeafOf(session, "carol"), {}, rows);
             });
           },
       .finish = ConverseInNextEpoch},
      {.name = "a PreSharedKey of ours",
       .prepare = Found,
       .act =
           [](Cast& cast, Program& alice) {
             return ProposeOne(cast, alice, [](Session& session, auto rows) {
               return ProposePsk(session, ExternalPskId{ToBytes("psk")}, {}, rows);
             });
           },
       .finish = ConverseInNextEpoch},
  };
}

}  // namespace conclave::testing
