#include "group/own_leaf.h"

#include <array>
#include <utility>

#include "base/result_macros.h"
#include "crypto/kdf.h"
#include "hpke/kem.h"
#include "labeled/labeled.h"
#include "rfc9420/labels.h"
#include "wire/parse.h"

namespace conclave {

namespace {

using rfc9420::labels::kKeyPackageTBS;
using rfc9420::labels::kLeafNodeTBS;

Result<Bytes> SignLeaf(const Signer& signer, const rfc9420::LeafNode& leaf, BytesView group_id,
                       LeafIndex own) {
  return SignWithLabel(signer, kLeafNodeTBS, rfc9420::SerializeLeafNodeTBS(leaf, group_id, own));
}

}  // namespace

rfc9420::LeafNode UnplacedLeaf(const LeafProfile& profile, const Signer& signer) {
  rfc9420::LeafNode leaf;
  leaf.signature_key = ToBytes(signer.public_key());
  leaf.credential.value = profile.credential;
  leaf.capabilities = profile.capabilities;
  leaf.extensions = profile.extensions;
  return leaf;
}

Result<void> AddGrease(const CryptoProvider& provider, LeafProfile& profile) {
  std::array<std::uint8_t, 4> random{};
  CONCLAVE_RETURN_IF_ERROR(provider.Random(random));
  const auto value = [&random](std::size_t i) {
    const auto nibble = static_cast<std::uint16_t>(random[i] % 15);
    return static_cast<std::uint16_t>(0x0a0a + 0x1010 * nibble);
  };
  //= rfc9420#13.5
  //# In other words, lists including GREASE values are only sent to other clients; representations
  //# of a client's own capabilities MUST NOT contain GREASE values.
  Capabilities& capabilities = profile.capabilities;
  CONCLAVE_ASSIGN_OR_RETURN(Extension extension, GreaseExtension(provider));
  capabilities.cipher_suites.push_back(CipherSuite{value(0)});
  capabilities.extensions.push_back(extension.extension_type);
  capabilities.proposals.push_back(ProposalType{value(1)});
  capabilities.credentials.push_back(CredentialType{value(2)});
  profile.extensions.push_back(std::move(extension));
  return {};
}

Result<Extension> GreaseExtension(const CryptoProvider& provider) {
  std::array<std::uint8_t, 10> random{};
  CONCLAVE_RETURN_IF_ERROR(provider.Random(random));
  const auto nibble = static_cast<std::uint16_t>(random[0] % 15);
  const std::size_t size = random[1] % 8;
  return Extension{ExtensionType{static_cast<std::uint16_t>(0x0a0a + 0x1010 * nibble)},
                   ToBytes(BytesView(random).subspan(2, size))};
}

Result<SignedLeaf> MakeKeyPackageLeaf(const Suite& suite, const LeafProfile& profile,
                                      const Signer& signer, Lifetime lifetime) {
  CONCLAVE_ASSIGN_OR_RETURN(KeyPair keys, KemGenerateKeyPair(suite.provider(), suite.kem()));
  rfc9420::LeafNode leaf = UnplacedLeaf(profile, signer);
  leaf.encryption_key = std::move(keys.public_key);
  leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(lifetime);
  CONCLAVE_ASSIGN_OR_RETURN(leaf.signature, SignLeaf(signer, leaf, {}, {}));
  return SignedLeaf{std::move(leaf), std::move(keys.private_key)};
}

Result<SignedLeaf> MakeUpdateLeaf(const Suite& suite, rfc9420::LeafNode unplaced,
                                  const Signer& signer, BytesView group_id, LeafIndex own) {
  CONCLAVE_ASSIGN_OR_RETURN(KeyPair keys, KemGenerateKeyPair(suite.provider(), suite.kem()));
  rfc9420::LeafNode leaf = std::move(unplaced);
  leaf.encryption_key = std::move(keys.public_key);
  leaf.leaf_node_source = decltype(leaf.leaf_node_source)::Of(rfc9420::NoLeafContext{});
  CONCLAVE_ASSIGN_OR_RETURN(leaf.signature, SignLeaf(signer, leaf, group_id, own));
  return SignedLeaf{std::move(leaf), std::move(keys.private_key)};
}

Result<OwnKeyPackage> MakeKeyPackage(const Suite& suite, const LeafProfile& profile,
                                     const Signer& signer, Lifetime lifetime,
                                     std::vector<Extension> extensions) {
  CONCLAVE_ASSIGN_OR_RETURN(KeyPair init, KemGenerateKeyPair(suite.provider(), suite.kem()));
  CONCLAVE_ASSIGN_OR_RETURN(SignedLeaf leaf, MakeKeyPackageLeaf(suite, profile, signer, lifetime));
  OwnKeyPackage made;
  made.key_package.cipher_suite = suite.id();
  made.key_package.init_key = std::move(init.public_key);
  made.key_package.leaf_node = std::move(leaf.leaf);
  made.key_package.extensions = std::move(extensions);
  CONCLAVE_ASSIGN_OR_RETURN(
      made.key_package.signature,
      SignWithLabel(signer, kKeyPackageTBS, wire::SerializeTbs(made.key_package)));
  made.init_private_key = std::move(init.private_key);
  made.leaf_private_key = std::move(leaf.private_key);
  return made;
}

}  // namespace conclave
