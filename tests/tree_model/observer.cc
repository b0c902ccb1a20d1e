#include "tree_model/observer.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "conclave/group_info.h"
#include "labeled/labeled.h"
#include "support/must.h"

namespace conclave::test {

namespace {

rfc9420::LeafNode LeafOfFounder(const Session& founder) {
  REQUIRE(founder.member_count() == 1);
  const auto nodes = Must(wire::Parse<ReferenceTree::Nodes>(Must(ExportRatchetTree(founder))));
  return *nodes.front()->GetIf<rfc9420::LeafNode>();
}

rfc9420::PublicMessage ParsePublicMessage(BytesView bytes) {
  const auto message = Must(wire::Parse<rfc9420::MLSMessage>(bytes));
  const auto* public_message = message.message.GetIf<rfc9420::PublicMessage>();
  if (public_message == nullptr) FAIL("not a public message");
  return *public_message;
}

LeafIndex LeafOfSender(const rfc9420::Sender& sender) {
  const auto* member = sender.GetIf<rfc9420::MemberSender>();
  if (member == nullptr) FAIL("not sent by a member");
  return member->leaf_index;
}

}  // namespace

Observer::Observer(const Suite& suite, const Session& founder)
    : suite_(suite), tree_(suite, LeafOfFounder(founder)) {
  knowledge_.Join(tree_, {0});
}

void Observer::ReadProposal(BytesView bytes) {
  rfc9420::PublicMessage message = ParsePublicMessage(bytes);
  const auto* proposal = message.content.content.GetIf<rfc9420::Proposal>();
  if (proposal == nullptr) FAIL("not a proposal");
  Proposed proposed{*proposal, message.content.sender};
  const rfc9420::AuthenticatedContent content{rfc9420::WireFormat::mls_public_message,
                                              std::move(message.content), std::move(message.auth)};
  const ProposalRef ref = Must(MakeProposalRef(suite_, wire::Serialize(content)));
  proposals_.insert_or_assign(ref.value, std::move(proposed));
}

void Observer::ReadCommit(BytesView bytes) {
  const rfc9420::PublicMessage message = ParsePublicMessage(bytes);
  const auto* commit = message.content.content.GetIf<rfc9420::Commit>();
  if (commit == nullptr) FAIL("not a commit");
  const std::vector<LeafIndex> added = ApplyProposals(ProposalsOf(message.content));
  proposals_.clear();
  if (!commit->path.has_value()) return;
  LeafIndex committer;
  if (message.content.sender.Is<rfc9420::NewMemberCommit>()) {
    // Section 12.4.3.2: whoever joins by the commit is put where an Add would put them.
    committer = {tree_.Add(commit->path->leaf_node)};
    knowledge_.Join(tree_, committer);
  } else {
    committer = LeafOfSender(message.content.sender);
  }
  MergePath(committer, *commit->path, added);
}

std::vector<Observer::Proposed> Observer::ProposalsOf(const rfc9420::FramedContent& content) const {
  std::vector<Proposed> proposals;
  for (const rfc9420::ProposalOrRef& entry : content.content.GetIf<rfc9420::Commit>()->proposals) {
    if (const auto* proposal = entry.GetIf<rfc9420::Proposal>()) {
      proposals.push_back({*proposal, content.sender});
    } else {
      proposals.push_back(proposals_.at(entry.GetIf<ProposalRef>()->value));
    }
  }
  return proposals;
}

std::vector<LeafIndex> Observer::ApplyProposals(const std::vector<Proposed>& proposals) {
  for (const auto& [proposal, sender] : proposals) {
    const auto* update = proposal.GetIf<rfc9420::Update>();
    if (update == nullptr) continue;
    tree_.Update(LeafOfSender(sender).value, update->leaf_node);
    knowledge_.Renew(tree_, LeafOfSender(sender));
  }
  for (const auto& [proposal, sender] : proposals) {
    const auto* remove = proposal.GetIf<rfc9420::Remove>();
    if (remove == nullptr) continue;
    tree_.Remove(remove->removed.value);
    knowledge_.Leave(remove->removed);
  }
  std::vector<LeafIndex> added;
  for (const auto& [proposal, sender] : proposals) {
    const auto* add = proposal.GetIf<rfc9420::Add>();
    if (add == nullptr) continue;
    added.push_back({tree_.Add(add->key_package.leaf_node)});
    knowledge_.Join(tree_, added.back());
  }
  return added;
}

void Observer::MergePath(LeafIndex committer, const rfc9420::UpdatePath& path,
                         const std::vector<LeafIndex>& added) {
  const auto steps = tree_.FilteredDirectPath(committer.value);
  REQUIRE(path.nodes.size() == steps.size());
  std::vector<Bytes> keys;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::size_t recipients = tree_.Recipients(steps[i].second, added).size();
    REQUIRE(path.nodes[i].encrypted_path_secret.size() == recipients);
    keys.push_back(path.nodes[i].encryption_key);
  }
  const auto* source = path.leaf_node.leaf_node_source.GetIf<rfc9420::ParentHash>();
  REQUIRE(source != nullptr);
  REQUIRE(source->parent_hash == tree_.SetPath(committer.value, keys));
  tree_.SetLeaf(committer.value, path.leaf_node);
  knowledge_.Renew(tree_, committer);
  knowledge_.SendPath(tree_, committer, added);
}

}  // namespace conclave::test
