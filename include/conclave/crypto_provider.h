// CryptoProvider: the primitives that MLS is built from, and nothing more.
//
// The library writes no cryptographic primitive. Whoever embeds it hands in a provider; the one
// that comes with it is conclave/boringssl_provider.h. HPKE (RFC 9180), the key schedule and
// everything else of RFC 9420 are built on these functions.
//
// Rules for implementers:
//  - Every function is const, thread-safe and without visible state.
//  - Outputs go to spans whose size the caller has fixed; a provider fills all of it or fails.
//  - A failure of the provider itself is kCrypto. An input that is not a valid key, point or scalar
//    is kMalformed. A signature or AEAD tag that does not verify is kNotAuthentic. Something the
//    provider does not implement is kUnsupported.
//  - After a failed AeadOpen, the output holds zeros.
//  - Random() never returns success with predictable bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/result.h"
#include "conclave/secret.h"

namespace conclave {

enum class HashId : std::uint8_t { sha256 = 1, sha384 = 2, sha512 = 3 };

// HPKE code points (RFC 9180, section 7).
enum class KemId : std::uint16_t {
  dhkem_p256_sha256 = 0x0010,
  dhkem_p384_sha384 = 0x0011,
  dhkem_p521_sha512 = 0x0012,
  dhkem_x25519_sha256 = 0x0020,
  dhkem_x448_sha512 = 0x0021,
};
enum class KdfId : std::uint16_t { hkdf_sha256 = 1, hkdf_sha384 = 2, hkdf_sha512 = 3 };
enum class AeadId : std::uint16_t {
  aes_128_gcm = 1,
  aes_256_gcm = 2,
  chacha20_poly1305 = 3,
};

// TLS code points (RFC 8446, section 4.2.3).
enum class SignatureScheme : std::uint16_t {
  ecdsa_secp256r1_sha256 = 0x0403,
  ecdsa_secp384r1_sha384 = 0x0503,
  ecdsa_secp521r1_sha512 = 0x0603,
  ed25519 = 0x0807,
  ed448 = 0x0808,
};

// A private key in its serialized form, and the public key that belongs to it.
struct KeyPair {
  Secret private_key;
  Bytes public_key;
};

// A signature, with what it is said to be of.
struct SignedMessage {
  BytesView public_key;
  BytesView message;
  BytesView signature;
};

// What a DHKEM encapsulates with (RFC 9180, section 4.1): the public half of a fresh key pair, and
// the Diffie-Hellman value of it and the recipient's public key.
struct DhEncapsulation {
  Bytes ephemeral_public_key;
  Secret shared;
};

class CONCLAVE_EXPORT CryptoProvider {
 public:
  virtual ~CryptoProvider() = default;

  virtual bool Supports(HashId hash) const = 0;
  virtual bool Supports(AeadId aead) const = 0;
  virtual bool Supports(KemId kem) const = 0;
  virtual bool Supports(SignatureScheme scheme) const = 0;

  // Fills `out` from a cryptographically secure source.
  virtual Result<void> Random(MutableBytesView out) const = 0;

  // The hash of the concatenation of `parts`. `out` has the size of the hash.
  virtual Result<void> Hash(HashId hash, std::span<const BytesView> parts,
                            MutableBytesView out) const = 0;

  // HMAC (RFC 2104) of the concatenation of `parts`. `out` has the size of the hash.
  virtual Result<void> Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                            MutableBytesView out) const = 0;

  // Authenticated encryption (RFC 5116). `ciphertext` is 16 bytes longer than `plaintext`; both may
  // start at the same address, but may not overlap otherwise.
  virtual Result<void> AeadSeal(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                                BytesView plaintext, MutableBytesView ciphertext) const = 0;
  virtual Result<void> AeadOpen(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                                BytesView ciphertext, MutableBytesView plaintext) const = 0;

  // The Diffie-Hellman groups under the DHKEMs (RFC 9180, section 4.1). Public keys are in the form
  // of RFC 9180, section 7.1.1: uncompressed points, or raw X25519 and X448 values. Private keys
  // are big-endian scalars of the group's size, or raw values.
  virtual Result<KeyPair> DhGenerate(KemId kem) const = 0;
  // kMalformed if `private_key` is not a valid scalar of the group.
  virtual Result<Bytes> DhPublicKey(KemId kem, BytesView private_key) const = 0;
  // The x coordinate. kMalformed if `public_key` is not a valid point or the result is all zeros
  // (RFC 9180, section 7.1.4).
  virtual Result<Secret> Dh(KemId kem, BytesView private_key, BytesView public_key) const = 0;

  // kMalformed if Dh() fails for `public_key` whatever the private key is: if it is not a point of
  // the group, or one of low order. By default that is tried; a provider that can tell for less
  // does.
  virtual Result<void> CheckDhPublicKey(KemId kem, BytesView public_key) const {
    const Result<KeyPair> any = DhGenerate(kem);
    if (!any.ok()) return any.error();
    const Result<Secret> shared = Dh(kem, any->private_key.ExposeForProvider(), public_key);
    if (!shared.ok()) return shared.error();
    return {};
  }

  // A DhEncapsulation for each of `public_keys`, in their order: DhGenerate() and Dh() of each. A
  // provider with vector instructions or hardware computes several at once. kMalformed if one of
  // the keys is not valid.
  virtual Result<std::vector<DhEncapsulation>> DhEncapBatch(
      KemId kem, std::span<const BytesView> public_keys) const {
    std::vector<DhEncapsulation> batch;
    batch.reserve(public_keys.size());
    for (const BytesView public_key : public_keys) {
      Result<KeyPair> ephemeral = DhGenerate(kem);
      if (!ephemeral.ok()) return ephemeral.error();
      Result<Secret> shared = Dh(kem, ephemeral->private_key.ExposeForProvider(), public_key);
      if (!shared.ok()) return shared.error();
      batch.push_back({std::move(ephemeral->public_key), std::move(shared).value()});
    }
    return batch;
  }

  // Signatures. ECDSA signatures are DER, EdDSA ones are R || S; public keys are uncompressed
  // points or raw values; private keys are scalars or the seeds of RFC 8032 (RFC 9420,
  // section 5.1.2).
  virtual Result<KeyPair> SignatureGenerate(SignatureScheme scheme) const = 0;
  virtual Result<Bytes> SignaturePublicKey(SignatureScheme scheme, BytesView private_key) const = 0;
  virtual Result<Bytes> Sign(SignatureScheme scheme, BytesView private_key,
                             BytesView message) const = 0;
  // For signing often with one key: PrepareSigning() computes once what Sign() would compute from
  // the private key every time (for EdDSA, the public key), and SignPrepared() signs with that.
  // What it gives is this provider's own, and is neither stored nor sent. Nothing by default.
  virtual Result<Secret> PrepareSigning(SignatureScheme, BytesView private_key) const {
    return Secret::CopyOf(private_key);
  }
  virtual Result<Bytes> SignPrepared(SignatureScheme scheme, BytesView prepared_key,
                                     BytesView message) const {
    return Sign(scheme, prepared_key, message);
  }
  virtual Result<void> Verify(SignatureScheme scheme, BytesView public_key, BytesView message,
                              BytesView signature) const = 0;
  // Verify() of each, many at once for a provider that can. The error of the first that fails.
  virtual Result<void> VerifyBatch(SignatureScheme scheme,
                                   std::span<const SignedMessage> batch) const {
    for (const SignedMessage& item : batch) {
      auto verified = Verify(scheme, item.public_key, item.message, item.signature);
      if (!verified.ok()) return verified;
    }
    return {};
  }

  // The public key of a DER certificate, in the form Verify() takes (RFC 9420, section 5.3:
  // an X.509 credential must certify the leaf's signature key).
  virtual Result<Bytes> CertificatePublicKey(BytesView certificate) const = 0;
};

// A signature key that the application keeps: in memory, in a keystore, in hardware. Sign() is
// called on the thread that called the library; kUnavailable asks for the call to be repeated.
class CONCLAVE_EXPORT Signer {
 public:
  virtual ~Signer() = default;
  virtual BytesView public_key() const = 0;
  virtual Result<Bytes> Sign(BytesView message) const = 0;
};

}  // namespace conclave
