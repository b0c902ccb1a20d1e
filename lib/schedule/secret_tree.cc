// RFC 9420, sections 9 and 9.2.
#include "schedule/secret_tree.h"

#include <bit>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"
#include "base/rule.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"

namespace conclave {

namespace labels = rfc9420::labels;

namespace {

Result<Secret> DeriveChild(const Suite& suite, const Secret& parent, std::string_view side) {
  return ExpandWithLabel(suite, parent, labels::kTree, AsBytes(side), suite.hash_size());
}

Result<HashRatchet> BeginRatchet(const Suite& suite, const Secret& leaf, std::string_view label) {
  CONCLAVE_ASSIGN_OR_RETURN(Secret root,
                            ExpandWithLabel(suite, leaf, label, {}, suite.hash_size()));
  return HashRatchet(std::move(root));
}

}  // namespace

OpeningKey::OpeningKey(RatchetId id, std::optional<Descent> descent, RatchetStep step)
    : id_(id), descent_(std::move(descent)), step_(std::move(step)) {}

SecretTree::SecretTree(Secret encryption_secret, std::uint32_t width) : width_(width) {
  CONCLAVE_CHECK(std::has_single_bit(width) && width <= kMaxTreeWidth);
  nodes_.emplace(Root(width), std::move(encryption_secret));
}

const Secret* SecretTree::FindNode(NodeIndex node) const {
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? nullptr : &found->second;
}

HashRatchet* SecretTree::FindRatchet(RatchetId id) {
  const auto found = ratchets_.find(id);
  return found == ratchets_.end() ? nullptr : &found->second;
}

const HashRatchet* SecretTree::FindRatchet(RatchetId id) const {
  return const_cast<SecretTree*>(this)->FindRatchet(id);
}

std::optional<NodeIndex> SecretTree::HeldAbove(LeafIndex leaf) const {
  for (NodeIndex node = ToNode(leaf);; node = Parent(node)) {
    if (nodes_.contains(node)) return node;
    if (node == Root(width_)) return std::nullopt;
  }
}

Result<OpeningKey::Descent> SecretTree::Descend(const Suite& suite, LeafIndex leaf) const {
  const std::optional<NodeIndex> top = HeldAbove(leaf);
  CONCLAVE_CHECK(top.has_value());
  std::vector<Descent::Node> beside;
  Secret secret = nodes_.find(*top)->second.Clone();
  for (NodeIndex node = *top; !IsLeaf(node);) {
    CONCLAVE_ASSIGN_OR_RETURN(Secret left, DeriveChild(suite, secret, labels::kLeft));
    CONCLAVE_ASSIGN_OR_RETURN(Secret right, DeriveChild(suite, secret, labels::kRight));
    if (IsInSubtree(leaf, Left(node))) {
      beside.push_back({Right(node), std::move(right)});
      secret = std::move(left);
      node = Left(node);
    } else {
      beside.push_back({Left(node), std::move(left)});
      secret = std::move(right);
      node = Right(node);
    }
  }
  CONCLAVE_ASSIGN_OR_RETURN(HashRatchet handshake, BeginRatchet(suite, secret, labels::kHandshake));
  CONCLAVE_ASSIGN_OR_RETURN(HashRatchet application,
                            BeginRatchet(suite, secret, labels::kApplication));
  return Descent{std::move(beside), std::move(handshake), std::move(application)};
}

void SecretTree::InstallDescent(LeafIndex leaf, Descent descent) {
  const std::optional<NodeIndex> top = HeldAbove(leaf);
  // Without one, another descent to this leaf came first and its ratchets are there.
  if (!top.has_value()) return;
  //= rfc9420#9.2
  //# Then, for that member, at least the following values have been consumed and MUST be deleted:
  //= rfc9420#9.2
  //# all node secrets in the secret tree on the path from the root to the leaf with node L,
  nodes_.erase(*top);
  changes_.nodes.push_back(*top);
  for (Descent::Node& node : descent.beside) {
    // Another descent may have come down part of the way since this one was prepared.
    if (Level(node.index) >= Level(*top)) continue;
    nodes_.emplace(node.index, std::move(node.secret));
    changes_.nodes.push_back(node.index);
  }
  const auto begin = [this, leaf](RatchetType type, HashRatchet ratchet) {
    ratchets_.emplace(RatchetId{leaf, type}, std::move(ratchet));
    changes_.ratchets.push_back({leaf, type});
  };
  begin(RatchetType::application, std::move(descent.application));
  if (!handshake_forgotten_) begin(RatchetType::handshake, std::move(descent.handshake));
}

Result<MessageKey> SecretTree::NextKey(const Suite& suite, LeafIndex own, RatchetType type) {
  CONCLAVE_CHECK(own.value < width_);
  CONCLAVE_CHECK(!(handshake_forgotten_ && type == RatchetType::handshake));
  const RatchetId id{own, type};
  if (FindRatchet(id) == nullptr) {
    CONCLAVE_ASSIGN_OR_RETURN(Descent descent, Descend(suite, own));
    InstallDescent(own, std::move(descent));
  }
  CONCLAVE_ASSIGN_OR_RETURN(MessageKey key, FindRatchet(id)->Next(suite));
  changes_.ratchets.push_back(id);
  return key;
}

Result<OpeningKey> SecretTree::PrepareOpening(const Suite& suite, LeafIndex sender,
                                              RatchetType type, std::uint32_t generation,
                                              const RatchetWindow& window) const {
  CONCLAVE_CHECK(sender.value < width_);
  const RatchetId id{sender, type};
  CONCLAVE_RETURN_IF_ERROR(Rule("9.2:handshake-keys-are-kept", ErrorKind::kAlreadyUsed,
                                !(handshake_forgotten_ && type == RatchetType::handshake)));
  if (const HashRatchet* ratchet = FindRatchet(id)) {
    CONCLAVE_ASSIGN_OR_RETURN(RatchetStep step, ratchet->PrepareOpening(suite, generation, window));
    return OpeningKey(id, std::nullopt, std::move(step));
  }
  CONCLAVE_ASSIGN_OR_RETURN(Descent descent, Descend(suite, sender));
  const HashRatchet& fresh =
      type == RatchetType::handshake ? descent.handshake : descent.application;
  CONCLAVE_ASSIGN_OR_RETURN(RatchetStep step, fresh.PrepareOpening(suite, generation, window));
  return OpeningKey(id, std::move(descent), std::move(step));
}

void SecretTree::Install(OpeningKey key) {
  if (key.descent_.has_value()) InstallDescent(key.sender(), std::move(*key.descent_));
  // None is left if the handshake ratchets were forgotten after the key was prepared.
  HashRatchet* ratchet = FindRatchet(key.id_);
  if (ratchet == nullptr) return;
  changes_.ratchets.push_back(key.id_);
  for (const std::uint32_t generation : ratchet->Install(std::move(key.step_))) {
    changes_.retained.push_back({key.id_, generation});
  }
}

void SecretTree::ForgetHandshake() {
  handshake_forgotten_ = true;
  std::erase_if(ratchets_,
                [](const auto& entry) { return entry.first.type == RatchetType::handshake; });
}

}  // namespace conclave
