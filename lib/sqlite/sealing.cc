#include "sqlite/sealing.h"

#include <sodium.h>

#include <algorithm>

#include "conclave/sqlite_storage.h"

namespace conclave::sqlite {

namespace {

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kSealingKeySize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

Bytes AssociatedData(Sealing::Purpose purpose, BytesView name) {
  Bytes data = {static_cast<std::uint8_t>(purpose)};
  data.insert(data.end(), name.begin(), name.end());
  return data;
}

}  // namespace

Result<Sealing> Sealing::Create(const Secret* key) {
  if (key == nullptr) return Sealing(Secret());
  if (key->size() != kSealingKeySize) {
    return Error{ErrorKind::kMisuse, "sqlite: a sealing key has 32 bytes"};
  }
  // It may be called often and from any thread. Where it fails there are no random numbers.
  if (sodium_init() < 0) return Error{ErrorKind::kStorage, "sqlite: no random numbers"};
  return Sealing(key->Clone());
}

Secret Sealing::Seal(Purpose purpose, BytesView name, BytesView value) const {
  if (!has_key()) return Secret::CopyOf(value);
  Secret sealed(kNonceSize + value.size() + kTagSize);
  const MutableBytesView nonce = sealed.MutableForProvider().first(kNonceSize);
  const MutableBytesView ciphertext = sealed.MutableForProvider().subspan(kNonceSize);
  randombytes_buf(nonce.data(), nonce.size());
  const Bytes associated = AssociatedData(purpose, name);
  crypto_aead_xchacha20poly1305_ietf_encrypt(ciphertext.data(), nullptr, value.data(), value.size(),
                                             associated.data(), associated.size(), nullptr,
                                             nonce.data(), key_.ExposeForProvider().data());
  return sealed;
}

Result<Secret> Sealing::Open(Purpose purpose, BytesView name, BytesView stored) const {
  if (!has_key()) return Secret::CopyOf(stored);
  constexpr Error kDoesNotOpen = {
      ErrorKind::kStorage, "sqlite: a value was changed or moved, or is sealed under another key"};
  if (stored.size() < kNonceSize + kTagSize) return kDoesNotOpen;
  const BytesView nonce = stored.first(kNonceSize);
  const BytesView ciphertext = stored.subspan(kNonceSize);
  Secret value(ciphertext.size() - kTagSize);
  const Bytes associated = AssociatedData(purpose, name);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(value.MutableForProvider().data(), nullptr,
                                                 nullptr, ciphertext.data(), ciphertext.size(),
                                                 associated.data(), associated.size(), nonce.data(),
                                                 key_.ExposeForProvider().data()) != 0) {
    return kDoesNotOpen;
  }
  return value;
}

}  // namespace conclave::sqlite
