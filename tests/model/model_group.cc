// Players of the model, and comparing it with the group.
#include "model/model_group.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "session/session_state.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"
#include "tree/tree_rules.h"

namespace conclave::testing {

using test::KindOf;
using test::Must;

namespace {

TestClientOptions OptionsFor(CipherSuite suite, Dice& dice) {
  TestClientOptions options{
      .suite = suite, .extensions = {kModelExtension}, .proposals = {kModelProposal}};
  Policy& policy = options.policy;
  policy.handshakes =
      dice.Chance(50) ? HandshakeFraming::public_message : HandshakeFraming::private_message;
  policy.padding = static_cast<Padding>(dice.Below(3));
  policy.tree_in_welcome = dice.Chance(60);
  policy.grease = dice.Chance(70);
  policy.past_epochs = dice.Between(0, 3);
  return options;
}

const RatchetTree& TreeOf(const Session& session) {
  return SessionAccess::Of(session).public_group().tree();
}

Sessions SessionsOf(const std::vector<Player*>& players) {
  Sessions sessions;
  for (Player* player : players) sessions.emplace_back(*player->session);
  return sessions;
}

}  // namespace

ModelGroup::ModelGroup(CipherSuite suite, std::uint64_t seed, std::size_t max_members)
    : suite_(suite),
      max_members_(max_members),
      dice_(seed),
      outsider_("outsider",
                {.suite = suite, .extensions = {kModelExtension}, .proposals = {kModelProposal}}),
      outsiders_group_(Must(outsider_->CreateGroup())),
      external_sender_(
          Must(SoftwareSigner::Generate(test::Provider(), test::TestSuite(suite).signature()))) {
  Player& founder = NewPlayer();
  founder.session = Must(founder.client->CreateGroup());
  founder.expected = Identity(founder, {0});
  group_id_ = founder.session->group_id();
}

Player& ModelGroup::NewPlayer() {
  const std::string name = "player " + std::to_string(players_.size());
  return players_.emplace_back(name, OptionsFor(suite_, dice_));
}

Player& ModelGroup::Newcomer(const std::vector<Player*>& taken) {
  std::vector<Player*> idle;
  for (Player& player : players_) {
    if (!player.expected.has_value() && std::ranges::find(taken, &player) == taken.end()) {
      idle.push_back(&player);
    }
  }
  return !idle.empty() && dice_.Chance(40) ? *dice_.Pick(idle) : NewPlayer();
}

void ModelGroup::ForgetPast(Player& player) {
  player.session.reset();
  player.lost.reset();
  std::erase(former_, &player);
  Must(player.client->DeleteGroup(group_id_));
}

std::vector<Player*> ModelGroup::Members() {
  std::vector<Player*> members;
  for (Player& player : players_) {
    if (player.expected.has_value()) members.push_back(&player);
  }
  return members;
}

LeafIndex ModelGroup::LeftmostFree() {
  std::vector<LeafIndex> taken;
  for (const Player* player : Members()) taken.push_back(player->expected->leaf);
  LeafIndex leaf{0};
  while (std::ranges::find(taken, leaf) != taken.end()) ++leaf.value;
  return leaf;
}

Member ModelGroup::Identity(const Player& player, LeafIndex leaf) const {
  return {leaf, player.client.client.credential(), ToBytes(player.client.client.signature_key())};
}

void ModelGroup::CheckAgreement() {
  const std::vector<Player*> members = Members();
  RequireAgreement(SessionsOf(members));
  std::vector<Member> expected;
  for (const Player* player : members) {
    REQUIRE(player->session->epoch() == epoch_);
    REQUIRE(player->session->own_leaf() == player->expected->leaf);
    REQUIRE(player->session->pending_proposals().empty());
    REQUIRE(Offers(*player->session).empty());
    expected.push_back(*player->expected);
  }
  std::ranges::sort(expected, {}, &Member::leaf);
  const Session& any = *members.front()->session;
  REQUIRE(std::vector<Member>(any.members().begin(), any.members().end()) == expected);
  REQUIRE(any.extensions() == extensions_);
  tally_.largest = std::max(tally_.largest, members.size());
}

void ModelGroup::CheckTree() {
  const Session& session = *Anybody().session;
  const RatchetTree& tree = TreeOf(session);
  const Suite suite = test::TestSuite(suite_);
  const auto structure = CheckTreeStructure(suite, tree);
  INFO((structure.ok() ? "" : structure.error().detail));
  REQUIRE(structure.ok());
  // Hashed again from its bytes, node by node.
  const RatchetTree read = Must(ParseRatchetTree(suite, tree.SerializeRatchetTree(), tree.width()));
  REQUIRE(std::ranges::equal(read.TreeHash(), tree.TreeHash()));
  // All that somebody who joins would check.
  if (!dice_.Chance(20)) return;
  const Bytes info = Must(MakeGroupInfo(session));
  const PendingJoin looked = Must(StartExternalJoin(*outsider_, info));
  REQUIRE(looked.members().size() == session.member_count());
}

void ModelGroup::CheckConversation() {
  const std::vector<Player*> members = Members();
  const std::size_t senders = members.size() <= 4 ? members.size() : 2;
  for (Player* sender : dice_.Some(members, senders)) {
    Write(*sender);
    const Mail& mail = mail_.back();
    for (Player* reader : members) {
      if (reader != sender) DeliverTo(*reader, mail);
    }
    mail_.back().unread.clear();
  }
}

void ModelGroup::CheckOutsiders() {
  Player& sender = Anybody();
  const Bytes message = Must(sender.session->Protect(AsBytes("not for everybody")));
  REQUIRE(KindOf(outsiders_group_.Receive(message)) == ErrorKind::kWrongGroup);
  const Bytes exported = BytesOf(Must(sender.session->ExportSecret("model", {}, 32)));

  std::vector<Session*> sessions;
  for (Player& player : players_) {
    if (player.lost.has_value()) sessions.push_back(&*player.lost);
  }
  for (Player* player : former_) sessions.push_back(&*player->session);
  for (Session* session : dice_.Some(sessions, 4)) {
    const auto kind = KindOf(session->Receive(message));
    REQUIRE(kind == (session->is_member() ? ErrorKind::kEpochInFuture : ErrorKind::kNotMember));
    const auto old = session->ExportSecret("model", {}, 32);
    if (session->is_member()) {
      REQUIRE(BytesOf(Must(session->ExportSecret("model", {}, 32))) != exported);
    } else {
      REQUIRE(KindOf(old) == ErrorKind::kNotMember);
    }
    ++tally_.refusals;
  }
}

void ModelGroup::Step() {
  for (Player* writer : dice_.Some(Members(), dice_.Below(4))) {
    for (std::size_t i = dice_.Between(1, 3); i > 0; --i) Write(*writer);
  }
  DeliverMail(60);
  if (dice_.Chance(60)) Propose();
  Race();
  ++tally_.epochs;
  CheckAgreement();
  CheckTree();
  CheckConversation();
  CheckOutsiders();
  DeliverMail(30);
  ForgetOldMail();
}

}  // namespace conclave::testing
