#include "large_group.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "conclave/group_info.h"
#include "schedule/key_schedule.h"
#include "tree/tree_rules.h"

namespace conclave::bench {

namespace {

constexpr std::uint64_t kSeed = 9420;
constexpr std::uint64_t kDay = 86400;

}  // namespace

Suite SuiteOf(int code_point, const CryptoProvider& provider) {
  return FindSuite(CipherSuite{static_cast<std::uint16_t>(code_point)}, provider).value();
}

std::string NameOf(const GroupKind& kind) {
  static constexpr const char* kStates[] = {"full", "blank", "churned"};
  return "suite:" + std::to_string(kind.suite) +
         "/state:" + kStates[static_cast<std::size_t>(kind.state)] +
         "/n:" + std::to_string(kind.members);
}

LargeGroup::LargeGroup(const GroupKind& kind, const CryptoProvider& provider,
                       LeafSignatures signatures)
    : kind_(kind),
      suite_(SuiteOf(kind.suite, provider)),
      history_(TreeHistory::Of(kind.state, kind.members)),
      keys_(suite_, kSeed) {
  const LeafMould mould{Party(suite_, "somebody").profile().capabilities,
                        {kNow - 3600, kNow + 90 * kDay},
                        ToBytes("a group of many!"),
                        signatures};
  RatchetTree tree =
      ParseRatchetTree(suite_, GrowRatchetTree(suite_, history_, keys_, mould), history_.width())
          .value();
  rfc9420::GroupContext context;
  context.cipher_suite = suite_.id();
  context.group_id = mould.group_id;
  context.epoch = kind.members;
  context.tree_hash = ToBytes(tree.TreeHash());
  context.confirmed_transcript_hash =
      ToBytes(keys_.Derive("transcript", 0, suite_.hash_size()).ExposeForProvider());
  Bytes tag =
      MakeConfirmationTag(suite_, Secrets().confirmation_key, context.confirmed_transcript_hash)
          .value();
  Everybody verifier;
  index_.emplace(GroupIndex::Of(suite_, tree, verifier).value());
  group_ = PublicGroup::Create(suite_, std::move(context), std::move(tree), std::move(tag)).value();
}

EpochSecrets LargeGroup::Secrets() const {
  return DeriveEpochSecrets(suite_, keys_.Derive("epoch", 0, suite_.hash_size())).value();
}

PrivatePath LargeGroup::KeysOf(LeafIndex leaf) const {
  PrivatePath path(leaf, keys_.NodeKeyPair(ToNode(leaf)).private_key);
  for (const NodeIndex node : DirectPath(leaf, history_.width())) {
    if (!history_.IsPopulated(node)) continue;
    if (std::ranges::binary_search(history_.UnmergedOf(node), leaf)) continue;
    path.SetKey(node, keys_.NodeKeyPair(node).private_key);
  }
  return path;
}

std::unique_ptr<Party> LargeGroup::MemberAt(LeafIndex leaf, const Policy& policy) const {
  const Bytes identity = IdentityAt(leaf);
  auto party = std::make_unique<Party>(
      suite_, std::string_view(reinterpret_cast<const char*>(identity.data()), identity.size()),
      keys_.SignerAt(leaf), policy);
  party->Enter(MakeEpochState(*group_, KeysOf(leaf), Secrets(), party->signer()), *index_);
  return party;
}

void LargeGroup::Rewind(Party& member) const {
  const LeafIndex leaf = member.session().own_leaf();
  const RatchetTree later = member.group().epoch().group.tree();
  GroupIndex index = member.LeaveWithIndex();
  index.tree.Apply(
      index.tree.Check(later, tree(), DifferenceOf(later, tree()), TreeDemands{}).value());
  member.Enter(MakeEpochState(*group_, KeysOf(leaf), Secrets(), member.signer()), std::move(index));
}

void LargeGroup::RequireJoinable() const {
  const auto inviter = MemberAt(committer());
  Party newcomer(suite_, "a newcomer");
  const OutgoingCommit offer =
      inviter->session().CreateCommit({.add = {newcomer.client().NewKeyPackage().value()}}).value();
  const Entered entered = ReceiveAndApply(inviter->session(), offer.commit);
  const Bytes tree = ExportRatchetTree(inviter->session()).value();
  newcomer.Enter(newcomer.client()
                     .Enter(newcomer.client()
                                .ReadWelcome(entered.welcomes.front(), {.ratchet_tree = tree})
                                .value())
                     .value());
  CONCLAVE_CHECK(newcomer.session().EpochAuthenticator() ==
                 inviter->session().EpochAuthenticator());
  CONCLAVE_CHECK(newcomer.session().member_count() == kind_.members + 1);
}

}  // namespace conclave::bench
