// RFC 5869 over the provider's HMAC; RFC 9420, section 5.1.
#include "crypto/kdf.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/result_macros.h"

namespace conclave {

Result<Secret> HkdfExtract(const CryptoProvider& provider, HashId hash, BytesView salt,
                           const Parts& ikm) {
  Secret prk(HashSize(hash));
  CONCLAVE_RETURN_IF_ERROR(provider.Hmac(hash, salt, ikm.span(), prk.MutableForProvider()));
  return prk;
}

Result<Secret> HkdfExpand(const CryptoProvider& provider, HashId hash, BytesView prk,
                          const Parts& info, std::size_t size) {
  const std::size_t hash_size = HashSize(hash);
  if (size > 255 * hash_size) {
    return Error{ErrorKind::kMisuse, "more than 255 hashes asked of HKDF-Expand"};
  }
  CONCLAVE_CHECK(info.span().size() <= kMaxInfoParts);

  // T(i) = HMAC(prk, T(i - 1) | info | i)
  std::uint8_t counter = 0;
  std::array<BytesView, kMaxInfoParts + 2> parts;
  std::ranges::copy(info.span(), parts.begin() + 1);
  const std::size_t count = info.span().size() + 2;
  parts[count - 1] = {&counter, 1};

  // Whole blocks are made in place; what does not fill one is cut from a block of its own.
  Secret okm(size);
  const MutableBytesView out = okm.MutableForProvider();
  std::size_t done = 0;
  for (; size - done >= hash_size; done += hash_size) {
    ++counter;
    const MutableBytesView block = out.subspan(done, hash_size);
    CONCLAVE_RETURN_IF_ERROR(provider.Hmac(hash, prk, std::span(parts).first(count), block));
    parts[0] = block;
  }
  if (done < size) {
    ++counter;
    Secret block(hash_size);
    CONCLAVE_RETURN_IF_ERROR(
        provider.Hmac(hash, prk, std::span(parts).first(count), block.MutableForProvider()));
    std::ranges::copy(block.ExposeForProvider().first(size - done),
                      out.begin() + static_cast<std::ptrdiff_t>(done));
  }
  return okm;
}

Result<Secret> Extract(const Suite& suite, const Secret& salt, const Secret& ikm) {
  return HkdfExtract(suite.provider(), suite.hash(), salt.ExposeForProvider(),
                     ikm.ExposeForProvider());
}

Result<Secret> Expand(const Suite& suite, const Secret& prk, const Parts& info, std::size_t size) {
  return HkdfExpand(suite.provider(), suite.hash(), prk.ExposeForProvider(), info, size);
}

Result<Bytes> Hash(const Suite& suite, const Parts& input) {
  Bytes digest(suite.hash_size());
  CONCLAVE_RETURN_IF_ERROR(suite.provider().Hash(suite.hash(), input.span(), digest));
  return digest;
}

Result<Bytes> Mac(const Suite& suite, const Secret& key, const Parts& input) {
  Bytes tag(suite.hash_size());
  CONCLAVE_RETURN_IF_ERROR(
      suite.provider().Hmac(suite.hash(), key.ExposeForProvider(), input.span(), tag));
  return tag;
}

Result<Bytes> RandomBytes(const CryptoProvider& provider, std::size_t size) {
  Bytes bytes(size);
  CONCLAVE_RETURN_IF_ERROR(provider.Random(bytes));
  return bytes;
}

Result<Secret> RandomSecret(const CryptoProvider& provider, std::size_t size) {
  Secret secret(size);
  CONCLAVE_RETURN_IF_ERROR(provider.Random(secret.MutableForProvider()));
  return secret;
}

}  // namespace conclave
