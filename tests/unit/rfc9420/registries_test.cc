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

TEST_CASE("Enumerations inside structs have the RFC's values") {
  CHECK(Value(ContentType::application) == 1);
  CHECK(Value(ContentType::commit) == 3);
  CHECK(Value(SenderType::member) == 1);
  CHECK(Value(SenderType::new_member_commit) == 4);
  CHECK(Value(LeafNodeSource::key_package) == 1);
  CHECK(Value(LeafNodeSource::commit) == 3);
  CHECK(Value(NodeType::parent) == 2);
  CHECK(Value(PSKType::resumption) == 2);
  CHECK(Value(ResumptionPSKUsage::branch) == 3);
  CHECK(Value(ProposalOrRefType::reference) == 2);
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

TEST_CASE("Labels are those of section 17.6 and 5.2") {
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

}  // namespace
}  // namespace conclave::rfc9420
