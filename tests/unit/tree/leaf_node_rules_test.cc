// Each rule of a leaf on its own (RFC 9420, sections 5.3, 7.2, 7.3 and 13.4): a leaf that breaks
// exactly that rule, and is signed all the same.
#include "tree/leaf_node_rules.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "support/forwarding_provider.h"
#include "unit/tree/member_simulation.h"

namespace conclave::test {

namespace {

using rfc9420::LeafNode;
using rfc9420::LeafNodeSource;

constexpr auto kCustomExtension = ExtensionType{0xf001};
constexpr auto kCustomCredential = CredentialType{0xf002};

Result<void> CheckInTree(const Suite& suite, const LeafNode& leaf, BytesView group_id,
                         LeafIndex index) {
  const LeafInTree placed{index, leaf};
  return CheckLeafNodesInTree(suite, {&placed, 1}, group_id);
}

// The rule that `leaf`, once signed, breaks at its place; "" if none.
std::string RuleOf(const Suite& suite, const std::function<void(LeafNode&)>& change,
                   LeafNodeSource source = LeafNodeSource::key_package) {
  OwnedLeaf owned = OwnedLeaf::New(suite);
  change(owned.leaf);
  owned.Sign({3});
  const auto result = CheckLeafNode(suite, owned.leaf, {source, TestGroupId(), {3}});
  const auto in_tree = CheckInTree(suite, owned.leaf, TestGroupId(), {3});
  if (result.ok()) {
    CHECK(in_tree.ok());
    return "";
  }
  const std::string rule = result.error().detail;
  if (rule == "7.3:leaf-node-source") {
    CHECK(in_tree.ok());  // its own source says where it was made
  } else {
    CHECK(in_tree.error().detail == rule);
    CHECK(in_tree.error().kind == ErrorKind::kInvalidCommit);
  }
  CHECK(result.error().kind == (source == LeafNodeSource::commit ? ErrorKind::kInvalidCommit
                                                                 : ErrorKind::kInvalidProposal));
  return rule;
}
std::string RuleOf(const std::function<void(LeafNode&)>& change,
                   LeafNodeSource source = LeafNodeSource::key_package) {
  return RuleOf(TestSuite(), change, source);
}

void MakeUpdate(LeafNode& leaf) {
  leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(rfc9420::NoLeafContext{});
}
void MakeCommit(LeafNode& leaf) {
  leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(rfc9420::ParentHash{});
}

void AddExtension(LeafNode& leaf, ExtensionType type) {
  leaf.extensions.push_back({type, UniqueBytes(9)});
}

// A provider by which every certificate holds one key.
class OneCertificate final : public ForwardingProvider {
 public:
  OneCertificate() : ForwardingProvider(Provider()) {}
  Result<Bytes> CertificatePublicKey(BytesView certificate) const override {
    if (certificate.empty()) return Error{ErrorKind::kMalformed, "no certificate"};
    if (certificate.size() == 1) return Error{ErrorKind::kCrypto, "told to fail"};
    return key;
  }
  Bytes key;
};

}  // namespace

TEST_CASE("a leaf that keeps all rules is valid in every suite", "[leaf-node-rules]") {
  for (const Suite& suite : AllSuites()) {
    CAPTURE(suite.name());
    CHECK(RuleOf(suite, [](LeafNode&) {}).empty());
    CHECK(RuleOf(suite, MakeUpdate, LeafNodeSource::update).empty());
    CHECK(RuleOf(suite, MakeCommit, LeafNodeSource::commit).empty());
    CHECK(RuleOf(suite, [](LeafNode& leaf) { leaf.encryption_key.pop_back(); }) ==
          "5.1.1:encryption-key-size");
    CHECK(RuleOf(suite, [](LeafNode& leaf) { leaf.signature_key.push_back(0); }) ==
          "5.1.1:signature-key-size");
  }
}

// Of a leaf that comes in by itself; those of a whole tree are not asked.
TEST_CASE("a leaf's encryption key is one that something can be sealed to", "[leaf-node-rules]") {
  for (const Suite& suite : AllSuites()) {
    CAPTURE(suite.name());
    OwnedLeaf owned = OwnedLeaf::New(suite);
    owned.leaf.encryption_key.assign(owned.leaf.encryption_key.size(), 0);
    owned.Sign({});
    const auto alone = CheckLeafNode(suite, owned.leaf, {.source = LeafNodeSource::key_package});
    REQUIRE(!alone.ok());
    CHECK(alone.error().kind == ErrorKind::kInvalidProposal);
    CHECK(alone.error().detail == std::string("5.1.1:encryption-key-is-a-key"));
    CHECK(CheckInTree(suite, owned.leaf, {}, {0}).ok());
  }
}

TEST_CASE("a leaf's source is the one of its place", "[leaf-node-rules]") {
  using enum LeafNodeSource;
  const std::string rule = "7.3:leaf-node-source";
  CHECK(RuleOf([](LeafNode&) {}, update) == rule);
  CHECK(RuleOf([](LeafNode&) {}, commit) == rule);
  CHECK(RuleOf(MakeUpdate, key_package) == rule);
  CHECK(RuleOf(MakeUpdate, commit) == rule);
  CHECK(RuleOf(MakeCommit, key_package) == rule);
  CHECK(RuleOf(MakeCommit, update) == rule);
}

TEST_CASE("a leaf lists what it uses", "[leaf-node-rules]") {
  CHECK(RuleOf([](LeafNode& leaf) { leaf.capabilities.versions.clear(); }) == "7.2:version-listed");
  CHECK(RuleOf([](LeafNode& leaf) {
          leaf.capabilities.cipher_suites = {CipherSuite::MLS_128_DHKEMP256_AES128GCM_SHA256_P256};
        }) == "7.2:cipher-suite-listed");
  CHECK(RuleOf([](LeafNode& leaf) { leaf.capabilities.credentials = {CredentialType::x509}; }) ==
        "7.2:credential-type-listed");
  CHECK(RuleOf([](LeafNode& leaf) {
          leaf.credential.value = CustomCredential{kCustomCredential, {}};
        }) == "7.2:credential-type-listed");
  CHECK(RuleOf([](LeafNode& leaf) {
          leaf.credential.value = CustomCredential{kCustomCredential, {}};
          leaf.capabilities.credentials.push_back(kCustomCredential);
        }).empty());
  CHECK(RuleOf([](LeafNode& leaf) { AddExtension(leaf, kCustomExtension); }) ==
        "7.3:extensions-listed");
  CHECK(RuleOf([](LeafNode& leaf) {
          AddExtension(leaf, kCustomExtension);
          leaf.capabilities.extensions = {ExtensionType{7}, kCustomExtension, ExtensionType{6}};
        }).empty());
  // Defaults need not be listed.
  CHECK(RuleOf([](LeafNode& leaf) { AddExtension(leaf, ExtensionType::application_id); }).empty());
}

TEST_CASE("what nobody knows in a leaf's capabilities is ignored", "[leaf-node-rules]") {
  CHECK(RuleOf([](LeafNode& leaf) {
          leaf.capabilities.versions.push_back(ProtocolVersion{0x0a0a});
          leaf.capabilities.cipher_suites.push_back(CipherSuite{0x1a1a});
          leaf.capabilities.extensions = {ExtensionType{0x2a2a}, ExtensionType{0x2a2a}};
          leaf.capabilities.proposals = {ProposalType{0x3a3a}};
          leaf.capabilities.credentials.push_back(CredentialType{0x4a4a});
          AddExtension(leaf, ExtensionType{0x2a2a});
        }).empty());
}

TEST_CASE("a leaf has each extension once", "[leaf-node-rules]") {
  CHECK(RuleOf([](LeafNode& leaf) {
          leaf.capabilities.extensions = {kCustomExtension};
          AddExtension(leaf, kCustomExtension);
          AddExtension(leaf, ExtensionType::application_id);
          AddExtension(leaf, kCustomExtension);
        }) == "13.4:leaf-extension-types-once");
}

TEST_CASE("a leaf with many extensions and capabilities is checked in no time",
          "[leaf-node-rules]") {
  CHECK(RuleOf([](LeafNode& leaf) {
          for (std::uint32_t type = 0x100; type < 0x10000; ++type) {
            leaf.extensions.push_back({ExtensionType(type), {}});
            leaf.capabilities.extensions.push_back(ExtensionType(0x100ff - type));
          }
        }).empty());
}

TEST_CASE("a leaf's signature covers all of it and its place", "[leaf-node-rules]") {
  const Suite suite = TestSuite();
  for (const auto& make : {MakeUpdate, MakeCommit}) {
    OwnedLeaf owned = OwnedLeaf::New(suite);
    make(owned.leaf);
    owned.Sign({3});
    const LeafNodeSource source = owned.leaf.leaf_node_source.tag();
    const auto rule = [&](const LeafNode& leaf, BytesView group_id, LeafIndex index) {
      const auto result = CheckLeafNode(suite, leaf, {source, group_id, index});
      CHECK(result.ok() == CheckInTree(suite, leaf, group_id, index).ok());
      if (result.ok()) return std::string();
      CHECK(result.error().kind == ErrorKind::kNotAuthentic);
      return std::string(result.error().detail);
    };
    CHECK(rule(owned.leaf, TestGroupId(), {3}).empty());
    CHECK(rule(owned.leaf, TestGroupId(), {4}) == "7.3:leaf-signature");
    CHECK(rule(owned.leaf, ToBytes("another"), {3}) == "7.3:leaf-signature");
    CHECK(rule(owned.leaf, {}, {3}) == "7.3:leaf-signature");
    LeafNode changed = owned.leaf;
    changed.credential.value = BasicCredential{ToBytes("mallory")};
    CHECK(rule(changed, TestGroupId(), {3}) == "7.3:leaf-signature");
    changed = owned.leaf;
    changed.signature_key = OwnedLeaf::New(suite).leaf.signature_key;
    CHECK(rule(changed, TestGroupId(), {3}) == "7.3:leaf-signature");
    for (std::size_t size = 0; size < owned.leaf.signature.size(); ++size) {
      changed = owned.leaf;
      changed.signature.resize(size);
      CHECK(rule(changed, TestGroupId(), {3}) == "7.3:leaf-signature");
    }
  }
}

TEST_CASE("a leaf of a key package is not bound to a group or a place", "[leaf-node-rules]") {
  const Suite suite = TestSuite();
  const OwnedLeaf owned = OwnedLeaf::New(suite);
  CHECK(CheckLeafNode(suite, owned.leaf, {.source = LeafNodeSource::key_package}).ok());
  CHECK(CheckInTree(suite, owned.leaf, ToBytes("any"), {77}).ok());
}

TEST_CASE("an X.509 credential certifies the leaf's signature key", "[leaf-node-rules]") {
  OneCertificate provider;
  const Suite suite = SuiteOver(provider);
  const auto rule = [&](std::vector<Bytes> chain, bool of_this_key) {
    return RuleOf(suite, [&](LeafNode& leaf) {
      provider.key = of_this_key ? leaf.signature_key : UniqueBytes(32);
      leaf.capabilities.credentials = {CredentialType::x509};
      leaf.credential.value = X509Credential{chain};
    });
  };
  CHECK(rule({ToBytes("end entity"), {}}, true).empty());
  CHECK(rule({ToBytes("end entity")}, false) == "5.3:x509-certifies-signature-key");
  CHECK(rule({}, true) == "5.3:x509-has-a-certificate");
  CHECK(rule({{}, ToBytes("not this one")}, true) == "5.3:x509-certificate-decodes");
  // A provider that fails has not judged.
  OwnedLeaf owned = OwnedLeaf::New(suite);
  owned.leaf.capabilities.credentials = {CredentialType::x509};
  owned.leaf.credential.value = X509Credential{{Bytes(1)}};
  const auto failed = CheckLeafNode(suite, owned.leaf, {.source = LeafNodeSource::key_package});
  CHECK(failed.error().kind == ErrorKind::kCrypto);
}

TEST_CASE("a lifetime holds from its first second to its last", "[leaf-node-rules]") {
  const auto rule = [](std::uint64_t not_before, std::uint64_t not_after, std::uint64_t now,
                       std::uint64_t max_lifetime) {
    LeafNode leaf = NewLeaf();
    leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(Lifetime{not_before, not_after});
    const auto result = CheckLifetime(leaf, now, max_lifetime);
    return result.ok() ? std::string() : std::string(result.error().detail);
  };
  constexpr std::uint64_t kForever = UINT64_MAX;
  CHECK(rule(100, 200, 100, 100).empty());
  CHECK(rule(100, 200, 200, 100).empty());
  CHECK(rule(100, 200, 99, 100) == "7.3:lifetime-is-current");
  CHECK(rule(100, 200, 201, 100) == "7.3:lifetime-is-current");
  CHECK(rule(100, 201, 150, 100) == "7.2:lifetime-not-too-long");
  CHECK(rule(0, kForever, 150, 100) == "7.2:lifetime-not-too-long");
  CHECK(rule(0, kForever, 150, kForever).empty());
  CHECK(rule(200, 100, 150, kForever) == "7.2:lifetime-not-too-long");
  CHECK(rule(kForever, 0, 0, kForever) == "7.2:lifetime-not-too-long");
  CHECK(CheckLifetime(NewLeafFromCommit({}), 5, 0).ok());
}

TEST_CASE("capabilities meet what they list and what is a default", "[leaf-node-rules]") {
  Capabilities capabilities;
  capabilities.extensions = {kCustomExtension};
  capabilities.proposals = {ProposalType{0xf003}};
  capabilities.credentials = {CredentialType::basic};
  CHECK(Supports(capabilities, CredentialType::basic));
  CHECK(!Supports(capabilities, CredentialType::x509));

  CHECK(Meets(capabilities, {}));
  CHECK(Meets(capabilities, {{kCustomExtension, ExtensionType::ratchet_tree, kCustomExtension},
                             {ProposalType{0xf003}, ProposalType::add},
                             {CredentialType::basic, CredentialType::basic}}));
  CHECK(!Meets(capabilities, {{kCustomExtension, ExtensionType{6}}, {}, {}}));
  CHECK(!Meets(capabilities, {{}, {ProposalType{8}}, {}}));
  CHECK(!Meets(capabilities, {{}, {}, {CredentialType::x509}}));
}

}  // namespace conclave::test
