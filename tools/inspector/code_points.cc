#include "code_points.h"

#include <cstdio>

#include "crypto/cipher_suite.h"

namespace conclave::inspector {

using namespace rfc9420;  // NOLINT(google-build-using-namespace)

const char* NameOf(ProtocolVersion value) {
  return value == ProtocolVersion::mls10 ? "mls10" : nullptr;
}

const char* NameOf(CipherSuite value) {
  for (const SuiteParameters& suite : RfcSuites()) {
    if (suite.id == value) return suite.name;
  }
  return nullptr;
}

const char* NameOf(ExtensionType value) {
  switch (value) {
    case ExtensionType::application_id:
      return "application_id";
    case ExtensionType::ratchet_tree:
      return "ratchet_tree";
    case ExtensionType::required_capabilities:
      return "required_capabilities";
    case ExtensionType::external_pub:
      return "external_pub";
    case ExtensionType::external_senders:
      return "external_senders";
  }
  return nullptr;
}

const char* NameOf(ProposalType value) {
  switch (value) {
    case ProposalType::add:
      return "add";
    case ProposalType::update:
      return "update";
    case ProposalType::remove:
      return "remove";
    case ProposalType::psk:
      return "psk";
    case ProposalType::reinit:
      return "reinit";
    case ProposalType::external_init:
      return "external_init";
    case ProposalType::group_context_extensions:
      return "group_context_extensions";
  }
  return nullptr;
}

const char* NameOf(CredentialType value) {
  switch (value) {
    case CredentialType::basic:
      return "basic";
    case CredentialType::x509:
      return "x509";
  }
  return nullptr;
}

const char* NameOf(WireFormat value) {
  switch (value) {
    case WireFormat::mls_public_message:
      return "mls_public_message";
    case WireFormat::mls_private_message:
      return "mls_private_message";
    case WireFormat::mls_welcome:
      return "mls_welcome";
    case WireFormat::mls_group_info:
      return "mls_group_info";
    case WireFormat::mls_key_package:
      return "mls_key_package";
  }
  return nullptr;
}

const char* NameOf(ContentType value) {
  switch (value) {
    case ContentType::application:
      return "application";
    case ContentType::proposal:
      return "proposal";
    case ContentType::commit:
      return "commit";
  }
  return nullptr;
}

const char* NameOf(SenderType value) {
  switch (value) {
    case SenderType::member:
      return "member";
    case SenderType::external:
      return "external";
    case SenderType::new_member_proposal:
      return "new_member_proposal";
    case SenderType::new_member_commit:
      return "new_member_commit";
  }
  return nullptr;
}

const char* NameOf(LeafNodeSource value) {
  switch (value) {
    case LeafNodeSource::key_package:
      return "key_package";
    case LeafNodeSource::update:
      return "update";
    case LeafNodeSource::commit:
      return "commit";
  }
  return nullptr;
}

const char* NameOf(NodeType value) {
  switch (value) {
    case NodeType::leaf:
      return "leaf";
    case NodeType::parent:
      return "parent";
  }
  return nullptr;
}

const char* NameOf(PSKType value) {
  switch (value) {
    case PSKType::external:
      return "external";
    case PSKType::resumption:
      return "resumption";
  }
  return nullptr;
}

const char* NameOf(ResumptionPSKUsage value) {
  switch (value) {
    case ResumptionPSKUsage::application:
      return "application";
    case ResumptionPSKUsage::reinit:
      return "reinit";
    case ResumptionPSKUsage::branch:
      return "branch";
  }
  return nullptr;
}

const char* NameOf(ProposalOrRefType value) {
  switch (value) {
    case ProposalOrRefType::proposal:
      return "proposal";
    case ProposalOrRefType::reference:
      return "reference";
  }
  return nullptr;
}

std::string CodeText(std::uint64_t value, std::size_t size) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%0*llX", static_cast<int>(2 * size),
                static_cast<unsigned long long>(value));
  return text;
}

std::string CipherSuiteText(CipherSuite suite) {
  const std::string code = CodeText(static_cast<std::uint16_t>(suite), 2);
  const Meaning meaning = MeaningOf(suite);
  return meaning.is_named ? meaning.text + " (" + code + ")" : code + " (" + meaning.text + ")";
}

}  // namespace conclave::inspector
