#include "source.h"

#include <algorithm>
#include <array>

#include "base/result_macros.h"
#include "crypto/kdf.h"
#include "hpke/kem.h"

namespace conclave::vectors {

namespace {

// The size of a private key, and which bits of its first byte may be set.
struct PrivateKeyShape {
  std::size_t size;
  std::uint8_t mask;
};

PrivateKeyShape ShapeOf(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_secp256r1_sha256:
      return {32, 0xff};
    case SignatureScheme::ecdsa_secp384r1_sha384:
      return {48, 0xff};
    case SignatureScheme::ecdsa_secp521r1_sha512:
      return {66, 0x01};
    case SignatureScheme::ed25519:
      return {32, 0xff};
    case SignatureScheme::ed448:
      return {57, 0xff};
  }
  return {};
}

}  // namespace

SeededProvider::SeededProvider(const CryptoProvider& below, std::string_view seed)
    : ForwardingProvider(below), seed_(ToBytes(seed)) {}

Result<void> SeededProvider::Random(MutableBytesView out) const {
  while (!out.empty()) {
    std::array<std::uint8_t, 32> block{};
    const Bytes number = wire::Serialize(blocks_++);
    const std::array<BytesView, 2> parts = {seed_, number};
    CONCLAVE_RETURN_IF_ERROR(below_.Hash(HashId::sha256, parts, block));
    const std::size_t used = std::min(out.size(), block.size());
    std::copy_n(block.begin(), used, out.begin());
    out = out.subspan(used);
  }
  return {};
}

Result<KeyPair> SeededProvider::DhGenerate(KemId kem) const {
  CONCLAVE_ASSIGN_OR_RETURN(const Secret ikm, RandomSecret(*this, SizesOf(kem).private_key));
  return KemDeriveKeyPair(below_, kem, ikm);
}

Result<KeyPair> SeededProvider::SignatureGenerate(SignatureScheme scheme) const {
  for (;;) {
    const PrivateKeyShape shape = ShapeOf(scheme);
    CONCLAVE_ASSIGN_OR_RETURN(Secret key, RandomSecret(*this, shape.size));
    std::uint8_t& first = key.MutableForProvider()[0];
    first = static_cast<std::uint8_t>(first & shape.mask);
    auto public_key = below_.SignaturePublicKey(scheme, key.ExposeForProvider());
    // A scalar can be too large.
    if (!public_key.ok() && public_key.error().kind == ErrorKind::kMalformed) continue;
    if (!public_key.ok()) return public_key.error();
    return KeyPair{std::move(key), std::move(public_key).value()};
  }
}

Source::Source(const CryptoProvider& below, const std::string& seed, CipherSuite id)
    : provider_(below, seed + "/" + std::to_string(static_cast<unsigned>(id))),
      suite_(FindSuite(id, provider_).value()) {}

Bytes Source::Random(std::size_t size) const { return RandomBytes(provider_, size).value(); }

std::uint32_t Source::Below(std::uint32_t bound) const {
  const Bytes random = Random(4);
  std::uint32_t value = 0;
  for (const std::uint8_t byte : random) value = value << 8 | byte;
  return value % bound;
}

SoftwareSigner Source::NewSigner() const {
  return SoftwareSigner::Generate(provider_, suite_.signature()).value();
}

KeyPair Source::NewKemKeys() const { return KemGenerateKeyPair(provider_, suite_.kem()).value(); }

}  // namespace conclave::vectors
