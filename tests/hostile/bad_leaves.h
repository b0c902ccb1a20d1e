// For hostile tests: leaves that are not valid wherever they stand (RFC 9420, sections 7.2
// and 7.3).
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "hostile/forge.h"

namespace conclave::testing {

using rfc9420::LeafNode;

// A leaf that is not valid wherever it stands.
struct BadLeaf {
  const char* rule;
  const char* how;
  Edit<LeafNode> edit;
  bool breaks_signature = false;  // the edit is made after signing
};

inline std::vector<BadLeaf> BadLeaves() {
  const Extension extension{ExtensionType{0xf0a1}, {1}};
  std::vector<BadLeaf> bad = {
      {"5.1.1:encryption-key-size", "an encryption key of another size",
       [](LeafNode& leaf) { leaf.encryption_key.clear(); }},
      {"5.1.1:encryption-key-size", "an encryption key of another size",
       [](LeafNode& leaf) { leaf.encryption_key.pop_back(); }},
      {"5.1.1:encryption-key-size", "an encryption key of another size",
       [](LeafNode& leaf) { leaf.encryption_key.push_back(0); }},
      {"5.1.1:signature-key-size", "a signature key of another size",
       [](LeafNode& leaf) { leaf.signature_key.clear(); }},
      {"5.1.1:signature-key-size", "a signature key of another size",
       [](LeafNode& leaf) { leaf.signature_key.push_back(0); }},
      {"7.2:version-listed", "capabilities without versions",
       [](LeafNode& leaf) { leaf.capabilities.versions.clear(); }},
      {"7.2:version-listed", "capabilities of another version",
       [](LeafNode& leaf) { leaf.capabilities.versions = {ProtocolVersion{2}}; }},
      {"7.2:cipher-suite-listed", "capabilities of another suite",
       [](LeafNode& leaf) { leaf.capabilities.cipher_suites = {CipherSuite{2}}; }},
      {"7.3:extensions-listed", "an extension that is not listed",
       [extension](LeafNode& leaf) { leaf.extensions.push_back(extension); }},
      {"7.2:credential-type-listed", "a credential that is not listed",
       [](LeafNode& leaf) { leaf.capabilities.credentials = {CredentialType::x509}; }},
      {"13.4:leaf-extension-types-once", "an extension of the application's twice",
       [extension](LeafNode& leaf) {
         leaf.capabilities.extensions.push_back(extension.extension_type);
         leaf.extensions.insert(leaf.extensions.end(), {extension, extension});
       }},
      {"13.4:leaf-extension-types-once", "a default extension twice",
       [](LeafNode& leaf) {
         const Extension id{ExtensionType::application_id, {1}};
         leaf.extensions.insert(leaf.extensions.end(), {id, id});
       }},
      {"5.3:x509-has-a-certificate", "an X.509 credential of nothing",
       [](LeafNode& leaf) { leaf.credential.value = X509Credential{}; }},
      {"5.3:x509-certificate-decodes", "an X.509 credential of what is no certificate",
       [](LeafNode& leaf) { leaf.credential.value = X509Credential{{{0x30, 0x03, 1, 2, 3}}}; }},
  };
  const std::pair<const char*, Edit<LeafNode>> unsigned_edits[] = {
      {"a signature of another length", [](LeafNode& leaf) { leaf.signature.clear(); }},
      {"a signature of another length", [](LeafNode& leaf) { leaf.signature.pop_back(); }},
      {"a signature of another length", [](LeafNode& leaf) { leaf.signature.push_back(0); }},
      {"a signature that is changed", [](LeafNode& leaf) { leaf.signature.front() ^= 1; }},
      {"a signature of another encryption key",
       [](LeafNode& leaf) { leaf.encryption_key.front() ^= 1; }},
      {"a signature of another credential",
       [](LeafNode& leaf) { leaf.credential.value = BasicCredential{{'x'}}; }},
      {"a signature of other capabilities",
       [](LeafNode& leaf) { leaf.capabilities.proposals.push_back(ProposalType{0xf0b1}); }},
  };
  for (const auto& [how, edit] : unsigned_edits) {
    bad.push_back({"7.3:leaf-signature", how, edit, true});
  }
  return bad;
}

// What breaking the rule earns, where `kind` is what other rules of the leaf do.
inline ErrorKind KindFor(const BadLeaf& bad, ErrorKind kind) {
  return std::string_view(bad.rule) == "7.3:leaf-signature" ? ErrorKind::kNotAuthentic : kind;
}

}  // namespace conclave::testing
