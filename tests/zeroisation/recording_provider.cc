#include "zeroisation/recording_provider.h"

#include <algorithm>
#include <string_view>

#include "support/hpke_plaintext.h"

namespace conclave::testing {

namespace {

constexpr Error kFailure{ErrorKind::kCrypto, "told to fail"};
// Longer than any secret that HKDF extracts from: the input of a membership tag.
constexpr std::size_t kLongInput = 160;

bool Is(BytesView part, std::string_view text) { return std::ranges::equal(part, AsBytes(text)); }

}  // namespace

void RecordingProvider::FailAfter(std::optional<std::uint64_t> calls) {
  fail_at_ = calls ? std::optional(calls_ + *calls) : std::nullopt;
}

bool RecordingProvider::Fails() const { return ++calls_ > fail_at_.value_or(UINT64_MAX); }

void RecordingProvider::AddKey(const char* what, BytesView private_key) const {
  traces_.Add(what, private_key);
  Secret turned(private_key.size());
  std::ranges::reverse_copy(private_key, turned.MutableForProvider().begin());
  traces_.Add("turned-around key", turned.ExposeForProvider());
}

void RecordingProvider::AddSealed(BytesView plaintext) const {
  test::ForEachSealedSecret(plaintext, hash_size_,
                            [this](BytesView secret) { traces_.Add("sealed secret", secret); });
}

bool RecordingProvider::IsPublic(std::span<const BytesView> parts) const {
  // The transcript of a new group is empty.
  if (parts.size() == 1) {
    return parts[0].empty() || parts[0].size() > kLongInput || hashes_.contains(parts[0]);
  }
  return parts.size() > 2 && (Is(parts[2], "info_hash") || Is(parts[2], "psk_id_hash"));
}

Result<void> RecordingProvider::Random(MutableBytesView out) const {
  return Fails() ? kFailure : below_.Random(out);
}

Result<void> RecordingProvider::Hash(HashId hash, std::span<const BytesView> parts,
                                     MutableBytesView out) const {
  if (Fails()) return kFailure;
  const auto hashed = below_.Hash(hash, parts, out);
  hashes_.insert(ToBytes(out));
  return hashed;
}

Result<void> RecordingProvider::Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                                     MutableBytesView out) const {
  if (Fails()) return kFailure;
  traces_.Add("HMAC key", key);
  const auto made = below_.Hmac(hash, key, parts, out);
  if (IsPublic(parts)) return made;
  // HKDF-Extract of a secret alone.
  if (parts.size() == 1) traces_.Add("extracted-from secret", parts[0]);
  traces_.Add("derived secret", out);
  return made;
}

Result<void> RecordingProvider::AeadSeal(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                                         BytesView plaintext, MutableBytesView ciphertext) const {
  if (Fails()) return kFailure;
  traces_.Add("AEAD key", key);
  if (aad.empty()) AddSealed(plaintext);
  return below_.AeadSeal(aead, key, nonce, aad, plaintext, ciphertext);
}

Result<void> RecordingProvider::AeadOpen(AeadId aead, BytesView key, BytesView nonce, BytesView aad,
                                         BytesView ciphertext, MutableBytesView plaintext) const {
  if (Fails()) return kFailure;
  traces_.Add("AEAD key", key);
  const auto opened = below_.AeadOpen(aead, key, nonce, aad, ciphertext, plaintext);
  if (opened.ok() && aad.empty()) AddSealed(plaintext);
  return opened;
}

Result<KeyPair> RecordingProvider::DhGenerate(KemId kem) const {
  if (Fails()) return kFailure;
  auto pair = below_.DhGenerate(kem);
  if (pair.ok()) AddKey("generated key", pair->private_key.ExposeForProvider());
  return pair;
}

Result<Bytes> RecordingProvider::DhPublicKey(KemId kem, BytesView private_key) const {
  if (Fails()) return kFailure;
  AddKey("derived key", private_key);
  return below_.DhPublicKey(kem, private_key);
}

Result<Secret> RecordingProvider::Dh(KemId kem, BytesView private_key, BytesView public_key) const {
  if (Fails()) return kFailure;
  auto shared = below_.Dh(kem, private_key, public_key);
  if (shared.ok()) traces_.Add("shared secret", shared->ExposeForProvider());
  return shared;
}

Result<KeyPair> RecordingProvider::SignatureGenerate(SignatureScheme scheme) const {
  auto pair = below_.SignatureGenerate(scheme);
  if (pair.ok()) AddKey("signature key", pair->private_key.ExposeForProvider());
  return pair;
}

}  // namespace conclave::testing
