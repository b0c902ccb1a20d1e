// For the model: the interpreter. A World is a number of clients and all that they have ever sent;
// Do() makes one of them do something, and compares what comes of it with what had to come of it.
//
// After each operation: a call that was refused was refused for the right reason and has changed
// neither session nor storage; sessions at one point agree on everything, and have the members that
// the commits say; no key was used twice; and the storage has no secret that it should not.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/disagreement.h"
#include "model/history.h"
#include "model/mail.h"
#include "model/operation.h"
#include "model/party.h"

namespace conclave::testing::model {

// What came of an operation: nothing, because what it names is not there; or it was done; or it was
// refused, as it had to be.
struct Outcome {
  enum class Kind : std::uint8_t { idle, done, refused };
  Kind kind = Kind::idle;
  std::string what = {};  // for the table: what was done, or why it was refused
};

// What a session says to a message.
enum class Happening : std::uint8_t { refused, application, proposal, commit, own };
struct Answer {
  Happening happening{};
  ErrorKind error{};
  bool operator==(const Answer&) const = default;
};
inline Answer RefusedAs(ErrorKind error) { return {Happening::refused, error}; }

// The errors that a call may end with; nothing among them means that it may succeed.
using Errors = std::vector<std::optional<ErrorKind>>;

class World {
 public:
  explicit World(const Setting& setting);

  Outcome Do(const Operation& operation);

  // What there is, for whoever thinks of the next operation.
  const Setting& setting() const { return setting_; }
  const std::deque<Party>& parties() const { return parties_; }
  const History& history() const { return history_; }
  const std::map<Number, Mail>& mails() const { return mails_; }
  const std::map<Number, Package>& packages() const { return packages_; }
  const std::map<Number, PublishedInfo>& infos() const { return infos_; }

  // What the session of a seat has to say to a message: one of these.
  std::vector<Answer> Expect(const Party& party, Number group, const Mail& mail) const;

 private:
  struct Before {
    std::uint64_t storage = 0;
    std::optional<std::uint64_t> session;
  };

  // world.cc: what all operations have in common.
  Outcome Dispatch(const Operation& operation, Party& party);
  Before Look(Party& party, Number group);
  void RequireUnchanged(const Before& before, Party& party, Number group);
  // The outcome of a call that was refused; nothing if it succeeded. It must end as expected.
  template <class T>
  std::optional<Outcome> Refusal(const Result<T>& result, const Errors& expected,
                                 const Before& before, Party& party, Number group) {
    const bool ok = result.ok();
    RequireExpected(ok ? std::nullopt : std::optional(result.error()), expected);
    if (ok) return std::nullopt;
    RequireUnchanged(before, party, group);
    return Outcome{Outcome::Kind::refused, ErrorKindName(result.error().kind)};
  }
  static void RequireExpected(const std::optional<Error>& error, const Errors& expected);
  Session* FindSession(Party& party, const Operation& operation);
  const Mail* FindMail(Number number) const;
  Member MemberAt(PointId point, LeafIndex leaf) const;

  // inspect.cc: what must be so after each operation.
  void Inspect(Party& party, Number group);
  void InspectAll(Party& party);
  void InspectSeat(Party& party, const Session& session, const Seat& seat);
  void InspectPoint(const Session& session, PointId point);
  void InspectKeys(const EpochState& epoch);
  void Remember(Party& party, Number group, const Session& session);
  void InspectStorage(Party& party);
  bool MayHold(Party& party, const Vault::Known& known);
  Outcome Audit(const Operation& operation, Party& party);

  // world_messages.cc
  Outcome Send(const Operation& operation, Party& party);
  Outcome Deliver(const Operation& operation, Party& party);
  Outcome Accept(Party& party, const Mail& mail, Event event);
  Outcome Misdirect(Party& party, Session& session, BytesView message);
  void NoteKey(Mail& mail, Session& session);
  void NoteRead(Party& party, const Mail& mail);
  void CheckApplication(const Mail& mail, const ApplicationMessage& message) const;

  // expect.cc
  std::vector<Answer> ExpectHere(const Party& party, const Seat& seat, const Mail& mail) const;
  std::vector<Answer> ExpectOwn(const Party& party, const Seat& seat, const Mail& mail) const;
  Answer ExpectAccepted(const Party& party, const Seat& seat, const Mail& mail) const;
  Answer ExpectProposal(const Party& party, const Seat& seat, const Mail& mail) const;
  Answer ExpectCommit(const Party& party, const Seat& seat, const Mail& mail) const;
  std::vector<Answer> ExpectAltered(const Operation& operation, const Party& party, Number group,
                                    const Mail& mail) const;

  // world_proposals.cc
  Outcome Propose(const Operation& operation, Party& party);
  Outcome Request(const Operation& operation, Party& party);
  Outcome ProposeFromOutside(const Operation& operation);
  bool IsKnown(const Bytes& message) const;
  std::optional<Proposed> ProposedBy(const Operation& operation, Number client) const;
  void Received(const Mail& mail, PointId point, const ReceivedProposal& proposal);
  Bytes PackageBytes(Number package) const { return packages_.at(package).bytes; }

  // world_commits.cc
  Outcome Commit(const Operation& operation, Party& party);
  std::vector<Listed> Requested(const Operation& operation, CommitRequest& request) const;
  Errors ExpectOffer(const Party& party, const Seat& seat, const std::vector<Listed>& requested,
                     const std::vector<Number>& excluded) const;
  Listed ListedAs(Number number) const;
  void Choose(const Operation& operation, const Party& party, const Seat& seat,
              const std::vector<SkippedProposal>& skipped, std::vector<Listed>& list) const;
  std::optional<UsedPsk> FindPsk(const Party& party, Number group, const Proposed& proposed) const;
  std::optional<ErrorKind> WhyNotPsks(const Party& party, Number group,
                                      const std::vector<UsedPsk>& psks) const;
  Outcome Withdraw(const Operation& operation, Party& party);
  void CheckSummary(const Mail& mail, PointId point, const CommitSummary& summary) const;
  Outcome Apply(Party& party, const Mail& mail, StagedCommit staged);
  void EnterPoint(Party& party, Seat& seat, const Mail& mail);

  // world_joins.cc
  Outcome Create(const Operation& operation, Party& party);
  Outcome MakePackage(const Operation& operation, Party& party);
  Outcome ForgetPackage(const Operation& operation, Party& party);
  Outcome Join(const Operation& operation, Party& party);
  Errors ExpectJoin(Party& party, const Mail& mail, Number package, bool has_tree);
  std::optional<ErrorKind> WhyNotOrigin(Party& party, const Mail& mail, PointId point) const;
  Outcome Delivered(const Operation& operation, Party& party);
  Outcome Branch(const Operation& operation, Party& party);
  void Sit(Party& party, Number operation, Session session, PointId point);

  // world_outsiders.cc
  Outcome Publish(const Operation& operation, Party& party);
  Outcome JoinExternally(const Operation& operation, Party& party);
  Errors ExpectExternal(const Operation& operation, const Party& party, const PublishedInfo& info,
                        const Effect& effect) const;
  Outcome Enter(const Operation& operation, Party& party);
  Outcome Abandon(const Operation& operation, Party& party);

  // world_stores.cc
  Outcome GivePsk(const Operation& operation, Party& party);
  Outcome TakePsk(const Operation& operation, Party& party);
  Outcome Close(const Operation& operation, Party& party);
  Outcome Open(const Operation& operation, Party& party);
  Outcome Copy(const Operation& operation, Party& party);
  void ForgetOld(Party& party);
  Outcome Restore(const Operation& operation, Party& party);
  Outcome RollBack(const Operation& operation, Party& party);
  Outcome Leave(const Operation& operation, Party& party);

  Setting setting_;
  SeededProvider crypto_;
  std::deque<Party> parties_;
  std::vector<SoftwareSigner> external_senders_;
  History history_;
  Vault vault_;
  std::map<Number, Mail> mails_;
  std::map<Number, Package> packages_;
  std::map<Number, PublishedInfo> infos_;
  Number now_ = 0;                                             // the operation at hand
  Number touched_ = 0;                                         // the group that it is about
  std::map<std::pair<Number, Number>, std::uint64_t> closed_;  // digests of closed sessions
};

GroupId IdOf(Number group);
PskId PskIdOf(ProposalKind kind, Number what, Number group);
ProposedReInit ReInitOf(Number successor, const Setting& setting);
// What the delivery service makes of a message on its way.
Bytes Altered(const Operation& operation, Bytes message);
std::vector<Extension> ExtensionsOf(Number flags, const std::vector<SoftwareSigner>& senders);

}  // namespace conclave::testing::model
