#include "simulated_group.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "framing/content_auth.h"
#include "framing/public_message.h"
#include "group/create_group.h"
#include "group/join.h"
#include "labeled/labeled.h"
#include "schedule/key_schedule.h"

namespace conclave::vectors {

namespace {

rfc9420::PreSharedKeyID WithNonce(const Source& source, rfc9420::PreSharedKeyID id) {
  id.psk_nonce = source.RandomHash();
  return id;
}

}  // namespace

SimulatedGroup::SimulatedGroup(const Source& source) : source_(source) {
  policy_.padding = Padding::block;
  policy_.padding_block = 16;
  const SimulatedClient& creator = clients_.emplace_back(NewClient(source));
  NewGroupState made = CreateGroupState(source.suite(), Lent(), source.Random(16), {},
                                        creator.profile, creator.signer, {kNow, kNow + 90 * 86400})
                           .value();
  members_.emplace(LeafIndex{0}, Group(std::move(made.epoch), std::move(made.index)));
  psks_.Remember(epoch());
}

std::vector<LeafIndex> SimulatedGroup::leaves() const {
  std::vector<LeafIndex> all;
  for (const auto& [leaf, group] : members_) all.push_back(leaf);
  return all;
}

rfc9420::Proposal SimulatedGroup::NewAdd() {
  joining_.push_back(&clients_.emplace_back(NewClient(source_)));
  return rfc9420::Proposal::Of(rfc9420::Add{joining_.back()->package.key_package});
}

rfc9420::Proposal SimulatedGroup::NewExternalPsk() {
  const rfc9420::ExternalPSK external{source_.Random(12)};
  const Bytes psk = source_.Random(32);
  psks_.Add(external.psk_id, psk);
  external_psks_.push_back({{"psk_id", ToHex(external.psk_id)}, {"psk", ToHex(psk)}});
  rfc9420::PreSharedKeyID id;
  id.psk = decltype(id.psk)::Of(external);
  return rfc9420::Proposal::Of(rfc9420::PreSharedKey{WithNonce(source_, std::move(id))});
}

rfc9420::Proposal SimulatedGroup::NewResumptionPsk() {
  rfc9420::PreSharedKeyID id;
  id.psk = decltype(id.psk)::Of(rfc9420::ResumptionPSK{
      rfc9420::ResumptionPSKUsage::application, epoch().group.group_id(), epoch().group.epoch()});
  return rfc9420::Proposal::Of(rfc9420::PreSharedKey{WithNonce(source_, std::move(id))});
}

void SimulatedGroup::Propose(LeafIndex sender, const rfc9420::Proposal& proposal,
                             HandshakeFraming framing) {
  ProposeAs(sender, proposal, framing, std::nullopt);
}

void SimulatedGroup::ProposeUpdate(LeafIndex sender, HandshakeFraming framing) {
  const EpochState& epoch = members_.at(sender).epoch();
  SignedLeaf made = MakeUpdateLeaf(source_.suite(), epoch.group.tree().leaf(sender)->Parse(),
                                   *epoch.signer, epoch.group.group_id(), sender)
                        .value();
  OwnUpdate update{made.leaf.encryption_key, std::move(made.private_key), nullptr};
  ProposeAs(sender, rfc9420::Proposal::Of(rfc9420::Update{std::move(made.leaf)}), framing,
            std::move(update));
}

void SimulatedGroup::ProposeAs(LeafIndex sender, rfc9420::Proposal proposal,
                               HandshakeFraming framing, std::optional<OwnUpdate> update) {
  policy_.handshakes = framing;
  const Bytes message =
      members_.at(sender).Propose(Lent(), std::move(proposal), {}, std::move(update)).value();
  DeliverProposal(sender, message);
}

void SimulatedGroup::ProposeExternally(const Signer& sender, const rfc9420::Proposal& proposal) {
  const PublicGroup& group = epoch().group;
  rfc9420::FramedContent content;
  content.group_id = group.group_id();
  content.epoch = group.epoch();
  content.sender = rfc9420::Sender::Of(rfc9420::ExternalSenderIndex{0});
  content.content = rfc9420::Content::Of(proposal);
  auto signed_content = SignContent(sender, rfc9420::WireFormat::mls_public_message,
                                    std::move(content), group.serialized_context())
                            .value();
  DeliverProposal(std::nullopt,
                  wire::Serialize(Wrapped(ProtectPublic(source_.suite(), std::move(signed_content),
                                                        Secret{}, group.serialized_context())
                                              .value())));
}

void SimulatedGroup::DeliverProposal(std::optional<LeafIndex> sender, const Bytes& message) {
  for (auto& [leaf, group] : members_) {
    if (leaf != sender) group.Open(Lent(), message).value();
  }
  proposals_.push_back(ToHex(message));
}

void SimulatedGroup::DeliverCommit(std::optional<LeafIndex> sender, const Bytes& message) {
  std::vector<LeafIndex> removed;
  for (auto& [leaf, group] : members_) {
    if (leaf == sender) continue;
    Opened opened = group.Open(Lent(), message).value();
    auto& staged = std::get<StagedEpoch>(opened);
    if (staged.summary.removes_us) {
      removed.push_back(leaf);
    } else {
      group.Enter(Lent(), std::move(staged));
    }
  }
  for (const LeafIndex leaf : removed) members_.erase(leaf);
}

void SimulatedGroup::EndEpoch(const Bytes& commit) {
  psks_.Remember(epoch());
  epochs_.push_back({{"proposals", std::exchange(proposals_, nlohmann::json::array())},
                     {"commit", ToHex(commit)},
                     {"epoch_authenticator", ToHex(epoch().secrets.epoch_authenticator)}});
}

Bytes SimulatedGroup::Commit(LeafIndex committer, const std::vector<rfc9420::Proposal>& by_value,
                             const CommitShape& shape) {
  Group& group = members_.at(committer);
  CommitPlan plan;
  plan.path = shape.path;
  plan.framing = shape.framing;
  plan.welcome_contents = {.ratchet_tree = shape.tree_in_welcome, .grease = false};
  for (const StoredProposal& stored : group.proposals().all()) {
    plan.list.push_back({&stored.proposal, stored.sender, stored.ref});
  }
  for (const rfc9420::Proposal& proposal : by_value) {
    plan.list.push_back({&proposal, rfc9420::Sender::Of(rfc9420::MemberSender{committer})});
  }
  const Offer& offer = *group.Stage(Lent(), plan).value();
  const Bytes message = offer.message;
  const Bytes welcome = offer.welcomes.empty() ? Bytes() : offer.welcomes.front();
  DeliverCommit(committer, message);
  group.Enter(Lent(), group.TakeOffer(offer.id));
  const Bytes tree = group.epoch().group.tree().SerializeRatchetTree();
  for (const SimulatedClient* client : std::exchange(joining_, {})) {
    const auto wrapped = wire::Parse<rfc9420::MLSMessage>(welcome).value();
    Join(*client, *wrapped.message.GetIf<rfc9420::Welcome>(), tree);
  }
  EndEpoch(message);
  return welcome;
}

void SimulatedGroup::Join(const SimulatedClient& client, const rfc9420::Welcome& welcome,
                          const Bytes& tree) {
  const OwnKeyPackage& package = client.package;
  const KeyPackageRef ref =
      MakeKeyPackageRef(source_.suite(), wire::Serialize(package.key_package)).value();
  JoinedGroup joined =
      JoinByWelcome(source_.suite(), Lent(), welcome,
                    {ref, package.key_package, package.init_private_key, package.leaf_private_key},
                    client.signer, {.ratchet_tree = tree})
          .value();
  const LeafIndex leaf = joined.epoch.own_leaf();
  members_.emplace(leaf, Group(std::move(joined.epoch), std::move(joined.index)));
}

void SimulatedGroup::JoinExternally() {
  const SimulatedClient& client = clients_.emplace_back(NewClient(source_));
  ExternalCommitPlan plan;
  plan.profile = client.profile;
  plan.signer = &client.signer;
  plan.external_pub =
      DeriveExternalKeyPair(source_.suite(), epoch().secrets.external_secret).value().public_key;
  KnownGroup known =
      CheckGroupInfo(source_.suite(), Lent(),
                     MakeGroupInfo(epoch(), {.external_pub = true, .grease = false}).value(), {})
          .value();
  CreatedExternalCommit created =
      CreateExternalCommit(known.group, known.index, Lent(), plan).value();
  const Bytes message = wire::Serialize(created.message);
  DeliverCommit(std::nullopt, message);

  known.index.Follow(known.group.tree(), created.staged, verifier_);
  const LeafIndex leaf = created.staged.next->own_leaf();
  members_.emplace(leaf, Group(std::move(*created.staged.next), std::move(known.index)));
  EndEpoch(message);
}

void SimulatedGroup::Grow(std::size_t members) {
  while (members_.size() < members) {
    const LeafIndex committer = members_.rbegin()->first;
    Commit(committer, {NewAdd()}, {.path = PathPolicy::always});
  }
}

}  // namespace conclave::vectors
