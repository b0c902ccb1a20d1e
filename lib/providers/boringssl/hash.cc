// Random numbers, hashes and HMAC: BoringSSL, whose SHA-2 uses the CPU's instructions for it
// (libsodium's does not and takes five times as long).
#include <openssl/digest.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sodium.h>

#include "conclave/boringssl_provider.h"

namespace conclave {

namespace {

constexpr Error kWrongHashSize{ErrorKind::kMisuse, "the output does not have the hash's size"};
constexpr Error kUnknownHash{ErrorKind::kUnsupported, "the hash is not known"};

// The plain SHA-2 functions, not EVP, which allocates for every digest.
template <class Context, auto kInit, auto kUpdate, auto kFinal>
Result<void> HashWith(std::span<const BytesView> parts, MutableBytesView out) {
  Context context;
  kInit(&context);
  for (const BytesView part : parts) kUpdate(&context, part.data(), part.size());
  kFinal(out.data(), &context);
  // Secrets are hashed too (RFC 5869), and the context holds the last block of them.
  OPENSSL_cleanse(&context, sizeof(context));
  return {};
}

const EVP_MD* Digest(HashId hash) {
  switch (hash) {
    case HashId::sha256:
      return EVP_sha256();
    case HashId::sha384:
      return EVP_sha384();
    case HashId::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

BoringSslProvider::BoringSslProvider() {
  // Chooses libsodium's fastest code for this CPU. It may be called often and from any thread, and
  // where it fails the portable code computes the same; its random numbers are not used here.
  [[maybe_unused]] const int chosen = sodium_init();
}

bool BoringSslProvider::Supports(HashId hash) const { return Digest(hash) != nullptr; }

Result<void> BoringSslProvider::Random(MutableBytesView out) const {
  if (out.empty()) return {};
  if (RAND_bytes(out.data(), out.size()) != 1) {
    return Error{ErrorKind::kCrypto, "no random numbers"};
  }
  return {};
}

Result<void> BoringSslProvider::Hash(HashId hash, std::span<const BytesView> parts,
                                     MutableBytesView out) const {
  const EVP_MD* const digest = Digest(hash);
  if (digest == nullptr) return kUnknownHash;
  if (out.size() != EVP_MD_size(digest)) return kWrongHashSize;
  switch (hash) {
    case HashId::sha256:
      return HashWith<SHA256_CTX, SHA256_Init, SHA256_Update, SHA256_Final>(parts, out);
    case HashId::sha384:
      return HashWith<SHA512_CTX, SHA384_Init, SHA384_Update, SHA384_Final>(parts, out);
    case HashId::sha512:
      return HashWith<SHA512_CTX, SHA512_Init, SHA512_Update, SHA512_Final>(parts, out);
  }
  return kUnknownHash;
}

Result<void> BoringSslProvider::Hmac(HashId hash, BytesView key, std::span<const BytesView> parts,
                                     MutableBytesView out) const {
  const EVP_MD* const digest = Digest(hash);
  if (digest == nullptr) return kUnknownHash;
  if (out.size() != EVP_MD_size(digest)) return kWrongHashSize;

  // A null key means "the key of before" to HMAC_Init_ex, not the empty key.
  static constexpr std::uint8_t kNoKey = 0;
  const std::uint8_t* const key_data = key.empty() ? &kNoKey : key.data();
  bssl::ScopedHMAC_CTX context;
  bool ok = HMAC_Init_ex(context.get(), key_data, key.size(), digest, nullptr) == 1;
  for (const BytesView part : parts) {
    ok = ok && HMAC_Update(context.get(), part.data(), part.size()) == 1;
  }
  unsigned size = 0;
  ok = ok && HMAC_Final(context.get(), out.data(), &size) == 1;
  HMAC_CTX_cleanse(context.get());
  if (!ok) return Error{ErrorKind::kCrypto, "HMAC failed"};
  return {};
}

}  // namespace conclave
