#include "group/key_package_rules.h"

#include "base/result_macros.h"
#include "base/rule.h"
#include "group/group_extensions.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "tree/leaf_node_rules.h"
#include "wire/parse.h"

namespace conclave {

Result<void> CheckKeyPackage(const Suite& suite, const Environment& environment,
                             const rfc9420::KeyPackage& key_package) {
  // Verify that the cipher suite and protocol version of the KeyPackage match those in the
  // GroupContext.
  CONCLAVE_RETURN_IF_ERROR(Rule("10.1:version-matches", ErrorKind::kInvalidProposal,
                                key_package.version == ProtocolVersion::mls10));
  CONCLAVE_RETURN_IF_ERROR(Rule("10.1:suite-matches", ErrorKind::kInvalidProposal,
                                key_package.cipher_suite == suite.id()));

  // Verify that the leaf_node of the KeyPackage is valid for a KeyPackage.
  const rfc9420::LeafNode& leaf = key_package.leaf_node;
  //= rfc9420#10
  //# The field `leaf_node.leaf_node_source` of the LeafNode in a KeyPackage MUST be set to
  //# `key_package`.
  //= rfc9420#10
  //# Likewise, the `leaf_node` field MUST be valid for the cipher suite, including both the
  //# `encryption_key` and `signature_key` fields.
  CONCLAVE_RETURN_IF_ERROR(
      CheckLeafNode(suite, leaf, {rfc9420::LeafNodeSource::key_package, {}, {}}));
  //= rfc9420#7.3
  //# If the LeafNode appears in a message being sent by the client, e.g., a Proposal or a Commit,
  //# then the client MUST verify that the current time is within the range of the `lifetime` field.
  CONCLAVE_RETURN_IF_ERROR(
      CheckLifetime(leaf, environment.now, environment.policy.max_key_package_lifetime));

  //= rfc9420#10
  //# Extensions included in the `extensions` or `leaf_node.extensions` fields MUST be included in
  //# the `leaf_node.capabilities` field.
  RequiredCapabilities used;
  for (const Extension& extension : key_package.extensions) {
    used.extension_types.push_back(extension.extension_type);
  }
  CONCLAVE_RETURN_IF_ERROR(Rule("10:extensions-in-capabilities", ErrorKind::kInvalidProposal,
                                Meets(leaf.capabilities, used)));
  CONCLAVE_RETURN_IF_ERROR(Rule("10:extensions-once", ErrorKind::kInvalidProposal,
                                HasNoDuplicates(key_package.extensions)));

  //= rfc9420#10
  //# The value for `init_key` MUST be a public key for the asymmetric encryption scheme defined by
  //# `cipher_suite`, and it MUST be unique among the set of KeyPackages created by this client.
  CONCLAVE_RETURN_IF_ERROR(Rule("10:init-key-size", ErrorKind::kInvalidProposal,
                                key_package.init_key.size() == suite.kem_sizes().public_key));

  //= rfc9420#10
  //# A KeyPackage object with an invalid signature field MUST be considered malformed.
  CONCLAVE_RETURN_IF_ERROR(
      RuleFrom("10.1:signature", ErrorKind::kInvalidProposal,
               VerifyWithLabel(suite, leaf.signature_key, rfc9420::labels::kKeyPackageTBS,
                               wire::SerializeTbs(key_package), key_package.signature)));

  // Verify that the value of leaf_node.encryption_key is different from that of init_key.
  return Rule("10.1:init-key-differs", ErrorKind::kInvalidProposal,
              key_package.init_key != leaf.encryption_key);
}

Result<void> CheckInitKey(const Suite& suite, const rfc9420::KeyPackage& key_package) {
  return RuleFrom("10:init-key-is-a-key", ErrorKind::kInvalidProposal,
                  KemCheckPublicKey(suite.provider(), suite.kem(), key_package.init_key));
}

}  // namespace conclave
