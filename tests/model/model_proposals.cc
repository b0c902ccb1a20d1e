// Proposals of the model: made by members, external senders and newcomers, delivered in any order,
// and to some not at all before the commit.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "model/model_group.h"
#include "support/conversation.h"
#include "support/must.h"
#include "support/test_suite.h"

namespace conclave::testing {

using test::KindOf;
using test::Must;

std::vector<Extension> ModelGroup::RandomExtensions() {
  std::vector<Extension> extensions;
  if (dice_.Chance(60)) {
    extensions.push_back({kModelExtension, Bytes(dice_.Below(40), std::uint8_t{0x42})});
  }
  if (dice_.Chance(40)) {
    extensions.push_back(MakeRequiredCapabilities({.extension_types = {kModelExtension},
                                                   .proposal_types = {kModelProposal},
                                                   .credential_types = {CredentialType::basic}}));
  }
  if (dice_.Chance(50)) {
    extensions.push_back(
        MakeExternalSenders({{.signature_key = ToBytes(external_sender_.public_key()),
                              .credential = BasicCredential{{'s'}}}}));
  }
  return extensions;
}

Member ModelGroup::NewIdentity(Player& player, std::optional<conclave::Identity>& identity) {
  SoftwareSigner& signer = player.signers.emplace_back(
      Must(SoftwareSigner::Generate(test::Provider(), test::TestSuite(suite_).signature())));
  const std::string name = player.client.identity + ", again";
  identity = conclave::Identity{BasicCredential{ToBytes(AsBytes(name))}, &signer};
  return {player.expected->leaf, identity->credential, ToBytes(signer.public_key())};
}

Bytes ModelGroup::NewPsk() {
  const std::string name = "psk " + std::to_string(psks_++);
  const Bytes id = ToBytes(AsBytes(name));
  for (Player& player : players_) GivePsk(player, id);
  ++tally_.psks;
  return id;
}

void ModelGroup::GivePsk(Player& player, const Bytes& id) {
  Must(player.client->AddPsk(id, Secret::CopyOf(id)));
}

std::vector<PskId> ModelGroup::PsksOf(const Candidate& candidate) {
  if (candidate.external.has_value()) return candidate.external->summary().psks;
  return ReceiveCommit(*candidate.committer->session, candidate.commit).summary().psks;
}

void ModelGroup::Propose() {
  for (std::size_t i = dice_.Between(1, 4); i > 0; --i) ProposeOne(Anybody());
  for (Player* member : dice_.Some(Members(), 1)) {
    if (member->session->pending_proposals().empty()) continue;
    REQUIRE(KindOf(member->session->Protect(AsBytes("too early"))) == ErrorKind::kCommitFirst);
    ++tally_.refusals;
  }
}

void ModelGroup::ProposeOne(Player& author) {
  Intent intent{.author = &author};
  Session& session = *author.session;
  std::vector<Player*> added;
  for (const Intent& other : intents_) added.push_back(other.added);
  const bool full = Members().size() + intents_.size() >= max_members_;
  const std::size_t kind = dice_.Below(8);
  // Makes each proposal another one: the same twice is one proposal.
  const Bytes aad = ToBytes(AsBytes("proposal " + std::to_string(texts_++)));
  if (kind == 0 && !full) {
    intent.added = &Newcomer(added);
    intent.message = Must(ProposeAdd(session, intent.added->client.KeyPackage(), aad));
  } else if (kind == 1) {
    std::optional<conclave::Identity> identity;
    intent.updated = author.expected;
    if (dice_.Chance(50)) intent.updated = NewIdentity(author, identity);
    intent.message = Must(ProposeUpdate(session, identity, aad));
  } else if (kind == 2) {
    intent.removed = &Anybody();  // perhaps the author, who wants to leave
    intent.message = Must(ProposeRemove(session, intent.removed->expected->leaf, aad));
  } else if (kind == 3) {
    intent.message = Must(ProposePsk(session, ExternalPskId{NewPsk()}, aad));
  } else if (kind == 4) {
    intent.extensions = RandomExtensions();
    intent.message = Must(ProposeExtensions(session, *intent.extensions, aad));
  } else if (kind == 5 && !full) {
    // A newcomer asks.
    intent.author = nullptr;
    intent.added = &Newcomer(added);
    intent.message = Must(RequestToJoin(*intent.added->client, Must(MakeGroupInfo(session)),
                                        intent.added->client.KeyPackage()));
  } else if (kind == 6 && HasExternalSender()) {
    intent.author = nullptr;
    intent.removed = &Anybody();
    intent.message =
        Must(ProposeExternally(test::Provider(), external_sender_, 0, Must(MakeGroupInfo(session)),
                               ExternalRemove{intent.removed->expected->leaf}));
  } else {
    intent.message = Must(ProposeCustom(session, {kModelProposal, {9, 9}}, aad));
  }
  Deliver(intent);
  const auto same = std::ranges::find(intents_, intent.ref, &Intent::ref);
  if (same != intents_.end()) {
    std::erase_if(same->withheld_from, [&intent](Player* player) {
      return std::ranges::find(intent.withheld_from, player) == intent.withheld_from.end();
    });
    return;
  }
  intents_.push_back(std::move(intent));
  ++tally_.proposals;
}

bool ModelGroup::HasExternalSender() const {
  return std::ranges::find(extensions_, ExtensionType::external_senders,
                           &Extension::extension_type) != extensions_.end();
}

void ModelGroup::Deliver(Intent& intent) {
  std::vector<Player*> readers = Members();
  if (intent.author != nullptr) {
    std::erase(readers, intent.author);
    intent.ref = intent.author->session->pending_proposals().back().ref;
  } else {
    intent.ref = ReceiveProposal(*readers.back()->session, intent.message).ref;
    readers.pop_back();
  }
  dice_.Shuffle(readers);
  for (Player* reader : readers) {
    if (dice_.Chance(5)) {
      intent.withheld_from.push_back(reader);
      continue;
    }
    const ReceivedProposal received = ReceiveProposal(*reader->session, intent.message);
    REQUIRE(received.ref == intent.ref);
    if (intent.author != nullptr) {
      REQUIRE(std::get<Member>(received.sender) == *intent.author->expected);
    } else {
      REQUIRE(!std::holds_alternative<Member>(received.sender));
    }
  }
}

// Whether a proposal cannot be in the candidate's list beside what is, or may be, there.
bool ModelGroup::HasConflict(const ProposalRef& ref, const Candidate& candidate) {
  const Intent& skipped = *std::ranges::find(intents_, ref, &Intent::ref);
  const auto leaf_of = [](const Intent& intent) {
    return intent.updated.has_value() ? intent.author : intent.removed;
  };
  Player* target = leaf_of(skipped);
  if (target == candidate.committer) return true;
  if (skipped.extensions.has_value() && candidate.extensions.has_value()) return true;
  if (target != nullptr &&
      std::ranges::find(candidate.removes, target) != candidate.removes.end()) {
    return true;
  }
  return std::ranges::any_of(intents_, [&](const Intent& other) {
    if (&other == &skipped) return false;
    const bool one_leaf = target != nullptr && leaf_of(other) == target;
    return one_leaf || (skipped.extensions.has_value() && other.extensions.has_value());
  });
}

}  // namespace conclave::testing
