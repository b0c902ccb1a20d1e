// For the random-operations test: a group of many clients, and beside it a model of what must be
// true of it: who sits where with which key, which extensions the group has, and who can read what.
//
// Step() is one epoch: members write, some mail is late; members propose; several commits and
// external joins race; the delivery service takes one; everybody follows, and everything is
// compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conclave/conclave.h"
#include "crypto/signature_key.h"
#include "model/dice.h"
#include "support/parties.h"

namespace conclave::testing {

inline constexpr ExtensionType kModelExtension{0xf0a1};
inline constexpr ProposalType kModelProposal{0xf0b1};

// One client, with the session it has or had.
struct Player {
  explicit Player(std::string_view name, const TestClientOptions& options)
      : client(name, options), policy(options.policy) {}

  TestClient client;
  Policy policy;
  std::optional<Session> session;
  std::optional<Session> lost;         // the session that a resync replaced
  std::optional<Member> expected;      // how the group must see this player; nothing if not in it
  Epoch joined = 0;                    // the first epoch of `session`
  std::deque<SoftwareSigner> signers;  // of identities taken on later
};

// An application message on its way, and who has not read it yet.
struct Mail {
  Bytes message;
  std::string text;
  Member sender;  // as of its epoch
  Player* author = nullptr;
  Epoch epoch = 0;
  std::vector<Player*> unread;
};

// A proposal of this epoch that travelled on its own, as its author meant it.
struct Intent {
  ProposalRef ref = {};
  Bytes message = {};
  Player* author = nullptr;  // null for an external sender or a newcomer
  Player* added = nullptr;
  Player* removed = nullptr;
  std::optional<Member> updated = {};  // the author's leaf afterwards
  std::optional<std::vector<Extension>> extensions = {};
  std::vector<Player*> withheld_from = {};
};

// A commit that somebody has offered to the group.
struct Candidate {
  Player* committer = nullptr;
  Bytes commit = {};
  std::optional<PendingJoin> external = {};
  // What it does by value.
  std::vector<Player*> removes = {};
  std::vector<Player*> adds = {};
  std::optional<std::vector<Extension>> extensions = {};
  std::optional<Member> updated = {};  // the committer's leaf afterwards, with a new identity
  // And the proposals it refers to, in order.
  std::vector<ProposalRef> refs = {};
};

// What a run did, for the test to see that it was not idle.
struct Tally {
  std::size_t epochs = 0;
  std::size_t joined = 0;
  std::size_t removed = 0;
  std::size_t updated = 0;  // new identities, and Updates that were committed
  std::size_t external_joins = 0;
  std::size_t resyncs = 0;
  std::size_t psks = 0;
  std::size_t extension_changes = 0;
  std::size_t proposals = 0;
  std::size_t lost_races = 0;
  std::size_t messages_read = 0;
  std::size_t late_messages_read = 0;
  std::size_t too_late = 0;
  std::size_t refusals = 0;  // calls that had to fail, and did
  std::size_t largest = 0;
};

class ModelGroup {
 public:
  ModelGroup(CipherSuite suite, std::uint64_t seed, std::size_t max_members);

  void Step();
  const Tally& tally() const { return tally_; }

 private:
  // model_group.cc: players, and the comparison of group and model.
  Player& NewPlayer();
  // Somebody who is not a member, old or new, and none of `taken`.
  Player& Newcomer(const std::vector<Player*>& taken);
  // Makes a player who was a member once ready to join again.
  void ForgetPast(Player& player);
  std::vector<Player*> Members();
  Player& Anybody() {
    std::vector<Player*> members = Members();
    return *dice_.Pick(members);
  }
  LeafIndex LeftmostFree();
  Member Identity(const Player& player, LeafIndex leaf) const;
  void CheckAgreement();
  void CheckTree();
  void CheckConversation();
  void CheckOutsiders();

  // model_mail.cc: application messages.
  void Write(Player& author);
  void DeliverMail(std::size_t percent);
  void DeliverTo(Player& reader, const Mail& mail);
  void ForgetOldMail();

  // model_proposals.cc.
  std::vector<Extension> RandomExtensions();
  Member NewIdentity(Player& player, std::optional<conclave::Identity>& identity);
  Bytes NewPsk();
  void GivePsk(Player& player, const Bytes& id);
  static std::vector<PskId> PsksOf(const Candidate& candidate);
  bool HasExternalSender() const;
  void Propose();
  void ProposeOne(Player& author);
  void Deliver(Intent& intent);
  bool HasConflict(const ProposalRef& ref, const Candidate& candidate);

  // model_epoch.cc: commits.
  void Race();
  Candidate OfferCommit(Player& committer);
  void FillRequest(Candidate& candidate, CommitRequest& request);
  void ChoosePsk(CommitRequest& request, bool nobody_joins);
  Candidate OfferExternalJoin();
  void Accept(Candidate& winner);
  void Follow(Player& member, const Candidate& winner, const std::vector<PskId>& psks);
  void DeliverWithheld(Player& member, const Candidate& winner);
  void RequireMissingPsk(Player& member, const Candidate& winner, const std::vector<PskId>& psks);
  void CheckLeftOut(const Player& member, const Candidate& winner, const Entered& entered);
  void UpdateModel(const Candidate& winner);
  void Welcome(const Candidate& winner, const std::vector<Bytes>& welcomes,
               const std::vector<PskId>& psks);

  CipherSuite suite_;
  std::size_t max_members_;
  Dice dice_;
  std::deque<Player> players_;
  TestClient outsider_;
  Session outsiders_group_;
  SoftwareSigner external_sender_;

  GroupId group_id_;
  Epoch epoch_ = 0;
  std::vector<Extension> extensions_;
  std::vector<Intent> intents_;
  std::vector<Player*> unplaced_;  // who joins with the commit at hand, in order
  std::size_t removed_now_ = 0;    // how many it removes
  std::vector<Player*> former_;    // removed, newest last
  std::deque<Mail> mail_;
  std::size_t texts_ = 0;
  std::size_t psks_ = 0;
  Tally tally_;
};

}  // namespace conclave::testing
