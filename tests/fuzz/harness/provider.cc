#include "fuzz/harness/provider.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "crypto/cipher_suite.h"
#include "hpke/kem.h"
#include "support/test_suite.h"

namespace conclave::fuzz {

namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kSignatureSize = 64;

// A private key is as long as a hash, and where it must be below a curve's order it is far below.
std::size_t PrivateKeySize(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_secp384r1_sha384:
      return 48;
    case SignatureScheme::ecdsa_secp521r1_sha512:
      return 66;
    case SignatureScheme::ed448:
      return 57;
    default:
      return 32;
  }
}

// Each byte of a fast public key is the private key's with these bits turned.
Bytes Turned(BytesView key, std::uint8_t bits) {
  Bytes turned = ToBytes(key);
  for (std::uint8_t& byte : turned) byte = static_cast<std::uint8_t>(byte ^ bits);
  return turned;
}
constexpr std::uint8_t kDhBits = 0x5c;
constexpr std::uint8_t kSignatureBits = 0x3a;

// How a MAC key of the unchecked provider begins.
constexpr char kMacKeyMark[] = "mac key";
constexpr std::size_t kMarkSize = sizeof kMacKeyMark;
constexpr std::uint8_t kTagByte = 0x77;

bool IsMacKey(BytesView key) {
  return key.size() >= kMarkSize && std::memcmp(key.data(), kMacKeyMark, kMarkSize) == 0;
}

// Whether this is an ExpandWithLabel (RFC 9420, section 8) that makes the key of a MAC.
bool MakesMacKey(std::span<const BytesView> parts) {
  return std::ranges::any_of(parts, [](BytesView part) {
    return std::ranges::equal(part, AsBytes("confirm")) ||
           std::ranges::equal(part, AsBytes("membership"));
  });
}

}  // namespace

SeededProvider::SeededProvider() : ForwardingProvider(test::Provider()) {}

// SplitMix64.
Result<void> SeededProvider::Random(MutableBytesView out) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    mixed ^= mixed >> 31;
    out[i] = static_cast<std::uint8_t>(mixed >> (i % 8 * 8));
  }
  return {};
}

Result<void> SeededProvider::Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                                  MutableBytesView out) const {
  auto made = below_.Hmac(hash, key, parts, out);
  last_hmac_.assign(out.begin(), out.end());
  return made;
}

Result<KeyPair> SeededProvider::DhGenerate(KemId kem) const {
  Secret ikm(SizesOf(kem).private_key);
  auto random = Random(ikm.MutableForProvider());
  if (!random.ok()) return random.error();
  return KemDeriveKeyPair(below_, kem, ikm);
}

Result<KeyPair> SeededProvider::SignatureGenerate(SignatureScheme scheme) const {
  Secret key(PrivateKeySize(scheme));
  auto random = Random(key.MutableForProvider());
  if (!random.ok()) return random.error();
  key.MutableForProvider()[0] = 0;  // below the order of every curve
  auto public_key = below_.SignaturePublicKey(scheme, key.ExposeForProvider());
  if (!public_key.ok()) return public_key.error();
  return KeyPair{std::move(key), std::move(public_key).value()};
}

bool FastProvider::Supports(KemId kem) const { return kem == KemId::dhkem_x25519_sha256; }
bool FastProvider::Supports(SignatureScheme scheme) const {
  return scheme == SignatureScheme::ed25519;
}

Result<KeyPair> FastProvider::DhGenerate(KemId) const {
  Secret key(kKeySize);
  auto random = Random(key.MutableForProvider());
  if (!random.ok()) return random.error();
  Bytes public_key = Turned(key.ExposeForProvider(), kDhBits);
  return KeyPair{std::move(key), std::move(public_key)};
}

Result<Bytes> FastProvider::DhPublicKey(KemId, BytesView private_key) const {
  if (private_key.size() != kKeySize) return Error{ErrorKind::kMalformed, "not a private key"};
  return Turned(private_key, kDhBits);
}

Result<Secret> FastProvider::Dh(KemId, BytesView private_key, BytesView public_key) const {
  if (private_key.size() != kKeySize || public_key.size() != kKeySize) {
    return Error{ErrorKind::kMalformed, "not a key"};
  }
  Bytes shared = Turned(private_key, kDhBits);
  for (std::size_t i = 0; i < kKeySize; ++i) {
    shared[i] = static_cast<std::uint8_t>(shared[i] ^ public_key[i]);
  }
  if (std::ranges::all_of(shared, [](std::uint8_t byte) { return byte == 0; })) {
    return Error{ErrorKind::kMalformed, "the result is all zeros"};
  }
  return Secret::CopyOf(shared);
}

Result<KeyPair> FastProvider::SignatureGenerate(SignatureScheme) const {
  Secret key(kKeySize);
  auto random = Random(key.MutableForProvider());
  if (!random.ok()) return random.error();
  Bytes public_key = Turned(key.ExposeForProvider(), kSignatureBits);
  return KeyPair{std::move(key), std::move(public_key)};
}

Result<Bytes> FastProvider::SignaturePublicKey(SignatureScheme, BytesView private_key) const {
  if (private_key.size() != kKeySize) return Error{ErrorKind::kMalformed, "not a private key"};
  return Turned(private_key, kSignatureBits);
}

Result<Bytes> FastProvider::Sign(SignatureScheme, BytesView private_key, BytesView message) const {
  Bytes signature(kSignatureSize);
  const Bytes public_key = Turned(private_key, kSignatureBits);
  const std::array<BytesView, 2> parts = {public_key, message};
  auto hashed = Hash(HashId::sha512, parts, signature);
  if (!hashed.ok()) return hashed.error();
  return signature;
}

Result<Secret> FastProvider::PrepareSigning(SignatureScheme, BytesView private_key) const {
  return Secret::CopyOf(private_key);
}

Result<Bytes> FastProvider::SignPrepared(SignatureScheme scheme, BytesView prepared_key,
                                         BytesView message) const {
  return Sign(scheme, prepared_key, message);
}

Result<void> FastProvider::Verify(SignatureScheme scheme, BytesView public_key, BytesView message,
                                  BytesView signature) const {
  if (public_key.size() != kKeySize) return Error{ErrorKind::kMalformed, "not a public key"};
  auto expected = Sign(scheme, Turned(public_key, kSignatureBits), message);
  if (!expected.ok()) return expected.error();
  if (std::ranges::equal(*expected, signature)) return {};
  return Error{ErrorKind::kNotAuthentic, "the signature does not verify"};
}

Result<void> UncheckedProvider::Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                                     MutableBytesView out) const {
  if (IsMacKey(key)) {
    std::ranges::fill(out, kTagByte);
    return {};
  }
  auto made = FastProvider::Hmac(hash, key, parts, out);
  if (made.ok() && MakesMacKey(parts)) std::memcpy(out.data(), kMacKeyMark, kMarkSize);
  return made;
}

Result<void> UncheckedProvider::AeadSeal(AeadId, BytesView, BytesView, BytesView,
                                         BytesView plaintext, MutableBytesView ciphertext) const {
  if (!plaintext.empty()) std::memmove(ciphertext.data(), plaintext.data(), plaintext.size());
  std::ranges::fill(ciphertext.subspan(plaintext.size()), kTagByte);
  return {};
}

Result<void> UncheckedProvider::AeadOpen(AeadId, BytesView, BytesView, BytesView,
                                         BytesView ciphertext, MutableBytesView plaintext) const {
  if (!plaintext.empty()) std::memmove(plaintext.data(), ciphertext.data(), plaintext.size());
  return {};
}

Result<void> UncheckedProvider::Verify(SignatureScheme, BytesView, BytesView, BytesView) const {
  return {};
}

}  // namespace conclave::fuzz
