// Messages that alice sends and receives.
#include "base/result_macros.h"
#include "durability/scenario.h"
#include "support/must.h"

namespace conclave::testing {

using test::Must;

namespace {

void Found(Cast& cast) { cast.Found(); }

// Bob has sent messages, which carol has read: "0", "1" and so on.
void FoundWithMail(Cast& cast, int count) {
  cast.Found();
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(i);
    cast.mail[name] = Must(cast.peers[0].get().Protect(AsBytes("message " + name)));
    ReceiveApplication(cast.peers[1], cast.mail[name]);
  }
}

Result<void> SendOne(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  return alice.Send(*session, "hello");
}

// As many as one lease has and some more, of which two have rows.
Result<void> SendMany(Cast& cast, Program& alice) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  for (int i = 0; i < 3; ++i) CONCLAVE_RETURN_IF_ERROR(alice.Send(*session, "one of many"));
  CONCLAVE_RETURN_IF_ERROR(alice.SendKept(*session, "a", "one that is kept"));
  for (int i = 0; i < 3; ++i) CONCLAVE_RETURN_IF_ERROR(alice.Send(*session, "one of many"));
  return alice.SendKept(*session, "b", "another");
}

Result<void> ReadAll(Cast& cast, Program& alice, const std::vector<std::string>& names) {
  CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
  for (const std::string& name : names) {
    CONCLAVE_RETURN_IF_ERROR(alice.Read(*session, name, cast.mail[name]));
  }
  return {};
}

// All that bob sent has been shown to her, and has its row.
void RequireInbox(Cast& cast, Program& alice, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    REQUIRE(Must(alice.Row("in/" + name)) == "message " + name);
  }
  Converse(cast, alice);
}

// Messages "0" and "1" are of an epoch before the one that alice is in.
void FoundWithLateMail(Cast& cast) {
  FoundWithMail(cast, 2);
  for (int i = 0; i < 2; ++i) ReceiveAndApply(cast.alices(), cast.BobCommits());
}

}  // namespace

std::vector<Scenario> MessageScenarios() {
  return {
      {.name = "the first message of an epoch", .prepare = Found, .act = SendOne},
      {.name = "a later message",
       .prepare =
           [](Cast& cast) {
             cast.Found();
             const Bytes earlier = Must(cast.alices().Protect(AsBytes("earlier")));
             for (Session& peer : cast.peers) ReceiveApplication(peer, earlier);
           },
       .act = SendOne},
      {.name = "messages with an outbox",
       .prepare = Found,
       .act = [](Cast& cast, Program& alice) -> Result<void> {
         CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
         CONCLAVE_RETURN_IF_ERROR(alice.SendKept(*session, "a", "hello"));
         return alice.SendKept(*session, "b", "again");
       }},
      {.name = "messages under a lease",
       .policy = {.sending_lease = 4},
       .prepare = Found,
       .act = SendMany},
      {.name = "the first message of a sender",
       .prepare = [](Cast& cast) { FoundWithMail(cast, 1); },
       .act = [](Cast& cast, Program& alice) { return ReadAll(cast, alice, {"0"}); },
       .finish = [](Cast& cast, Program& alice) { RequireInbox(cast, alice, {"0"}); }},
      {.name = "later messages of a sender",
       .prepare =
           [](Cast& cast) {
             FoundWithMail(cast, 3);
             ReceiveApplication(cast.alices(), cast.mail["0"]);
           },
       .act = [](Cast& cast, Program& alice) { return ReadAll(cast, alice, {"1", "2"}); },
       .finish = [](Cast& cast, Program& alice) { RequireInbox(cast, alice, {"1", "2"}); }},
      {.name = "messages out of order",
       .prepare = [](Cast& cast) { FoundWithMail(cast, 5); },
       .act = [](Cast& cast, Program& alice) { return ReadAll(cast, alice, {"4", "1", "3"}); },
       .finish = [](Cast& cast, Program& alice) { RequireInbox(cast, alice, {"4", "1", "3"}); }},
      {.name = "late messages of a past epoch",
       .prepare = FoundWithLateMail,
       .act = [](Cast& cast, Program& alice) { return ReadAll(cast, alice, {"1", "0"}); },
       .finish = [](Cast& cast, Program& alice) { RequireInbox(cast, alice, {"1", "0"}); }},
      {.name = "a message and its answer",
       .prepare = [](Cast& cast) { FoundWithMail(cast, 1); },
       .act = [](Cast& cast, Program& alice) -> Result<void> {
         CONCLAVE_RETURN_IF_ERROR(ReadAll(cast, alice, {"0"}));
         CONCLAVE_ASSIGN_OR_RETURN(Session * session, alice.Open(cast.group()));
         return alice.SendKept(*session, "a", "the answer");
       },
       .finish = [](Cast& cast, Program& alice) { RequireInbox(cast, alice, {"0"}); }},
  };
}

}  // namespace conclave::testing
