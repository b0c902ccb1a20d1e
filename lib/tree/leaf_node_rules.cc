#include "tree/leaf_node_rules.h"

#include <algorithm>
#include <vector>

#include "base/result_macros.h"
#include "base/rule.h"
#include "crypto/in_chunks.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"

namespace conclave {

namespace {

using rfc9420::LeafNode;
using rfc9420::LeafNodeSource;

template <class T>
bool Contains(const std::vector<T>& list, T value) {
  return std::ranges::find(list, value) != list.end();
}

// Whether `list` has all of `values` that are not defaults. Lists are as long as their sender
// likes, so both are sorted first.
template <class T>
bool ContainsAll(std::vector<T> list, std::vector<T> values) {
  if constexpr (requires(T value) { rfc9420::IsDefault(value); }) {
    std::erase_if(values, [](T value) { return rfc9420::IsDefault(value); });
  }
  if (values.empty()) return true;
  std::ranges::sort(list);
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return std::ranges::includes(list, values);
}

std::vector<ExtensionType> TypesOf(const std::vector<Extension>& extensions) {
  std::vector<ExtensionType> types;
  types.reserve(extensions.size());
  for (const Extension& extension : extensions) types.push_back(extension.extension_type);
  std::ranges::sort(types);
  return types;
}

struct SignatureSizes {
  std::size_t public_key;
  std::size_t least_signature;
};

// RFC 8032, the UncompressedPointRepresentation of RFC 8446, and DER. Zeros for a scheme that is
// not known here; the provider knows its sizes.
SignatureSizes SizesOf(SignatureScheme scheme) {
  constexpr std::size_t kLeastDer = 8;
  switch (scheme) {
    case SignatureScheme::ecdsa_secp256r1_sha256:
      return {65, kLeastDer};
    case SignatureScheme::ecdsa_secp384r1_sha384:
      return {97, kLeastDer};
    case SignatureScheme::ecdsa_secp521r1_sha512:
      return {133, kLeastDer};
    case SignatureScheme::ed25519:
      return {32, 64};
    case SignatureScheme::ed448:
      return {57, 114};
  }
  return {};
}

Result<void> CheckKeys(const Suite& suite, const LeafNode& leaf, ErrorKind kind) {
  CONCLAVE_RETURN_IF_ERROR(Rule("5.1.1:encryption-key-size", kind,
                                leaf.encryption_key.size() == suite.kem_sizes().public_key));
  const std::size_t signature_key_size = SizesOf(suite.signature()).public_key;
  return Rule("5.1.1:signature-key-size", kind,
              signature_key_size == 0 || leaf.signature_key.size() == signature_key_size);
}

Result<void> CheckCapabilities(const Suite& suite, const LeafNode& leaf, ErrorKind kind) {
  const Capabilities& capabilities = leaf.capabilities;
  //= rfc9420#7.2
  //# The client MUST list all values for the respective parameters that it supports.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.2:version-listed", kind, Contains(capabilities.versions, ProtocolVersion::mls10)));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.2:cipher-suite-listed", kind, Contains(capabilities.cipher_suites, suite.id())));

  //= rfc9420#7.2
  //# The types of any non-default extensions that appear in the `extensions` field of a LeafNode
  //# MUST be included in the `extensions` field of the `capabilities` field, and the credential
  //# type used in the LeafNode MUST be included in the `credentials` field of the `capabilities`
  //# field.
  const std::vector<ExtensionType> types = TypesOf(leaf.extensions);
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.3:extensions-listed", kind, ContainsAll(capabilities.extensions, types)));
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.2:credential-type-listed", kind, Supports(capabilities, leaf.credential.tag())));

  //= rfc9420#13.4
  //# Any field containing a list of extensions MUST NOT have more than one extension of any given
  //# type.
  return Rule("13.4:leaf-extension-types-once", kind,
              std::ranges::adjacent_find(types) == types.end());
}

Result<void> CheckCredential(const Suite& suite, const LeafNode& leaf, ErrorKind kind) {
  const auto* x509 = leaf.credential.GetIf<X509Credential>();
  if (x509 == nullptr) return {};
  CONCLAVE_RETURN_IF_ERROR(Rule("5.3:x509-has-a-certificate", kind, !x509->certificates.empty()));
  const Result<Bytes> certified = suite.provider().CertificatePublicKey(x509->certificates.front());
  CONCLAVE_RETURN_IF_ERROR(RuleFrom("5.3:x509-certificate-decodes", kind, certified));
  //= rfc9420#5.3
  //# The public key encoded in the `subjectPublicKeyInfo` of the end-entity certificate MUST be
  //# identical to the `signature_key` in the LeafNode containing this credential.
  return Rule("5.3:x509-certifies-signature-key", kind, *certified == leaf.signature_key);
}

// What holds for a leaf wherever it stands, but for its signature.
Result<void> CheckContent(const Suite& suite, const LeafNode& leaf, ErrorKind kind) {
  CONCLAVE_RETURN_IF_ERROR(CheckKeys(suite, leaf, kind));
  CONCLAVE_RETURN_IF_ERROR(CheckCapabilities(suite, leaf, kind));
  return CheckCredential(suite, leaf, kind);
}

LabeledSignature SignatureOf(const LeafNode& leaf, BytesView group_id, LeafIndex leaf_index) {
  return {leaf.signature_key, rfc9420::SerializeLeafNodeTBS(leaf, group_id, leaf_index),
          leaf.signature};
}

// Verify that the signature on the LeafNode is valid using signature_key.
Result<void> CheckSignatures(const Suite& suite, std::span<const LabeledSignature> signatures) {
  return RuleFrom("7.3:leaf-signature", ErrorKind::kNotAuthentic,
                  VerifyBatchWithLabel(suite, rfc9420::labels::kLeafNodeTBS, signatures));
}

// As many leaves as are checked at once.
constexpr std::size_t kLeavesAtOnce = 32;

}  // namespace

Result<void> CheckLeafNode(const Suite& suite, const LeafNode& leaf, const LeafPlace& place) {
  const ErrorKind kind = place.source == LeafNodeSource::commit ? ErrorKind::kInvalidCommit
                                                                : ErrorKind::kInvalidProposal;
  // Verify the leaf_node_source field.
  CONCLAVE_RETURN_IF_ERROR(
      Rule("7.3:leaf-node-source", kind, leaf.leaf_node_source.tag() == place.source));
  CONCLAVE_RETURN_IF_ERROR(CheckContent(suite, leaf, kind));
  const LabeledSignature signature = SignatureOf(leaf, place.group_id, place.leaf_index);
  CONCLAVE_RETURN_IF_ERROR(CheckSignatures(suite, {&signature, 1}));
  // Last, since with some providers it costs as much as the signature. Whoever brought in a key to
  // which nothing can be sealed would keep others from committing with a path.
  return RuleFrom("5.1.1:encryption-key-is-a-key", kind,
                  KemCheckPublicKey(suite.provider(), suite.kem(), leaf.encryption_key));
}

Result<void> CheckLeafNodesInTree(const Suite& suite, std::span<const LeafInTree> leaves,
                                  BytesView group_id) {
  return InChunks(
      suite.executor(), leaves.size(), kLeavesAtOnce,
      [&](std::size_t begin, std::size_t end) -> Result<void> {
        std::vector<LabeledSignature> signatures;
        signatures.reserve(end - begin);
        for (const auto& [index, leaf] : leaves.subspan(begin, end - begin)) {
          CONCLAVE_RETURN_IF_ERROR(CheckContent(suite, leaf, ErrorKind::kInvalidCommit));
          signatures.push_back(SignatureOf(leaf, group_id, index));
        }
        return CheckSignatures(suite, signatures);
      });
}

Result<void> CheckLifetime(const LeafNode& leaf, std::uint64_t now, std::uint64_t max_lifetime) {
  const auto* lifetime = leaf.leaf_node_source.GetIf<Lifetime>();
  if (lifetime == nullptr) return {};
  //= rfc9420#7.2
  //# Applications MUST define a maximum total lifetime that is acceptable for a LeafNode, and
  //# reject any LeafNode where the total lifetime is longer than this duration.
  CONCLAVE_RETURN_IF_ERROR(Rule("7.2:lifetime-not-too-long", ErrorKind::kInvalidProposal,
                                lifetime->not_before <= lifetime->not_after &&
                                    lifetime->not_after - lifetime->not_before <= max_lifetime));
  // "the client MUST verify that the current time is within the range of the lifetime field"
  return Rule("7.3:lifetime-is-current", ErrorKind::kInvalidProposal,
              lifetime->not_before <= now && now <= lifetime->not_after);
}

std::size_t MinLeafSize(const Suite& suite) {
  const SignatureSizes signature = SizesOf(suite.signature());
  return suite.kem_sizes().public_key + signature.public_key + signature.least_signature;
}

bool Supports(const Capabilities& capabilities, CredentialType type) {
  return Contains(capabilities.credentials, type);
}

bool Meets(const Capabilities& capabilities, const RequiredCapabilities& required) {
  return ContainsAll(capabilities.extensions, required.extension_types) &&
         ContainsAll(capabilities.proposals, required.proposal_types) &&
         ContainsAll(capabilities.credentials, required.credential_types);
}

}  // namespace conclave
