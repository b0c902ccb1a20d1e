// Leaves and key packages (RFC 9420, sections 7.2, 7.3, 10 and 10.1).
#include <string_view>
#include <utility>

#include "group/key_package_rules.h"
#include "judge.h"
#include "labeled/labeled.h"
#include "printable.h"
#include "rfc9420/labels.h"
#include "tree/leaf_node_rules.h"
#include "wire/parse.h"

namespace conclave::inspector {

namespace {

using rfc9420::LeafNodeSource;

constexpr const char* kLeafSignature = "7.3:leaf-signature";
constexpr const char* kKeyPackageSignature = "10.1:signature";

// CheckKeyPackage() asks neither.
class NoVerifier final : public CredentialVerifier {
 public:
  CredentialAnswer Verify(const CredentialQuestion&) override {
    return CredentialAnswer::unavailable;
  }
};
class NoPsks final : public PskSource {
 public:
  Result<Secret> Find(const PskId&) const override {
    return Error{ErrorKind::kMissing, "there are no PSKs"};
  }
};

// The rules but that of the time, which is judged apart.
Result<void> CheckTimelessly(const Suite& suite, const rfc9420::KeyPackage& key_package) {
  const Policy policy;
  NoVerifier verifier;
  const NoPsks psks;
  const auto* lifetime = key_package.leaf_node.leaf_node_source.GetIf<Lifetime>();
  const std::uint64_t now = lifetime != nullptr ? lifetime->not_before : 0;
  return CheckKeyPackage(suite, {policy, verifier, psks, now}, key_package);
}

bool IsRule(const Result<void>& checked, std::string_view rule) {
  return !checked.ok() && checked.error().detail == rule;
}

}  // namespace

void Judge::LeafLifetime(const rfc9420::LeafNode& leaf, Node& node) {
  const auto* lifetime = leaf.leaf_node_source.GetIf<Lifetime>();
  if (lifetime == nullptr) return;
  const Node& where = node.at("lifetime");
  if (questions_.now > lifetime->not_after) {
    Warn(where, "lifetime ended " + DateOf(lifetime->not_after), "7.3:lifetime-is-current");
  } else if (questions_.now < lifetime->not_before) {
    Warn(where, "lifetime begins " + DateOf(lifetime->not_before), "7.3:lifetime-is-current");
  }
}

bool Judge::LeafRules(const Surroundings& around, const Suite& suite, const rfc9420::LeafNode& leaf,
                      std::optional<LeafNodeSource> source, Node& node) {
  const bool needs_place = leaf.leaf_node_source.tag() != LeafNodeSource::key_package;
  const bool has_place = around.group_id.has_value() && around.leaf.has_value();
  const GroupId group_id = around.group_id.value_or(GroupId());
  const LeafIndex index = around.leaf.value_or(LeafIndex());
  const LeafPlace place{source.value_or(leaf.leaf_node_source.tag()), group_id, index};
  const auto checked = CheckLeafNode(suite, leaf, place);
  const bool content_is_fine = checked.ok() || IsRule(checked, kLeafSignature);
  if (!content_is_fine) Broken(node, checked.error());

  Node& signature = node.at("signature");
  if (needs_place && !has_place) {
    SignatureIsOpen(signature, around.group_id.has_value()
                                   ? "it covers the leaf's index, which is not in the object"
                                   : "it covers the group's id and the leaf's index, which are not "
                                     "in the object");
    return content_is_fine;
  }
  const bool is_valid =
      checked.ok() ||
      (!content_is_fine &&
       VerifyWithLabel(suite, leaf.signature_key, rfc9420::labels::kLeafNodeTBS,
                       rfc9420::SerializeLeafNodeTBS(leaf, group_id, index), leaf.signature)
           .ok());
  SignatureIs(signature, is_valid, kLeafSignature, "under signature_key");
  return content_is_fine && is_valid;
}

bool Judge::Leaf(const Surroundings& around, const rfc9420::LeafNode& leaf,
                 std::optional<LeafNodeSource> source, Node& node) {
  LeafLifetime(leaf, node);
  const std::optional<Suite> suite = around.suite.has_value() ? around.suite : GuessSuite(leaf);
  if (!suite.has_value()) {
    SignatureIsOpen(node.at("signature"), "the keys have the sizes of no known cipher suite");
    return false;
  }
  return LeafRules(around, *suite, leaf, source, node);
}

void Judge::KeyPackage(const rfc9420::KeyPackage& key_package, Node& node) {
  Node& signature = node.at("signature");
  const std::optional<Suite> suite = SuiteOf(key_package.cipher_suite, node.at("cipher_suite"));
  if (!suite.has_value()) {
    LeafLifetime(key_package.leaf_node, node.at("leaf_node"));
    SignatureIsOpen(signature, "the cipher suite is not known");
    return;
  }
  if (auto ref = MakeKeyPackageRef(*suite, wire::Serialize(key_package)); ref.ok()) {
    node.computed.push_back({"KeyPackageRef", std::move(ref->value)});
  }
  Surroundings around;
  around.suite = suite;
  const bool leaf_is_fine =
      Leaf(around, key_package.leaf_node, LeafNodeSource::key_package, node.at("leaf_node"));
  const auto verified =
      VerifyWithLabel(*suite, key_package.leaf_node.signature_key, rfc9420::labels::kKeyPackageTBS,
                      wire::SerializeTbs(key_package), key_package.signature);
  SignatureIs(signature, verified.ok(), kKeyPackageSignature, "under leaf_node.signature_key");
  if (!leaf_is_fine) return;
  const auto checked = CheckTimelessly(*suite, key_package);
  if (IsRule(checked, "7.2:lifetime-not-too-long")) {
    Warn(node.at("leaf_node").at("lifetime"),
         "lifetime is longer than the library accepts by default", checked.error().detail);
  } else if (!checked.ok() && !IsRule(checked, kKeyPackageSignature)) {
    Broken(node, checked.error());
  }
}

void Judge::Object(const rfc9420::KeyPackage& key_package, Node& root) {
  KeyPackage(key_package, root);
}

void Judge::Object(const rfc9420::LeafNode& leaf, Node& root) {
  Leaf(Asked(), leaf, std::nullopt, root);
}

}  // namespace conclave::inspector
