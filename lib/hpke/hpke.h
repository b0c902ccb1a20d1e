// Hybrid public key encryption (RFC 9180): the base and PSK modes, single-shot and with contexts,
// and secret export. The auth modes are not here: MLS authenticates with signatures.
//
// Whoever seals to many recipients with one `info` makes an HpkeInfo once, which holds the hashes
// of it; a single-shot function that takes plain `info` makes one for itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "conclave/bytes.h"
#include "conclave/crypto_provider.h"
#include "conclave/result.h"
#include "conclave/secret.h"
#include "crypto/cipher_suite.h"
#include "crypto/kdf.h"

namespace conclave {

// In place of an AEAD: a context that can export secrets but seals nothing.
inline constexpr AeadId kExportOnly{0xffff};

struct HpkeSuite {
  KemId kem{};
  KdfId kdf{};
  AeadId aead{};
};
inline HpkeSuite HpkeSuiteOf(const Suite& suite) {
  return {suite.kem(), suite.kdf(), suite.aead()};
}

// What the key schedule (section 5.1) makes of `info`, and of the PSK if there is one: everything
// that does not depend on the recipient.
class HpkeInfo {
 public:
  static Result<HpkeInfo> Base(const HpkeSuite& suite, const CryptoProvider& provider,
                               const Parts& info);
  // kMisuse unless both the PSK and its id are there. `psk` is copied.
  static Result<HpkeInfo> Psk(const HpkeSuite& suite, const CryptoProvider& provider,
                              const Parts& info, const Secret& psk, BytesView psk_id);

  const HpkeSuite& suite() const { return suite_; }
  const CryptoProvider& provider() const { return *provider_; }
  // mode | psk_id_hash | info_hash
  BytesView key_schedule_context() const { return context_; }
  const Secret& psk() const { return psk_; }

 private:
  HpkeInfo(const HpkeSuite& suite, const CryptoProvider& provider)
      : suite_(suite), provider_(&provider) {}
  static Result<HpkeInfo> Create(const HpkeSuite& suite, const CryptoProvider& provider,
                                 const Parts& info, const Secret& psk, BytesView psk_id);

  HpkeSuite suite_;
  const CryptoProvider* provider_;
  Bytes context_;
  Secret psk_;
};

// ---- Single-shot (section 6).

struct HpkeSealed {
  Bytes kem_output;
  Bytes ciphertext;
};
struct HpkeExported {
  Bytes kem_output;
  Secret secret;
};

// kMalformed if `public_key` is not valid.
Result<HpkeSealed> SealBase(const HpkeSuite& suite, const CryptoProvider& provider,
                            BytesView public_key, BytesView info, BytesView aad,
                            BytesView plaintext);
Result<HpkeSealed> Seal(const HpkeInfo& info, BytesView public_key, BytesView aad,
                        BytesView plaintext);

// Seal() to each of the recipients, in their order, with an empty aad.
struct HpkeRecipient {
  BytesView public_key;
  BytesView plaintext;
};
Result<std::vector<HpkeSealed>> SealBatch(const HpkeInfo& info,
                                          std::span<const HpkeRecipient> recipients);

// kMalformed if `kem_output` is not valid, kNotAuthentic if the ciphertext does not open.
Result<Secret> OpenBase(const HpkeSuite& suite, const CryptoProvider& provider,
                        const Secret& private_key, BytesView public_key, BytesView kem_output,
                        BytesView info, BytesView aad, BytesView ciphertext);
Result<Secret> Open(const HpkeInfo& info, const Secret& private_key, BytesView public_key,
                    BytesView kem_output, BytesView aad, BytesView ciphertext);

// kMisuse if `size` is over 255 hashes.
Result<HpkeExported> SendExportBase(const HpkeSuite& suite, const CryptoProvider& provider,
                                    BytesView public_key, BytesView info,
                                    BytesView exporter_context, std::size_t size);
Result<Secret> ReceiveExportBase(const HpkeSuite& suite, const CryptoProvider& provider,
                                 const Secret& private_key, BytesView public_key,
                                 BytesView kem_output, BytesView info, BytesView exporter_context,
                                 std::size_t size);

// ---- Contexts (section 5.2).

// The nonces of one context. A number is used once: after the last one there is no other.
class NonceSequence {
 public:
  using Nonce = std::array<std::uint8_t, kAeadNonceSize>;

  NonceSequence() = default;
  explicit NonceSequence(Secret base_nonce, std::uint64_t next = 0);

  // The nonce of the next message; kMisuse once they are used up, or if there never were any.
  Result<Nonce> Current() const;
  void Advance();

 private:
  Secret base_nonce_;
  std::uint64_t next_ = 0;
};

// One end of an encryption context. Move-only.
class HpkeContext {
 public:
  // A secret that both ends compute. kMisuse if `size` is over 255 hashes.
  Result<Secret> Export(BytesView exporter_context, std::size_t size) const;

 protected:
  HpkeContext() = default;
  static Result<HpkeContext> Create(const HpkeInfo& info, const Secret& shared_secret);

  const CryptoProvider* provider_ = nullptr;
  HpkeSuite suite_;
  Secret key_;
  NonceSequence nonces_;
  Secret exporter_secret_;
};

class HpkeSender : public HpkeContext {
 public:
  // SetupBaseS or SetupPSKS, as `info` was made; kem_output() is for the recipient.
  static Result<HpkeSender> Setup(const HpkeInfo& info, BytesView public_key);

  const Bytes& kem_output() const { return kem_output_; }
  // kMisuse for an export-only suite, or after 2^64 - 1 messages.
  Result<Bytes> Seal(BytesView aad, BytesView plaintext);

 private:
  HpkeSender(HpkeContext context, Bytes kem_output);

  Bytes kem_output_;
};

class HpkeReceiver : public HpkeContext {
 public:
  // SetupBaseR or SetupPSKR.
  static Result<HpkeReceiver> Setup(const HpkeInfo& info, const Secret& private_key,
                                    BytesView public_key, BytesView kem_output);

  // Opens the messages in the order in which they were sealed. A failure uses up no number.
  Result<Secret> Open(BytesView aad, BytesView ciphertext);

 private:
  explicit HpkeReceiver(HpkeContext context);
};

}  // namespace conclave
