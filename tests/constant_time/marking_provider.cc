#include "constant_time/marking_provider.h"

#include <utility>

#include "constant_time/secrets.h"
#include "support/hpke_plaintext.h"

namespace conclave::testing {

namespace {

// Keeps the compiler from dropping what the planted faults do.
volatile int g_odd_keys = 0;
volatile std::uint8_t g_looked_up = 0;
const volatile std::uint8_t g_table[256] = {};

void Misbehave(BytesView key) {
  if (key.empty()) return;
  if (g_fault == Fault::branches_on_key && (key[0] & 1) != 0) g_odd_keys = g_odd_keys + 1;
  if (g_fault == Fault::looks_up_by_key) g_looked_up = g_table[key[0]];
}

}  // namespace

// Public, unless whoever asks says otherwise. (BoringSSL mixes the private key into the state of
// its generator when it makes an ECDSA signature: without this, every random byte would be marked
// from then on.)
Result<void> MarkingProvider::Random(MutableBytesView out) const {
  auto filled = below_.Random(out);
  MarkPublic(out);
  return filled;
}

// The RFC hashes what is public: trees, transcripts, references.
Result<void> MarkingProvider::Hash(HashId hash, std::span<const BytesView> parts,
                                   MutableBytesView out) const {
  auto hashed = below_.Hash(hash, parts, out);
  MarkPublic(out);
  return hashed;
}

// Of tags, too, nothing may be learnt before they have been compared.
Result<void> MarkingProvider::Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                                   MutableBytesView out) const {
  Misbehave(key);
  auto made = below_.Hmac(hash, key, parts, out);
  MarkSecret(out);
  return made;
}

Result<void> MarkingProvider::AeadSeal(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                                       BytesView plaintext, MutableBytesView ciphertext) const {
  auto sealed = below_.AeadSeal(aead, key, nonce, aad, plaintext, ciphertext);
  MarkPublic(ciphertext);
  return sealed;
}

Result<void> MarkingProvider::AeadOpen(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                                       BytesView ciphertext, MutableBytesView plaintext) const {
  auto opened = below_.AeadOpen(aead, key, nonce, aad, ciphertext, plaintext);
  MarkOpened(aad, plaintext);
  return opened;
}

// What a message says decides what is done with it: it is public here. The secrets that HPKE has
// sealed stay secret.
void MarkingProvider::MarkOpened(BytesView aad, BytesView plaintext) const {
  MarkPublic(plaintext);
  if (!aad.empty()) return;
  test::ForEachSealedSecret(plaintext, hash_size_, [](BytesView secret) { MarkSecret(secret); });
}

Result<KeyPair> MarkingProvider::DhGenerate(KemId kem) const {
  auto pair = below_.DhGenerate(kem);
  if (!pair.ok()) return pair;
  MarkSecret(pair->private_key);
  MarkPublic(pair->public_key);
  return pair;
}

Result<Bytes> MarkingProvider::DhPublicKey(KemId kem, BytesView private_key) const {
  auto key = below_.DhPublicKey(kem, private_key);
  if (key.ok()) MarkPublic(*key);
  return key;
}

Result<Secret> MarkingProvider::Dh(KemId kem, BytesView private_key, BytesView public_key) const {
  auto shared = below_.Dh(kem, private_key, public_key);
  if (shared.ok()) MarkSecret(*shared);
  return shared;
}

Result<KeyPair> MarkingProvider::SignatureGenerate(SignatureScheme scheme) const {
  auto pair = below_.SignatureGenerate(scheme);
  if (!pair.ok()) return pair;
  MarkSecret(pair->private_key);
  MarkPublic(pair->public_key);
  return pair;
}

Result<Bytes> MarkingProvider::SignaturePublicKey(SignatureScheme scheme,
                                                  BytesView private_key) const {
  auto key = below_.SignaturePublicKey(scheme, private_key);
  if (key.ok()) MarkPublic(*key);
  return key;
}

Result<Secret> MarkingProvider::PrepareSigning(SignatureScheme scheme,
                                               BytesView private_key) const {
  auto prepared = below_.PrepareSigning(scheme, private_key);
  if (prepared.ok()) MarkSecret(*prepared);
  return prepared;
}

Result<Bytes> MarkingProvider::SignPrepared(SignatureScheme scheme, BytesView prepared_key,
                                            BytesView message) const {
  auto signature = below_.SignPrepared(scheme, prepared_key, message);
  if (signature.ok()) MarkPublic(*signature);
  return signature;
}

}  // namespace conclave::testing
