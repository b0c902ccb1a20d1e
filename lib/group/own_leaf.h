// Our own leaves and key packages (RFC 9420, sections 7.2, 10 and 13.5).
#pragma once

#include <cstdint>
#include <vector>

#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "conclave/types.h"
#include "crypto/cipher_suite.h"
#include "rfc9420/key_package.h"

namespace conclave {

// What goes into a leaf of ours, whatever its source: everything but the encryption key, the source
// and the signature.
struct LeafProfile {
  Credential credential;
  Capabilities capabilities;
  std::vector<Extension> extensions;
};

// A leaf without encryption key, source and signature, which whoever places it fills in.
rfc9420::LeafNode UnplacedLeaf(const LeafProfile& profile, const Signer& signer);

// Section 13.5: puts a random reserved value into each list of capabilities, and an unknown
// extension with random content into the leaf.
Result<void> AddGrease(const CryptoProvider& provider, LeafProfile& profile);
// A random extension of a reserved type, for KeyPackage and GroupInfo.
Result<Extension> GreaseExtension(const CryptoProvider& provider);

// A leaf signed for a KeyPackage or for the first place of a new group, and its private key.
struct SignedLeaf {
  rfc9420::LeafNode leaf;
  Secret private_key;
};
Result<SignedLeaf> MakeKeyPackageLeaf(const Suite& suite, const LeafProfile& profile,
                                      const Signer& signer, Lifetime lifetime);
// A leaf for an Update of ours (section 12.1.2).
Result<SignedLeaf> MakeUpdateLeaf(const Suite& suite, rfc9420::LeafNode unplaced,
                                  const Signer& signer, BytesView group_id, LeafIndex own);

struct OwnKeyPackage {
  rfc9420::KeyPackage key_package;
  Secret init_private_key;
  Secret leaf_private_key;
};
// `extensions` are the KeyPackage's own, beside the leaf's.
Result<OwnKeyPackage> MakeKeyPackage(const Suite& suite, const LeafProfile& profile,
                                     const Signer& signer, Lifetime lifetime,
                                     std::vector<Extension> extensions);

}  // namespace conclave
