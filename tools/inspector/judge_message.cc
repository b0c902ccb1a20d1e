// Messages, proposals and commits (RFC 9420, sections 6, 12.1 and 12.4).
#include <utility>

#include "framing/content_auth.h"
#include "group/group_extensions.h"
#include "judge.h"
#include "labeled/labeled.h"
#include "wire/parse.h"

namespace conclave::inspector {

using rfc9420::LeafNodeSource;
using rfc9420::SenderType;

// The suite of a key package inside, or that of a leaf inside by the sizes of its keys.
std::optional<Suite> Judge::SuiteIn(const rfc9420::FramedContent& content) const {
  if (auto asked = Asked(); asked.suite.has_value()) return asked.suite;
  const auto of_proposal = [](const rfc9420::Proposal& proposal) -> std::optional<Suite> {
    if (const auto* add = proposal.GetIf<rfc9420::Add>()) {
      auto suite = FindSuite(add->key_package.cipher_suite, Provider());
      if (suite.ok()) return *suite;
    }
    const auto* update = proposal.GetIf<rfc9420::Update>();
    return update != nullptr ? GuessSuite(update->leaf_node) : std::nullopt;
  };
  if (const auto* proposal = content.content.GetIf<rfc9420::Proposal>()) {
    return of_proposal(*proposal);
  }
  const auto* commit = content.content.GetIf<rfc9420::Commit>();
  if (commit == nullptr) return std::nullopt;
  for (const rfc9420::ProposalOrRef& item : commit->proposals) {
    const auto* proposal = item.GetIf<rfc9420::Proposal>();
    if (proposal == nullptr) continue;
    if (auto suite = of_proposal(*proposal)) return suite;
  }
  return commit->path.has_value() ? GuessSuite(commit->path->leaf_node) : std::nullopt;
}

void Judge::ContentSignature(const std::optional<Suite>& suite,
                             const rfc9420::AuthenticatedContent& content, Node& signature) {
  switch (content.content.sender.tag()) {
    case SenderType::member:
      return SignatureIsOpen(signature, "the sender's key is in the group's ratchet tree");
    case SenderType::external:
      return SignatureIsOpen(signature, "the sender's key is in the group's external_senders");
    case SenderType::new_member_commit:
      return SignatureIsOpen(signature, "it covers the GroupContext, which is not in the object");
    case SenderType::new_member_proposal:
      break;
  }
  const auto* proposal = content.content.content.GetIf<rfc9420::Proposal>();
  const auto* add = proposal != nullptr ? proposal->GetIf<rfc9420::Add>() : nullptr;
  if (add == nullptr || !suite.has_value()) {
    return SignatureIsOpen(signature, "the sender's key is not in the object");
  }
  const auto verified =
      VerifyContentSignature(*suite, add->key_package.leaf_node.signature_key, content, {});
  SignatureIs(signature, verified.ok(), "6.1:signature-verifies",
              "under key_package.leaf_node.signature_key");
}

void Judge::Authenticated(const rfc9420::AuthenticatedContent& content, Node& holder) {
  Node& content_node = holder.at("content");
  Surroundings around;
  around.suite = SuiteIn(content.content);
  around.group_id = content.content.group_id;
  if (const auto* member = content.content.sender.GetIf<rfc9420::MemberSender>()) {
    around.leaf = member->leaf_index;
  }
  ContentSignature(around.suite, content, holder.at("auth").at("signature"));
  if (const auto* proposal = content.content.content.GetIf<rfc9420::Proposal>()) {
    Proposal(around, *proposal, content_node.at("proposal"));
    if (!around.suite.has_value()) {
      holder.computed.push_back(
          {"ProposalRef", std::monostate(), "the cipher suite is not in the object"});
    } else if (auto ref = MakeProposalRef(*around.suite, wire::Serialize(content)); ref.ok()) {
      holder.computed.push_back({"ProposalRef", std::move(ref->value)});
    }
  }
  if (const auto* commit = content.content.content.GetIf<rfc9420::Commit>()) {
    Commit(around, *commit, content_node.at("commit"));
  }
}

void Judge::Proposal(const Surroundings& around, const rfc9420::Proposal& proposal, Node& node) {
  if (const auto* add = proposal.GetIf<rfc9420::Add>()) {
    KeyPackage(add->key_package, node.at("key_package"));
  }
  if (const auto* update = proposal.GetIf<rfc9420::Update>()) {
    Leaf(around, update->leaf_node, LeafNodeSource::update, node.at("leaf_node"));
  }
  if (const auto* change = proposal.GetIf<rfc9420::GroupContextExtensions>()) {
    const auto parsed = ParseGroupExtensions(change->extensions);
    if (!parsed.ok()) Broken(node.at("extensions"), parsed.error());
  }
}

void Judge::Commit(const Surroundings& around, const rfc9420::Commit& commit, Node& node) {
  Node& proposals = node.at("proposals");
  for (std::size_t i = 0; i < commit.proposals.size(); ++i) {
    const auto* proposal = commit.proposals[i].GetIf<rfc9420::Proposal>();
    if (proposal != nullptr) Proposal(around, *proposal, proposals.children[i].at("proposal"));
  }
  if (!commit.path.has_value()) return;
  Leaf(around, commit.path->leaf_node, LeafNodeSource::commit, node.at("path").at("leaf_node"));
}

void Judge::Object(const rfc9420::MLSMessage& message, Node& root) {
  if (const auto* body = message.message.GetIf<rfc9420::PublicMessage>()) {
    Object(*body, root.at("public_message"));
  }
  if (const auto* body = message.message.GetIf<rfc9420::Welcome>()) {
    Object(*body, root.at("welcome"));
  }
  if (const auto* body = message.message.GetIf<rfc9420::GroupInfo>()) {
    Object(*body, root.at("group_info"));
  }
  if (const auto* body = message.message.GetIf<rfc9420::KeyPackage>()) {
    Object(*body, root.at("key_package"));
  }
}

void Judge::Object(const rfc9420::PublicMessage& message, Node& root) {
  if (message.content.content.Is<rfc9420::ApplicationData>()) {
    Wrong(root.at("content"), "application data is not encrypted: RFC 9420 wants a PrivateMessage",
          "6");
  }
  Authenticated({rfc9420::WireFormat::mls_public_message, message.content, message.auth}, root);
}

void Judge::Object(const rfc9420::AuthenticatedContent& content, Node& root) {
  Authenticated(content, root);
}

void Judge::Object(const rfc9420::Proposal& proposal, Node& root) {
  Proposal(Asked(), proposal, root);
}

void Judge::Object(const rfc9420::Add& add, Node& root) {
  KeyPackage(add.key_package, root.at("key_package"));
}

void Judge::Object(const rfc9420::Update& update, Node& root) {
  Leaf(Asked(), update.leaf_node, LeafNodeSource::update, root.at("leaf_node"));
}

void Judge::Object(const rfc9420::Commit& commit, Node& root) { Commit(Asked(), commit, root); }

void Judge::Object(const rfc9420::UpdatePath& path, Node& root) {
  Leaf(Asked(), path.leaf_node, LeafNodeSource::commit, root.at("leaf_node"));
}

void Judge::Object(const rfc9420::Welcome& welcome, Node& root) {
  SuiteOf(welcome.cipher_suite, root.at("cipher_suite"));
}

}  // namespace conclave::inspector
