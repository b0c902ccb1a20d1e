// Code points and labels against the registries of RFC 9420, section 17.
#include "rfc9420/registries.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "rfc9420/labels.h"

namespace conclave::rfc9420 {
namespace {

template <class Enum>
constexpr int Value(Enum value) {
  return static_cast<int>(value);
}

TEST_CASE("Code points are those of section 17") {
  CHECK(Value(WireFormat::mls_public_message) == 0x0001);
  CHECK(Value(WireFormat::mls_private_message) == 0x0002);
  CHECK(Value(WireFormat::mls_welcome) == 0x0003);
  CHECK(Value(WireFormat::mls_group_info) == 0x0004);
  CHECK(Value(WireFormat::mls_key_package) == 0x0005);
  CHECK(Value(ExtensionType::application_id) == 0x0001);
  CHECK(Value(ExtensionType::ratchet_tree) == 0x0002);
  CHECK(Value(ExtensionType::required_capabilities) == 0x0003);
  CHECK(Value(ExtensionType::external_pub) == 0x0004);
  CHECK(Value(ExtensionType::external_senders) == 0x0005);
  CHECK(Value(ProposalType::add) == 0x0001);
  CHECK(Value(ProposalType::update) == 0x0002);
  CHECK(Value(ProposalType::remove) == 0x0003);
  CHECK(Value(ProposalType::psk) == 0x0004);
  CHECK(Value(ProposalType::reinit) == 0x0005);
  CHECK(Value(ProposalType::external_init) == 0x0006);
  CHECK(Value(ProposalType::group_context_extensions) == 0x0007);
  CHECK(Value(CredentialType::basic) == 0x0001);
  CHECK(Value(CredentialType::x509) == 0x0002);
}

TEST_CASE("Cipher suites are those of section 17.1") {
  CHECK(Value(CipherSuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519) == 0x0001);
  CHECK(Value(CipherSuite::MLS_128_DHKEMP256_AES128GCM_SHA256_P256) == 0x0002);
  CHECK(Value(CipherSuite::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519) == 0x0003);
  CHECK(Value(CipherSuite::MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448) == 0x0004);
  CHECK(Value(CipherSuite::MLS_256_DHKEMP521_AES256GCM_SHA512_P521) == 0x0005);
  CHECK(Value(CipherSuite::MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448) == 0x0006);
  CHECK(Value(CipherSuite::MLS_256_DHKEMP384_AES256GCM_SHA384_P384) == 0x0007);
  CHECK(Value(ProtocolVersion::mls10) == 1);
}

TEST_CASE("Enumerations inside structs have the RFC's values") {
  CHECK(Value(ContentType::application) == 1);
  CHECK(Value(ContentType::proposal) == 2);
  CHECK(Value(ContentType::commit) == 3);
  CHECK(Value(SenderType::member) == 1);
  CHECK(Value(SenderType::external) == 2);
  CHECK(Value(SenderType::new_member_proposal) == 3);
  CHECK(Value(SenderType::new_member_commit) == 4);
  CHECK(Value(LeafNodeSource::key_package) == 1);
  CHECK(Value(LeafNodeSource::update) == 2);
  CHECK(Value(LeafNodeSource::commit) == 3);
  CHECK(Value(NodeType::leaf) == 1);
  CHECK(Value(NodeType::parent) == 2);
  CHECK(Value(PSKType::external) == 1);
  CHECK(Value(PSKType::resumption) == 2);
  CHECK(Value(ResumptionPSKUsage::application) == 1);
  CHECK(Value(ResumptionPSKUsage::reinit) == 2);
  CHECK(Value(ResumptionPSKUsage::branch) == 3);
  CHECK(Value(ProposalOrRefType::proposal) == 1);
  CHECK(Value(ProposalOrRefType::reference) == 2);
}

TEST_CASE("Enumerations are as wide as the RFC says") {
  CHECK(sizeof(ProtocolVersion) == 2);
  CHECK(sizeof(CipherSuite) == 2);
  CHECK(sizeof(WireFormat) == 2);
  CHECK(sizeof(ExtensionType) == 2);
  CHECK(sizeof(ProposalType) == 2);
  CHECK(sizeof(CredentialType) == 2);
  CHECK(sizeof(ContentType) == 1);
  CHECK(sizeof(SenderType) == 1);
  CHECK(sizeof(LeafNodeSource) == 1);
  CHECK(sizeof(NodeType) == 1);
  CHECK(sizeof(PSKType) == 1);
  CHECK(sizeof(ResumptionPSKUsage) == 1);
  CHECK(sizeof(ProposalOrRefType) == 1);
}

TEST_CASE("GREASE values are the fifteen of section 13.5") {
  std::set<int> grease;
  for (int value = 0; value <= 0xffff; ++value) {
    if (IsGrease(static_cast<std::uint16_t>(value))) grease.insert(value);
  }
  std::set<int> expected;
  for (int i = 0; i < 15; ++i) expected.insert(0x0a0a + 0x1010 * i);
  CHECK(grease == expected);
}

TEST_CASE("Default types are the five extensions and seven proposals of the RFC") {
  int extensions = 0;
  int proposals = 0;
  for (int value = 0; value <= 0xffff; ++value) {
    extensions += IsDefault(ExtensionType{static_cast<std::uint16_t>(value)}) ? 1 : 0;
    proposals += IsDefault(ProposalType{static_cast<std::uint16_t>(value)}) ? 1 : 0;
  }
  CHECK(extensions == 5);
  CHECK(proposals == 7);
}

TEST_CASE("Labels of signatures, encryption and references are the RFC's") {
  CHECK(labels::kPrefix == "MLS 1.0 ");
  CHECK(labels::kFramedContentTBS == "FramedContentTBS");
  CHECK(labels::kLeafNodeTBS == "LeafNodeTBS");
  CHECK(labels::kKeyPackageTBS == "KeyPackageTBS");
  CHECK(labels::kGroupInfoTBS == "GroupInfoTBS");
  CHECK(labels::kUpdatePathNode == "UpdatePathNode");
  CHECK(labels::kWelcomeEncryption == "Welcome");
  CHECK(labels::kKeyPackageReference == "MLS 1.0 KeyPackage Reference");
  CHECK(labels::kProposalReference == "MLS 1.0 Proposal Reference");
}

TEST_CASE("Labels of derived secrets are the RFC's") {
  CHECK(labels::kNode == "node");
  CHECK(labels::kPath == "path");
  CHECK(labels::kJoiner == "joiner");
  CHECK(labels::kWelcome == "welcome");
  CHECK(labels::kEpoch == "epoch");
  CHECK(labels::kInit == "init");
  CHECK(labels::kSenderData == "sender data");
  CHECK(labels::kEncryption == "encryption");
  CHECK(labels::kExporter == "exporter");
  CHECK(labels::kExternal == "external");
  CHECK(labels::kConfirm == "confirm");
  CHECK(labels::kMembership == "membership");
  CHECK(labels::kResumption == "resumption");
  CHECK(labels::kAuthentication == "authentication");
  CHECK(labels::kExported == "exported");
  CHECK(labels::kDerivedPsk == "derived psk");
  CHECK(labels::kExternalInitSecret == "MLS 1.0 external init secret");
  CHECK(labels::kTree == "tree");
  CHECK(labels::kLeft == "left");
  CHECK(labels::kRight == "right");
  CHECK(labels::kHandshake == "handshake");
  CHECK(labels::kApplication == "application");
  CHECK(labels::kKey == "key");
  CHECK(labels::kNonce == "nonce");
  CHECK(labels::kSecret == "secret");
}

}  // namespace
}  // namespace conclave::rfc9420
