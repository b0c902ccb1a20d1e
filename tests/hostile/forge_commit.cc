// Forging commits, regular and external.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "framing/content_auth.h"
#include "group/apply_proposals.h"
#include "hostile/forge.h"
#include "schedule/key_schedule.h"
#include "support/must.h"
#include "tree/parent_hash.h"
#include "tree/tree_builder.h"
#include "wire/parse.h"

namespace conclave::testing {

using rfc9420::Proposal;
using test::Must;

namespace {

template <class T>
void Apply(const Edit<T>& edit, T& value) {
  if (edit) edit(value);
}

// Who commits, and from what.
struct Committer {
  const Session& session;
  const PublicGroup& group;
  const ClientState& client;
  const Signer& signer;
  rfc9420::Sender sender;
  const ProposalStore* store;  // null for somebody outside
  const InitSecret& init_secret;
  std::optional<LeafIndex> leaf;  // nothing for somebody outside
  rfc9420::LeafNode unplaced;
};

// The list that the tree is computed from. Points into `edits` and the store.
ProposalList ListOf(const Committer& committer, const CommitEdits& edits) {
  ProposalList list;
  if (edits.applied.has_value()) {
    for (const Proposal& proposal : *edits.applied) {
      list.push_back({.proposal = &proposal, .sender = committer.sender});
    }
    return list;
  }
  for (const rfc9420::ProposalOrRef& entry : edits.proposals) {
    if (const auto* proposal = entry.GetIf<Proposal>()) {
      list.push_back({.proposal = proposal, .sender = committer.sender});
    } else if (committer.store != nullptr) {
      const StoredProposal* stored = committer.store->Find(*entry.GetIf<ProposalRef>());
      if (stored != nullptr) list.push_back({&stored->proposal, stored->sender, stored->ref});
    }
  }
  return list;
}

// Hashes, leaf and tree of a path whose keys may have been changed.
void FinishPath(const Committer& committer, const CommitEdits& edits, const RatchetTree& before,
                LeafIndex leaf_index, PreparedPath& path) {
  const Suite& suite = committer.group.suite();
  std::vector<TreeBuilder::NewParent> parents(path.nodes.size());
  Bytes above;
  for (std::size_t i = path.nodes.size(); i-- > 0;) {
    const PreparedPath::Node& node = path.nodes[i];
    parents[i] = {node.index, node.encryption_key, above};
    above = Must(ParentHashOf(suite, node.encryption_key, above, before, node.copath_child));
  }
  const Signer& signer = edits.leaf_signer != nullptr ? *edits.leaf_signer : committer.signer;
  rfc9420::LeafNode& leaf = path.leaf_node;
  leaf.signature_key = ToBytes(signer.public_key());
  leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(rfc9420::ParentHash{above});
  Apply(edits.leaf, leaf);
  SignLeaf(signer, leaf, committer.group.group_id(), leaf_index);
  Apply(edits.signed_leaf, leaf);
  TreeBuilder builder(before);
  builder.SetPath(leaf_index, LeafRecord(leaf), std::move(parents));
  path.tree = Must(std::move(builder).Finish(suite));
}

// The commit, signed, with its confirmation tag.
rfc9420::AuthenticatedContent MakeCommit(const Committer& committer, const CommitEdits& edits) {
  const PublicGroup& group = committer.group;
  const Suite& suite = group.suite();
  const ProposalList list = ListOf(committer, edits);
  const AppliedProposals applied = Must(ApplyProposals(group, list));
  RatchetTree tree = applied.tree;
  LeafIndex leaf = committer.leaf.value_or(LeafIndex{});
  if (!committer.leaf.has_value()) {
    PlacedJoiner placed = Must(PlaceJoiner(suite, tree, committer.unplaced));
    tree = std::move(placed.tree);
    leaf = placed.leaf;
  }

  rfc9420::Commit commit{.proposals = edits.proposals, .path = std::nullopt};
  CommitSecret commit_secret = NoCommitSecret(suite);
  if (edits.path) {
    PreparedPath path = Must(
        PreparePath(suite, tree, leaf, committer.unplaced, group.group_id(), committer.signer));
    Apply(edits.keys, path);
    FinishPath(committer, edits, tree, leaf, path);
    tree = path.tree;
    const Bytes context = wire::Serialize(ProvisionalContext(group, tree, applied.extensions));
    commit.path = Must(SealPath(suite, path, context, applied.added));
    Apply(edits.sealed, *commit.path);
    commit_secret = std::move(path.commit_secret);
  }

  rfc9420::FramedContent content =
      FrameOf(committer.session, rfc9420::Content::Of(std::move(commit)));
  content.sender = committer.sender;
  rfc9420::AuthenticatedContent made =
      Sign(committer.signer, committer.session, std::move(content), edits.framing);
  auto psk_secret = LookUpPsks(suite, committer.client.environment(), applied.psks);
  const PskSecret psks = psk_secret.ok() ? std::move(psk_secret).value() : NoPskSecret(suite);
  const auto next = AdvanceEpoch(group, ProvisionalContext(group, tree, applied.extensions), tree,
                                 made, {committer.init_secret, commit_secret, psks});
  made.auth.confirmation_tag =
      next.ok() ? next->group.confirmation_tag() : Bytes(suite.hash_size(), 0);
  return made;
}

}  // namespace

Bytes ForgeCommit(TestClient& client, Session& session, const CommitEdits& edits) {
  EpochState& epoch = EpochOf(session);
  const Committer committer{.session = session,
                            .group = epoch.group,
                            .client = *ClientAccess::State(client.client),
                            .signer = *epoch.signer,
                            .sender = rfc9420::Sender::Of(rfc9420::MemberSender{epoch.own_leaf()}),
                            .store = &Must(SessionAccess::Of(session).member())->proposals(),
                            .init_secret = epoch.secrets.init_secret,
                            .leaf = epoch.own_leaf(),
                            .unplaced = LeafOf(session)};
  return SealAsMember(session, MakeCommit(committer, edits), edits.framing);
}

Bytes ForgeExternalCommit(TestClient& joiner, const Session& session,
                          const ExternalCommitEdits& edits) {
  const PublicGroup& group = GroupOf(session);
  const Suite& suite = group.suite();
  const auto* member = Must(SessionAccess::Of(session).member());
  const KeyPair external_pub =
      Must(DeriveExternalKeyPair(suite, member->epoch().secrets.external_secret));
  ExternalInitSent init = Must(SendExternalInit(suite, external_pub.public_key));

  CommitEdits commit = edits.commit;
  if (!edits.no_external_init) {
    rfc9420::ExternalInit external_init{std::move(init.kem_output)};
    Apply(edits.external_init, external_init);
    commit.proposals.insert(commit.proposals.begin(), ByValue(std::move(external_init)));
  }
  const ClientState& client = *ClientAccess::State(joiner.client);
  const Committer committer{.session = session,
                            .group = group,
                            .client = client,
                            .signer = *client.signer,
                            .sender = rfc9420::Sender::Of(rfc9420::NewMemberCommit{}),
                            .store = nullptr,
                            .init_secret = init.init_secret,
                            .leaf = std::nullopt,
                            .unplaced = UnplacedLeaf(client.profile, *client.signer)};
  return SealFromOutside(MakeCommit(committer, commit), commit.framing);
}

}  // namespace conclave::testing
