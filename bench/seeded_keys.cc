#include "seeded_keys.h"

#include <utility>

#include "hpke/kem.h"
#include "labeled/labeled.h"

namespace conclave::bench {

namespace {

std::size_t EdDsaSeedSize(SignatureScheme scheme) {
  if (scheme == SignatureScheme::ed25519) return 32;
  return scheme == SignatureScheme::ed448 ? 57 : 0;
}

}  // namespace

SeededKeys::SeededKeys(const Suite& suite, std::uint64_t seed)
    : suite_(suite), seed_(suite.hash_size()) {
  for (std::size_t i = 0; i < sizeof(seed); ++i) {
    seed_.MutableForProvider()[i] = static_cast<std::uint8_t>(seed >> (8 * i));
  }
}

Secret SeededKeys::Derive(std::string_view what, std::uint32_t index, std::size_t size) const {
  return DeriveTreeSecret(suite_, seed_, what, index, size).value();
}

KeyPair SeededKeys::DeriveKeyPair(std::string_view what, std::uint32_t index) const {
  return KemDeriveKeyPair(suite_.provider(), suite_.kem(), Derive(what, index, suite_.hash_size()))
      .value();
}

KeyPair SeededKeys::NodeKeyPair(NodeIndex node) const { return DeriveKeyPair("node", node.value); }
KeyPair SeededKeys::InitKeyPair(LeafIndex leaf) const { return DeriveKeyPair("init", leaf.value); }

SoftwareSigner SeededKeys::SignerAt(LeafIndex leaf) const {
  const std::size_t seed_size = EdDsaSeedSize(suite_.signature());
  // On a NIST curve, a scalar is as good for ECDSA as it is for the suite's KEM.
  Secret private_key = seed_size != 0 ? Derive("signer", leaf.value, seed_size)
                                      : DeriveKeyPair("signer", leaf.value).private_key;
  return SoftwareSigner::FromPrivateKey(suite_.provider(), suite_.signature(),
                                        std::move(private_key))
      .value();
}

}  // namespace conclave::bench
